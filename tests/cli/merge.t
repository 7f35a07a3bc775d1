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
test_case 'and with the driver git has its conflict, which stays whole' '
	driver=; branches; dver push -q
	cd ..; git clone -q r c; cd c; git branch -q side origin/side
	dver install -q; dver config --local hooks.postCheckout off
	must_fail git merge side 2>err; cat err
	grep -q "dver: .data. cannot be merged" err
	grep -q "^<<<<<<< ours" data.dver
	[ "$(git ls-files -u data.dver | wc -l)" = 3 ]
	dver status | grep -q "^broken *data"
	must_fail dver add data; must_fail dver add -u
	(cd ../r; dver push -q --all-commits)
	dver resolve -q; git commit -qm merged; dver pull -q; merged
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
# main and side disagree on five files of data and on the whole of m.
many='
	new_repo; [ -z "$driver" ] || { dver install -q
		dver config --local hooks.postCheckout off; }
	files 3 data/sub; echo 1 >data/x; echo 1 >data/y; echo 1 >m
	dver add -q data m; commit base
	git checkout -qb side
	for f in data/x data/y data/sub/1.txt data/sub/2.txt data/n m; do
		echo theirs >$f; done; echo t >data/t
	dver add -q data m; git commit -qam side
	git checkout -q main; dver checkout -q
	for f in data/x data/y data/sub/1.txt data/sub/2.txt data/n m; do
		echo ours >$f; done; echo o >data/o
	dver add -q data m; git commit -qam main
	must_fail git merge side >/dev/null 2>&1
'
decide_files='
	must_fail dver resolve data/x --ours >out; cat out
	grep -qx "left: data.dver: 4 conflicts" out
	lacks -q "conflict: data/x\|conflict: m" out
	must_fail dver resolve --theirs data/sub
	must_fail dver resolve --list >out; cat out
	grep -qx "ours: data/x: changed on both sides" out
	grep -qx "theirs: data/sub/1.txt: changed on both sides" out
	grep -qx "conflict: data/y: changed on both sides" out
	grep -qx "conflict: data/n: added on both sides" out
	grep -qx "conflict: m: changed on both sides" out
	must_fail dver resolve --list --json >out.json
	jq -e "[.conflicts[] | .decided] | sort ==
		[null, null, null, \"ours\", \"theirs\", \"theirs\"]" out.json
	jq -e ".left == 2 and .merged == 0" out.json
	grep -q "^<<<<<<< " data.dver; grep -q "^>>>>>>> " data.dver
	[ "$(git ls-files -u data.dver | wc -l)" = 3 ]
	git status --porcelain | lacks -q "resolve"
	must_fail dver resolve -q data/x --theirs
	must_fail dver resolve -q data/sub/2.txt --ours
	dver resolve -q data/y data/n --ours
	must_fail dver resolve -q
	[ -z "$(git ls-files -u data.dver)" ]
	[ -n "$(git ls-files -u m.dver)" ]
	[ ! -e .dver/resolve ]
	dver resolve -q --theirs
	git commit -qm merged; dver checkout -q
	grep -qx theirs data/x; grep -qx ours data/y; grep -qx ours data/n
	grep -qx theirs data/sub/1.txt; grep -qx ours data/sub/2.txt
	grep -qx theirs m; [ -f data/o ]; [ -f data/t ]
	dver status | grep -q "everything is as"
'
test_case 'files are decided one by one, after a merge without a driver' '
	driver=; eval "$many"; eval "$decide_files"
'
test_case 'and after one with it' '
	driver=yes; eval "$many"; eval "$decide_files"
'
test_case 'what was decided stays when a side takes the rest' '
	driver=; eval "$many"
	must_fail dver resolve -q data/x data/sub --theirs
	dver resolve --ours >out
	grep -qx "merged: data.dver" out; grep -qx "merged: m.dver" out
	git commit -qm merged; dver checkout -q
	grep -qx theirs data/x; grep -qx theirs data/sub/2.txt
	grep -qx ours data/y; grep -qx ours m
	[ ! -e .dver/resolve ]
	git reset -q --hard HEAD~1; must_fail git merge side
	must_fail dver resolve --list >out
	lacks -q "^ours\|^theirs" out
'
test_case 'a path without a conflict is an error, and decides nothing' '
	driver=; eval "$many"
	fails_with "nothing is in conflict at '\''data/typo'\''" \
		dver resolve --ours data/typo
	fails_with "data/t" dver resolve --ours data/x data/t
	fails_with "m/x" dver resolve --ours m/x
	[ ! -e .dver/resolve ]
	must_fail dver resolve data/y >out
	grep -q "conflict: data/y" out; lacks -q "conflict: data/x" out
	dver resolve nothing | grep -q "nothing is in conflict"
	code=0; dver resolve --ours --theirs data/x || code=$?; [ $code = 2 ]
'
test_case 'decisions are of these versions only; damage is told' '
	driver=; eval "$many"
	must_fail dver resolve -q data/x --theirs
	printf junk >>.dver/resolve
	must_fail dver resolve --list >out 2>err
	grep -q "is damaged" err; lacks -q "^theirs" out
	must_fail dver resolve -q data/x --theirs
	must_fail dver resolve --list >out; grep -q "^theirs: data/x" out
	git merge --abort; git checkout -q side; dver checkout -q
	echo theirs2 >data/x; dver add -q data; git commit -qam side2
	git checkout -q main; dver checkout -q
	must_fail git merge side
	must_fail dver resolve --list >out; lacks -q "^theirs" out
	must_fail dver resolve -q data/y --theirs; git merge --abort
	dver resolve | grep -q "nothing is in conflict"
	[ ! -e .dver/resolve ]
'
# Fail or kill each such call of a resolve, then of the one that ends it.
test_case 'killed or failed anywhere, resolve goes on' '
	driver=; eval "$many"; must_fail dver resolve -q data/y --ours
	cd ..; cp -r r saved
	for how in error=EIO signal=KILL; do
	for call in rename fsync unlink; do
	for args in "--theirs data/x" "--theirs"; do
		n=0
		while n=$((n + 1)); rm -rf r; cp -r saved r; cd r
		strace -f -o ../log -e trace=$call -e inject=$call:$how:when=$n \
			dver -j 1 resolve -q $args || true
		grep -q "INJECTED\|killed by SIGKILL" ../log; do
			dver resolve --list >out 2>err || true
			lacks -q damaged err
			rm -f .git/index.lock
			[ -z "$(git ls-files -u data.dver)" ] ||
				dver resolve -q --theirs data/x data/n data/sub ||
				dver resolve -q --theirs data
			dver resolve -q --theirs
			[ -z "$(git ls-files -u)" ]; [ ! -e .dver/resolve ]
			git commit -qm merged; dver checkout -q
			grep -qx theirs data/x; grep -qx ours data/y
			grep -qx theirs m; dver fsck -q
			cd ..
		done
		cd ..
	done; done; done
'
test_case 'odd names, a folder against a file, a deleted file' '
	new_repo; mkdir -p data/k; echo 1 >data/k/1; echo 1 >data/gone
	nl=$(printf "a\\nb\\134c"); echo 1 >"data/$nl"; dver add -q data; commit base
	git checkout -qb side; rm -r data/k; echo file >data/k; rm data/gone
	echo theirs >"data/$nl"; dver add -q data; git commit -qam side
	git checkout -q main; dver checkout -q; echo 2 >data/k/1
	echo 2 >data/gone; echo ours >"data/$nl"; dver add -q data
	git commit -qam main
	must_fail git merge side
	must_fail dver resolve -q "data/$nl" --theirs
	must_fail dver resolve -q data/k --theirs
	must_fail dver resolve --list | cat -v
	dver resolve -q data/gone --theirs
	git commit -qm merged; dver checkout -q
	[ -f data/k ]; [ ! -e data/gone ]; grep -qx theirs "data/$nl"
'
test_case 'random merges agree with a merge of dictionaries' '
	python3 '"$here"'/merge_random.py $(seq 1 24)
'
done_testing
