#!/bin/sh
# How files get from the local store into the workspace, on a file system that
# can clone and on one that cannot; across two of them; where one is full.
. "${0%/*}/lib.sh"

# A folder on a fresh file system, unmounted at the end: disk TYPE SIZE NAME.
disk() {
	mkdir -p "$3"
	case $1 in
	tmpfs) mount -t tmpfs -o "size=$2" tmpfs "$3" 2>/dev/null ;;
	*) truncate -s "$2" "$3.img" && "mkfs.$1" -q "$3.img" &&
		mount -o loop "$3.img" "$3" 2>/dev/null ;;
	esac
}
leave() {
	cd "$TEST_TMP"
	for m in */clone */plain */small; do
		! mountpoint -q "$m" || umount -l "$m"
	done
}
disk_case() {	# TYPE TITLE SCRIPT
	mkdir -p "$TEST_TMP/probe/clone"
	if (cd "$TEST_TMP/probe" && disk "$1" 400m clone) >/dev/null 2>&1; then
		umount -l "$TEST_TMP/probe/clone"
		test_case "$2" "trap leave EXIT; $3"
	else
		count=$((count + 1))
		echo "ok $count - $2 # SKIP cannot mount $1 here"
	fi
	rm -rf "$TEST_TMP/probe"
}
used() {
	sync
	df -k --output=used "$1" | tail -1
}

disk_case xfs 'a clone shares its bytes until one of them is written' '
	disk xfs 400m clone; cd clone
	new_repo
	head -c 60000000 /dev/urandom >big; sha256sum big >sum
	before=$(used .)
	dver add big; commit
	after=$(used .)
	[ $((after - before)) -lt 20000 ]
	rm big; dver checkout
	[ $(($(used .) - before)) -lt 20000 ]
	sha256sum -c sum
	[ -w big ]
	[ "$(stat -c %h big)" = 1 ]
	printf x | dd of=big bs=1 seek=5 conv=notrunc status=none
	dver status | grep -q "^changed *big"
	dver fsck | grep -q "0 damaged"
	dver checkout --force
	sha256sum -c sum
	dver remote add o ../store; commit two; dver push -q
	dver check
'
disk_case xfs 'a store on another file system: links give way to copies' '
	disk xfs 400m clone
	new_repo
	dver cache dir "$PWD/../clone/cache"
	dver config cache.looseAbove 1m
	for type in reflink,copy hardlink,copy hardlink; do
		dver config cache.type $type
		head -c 3000000 /dev/urandom >big; sha256sum big >sum
		dver add big; commit
		[ -z "$(find ../clone/cache/tmp -type f 2>/dev/null)" ]
		rm big; dver checkout
		sha256sum -c sum
		[ "$(stat -c %h big)" = 1 ]
		dver status | grep -q "as its pointers"
	done
	dver config cache.type symlink
	dver checkout --relink
	[ -L big ]
	sha256sum -c sum
	dver fsck | grep -q "0 damaged"
'
disk_case tmpfs 'a full disk: told, old state, works when there is room' '
	disk tmpfs 24m small; cd small
	new_repo
	head -c 5000000 /dev/urandom >a; dver add a; commit one
	cp a.dver ../../a.dver
	head -c 13000000 /dev/urandom >a; sha256sum a >../../sum
	head -c 4000000 /dev/zero >ballast || true
	fails_with "No space left" dver add a
	cmp a.dver ../../a.dver
	sha256sum -c ../../sum
	[ -z "$(find .dver/tmp .dver/cache/tmp -type f 2>/dev/null)" ]
	dver fsck | grep -q "0 damaged"
	cd ../..; cp -a small/r r; umount -l small
	cd r; dver add a; commit two
	dver checkout HEAD~1 -- a
	[ "$(stat -c %s a)" = 5000000 ]
'
disk_case tmpfs 'a full remote: told, the rest of it sound, works later' '
	disk tmpfs 8m small
	new_repo
	mkdir data; for i in 1 2 3 4; do
		head -c 3000000 /dev/urandom >data/$i; done
	dver add data; dver remote add o "$PWD/../small/store"; commit
	fails_with "No space left" dver push
	fails_with "not in the remote" dver check
	mount -o remount,size=64m "$PWD/../small"
	dver push; dver check; dver fsck -r o
	[ -z "$(find ../small/store/tmp -type f 2>/dev/null)" ]
'
disk_case tmpfs 'no room to check out: told, whole files only, works later' '
	disk tmpfs 8m small
	new_repo
	mkdir data; for i in 1 2 3 4; do
		head -c 3000000 /dev/urandom >data/$i; done
	dver add data; dver remote add o "$PWD/../store"; commit
	dver push -q; cd ../small
	git clone -q ../r c; cd c
	dver cache dir "$PWD/../../cache"
	fails_with "No space left" dver pull
	for f in data/*; do
		[ ! -e "$f" ] || cmp "$f" "../../r/$f"
	done
	mount -o remount,size=64m ../../small
	dver pull
	same_tree data ../../r/data
'
test_case 'a file that was edited through its link is told, not believed' '
	new_repo
	dver config cache.type hardlink
	head -c 400000 /dev/urandom >big; cp big ../keep
	dver add big; commit
	chmod u+w big; printf x | dd of=big bs=1 seek=9 conv=notrunc status=none
	must_fail dver fsck --no-restore >out 2>&1
	grep -q "damaged: big" out
	must_fail dver cat HEAD:big >../got 2>err
	grep -q "damaged" err
'
test_case 'executables and empty files are never links' '
	new_repo
	dver config cache.type hardlink; dver config cache.looseAbove 0
	mkdir data; head -c 400000 /dev/urandom >data/run; chmod 755 data/run
	: >data/empty; head -c 400000 /dev/urandom >data/plain
	cp -a data ../keep
	dver add data; commit; rm -r data; dver checkout
	[ "$(stat -c %h data/run)" = 1 ]
	[ -w data/run ]
	[ -x data/run ]
	[ "$(stat -c %h data/empty)" = 1 ]
	[ "$(stat -c %h.%a data/plain)" = 2.444 ]
	diff -r data ../keep
	dver status | grep -q "as its pointers"
'
test_case 'a folder of symlinks has the sizes of its files' '
	new_repo
	dver config cache.type symlink; dver config cache.looseAbove 0
	files 3 data; dver add data; commit
	rm -r data; dver checkout -q; [ -L data/1.txt ]
	rm data/2.txt; dver add -q data
	[ "$(dver ls --json data | jq "[.entries[].size] | add")" = 28 ]
	git checkout -q HEAD -- data.dver; dver checkout -q
	rm -r .dver/index; dver status | grep -q "as its pointers"
'
test_case 'unprotect makes linked files writable' '
	new_repo
	dver config cache.type hardlink,copy
	mkdir data; head -c 300000 /dev/urandom >data/big; echo s >data/small
	head -c 300000 /dev/urandom >one
	dver add data one; commit
	[ ! -w data/big ] || [ "$(stat -c %a data/big)" = 444 ]
	dver unprotect data | grep -q "1 file,"
	[ "$(stat -c %h.%a data/big)" = 1.644 ]
	[ "$(stat -c %h one)" = 2 ]
	dver status | grep -q "as its pointers"
	echo edit >>data/big
	dver fsck
	dver config cache.type symlink; dver add data; dver checkout --relink
	[ -L one ]
	dver unprotect
	[ ! -L one ]
	[ -w one ]
	dver unprotect | grep -q "nothing is linked"
'
done_testing
