#!/bin/sh
. "${0%/*}/lib.sh"

test_case 'an add is taken back; the data stays' '
	new_repo
	files 3 data; dver add data; commit one
	cp data.dver one.dver
	echo more >>data/1.txt; dver add data
	echo m >model; dver add model
	dver undo --list >list
	[ "$(wc -l <list)" = 3 ]
	head -1 list | grep -q "add model"
	dver undo | grep -q "took back: add model"
	[ ! -e model.dver ]
	[ -f model ]
	lacks -q model .gitignore
	dver undo
	cmp data.dver one.dver
	git diff --quiet HEAD
	dver status | grep -q "^changed *data ~1"
	dver undo
	[ ! -e data.dver ]
	[ -f data/1.txt ]
	fails_with "nothing to undo" dver undo
'
two_versions='
	new_repo
	files 6 data; echo one >model
	dver add data model; commit one
	echo more >>data/1.txt; rm data/2.txt; echo new >data/7.txt
	echo two >model
	dver add data model; commit two
'
test_case 'a checkout is taken back, with what nobody added' "$two_versions"'
	echo mine >data/notes
	cp -r data two
	git checkout -q HEAD~1
	dver checkout
	dver undo
	same_tree data two
	grep -qx two model
	dver status | grep -q "^behind *data"
'
test_case 'a forced checkout gives the edits back' "$two_versions"'
	echo unsaved >>data/1.txt; echo u >model
	cp -r data keep
	dver checkout --force
	lacks -q unsaved data/1.txt
	dver undo
	same_tree data keep
	grep -qx u model
'
test_case 'a checkout of what was not here' "$two_versions"'
	rm -r data model
	dver checkout
	dver undo
	[ ! -e data ]
	[ ! -e model ]
	dver checkout
	[ -f data/7.txt ]
'
test_case 'rm is taken back' "$two_versions"'
	cp -r data keep
	dver rm data/7.txt
	dver rm data model
	dver undo; dver undo
	same_tree data keep
	grep -qx two model
	git diff --quiet HEAD
	dver status | grep -q "as its pointers"
'
test_case 'data that was changed since is not lost' "$two_versions"'
	git checkout -q HEAD~1; dver checkout
	echo hand >>data/3.txt
	dver undo
	grep -q hand data/3.txt
	grep -q more data/1.txt
	dver checkout
	grep -q hand data/3.txt
	dver status | grep -q "^changed *data ~1"
	echo hand >>data/1.txt
	fails_with "data/1.txt" dver undo
	grep -q hand data/1.txt
	dver undo --force
	dver fsck
'
test_case 'a pointer that moved since stops it' "$two_versions"'
	echo three >model; dver add model
	git checkout -q HEAD -- model.dver
	dver undo
	echo four >model; dver add model; commit
	git checkout -q HEAD~2
	fails_with "was changed since" dver undo
	git checkout -q main
	dver undo
	dver status | grep -q "^changed *model"
'
test_case 'a damaged log entry counts as not there' '
	new_repo
	echo a >a; dver add a; echo b >b; dver add b
	echo junk >.dver/undo/00000002
	dver undo | grep -q "add a"
	[ ! -e a.dver ]
	[ -e b.dver ]
'
test_case 'twenty commands are kept' '
	new_repo
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
		echo $i >f; dver add -q f
	done
	[ "$(dver undo --list | wc -l)" = 20 ]
	dver undo --list --json | python3 -m json.tool >/dev/null
'
test_case 'a second worktree has a log of its own' "$two_versions"'
	git worktree add -q ../w; cd ../w
	fails_with "nothing to undo" dver undo
	dver checkout
	dver undo
	[ ! -e data ]
'
test_case 'a checkout that changed nothing is no entry, and says why' '
	new_repo
	files 3 data; echo f >file; dver add -q data file; commit
	same() {
		dver "$@" >said
		grep -q "nothing to do: what was edited or added" said
		lacks "as its pointers say" said
		[ "$(dver undo --list | wc -l)" = 1 ]
	}
	dver checkout | grep -q "^everything is as its pointers say"
	[ "$(dver undo --list | wc -l)" = 1 ]
	echo edit >>data/1.txt; same checkout; grep -qx edit data/1.txt
	dver checkout -qf; [ "$(dver undo --list | wc -l)" = 2 ]
'
test_case 'extra files and single files that stay are no entry either' '
	new_repo
	files 3 data; echo f >file; dver add -q data file; commit
	echo mine >data/mine
	for c in checkout "checkout data"; do
		dver $c >said; grep -q "nothing to do: what was" said
		[ "$(dver undo --list | wc -l)" = 1 ]
	done
	rm data/mine; echo edit >>file
	dver checkout >said; grep -q "nothing to do: what was" said
	[ "$(dver undo --list | wc -l)" = 1 ]
	grep -qx edit file
	rm data/1.txt; dver checkout >said; grep -q "data: +1" said
	[ "$(dver undo --list | wc -l)" = 2 ]
'
test_case 'a checkout that changes nothing costs no undo' '
	new_repo; files 2 data; echo 0 >f; dver add -q data f; commit
	i=0; while [ $i -lt 22 ]; do
		i=$((i + 1)); echo $i >f; dver add -q f
	done
	dver undo -l >before; [ "$(wc -l <before)" -eq 20 ]
	echo edit >>data/1.txt
	for i in 1 2 3; do dver checkout 2>err; done
	grep -q "was edited and stays" err
	dver undo -l | diff before -
	i=0; while [ $i -lt 20 ]; do i=$((i + 1)); dver undo -q; done
	grep -q "sha256: $(echo 2 | sha256sum | cut -d" " -f1)" f.dver
'
done_testing
