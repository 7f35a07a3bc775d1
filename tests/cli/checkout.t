#!/bin/sh
. "${0%/*}/lib.sh"

two_versions='
	new_repo
	files 6 data; echo one >model
	dver add data model; commit one
	echo more >>data/1.txt; rm data/2.txt; echo new >data/7.txt
	echo two >model
	dver add data model; commit two
'
test_case 'back and forth between commits' "$two_versions"'
	cp -r data two
	git checkout -q HEAD~1
	dver status | grep -q "^behind *data"
	dver checkout
	[ -f data/2.txt ]
	[ ! -e data/7.txt ]
	grep -qx one model
	lacks -q more data/1.txt
	git checkout -q main
	dver checkout
	same_tree data two
	grep -qx two model
	dver status | grep -q "as its pointers"
'
test_case 'files that nobody added stay' "$two_versions"'
	echo mine >data/notes; mkdir data/scratch; echo s >data/scratch/x
	git checkout -q HEAD~1
	dver checkout
	[ -f data/notes ]
	[ -f data/scratch/x ]
'
test_case 'a file in the place of a folder stays, too' '
	new_repo; files 3 data; dver add data; commit one
	files 2 data/x; dver add data; commit two
	rm -r data/x; echo mine >data/x
	git checkout -q HEAD~1; dver checkout
	grep -qx mine data/x
	dver status | grep -q "^changed *data +1 "
'
test_case 'a folder in the place of a file: --force stores it, too' '
	new_repo; files 3 data; echo f >data/x; dver add data; commit one
	rm data/x; files 2 data/x
	fails_with "data/x" dver checkout data/x
	dver checkout --force data/x
	[ "$(cat data/x)" = f ]
	dver undo
	grep -q "number 2" data/x/2.txt
'
test_case 'unsaved changes are not destroyed; --force keeps them' "$two_versions"'
	echo unsaved >>data/1.txt
	git checkout -q HEAD~1
	fails_with "data/1.txt" dver checkout
	grep -q unsaved data/1.txt
	[ ! -e data/2.txt ]
	dver checkout --force
	lacks -q unsaved data/1.txt
	[ -f data/2.txt ]
	dver fsck
'
test_case 'a target inside a folder' "$two_versions"'
	rm -r data
	dver checkout data/3.txt
	[ "$(ls data)" = 3.txt ]
	dver status | grep -q "partly *data: 5 files not here"
	dver add data
	git diff --quiet HEAD
	dver checkout data
	[ -f data/7.txt ]
'
test_case 'data of an old revision, the pointer stays' "$two_versions"'
	dver checkout HEAD~1 -- data
	[ -f data/2.txt ]
	git diff --quiet HEAD
	dver status | grep -q "^changed *data"
	dver checkout
	[ ! -e data/2.txt ]
'
test_case 'a deleted file or folder comes back' "$two_versions"'
	rm data/3.txt model
	dver status | grep -q "^changed *data -1"
	dver status | grep -q "^not here *model"
	dver checkout
	[ -f data/3.txt ]
	[ -f model ]
'
test_case 'a branch name is git'"'"'s' "$two_versions"'
	fails_with "git switch" dver checkout main
'
test_case 'exec bits, symlinks, empty folders, holes' '
	new_repo
	mkdir -p data/empty/er data/d
	echo x >data/run; chmod 755 data/run
	ln -s run data/rel; ln -s /nowhere data/abs; ln -s ../../../x data/d/up
	truncate -s 30M data/holes; echo tail >>data/holes
	echo tool >tool; chmod 755 tool
	dver add data tool; commit
	cp -a data keep
	rm -r data tool
	dver checkout
	same_tree data keep
	[ -x tool ]
	[ "$(du -k data/holes | cut -f1)" -lt 1000 ]
	chmod -x tool
	dver status | grep -q "changed *tool"
'
test_case 'a file in the way of a folder, and the reverse' '
	new_repo
	files 2 d/x; dver add d; commit one
	rm -r d/x; echo file >d/x; echo y >d/y; dver add d; commit two
	git checkout -q HEAD~1; dver checkout
	[ -f d/x/1.txt ]
	[ ! -e d/y ]
	git checkout -q main; dver checkout
	[ -f d/x ]
	[ -f d/y ]
'
test_case 'a symlink in the workspace is never written through' '
	new_repo
	files 2 data/sub; dver add data; commit
	rm -r data/sub
	mkdir ../victim; ln -s ../../victim data/sub
	fails_with "data/sub" dver checkout data
	dver checkout 2>&1 | grep "data/sub. was edited and stays"
	[ -z "$(ls ../victim)" ]
	dver checkout --force
	[ -f data/sub/1.txt ]
	[ ! -L data/sub ]
	[ -z "$(ls ../victim)" ]
'
test_case 'hard links and symlinks are read-only, relink changes the type' '
	new_repo
	dver config cache.type hardlink,copy
	head -c 300000 /dev/urandom >big; sha256sum big >sum
	dver add big; commit
	[ "$(stat -c %h.%a big)" = 2.444 ]
	dver status | grep -q "as its pointers"
	rm big; dver checkout
	[ "$(stat -c %h.%a big)" = 2.444 ]
	dver status | grep -q "as its pointers"
	dver config cache.type symlink
	dver checkout --relink
	[ -L big ]
	sha256sum -c sum
	dver status | grep -q "as its pointers"
	dver add big; git diff --quiet HEAD -- big.dver
	dver config cache.type copy
	dver checkout --relink
	[ ! -L big ]
	[ "$(stat -c %h big)" = 1 ]
	[ -w big ]
	sha256sum -c sum
'
test_case 'what is missing is named, the rest is checked out' '
	new_repo
	files 3 data; head -c 2000000 /dev/urandom >big
	dver config cache.looseAbove 1m
	dver add data big; commit
	rm -r data big .dver/cache/loose
	fails_with "not in the local store" dver checkout
	[ -f data/1.txt ]
	dver status | grep -q "not here *big"
'
# Pointers as somebody writes them by hand.
sizeless='
	new_repo
	head -c 300000 /dev/urandom >big; head -c 3000000 /dev/urandom >huge
	echo small >small; : >empty; files 3 data
	dver add big huge small empty data
	dver cache >before
	for f in big huge small empty data; do
		sha256sum $f >>../sums 2>/dev/null || true
		sed -i "/size:/d; /nfiles:/d" $f.dver
	done
	lacks size ./*.dver
	cp -r data ../data
	commit one
	rm -r big huge small empty data
'
test_case 'pointers without sizes are checked out' "$sizeless"'
	dver status >out
	[ "$(grep -c "^not here" out)" = 5 ]
	dver du --json >du.json
	[ "$(jq -r ".entries[] | select(.path == \"huge\") | .bytes" \
		du.json)" = 3000000 ]
	dver checkout
	sha256sum -c ../sums
	same_tree data ../data
	dver status | grep -q "as its pointers"
	git diff --exit-code
	echo more >>small; echo more >>data/1.txt
	dver add -u; grep -q "size: 11" small.dver; dver undo
	lacks size small.dver
'
test_case 'they are pushed, proved, fetched and dropped too' "$sizeless"'
	dver remote add o ../store; commit two
	dver push; dver check; dver fsck; dver fsck -r o
	git clone -q . ../c; cd ../c; dver pull
	sha256sum -c ../sums
	same_tree data ../data
	dver status | grep -q "as its pointers"
	dver drop
	[ ! -e huge ]
	dver checkout; dver pull huge data small
	sha256sum --ignore-missing -c ../sums
	dver gc -f; dver fsck
	dver mv huge sub; grep -q "size: 3000000" sub.dver
	rm sub; dver checkout; grep " huge" ../sums | sed "s/huge/sub/" |
		sha256sum -c
'
test_case 'moved before their data is here they still have none' "$sizeless"'
	dver remote add o ../store; commit two; dver push
	git clone -q . ../c; cd ../c
	dver mv huge sub; dver mv data sub2
	lacks size ./sub*.dver
	dver pull
	same_tree sub2 ../data
	dver rm sub big; dver status
'
done_testing
