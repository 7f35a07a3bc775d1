#!/bin/sh
. "${0%/*}/lib.sh"
# Tracked data as plain files, in a folder and at a remote.

tracked='
	new_repo
	files 20 data; mkdir data/sub data/none; echo s >data/sub/s
	: >data/empty; chmod +x data/1.txt; ln -s 1.txt data/link
	ln -s /etc data/sub/out
	printf x >"data/sub/$(printf "odd\nname")"
	mkdir deep; head -c 3000000 /dev/urandom >deep/big
	truncate -s 20m hole; echo end >>hole
	dver add -q data deep/big hole; commit one
	git tag v1
'
test_case 'a folder gets the files as they are' "$tracked"'
	dver export ../out | grep -q "exported 27 files, 24 MB"
	same_tree data ../out/data
	cmp deep/big ../out/deep/big; cmp hole ../out/hole
	[ "$(du -k ../out/hole | cut -f1)" -lt 1000 ]
	[ -d ../out/data/none ]
	dver export ../out | grep -q "exported 0 files, 0 B; 27 there already"
	dver export ../out --json | jq -e ".files == 0 and .unchanged == 27"
	[ "$(find ../out -name ".dver*")" = "" ]
'
test_case 'a revision, a part, a file' "$tracked"'
	echo new >data/3.txt; rm deep/big; echo b >deep/big
	dver add -q data deep/big; commit two
	dver export v1 ../one
	grep -q "number 3" ../one/data/3.txt
	[ "$(stat -c %s ../one/deep/big)" = 3000000 ]
	dver export HEAD:data/sub ../two
	[ "$(find ../two -type f -printf x)" = xx ]
	grep -qx s ../two/data/sub/s
	dver export deep/big ../three; cmp deep/big ../three/deep/big
	(cd data && dver export 3.txt ../../four)
	grep -qx new ../four/data/3.txt
	fails_with "there is no" dver export v1:data/nope ../five
	fails_with "not tracked" dver export v1:nope ../five
	code=0; dver export || code=$?; [ $code = 2 ]
'
test_case 'nothing that is there is lost' "$tracked"'
	mkdir -p ../out/data/sub; echo mine >../out/data/sub/mine
	echo other >../out/data/2.txt
	fails_with "data/2.txt" dver export ../out
	grep -qx other ../out/data/2.txt
	dver export -f ../out
	cmp data/2.txt ../out/data/2.txt; grep -qx mine ../out/data/sub/mine
	rm ../out/data/2.txt; mkdir ../out/data/2.txt
	fails_with "data/2.txt" dver export -f ../out
	chmod -x ../out/data/1.txt; rmdir ../out/data/2.txt
	fails_with "data/1.txt" dver export ../out
	dver export -f ../out; [ -x ../out/data/1.txt ]
	rm ../out/data/link; ln -s 2.txt ../out/data/link
	fails_with "data/link" dver export ../out
'
test_case 'nothing is written through a symlink' "$tracked"'
	mkdir ../victim ../out; ln -s ../victim ../out/data
	must_fail dver export ../out
	[ -z "$(ls ../victim)" ]
'
test_case 'what is not here is fetched first' "$tracked"'
	dver remote add o ../store; git commit -qam remote; dver push -q
	cd ..; git clone -q r c; cd c
	dver export HEAD ../out
	same_tree ../r/data ../out/data; cmp ../r/deep/big ../out/deep/big
	[ ! -e data ]
	rm -rf .dver/cache
	dver export HEAD:data/sub ../part
	[ "$(du -sk .dver/cache | cut -f1)" -lt 1000 ]
	rm -rf .dver/cache; mv ../store ../away
	fails_with "remote" dver export HEAD ../out2
	[ ! -e ../out2 ]
'
test_case 'killed anywhere, the next finishes and no litter stays' "$tracked"'
	i=0
	while [ $i -lt 40 ]; do
		i=$((i + 3))
		strace -f -qq -o /dev/null -e trace=linkat,symlinkat \
			-e inject=linkat,symlinkat:signal=KILL:when=$i \
			dver export -j 2 ../out >/dev/null 2>&1 && break
		[ "$(find ../out -name ".dver*")" = "" ]
	done
	[ $i -gt 5 ]
	dver export ../out
	same_tree data ../out/data
'
test_case 'a full disk or no permission is told' "$tracked"'
	fails_with "cannot" dver export /proc/nope
	: >../file; fails_with "" dver export ../file
	fails_with "gopher" dver export gopher://x/y
	fails_with "leave the password out" dver export https://u:p@127.0.0.1:9/x
	fails_with "no remote" dver export remote://nope/x || \
		fails_with "there is none" dver export remote://nope/x
'
test_case 'below a remote that is a folder' "$tracked"'
	dver remote add o ../store
	dver export remote://o/a/b
	same_tree data ../store/a/b/data
'
done_testing
