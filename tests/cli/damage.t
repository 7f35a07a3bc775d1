#!/bin/sh
# Damage in every kind of stored thing, here and in a remote; settings and
# names that cannot be.
. "${0%/*}/lib.sh"

flip() {
	chmod u+w "$1"
	printf '\377\000\377\000' | dd of="$1" bs=1 seek="$2" conv=notrunc \
		status=none
}
damage() {	# FILE HOW
	chmod u+w "$1"
	case $2 in
	start) flip "$1" 40 ;;
	middle) flip "$1" $(($(stat -c %s "$1") / 2)) ;;
	cut) truncate -s -30 "$1" ;;
	gone) rm "$1" ;;
	empty) : >"$1" ;;
	esac
}

test_case 'a broken config is named with its line' '
	new_repo
	files 2 data; dver add data; commit
	cp .dver/config ../keep
	printf "[core\nremote = x\n" >.dver/config
	fails_with ".dver/config" dver status
	printf "[core]\n\tfsync = perhaps\n" >.dver/config
	fails_with "core.fsync" dver add data
	printf "[cache]\n\ttype = teleport\n" >.dver/config
	fails_with "teleport" dver checkout --relink
	printf "[cache]\n\tlooseAbove = -3x\n" >.dver/config
	fails_with "cache.looseAbove" dver add -f data
	head -c 100000 /dev/urandom >.dver/config
	fails_with ".dver/config" dver status
	printf "[core]\n\tjobs = many\n" >.dver/config
	fails_with "core.jobs" dver status
	dver config core.jobs 2
	dver status
	cp ../keep .dver/config
	dver status | grep -q "as its pointers"
'
test_case 'names that differ only in their Unicode form' '
	new_repo
	mkdir data
	a=$(printf "\303\251"); b=$(printf "e\314\201")
	echo 1 >"data/$a"; echo 2 >"data/$b"
	fails_with "data/" dver add data
	[ ! -e data.dver ]
	dver config core.clashes allow
	dver add data; commit
	cp -r data ../keep; rm -r data; dver checkout
	same_tree data ../keep
'
test_case 'a socket and a device are named and refused' '
	new_repo
	files 2 data
	python3 -c "
import socket
s = socket.socket(socket.AF_UNIX); s.bind(\"data/sock\")"
	fails_with "sock" dver add data
	rm data/sock
	if mknod data/dev c 1 3 2>/dev/null; then
		fails_with "dev" dver add data
		rm data/dev
	fi
	[ ! -e data.dver ]
	dver add data
'
test_case 'damage in each kind of stored thing: told, mended' '
	new_repo
	dver config cache.looseAbove 0; dver config cache.type copy
	files 30 data/x; head -c 5000000 /dev/urandom >data/big
	cp -r data ../keep
	dver config cache.looseAbove 100m
	dver add data; dver remote add o ../store; commit; dver push -q
	for f in $(find .dver/cache/packs .dver/cache/meta .dver/cache/index \
		-type f); do
		for how in start middle cut gone empty; do
			rm -rf ../run; cp -a . ../run; cd ../run
			damage "$f" $how
			rm -r data
			echo "$f, $how:"
			dver checkout >out 2>&1 || grep "dver: error" out
			for g in $(cd ../keep && find . -type f); do
				[ ! -e "data/$g" ] || cmp "data/$g" "../keep/$g"
			done
			dver fsck >out 2>&1 || cat out
			# Packs that no index names may be of a run that died.
			[ $how != gone ] || dver pull
			dver checkout
			same_tree data ../keep
			dver fsck | grep -q " 0 damaged, 0 missing"
			cd ../r
		done
	done
'
test_case 'damage in a remote: nothing wrong arrives, fsck tells' '
	new_repo
	files 30 data; head -c 5000000 /dev/urandom >data/big
	dver add data; dver remote add o "$PWD/../store"; commit; dver push -q
	cd ..
	for f in $(find store -type f); do
		for how in start middle cut gone empty; do
			cp -rp store keepstore
			damage "$f" $how
			echo "$f, $how:"
			rm -rf c; git clone -q r c
			if dver -C c pull >out 2>&1; then
				same_tree c/data r/data
			else
				[ $? -eq 1 ]
				grep -q "dver: error" out
				for g in $(cd r && find data -type f); do
					[ ! -e "c/$g" ] || cmp "c/$g" "r/$g"
				done
			fi
			rm -rf store; mv keepstore store
			dver -C c pull
			same_tree c/data r/data
		done
	done
'
done_testing
