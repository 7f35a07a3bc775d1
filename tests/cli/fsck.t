#!/bin/sh
. "${0%/*}/lib.sh"

flip() {
	chmod u+w "$1"
	printf '\377\000\377\000' | dd of="$1" bs=1 seek="$2" conv=notrunc \
		status=none
}

test_case 'a sound store' '
	new_repo
	files 20 data; dver add data; commit
	dver fsck | grep -q "0 damaged"
'
test_case 'damage in a pack is found, named and restored from the files' '
	new_repo
	files 20 data; dver add data; commit
	flip "$(find .dver/cache/packs -type f)" 60
	fails_with "" dver fsck --no-restore
	must_fail dver fsck --no-restore >out 2>&1
	grep -q "damaged: data/" out
	dver fsck | grep -q "restored: data/"
	dver fsck | grep -q "0 damaged"
	cp -r data keep; rm -r data; dver checkout; same_tree data keep
'
test_case 'damage of an old commit is named with it, restored from a remote' '
	new_repo
	files 20 data; dver add data; dver remote add o ../store; commit one
	dver push -q
	git branch old
	rm -r data; files 3 data; echo q >data/q
	dver add --allow-deletes data; commit two; dver push -q
	flip "$(find .dver/cache/packs -type f -size +1k | head -1)" 60
	dver fsck | grep "restored" | grep -q "of commit"
	dver fsck | grep -q "0 damaged"
'
test_case 'a damaged large file is restored' '
	new_repo
	dver config cache.looseAbove 1m
	head -c 3000000 /dev/urandom >big; dver add big; commit
	flip "$(find .dver/cache/loose -type f)" 1000
	rm -f keep; cp big keep
	fails_with "damaged" dver checkout --relink
	cmp big keep
	dver fsck | grep -q "restored: big"
	rm big; dver checkout; cmp big keep
'
test_case 'a damaged large file comes from the remote' '
	new_repo
	dver config cache.looseAbove 1m
	head -c 3000000 /dev/urandom >big; dver add big
	dver remote add o ../store; commit; dver push -q
	cp big keep; rm big
	flip "$(find .dver/cache/loose -type f)" 1000
	dver fsck | grep -q "restored: big"
	dver checkout; cmp big keep
'
test_case 'a lost pack' '
	new_repo
	files 20 data; dver add data; commit
	rm "$(find .dver/cache/packs -type f)"
	dver fsck | grep -q "restored: data/"
	cp -r data keep; rm -r data; dver checkout; same_tree data keep
'
test_case 'a damaged index, record or stat index' '
	new_repo
	files 20 data; dver add data; commit
	for f in .dver/index/*; do echo junk >"$f"; done
	dver status | grep -q "as its pointers"
	truncate -s 100 .dver/index/*
	dver status | grep -q "as its pointers"
	echo junk >>.dver/workspace
	fails_with "workspace record" dver status
	rm .dver/workspace
	dver status | grep -q "as its pointers"
	i=$(ls .dver/cache/index/*)
	flip "$i" 30
	fails_with "index" dver checkout --relink
	dver fsck | grep -q "restored: index/"
	dver fsck | grep -q "0 damaged"
	rm -r data; dver checkout; [ "$(ls data | wc -l)" -eq 20 ]
	chmod u+w .dver/cache/index/*; truncate -s 90 .dver/cache/index/*
	dver fsck | grep -q "restored: index/"
	dver checkout --relink
'
test_case 'hostile and broken pointers' '
	new_repo
	files 2 data; dver add data; commit
	id=$(sed -n "s/.*tree: //p" data.dver)
	for p in ../evil /etc/evil a/b .. . .git ".git/x" "" ; do
		printf "outs:\n- path: \"%s\"\n  tree: %s\n" "$p" "$id" >data.dver
		fails_with "data.dver" dver checkout
		[ ! -e ../evil ]
	done
	printf "outs:\n- path: data\n  tree: zz\n" >data.dver
	fails_with "hex digits" dver checkout
	printf "outs:\n- path: data\n  tree: %s\n  bogus: 1\n" "$id" >data.dver
	fails_with "unknown key" dver checkout
	printf "outs:\n- &a path: data\n" >data.dver
	fails_with "data.dver" dver checkout
	head -c 3000000 /dev/zero >data.dver
	fails_with "data.dver" dver checkout
	git checkout -q data.dver
	dver checkout
'
done_testing
