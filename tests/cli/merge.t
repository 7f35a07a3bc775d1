#!/bin/sh
. "${0%/*}/lib.sh"

# Two branches that each changed the folder, on main; $1: conflicts too.
branches() {
	new_repo; dver remote add o ../remote
	files 3 data/a; files 3 data/b; echo base >data/both
	dver add -q data; commit base
	[ -z "$driver" ] || { dver install -q
		dver config --local hooks.postCheckout off; }
	git checkout -qb side
	echo theirs >>data/a/1.txt; echo new >data/a/theirs; rm data/b/3.txt
	[ -z "$1" ] || echo theirs >data/both
	dver add -q data; git commit -qam side
	git checkout -q main; dver checkout -q
	echo ours >>data/b/1.txt; echo new >data/ours; chmod +x data/a/2.txt
	[ -z "$1" ] || echo ours >data/both
	dver add -q data; git commit -qam main
}
merged() {
	grep -q theirs data/a/1.txt; grep -q ours data/b/1.txt
	[ -f data/a/theirs ]; [ -f data/ours ]; [ ! -e data/b/3.txt ]
	[ -x data/a/2.txt ]
	dver status | grep -q "everything is as"
}
driver=
test_case 'the driver merges folders entry by entry' '
	driver=yes; branches
	git merge -q --no-edit side
	dver checkout -q; merged
	grep -q "nfiles: 8" data.dver
	dver push -q; dver check; dver fsck
'
test_case 'a rebase, a cherry-pick and a stash do, too' '
	driver=yes; branches
	git checkout -q side; git rebase -q main; dver checkout -q; merged
	cd ..; rm -rf r; branches
	git cherry-pick side >/dev/null; dver checkout -q; merged
	cd ..; rm -rf r; branches
	echo st >data/stashed; dver add -q data; git stash -q
	git merge -q --no-edit side
	git stash pop -q; dver checkout -q --force
	[ -f data/stashed ]; [ -f data/a/theirs ]
'
test_case 'conflicts leave markers and are named' '
	driver=yes; branches conflict
	must_fail git merge side 2>err
	grep -q "conflict: data/both: changed on both sides" err
	grep -q "^<<<<<<< ours" data.dver; grep -q "^>>>>>>> theirs" data.dver
	dver status | grep -q "dver resolve"
	must_fail dver resolve >out
	grep -q "conflict: data/both: changed on both sides" out
	must_fail dver resolve --list --json >out.json
	jq -e ".conflicts[0].path == \"data/both\" and .left == 1" out.json
	dver resolve --theirs
	git commit -qm merged
	dver checkout -q; merged; grep -qx theirs data/both
'
test_case 'resolve after a merge without a driver' '
	branches
	must_fail git merge side
	dver resolve | grep -q "merged: data.dver"
	[ -z "$(git ls-files -u)" ]
	git commit -qm merged; dver checkout -q; merged
	dver resolve | grep -q "nothing is in conflict"
	cd ..; rm -rf r; branches conflict
	must_fail git merge side
	must_fail dver resolve data
	dver resolve --ours data
	git commit -qm merged; dver checkout -q; merged; grep -qx ours data/both
'
test_case 'trees come from the remote, files do not' '
	branches
	dver push -q --all-commits
	cd ..; git clone -q r c; cd c; git branch -q side origin/side
	git config user.name x
	must_fail git merge side
	dver resolve
	[ "$(dver cache --json | jq .objects)" -le 8 ]
	git commit -qm merged
	dver pull -q; merged
'
test_case 'data that is nowhere: nothing is written' '
	driver=; branches; dver push -q
	cd ..; git clone -q r c; cd c; git branch -q side origin/side
	must_fail git merge side
	cp data.dver before
	fails_with "data" dver resolve
	cmp data.dver before
	[ -n "$(git ls-files -u)" ]
'
test_case 'single files, deleted ones, a folder against a file' '
	new_repo
	echo 1 >f; echo 1 >gone; mkdir kind; echo 1 >kind/1
	dver add -q f gone kind; commit base
	git checkout -qb side; echo 2 >f; echo 2 >gone; dver add -q f gone
	rm -r kind; echo now a file >kind; dver add -q kind
	git commit -qam side
	git checkout -q main; dver checkout -q
	echo 3 >f; dver add -q f; dver rm -q gone
	echo 2 >kind/2; dver add -q kind; git commit -qam main
	must_fail git merge side
	must_fail dver resolve >out; cat out
	grep -q "conflict: f: changed on both sides" out
	grep -q "conflict: gone: deleted here, changed there" out
	grep -q "conflict: kind: a folder on one side, a file on" out
	dver resolve -q --ours gone
	[ ! -e gone.dver ]
	dver resolve -q --theirs
	git commit -qm merged; dver checkout -q --force
	grep -qx 2 f; [ -f kind ]
'
test_case 'two branches that each add an output meet in .gitignore' '
	new_repo; echo c >c; commit base
	git checkout -qb side; echo s >s; dver add -q s; commit side
	git checkout -q main; echo m >m; dver add -q m; commit main
	git merge -q side -m x || dver resolve
	[ -z "$(git ls-files -u)" ]
	grep -qx /s .gitignore; grep -qx /m .gitignore
'
test_case 'a workspace in a folder of the repository' '
	git init -q r; cd r; mkdir -p ml/deep; cd ml; dver init -q --subdir --subdir
	mkdir data; echo 1 >data/1; dver add -q data
	git add -A; git commit -qm base
	dver install -q; dver config --local hooks.postCheckout off
	git checkout -qb side; echo 2 >data/2; dver add -q data
	git commit -qam side
	git checkout -q main; dver checkout -q; echo 3 >data/3
	dver add -q data; git commit -qam main
	cd ..; git merge -q --no-edit side
	cd ml; dver checkout -q; [ -f data/2 ]; [ -f data/3 ]
'
test_case 'random merges agree with a merge of dictionaries' '
	python3 '"$here"'/merge_random.py $(seq 1 24)
'
done_testing
