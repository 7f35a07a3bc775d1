#!/bin/sh
# Behind, changed, not here: each command on outputs in each state.
. "${0%/*}/lib.sh"

# A repository with two versions, and c, a clone of it at the first.
origin() {
	new_repo
	dver remote add o "$PWD/../remote"
	files 6 data/a; files 6 data/b; echo one >m
	dver add -q data m; commit one
	cp -r data ../one
	echo two >>data/a/1.txt; echo new >data/b/new; rm data/b/6.txt
	echo two >m
	dver add -q data m; commit two
	cp -r data ../two
	dver push -q --all-commits
	cd ..; git clone -q r c; cd c
	git checkout -q -b old HEAD~1
}
# All of version one is here; git's pointers are of version two.
behind() {
	origin; dver pull -q; dver fetch -q -A; git checkout -q main
}
# Of version one, which the pointers have, two files of thirteen are here.
partial() {
	origin; dver pull -q data/a/1.txt data/b/6.txt; dver fetch -q -A
}
again() { cd ..; rm -rf c r remote one two; }
pointers_stay() { git diff --quiet HEAD -- "*.dver"; }
status_is() { dver status >st; printf "%s\n" "$@" | diff - st; rm st; }
clean() { dver status | grep -qx "everything is as its pointers say"; }
tracked() { dver ls -R "${1:-data}" | wc -l; }
partly='partly   data: 10 files not here  (dver pull data)'

test_case 'add: what is behind is refused' '
	behind
	fails_with "the pointer of '\''data'\'' moved" dver add data
	fails_with "the pointer of '\''m'\'' moved" dver add m
	fails_with "moved" dver add data/a/2.txt
	rm data/b/1.txt
	fails_with "moved" dver add data/b
	fails_with "moved" dver add data/b/1.txt
	pointers_stay
	dver add -q -f m
	git diff HEAD~1 --quiet -- m.dver
'
test_case 'add -u leaves out what is only behind' '
	behind
	dver add -u | grep -qx "nothing changed"
	pointers_stay
	dver checkout -q m; echo three >m
	dver add -u >out
	grep -q "^m: ~1" out
	lacks -q "^data" out
	git diff --quiet HEAD -- data.dver
	echo edit >>data/b/2.txt
	fails_with "the pointer of '\''data'\'' moved" dver add -u
	git diff --quiet HEAD -- data.dver
'
test_case 'add: what is not here is no deletion' '
	partial
	status_is "$partly" "not here m  (dver checkout)"
	for what in data data/a data/b "data/a data/b/6.txt" "data/a/1.txt"; do
		dver add -q $what
		pointers_stay
	done
	dver add -q -u
	pointers_stay
	fails_with "dver pull data/a/2.txt" dver add data/a/2.txt
	fails_with "is not here" dver add m
	pointers_stay
	echo edit >>data/a/1.txt; echo new >data/a/new; rm data/b/6.txt
	dver add -q data/a
	[ "$(tracked)" = 13 ]
	dver add -q data
	[ "$(tracked)" = 12 ]
	dver ls -R data >data.ls
	grep -qx data/a/new data.ls
	lacks -q "data/b/6.txt" data.ls
	dver cat data/a/1.txt | grep -qx edit
	commit three; dver push -q
	cd ..; git clone -q c d; cd d; dver pull -q
	[ "$(find data -type f | wc -l)" = 12 ]
'
test_case 'add: a part of a folder that was never here' '
	origin
	mkdir -p data/a data/x; echo new >data/a/new; echo x >data/x/1
	fails_with "never checked out" dver add data
	dver add -q data/a data/x
	[ "$(tracked)" = 14 ]
	dver add -q data data/a data/x
	[ "$(tracked)" = 14 ]
	rm -r data/x
	dver add -q data/x
	[ "$(tracked)" = 13 ]
	fails_with "not here" dver add data/b
'
test_case 'add: a folder of which nothing is here any more' '
	partial
	rm -r data/a
	dver add -q data/a
	[ "$(tracked)" = 11 ]
	dver ls -R data | grep -qx data/a/2.txt
'
test_case 'add: data of another version, chosen before a pull' '
	origin; dver pull -q; dver fetch -q -A; git checkout -q -b next
	dver checkout -q HEAD -- data
	echo x >>data/a/3.txt; dver add -q data; commit three
	dver checkout -q HEAD~1 -- data m
	git merge -q -s ours main -m merged
	git checkout -q main -- data.dver m.dver; commit moved
	dver status | grep -q "^behind *data"
	fails_with "moved" dver add data
	dver add -u | grep -qx "nothing changed"
	pointers_stay
'
test_case 'status and diff name each state' '
	behind
	status_is "behind   data +1 ~1 -1  (dver checkout)" \
		"behind   m ~1  (dver checkout)"
	echo mine >>data/b/2.txt; echo n >data/n
	dver status | grep -q "^behind *data"
	echo mine >>data/a/1.txt; echo mine >>m
	dver status >st
	grep -q "^conflict *data" st
	grep -q "^conflict *m" st
	dver checkout -q --force
	clean || dver status | grep -q "^changed *data +1"
	git checkout -q old; dver drop -q data m 2>err || cat err
	cd ..; rm -rf c; git clone -q r c; cd c; git checkout -q -b old HEAD~1
	dver diff >df; [ ! -s df ]
	dver pull -q data/a/1.txt
	dver diff >df; [ ! -s df ]
	echo edit >>data/a/1.txt
	dver diff | grep -qx "  M  data/a/1.txt  16 B -> 21 B"
	[ "$(dver diff --json | jq ".outputs | length")" = 1 ] || dver diff --json
	git checkout -q main -- data.dver
	dver status >st; cat st
	grep -q "^conflict *data" st
'
test_case 'checkout brings the new and leaves edits of the rest' '
	behind
	echo edit >>data/b/2.txt; echo mine >data/mine; rm data/a/3.txt
	dver checkout -q
	grep -qx edit data/b/2.txt
	[ -f data/mine ]
	[ -f data/a/3.txt ]
	grep -qx two data/a/1.txt
	grep -qx two m
	[ ! -e data/b/6.txt ]
	status_is "changed  data +1 ~1  (dver add)"
	dver add -q data; dver ls -R data >ls
	grep -qx data/mine ls; grep -qx data/b/new ls; lacks -qx data/b/6.txt ls
'
test_case 'checkout: an edit of what moved stops it, --force keeps it' '
	behind
	echo edit >>data/a/1.txt; cp -r data ../mine
	fails_with "data/a/1.txt" dver checkout
	fails_with "moved" dver add data
	same_tree data ../mine
	dver checkout -q --force
	same_tree data ../two
	clean
	dver undo -q
	same_tree data ../mine
	grep -qx one m
	pointers_stay
	dver status | grep -q "^conflict *data"
'
test_case 'checkout: an edit elsewhere is in nobody'"'"'s way' '
	behind
	dver checkout -q m; echo edit >m
	dver checkout >out 2>&1; cat out
	grep -q "m.*edit" out
	same_tree data ../two
	grep -qx edit m
	status_is "changed  m ~1  (dver add)"
	fails_with "m" dver checkout m
	git checkout -q old
	fails_with "m" dver checkout
	git checkout -q main
	dver checkout -q -f m; clean
'
test_case 'checkout: parts follow the pointer, what is not here stays away' '
	partial
	echo extra >data/a/extra; dver add -q data; commit extra
	git checkout -q main; dver checkout -q
	[ "$(find data -type f)" = data/a/1.txt ]
	grep -qx two data/a/1.txt
	status_is "partly   data: 11 files not here  (dver pull data)"
	dver add -q -u; pointers_stay
	git checkout -q old; dver checkout -q
	dver status >st; cat st
	lacks -q "changed\|behind\|conflict" st
	dver add -q -u; pointers_stay
	dver pull -q; clean
	[ "$(find data -type f | wc -l)" = 13 ]
'
test_case 'checkout: files in what is not here follow too' '
	origin; dver pull -q data/b/1.txt; dver fetch -q -A
	mkdir data/a; cp ../one/a/1.txt data/a/1.txt
	dver status | grep -q "^partly *data: 10 files"
	git checkout -q main; dver checkout -q
	grep -qx two data/a/1.txt
	dver add -q -u; pointers_stay
'
test_case 'checkout: an output without a pointer goes, edits stay' '
	new_repo; echo x >README; commit zero
	git switch -qc side
	files 5 data; echo m >m; echo e >edited; echo k >kept
	dver add -q data m edited kept; commit side
	dver rm -q --cached kept
	echo notes >data/notes; echo edit >>edited; git commit -qm kept
	git switch -q main
	dver status >st; cat st
	grep -q "^behind *data -5" st
	grep -q "^behind *edited" st
	dver checkout >out 2>&1; cat out
	grep -q "edited" out
	[ ! -e m ]
	[ "$(ls data)" = notes ]
	grep -q edit edited
	[ -f kept ]
	dver status | grep -q "everything is"
	dver undo -q
	[ -f m ]
	[ -f data/5.txt ]
	git switch -q -f side
	clean || dver status
	rm edited; dver checkout -q --force
	[ -f data/5.txt ]; [ -f data/notes ]
'
test_case 'checkout: what git tracks itself is left alone' '
	new_repo
	files 4 data; commit "in git"
	git rm -rq --cached data; dver add -q data; commit "in dver"
	git checkout -q HEAD~1
	dver checkout -q
	[ -f data/4.txt ]
	git diff --quiet
	git checkout -q main; dver checkout -q
	[ -f data/4.txt ]
	rm data.dver; dver checkout -q; [ -f data/4.txt ]
'
test_case 'checkout: one output becomes two, and one again' '
	new_repo
	files 3 data/a; files 3 data/b; files 3 data/c; dver add -q data; commit one
	dver mv -q data/a a; dver rm -q data
	mkdir data; dver mv -q a data/a
	files 3 data/b; dver add -q data/b; commit two
	dver checkout -q; clean
	git checkout -q HEAD~1; dver checkout -q; clean
	[ -f data/a/1.txt ]; [ -f data/c/3.txt ]
	git checkout -q main; dver checkout -q; clean
	[ -f data/a/1.txt ]; [ -f data/b/3.txt ]; [ ! -e data/c ]
'
test_case 'pull: what is behind, partly here, edited' '
	partial
	echo edit >>data/b/6.txt
	git checkout -q main
	fails_with "data/b/6.txt" dver pull
	grep -qx edit data/b/6.txt
	cp ../one/b/6.txt data/b/6.txt
	dver pull -q
	same_tree data ../two
	clean
	git checkout -q old; dver checkout -q
	echo edit >>data/b/6.txt; echo x >m
	dver checkout -q -f m
	dver pull -q; grep -qx edit data/b/6.txt
	dver pull -q -f; same_tree data ../one; clean
'
test_case 'pull: a part of a folder that is behind' '
	partial
	git checkout -q main
	dver pull -q data/b/new
	[ -f data/b/new ]
	[ ! -e data/b/6.txt ]
	grep -qx two data/a/1.txt
	dver add -q -u; pointers_stay
'
test_case 'a pull never becomes a revert' '
	origin; dver pull -q; dver fetch -q -A; git checkout -q -B main
	echo mine >>data/b/3.txt
	git fetch -q; git reset -q --hard origin/main
	fails_with "moved" dver add -u
	pointers_stay
	must_fail dver add data
	dver checkout -q
	dver add -u | grep -q "^data: ~1"
	dver ls -R data >ls
	grep -qx data/b/new ls
	lacks -qx data/b/6.txt ls
	dver cat data/a/1.txt | grep -qx two
'
test_case 'fetch and push: the pointers count, not the disk' '
	behind
	dver fetch -q
	grep -qx one m
	dver status | grep -q "^behind *m"
	mv ../remote ../gone
	dver checkout -q; clean
	mv ../gone ../remote
	git checkout -q old
	dver push | grep -q "nothing to do"
	cd ..; rm -rf c; git clone -q r c; cd c
	dver push | grep -q "nothing to do"
	dver pull -q data/a/1.txt
	echo edit >>data/a/1.txt; dver add -q -u; git commit -qam edit
	dver push -q; dver check
	cd ..; git clone -q c d; cd d; dver pull -q; grep -qx edit data/a/1.txt
	[ "$(find data -type f | wc -l)" = 12 ]
'
test_case 'rm: behind, not here, partly here' '
	behind
	fails_with "moved" dver rm data/a
	pointers_stay
	dver rm -q m data
	[ ! -e m ]; [ ! -e data ]; [ ! -e data.dver ]
	dver undo -q; same_tree data ../one
	dver status | grep -q "^behind *data"
	dver rm -q --cached m; grep -qx one m; [ ! -e m.dver ]
	dver undo -q; dver status | grep -q "^behind *m"
	again; partial
	dver rm -q data/a/2.txt; [ "$(tracked)" = 11 ]
	dver rm -q data/a; [ "$(tracked)" = 6 ]
	[ -f data/b/6.txt ]; [ ! -e data/a ]
	dver status | grep -q "^partly *data: 5 files"
	dver add -q -u; [ "$(tracked)" = 6 ]
	dver rm -q m data; [ ! -e data ]; [ ! -e data.dver ]
	dver undo -q; dver pull -q; [ "$(find data -type f | wc -l)" = 6 ]
'
test_case 'mv: behind, not here, partly here' '
	behind
	dver mv -q data d2
	dver status | grep -q "^behind *d2 +1 ~1 -1"
	fails_with "moved" dver add d2
	fails_with "not of the version" dver mv d2/a a
	dver checkout -q; same_tree d2 ../two
	again; partial
	dver mv -q data d2; dver mv -q m m2
	status_is "partly   d2: 10 files not here  (dver pull d2)" \
		"not here m2  (dver checkout)"
	fails_with "only partly here" dver mv d2/a a
	dver mv -q d2/b/6.txt d2/b/six; dver mv -q d2/a/3.txt d2/three
	dver add -q -u
	[ "$(tracked d2)" = 12 ]
	dver pull -q; [ "$(find d2 -type f | wc -l)" = 12 ]; [ -f d2/three ]
	clean
'
test_case 'drop: behind and edited are refused, parts go' '
	behind
	fails_with "not as its pointer says" dver drop data
	same_tree data ../one
	dver checkout -q; echo edit >>m
	fails_with "was changed" dver drop
	again; partial
	dver drop -q data/a
	[ -f data/b/6.txt ]; [ ! -e data/a ]
	status_is "partly   data: 11 files not here  (dver pull data)" \
		"not here m  (dver checkout)"
	dver add -q -u; pointers_stay
	git checkout -q main; dver checkout -q; dver add -q -u; pointers_stay
	dver drop -q; dver add -q -u; pointers_stay
	mkdir -p data/a; echo n >data/a/n; dver add -q data/a
	[ "$(tracked)" = 13 ]
'
test_case 'drop: data that is not here follows the pointer too' '
	origin; dver pull -q; dver fetch -q -A; dver drop -q
	git checkout -q main; dver checkout -q
	[ ! -e data ]; [ ! -e m ]
	mkdir data; echo new >data/n; dver add -q data
	[ "$(tracked)" = 13 ]
'
test_case 'undo goes back to each state' '
	behind; dver checkout -q; dver undo -q
	same_tree data ../one
	dver status | grep -q "^behind *data"
	fails_with "moved" dver add data
	again; partial
	dver pull -q data; dver undo -q
	[ "$(find data -type f | wc -l)" = 2 ]
	status_is "$partly" "not here m  (dver checkout)"
	dver add -q -u; pointers_stay
	echo edit >>data/a/1.txt; dver add -q data; dver undo -q
	status_is "changed  data ~1  (dver add)" "$partly" "not here m  (dver checkout)"
	git checkout -q main; dver undo -q
	dver add -q -u || true; pointers_stay
'
test_case 'unprotect, ls, cat, check: whatever is here' '
	origin; cd ../r; git branch -q old HEAD~1
	dver config --local cache.type symlink; dver config --local cache.looseAbove 0
	rm -rf .dver/cache/*; dver add -q data m
	rm -r data m; dver checkout -q data/a/1.txt data/b/new m
	[ -L m ]
	git checkout -q old
	dver unprotect -q; [ ! -L m ]; [ ! -L data/b/new ]
	dver status | grep -q "^behind *m"
	[ "$(tracked)" = 12 ]
	dver cat m | grep -qx one
	dver cat data/b/6.txt | grep -q "number 6"
	dver cat main:data/b/new | grep -qx new
	dver check; dver check main
	rm -r data m; dver unprotect; dver ls data/a | grep -qx data/a/1.txt
'
test_case 'gc keeps what lies here, of whatever version' '
	new_repo; dver config --local cache.type symlink
	dver config --local cache.looseAbove 0
	files 4 data; dver add -q data; commit one
	echo two >../two; mv ../two data/two; dver add -q data
	rm -r data; dver checkout -q; [ -L data/two ]
	git checkout -q HEAD -- data.dver
	dver status | grep -q "^behind *data"
	dver gc -q -f --no-undo --not-pushed
	cat data/*
	dver checkout -q; clean
	cd ..; rm -rf r; behind; rm -r data
	dver gc -q -f --no-undo
	dver checkout -q || dver pull -q; clean
'
test_case 'resolve: outputs that are behind or not here' '
	origin; dver fetch -q -A; git checkout -q -b side
	dver pull -q data/a/3.txt; echo side >data/a/3.txt; echo s >data/a/side
	dver add -q data/a; commit side
	must_fail git merge main
	dver resolve -q
	dver status | grep -q "^behind *data"
	must_fail dver add data
	git commit -qm merged; dver checkout -q
	[ "$(tracked)" = 13 ]
	grep -qx side data/a/3.txt
	dver add -q -u; pointers_stay
	dver pull -q; clean; grep -qx two data/a/1.txt; [ -f data/a/side ]
'
test_case 'hooks: switches, stashes and pulls with local edits' '
	origin; git checkout -q main; git reset -q --hard old
	dver pull -q; dver install -q
	echo edit >>data/b/2.txt; echo mine >data/mine
	git pull -q 2>err; cat err
	dver pull -q
	grep -qx edit data/b/2.txt
	grep -qx two data/a/1.txt
	status_is "changed  data +1 ~1  (dver add)"
	git switch -q old 2>err; cat err
	grep -qx edit data/b/2.txt
	lacks -q two data/a/1.txt
	dver add -q -u
	git stash -q; dver checkout -q
	dver status >st; cat st
	lacks -q edit data/b/2.txt
	git switch -q main; grep -qx two data/a/1.txt
	git switch -q old
	git stash pop -q; dver status | grep -q "^behind *data"
	dver checkout -q; clean; grep -qx edit data/b/2.txt
	echo edit >>m
	git switch -q -f main 2>err || cat err
	grep -q edit m
'
test_case 'a second worktree has states of its own' '
	origin; dver pull -q
	git worktree add -q ../w main; cd ../w
	status_is "not here data  (dver pull)" "not here m  (dver pull)"
	dver pull -q; same_tree data ../two
	echo w >>data/a/1.txt; dver add -q data; git commit -qam w
	cd ../c; same_tree data ../one; clean
	git merge -q main; dver status | grep -q "^behind *data"
	dver checkout -q; grep -qx w data/a/1.txt
	git worktree remove --force ../w
	dver gc -q -f --no-undo || true
	rm -r data; dver checkout -q; grep -qx w data/a/1.txt
'
# dver ... killed at call N of SYSCALL; false: it made fewer of them.
killed() {
	call=$1 n=$2
	shift 2
	! strace -f -o /dev/null -e trace="$call" \
		-e inject="$call:signal=KILL:when=$n" dver -j 1 "$@" \
		>/dev/null 2>&1
}
# RESTORE and killed COMMAND for each of the CALLS, then SCRIPT after each.
kills() {
	all=0
	for call in $1; do
		n=0
		while eval "$2"; n=$((n + 1)); killed $call $n $3; do
			eval "$4"
		done
		all=$((all + n))
	done
	[ $all -gt 3 ]
}
# Neither may an interrupted command look like edits nor be recorded as some.
no_edits='
	dver status >st; cat st
	lacks -q "conflict\|changed" st
	dver add -q -u --allow-deletes || true
	pointers_stay
'
test_case 'checkout killed midway, then status, add and checkout again' '
	behind
	cp -r .dver ../saved
	kills "renameat rename unlinkat" "rm -rf .dver data m
		cp -r ../saved .dver; cp -r ../one data; echo one >m" "checkout" \
		"$no_edits
		dver checkout -q; clean; same_tree data ../two"
'
test_case 'checkout of what was removed: killed, it is no deletion' '
	origin; git checkout -q main; dver pull -q
	cp -r .dver ../saved
	kills "renameat rename" "rm -rf .dver data m; cp -r ../saved .dver" \
		"checkout" \
		"$no_edits
		dver checkout -q; clean; same_tree data ../two"
'
test_case 'a first pull that is killed' '
	origin
	kills renameat "rm -rf .dver/[ictuw]* data m; git checkout -q .dver" \
		"pull" \
		"$no_edits
		dver pull -q; clean; same_tree data ../one"
'
test_case 'a drop that is killed is no deletion, and is finished' '
	origin; dver pull -q
	cp -r .dver ../saved
	kills unlinkat "rm -rf .dver data m; cp -r ../saved .dver
		cp -r ../one data; echo one >m" "drop" \
		"$no_edits
		cp -r .dver ../mid; dver pull -q; clean
		same_tree data ../one; rm -rf .dver; mv ../mid .dver
		dver drop -q; [ ! -e data ]"
'
test_case 'an undo that is killed is finished by the next' '
	behind; dver checkout -q
	cp -r .dver ../saved
	kills "renameat rename" "rm -rf .dver data m; cp -r ../saved .dver
		cp -r ../two data; echo two >m" "undo" \
		"dver add -q -u --allow-deletes || true; pointers_stay
		[ ! -e .dver/undo/00000002 ] || dver undo -q
		same_tree data ../one"
'
done_testing
