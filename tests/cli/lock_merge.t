#!/bin/sh
. "${0%/*}/lib.sh"
# Lock files that two branches changed: git's merge driver, and dver resolve.

unset SHELL
# Three stages that do not need each other, each with a parameter of its own.
pipeline='
	new_repo
	cat >dver.yaml <<-END
	stages:
	  fit: {cmd: "echo fit \${fit} >fit.out; echo fit >>runs",
	    params: [fit], outs: [fit.out]}
	  plot: {cmd: "echo plot \${plot} >plot.out; echo plot >>runs",
	    params: [plot], outs: [plot.out]}
	  scan: {cmd: "mkdir scans; echo scan \${scan} >scans/1",
	    params: [scan], outs: [scans]}
	END
	printf "fit: 1\n\n\nplot: 1\n\n\nscan: 1\n" >params.yaml
	echo runs >.gitignore
	dver repro -q; commit base
	[ -z "$driver" ] || { dver install -q
		dver config --local hooks.postCheckout off
		dver config --local hooks.preCommit off; }
	set_to() {	# STAGE VALUE ...
		while [ $# -gt 0 ]; do
			sed -i "s/^$1: .*/$1: $2/" params.yaml; shift 2
		done
		dver repro -q; git add -A; git commit -qm set
	}
	git branch -q side
	unresolved() { [ -n "$(git ls-files -u dver.lock)" ]; }
	# Nothing is to be run, and what is here is as it was recorded.
	whole() {
		dver checkout -q; rm -f runs
		dver repro >../said; cat ../said
		grep -q "nothing to do" ../said; [ ! -e runs ]
		dver status >../said; cat ../said
		grep -q "everything is as" ../said
	}
	is() {	# FIT PLOT SCAN
		grep -qx "fit $1" fit.out; grep -qx "plot $2" plot.out
		grep -qx "scan $3" scans/1
	}
'
# $1, $2: what main and side set.
branches() {
	git checkout -q side; dver checkout -q; eval "set_to $2"
	git checkout -q main; dver checkout -q; eval "set_to $1"
}
driver=yes
test_case 'stages of two branches merge, and nothing is run again' "$pipeline"'
	branches "fit 2" "plot 2"
	git merge -q --no-edit side
	[ -z "$(git ls-files -u)" ]
	whole; is 2 2 1
	cp dver.lock ../merged; dver repro -qf; cmp dver.lock ../merged
'
test_case 'a rebase, a cherry-pick and a stash do, too' "$pipeline"'
	branches "fit 2" "plot 2 scan 3"; git branch -q keep
	git checkout -q side; git rebase -q main; whole; is 2 2 3
	git checkout -q keep; git cherry-pick side >/dev/null; whole; is 2 2 3
	git checkout -q -B keep main; dver checkout -q
	git checkout -q -B other main~1; dver checkout -q
	sed -i "s/^plot: .*/plot: 7/" params.yaml; dver repro -q; git stash -q
	git merge -q keep; git stash pop -q; dver checkout -q --force
	is 2 7 1
	rm -f runs; dver repro -q; [ ! -e runs ]
'
clash='
	branches "fit 2 plot 2" "fit 3 scan 3"
	must_fail git merge side 2>err; cat err
	# The parameters are text, and git is right that they clash.
	git checkout -q --theirs params.yaml
	sed -i "s/^plot: .*/plot: 2/" params.yaml; git add params.yaml
'
test_case 'a clash has markers around its stage alone' "$pipeline$clash"'
	unresolved
	grep -q "^dver: conflict: stage fit: changed on both sides: command; " err
	grep -q "^dver: dver resolve --ours or --theirs decides" err
	[ "$(grep -c "^<<<<<<< ours$" dver.lock)" = 1 ]
	[ "$(grep -c "^=======$" dver.lock)" = 1 ]
	[ "$(grep -c "^>>>>>>> theirs$" dver.lock)" = 1 ]
	sed "/^<<<<<<< /,/^>>>>>>> /d" dver.lock | grep -c "^  [a-z]*:" |
		grep -qx 2
	sed -n "/^<<<<<<< /,/^=======/p" dver.lock >ours
	grep -q "fit: 2" ours; lacks "fit: 3" ours; rm ours
	fails_with "dver resolve" dver repro
	fails_with "a merge left conflicts in it" dver repro fit
	dver status | grep -q "^broken *dver.lock.*dver resolve"
	must_fail dver commit 2>/dev/null || true
	unresolved
'
test_case 'clashes of a rebase and a cherry-pick are decided, too' "$pipeline"'
	branches "fit 2" "fit 3 scan 3"
	git branch -q keep side; git checkout -q side
	must_fail git rebase main; unresolved
	git checkout -q --theirs params.yaml; git add params.yaml
	fails_with "dver resolve" dver repro
	dver resolve -q --theirs fit
	GIT_EDITOR=true git rebase --continue
	whole; is 3 1 3
	git checkout -q -B pick main; dver checkout -q
	must_fail git cherry-pick keep; unresolved
	git checkout -q --ours params.yaml
	sed -i "s/^scan: .*/scan: 3/" params.yaml; git add params.yaml
	dver resolve -q --ours
	git -c core.editor=true cherry-pick --continue
	whole; is 2 1 3
	git checkout -q -B stashed main; dver checkout -q
	sed -i "s/^fit: .*/fit: 8/" params.yaml; dver repro -q; git stash -q
	dver checkout -q; set_to fit 9 plot 9
	must_fail git stash pop; unresolved
	git checkout -q --theirs params.yaml
	sed -i "s/^plot: .*/plot: 9/" params.yaml
	dver resolve -q --theirs; whole; is 8 9 1
'
test_case 'it is listed' "$pipeline$clash"'
	must_fail dver resolve >out; cat out
	how="command; parameter params.yaml:fit: 2 here, 3 there; output fit.out"
	grep -qx "conflict: stage fit: changed on both sides: $how" out
	grep -qx "left: dver.lock: 1 conflict" out
	must_fail dver resolve --list --json >out.json; cat out.json
	jq -e ".conflicts | length == 1" out.json
	jq -e ".conflicts[0] | .output == \"dver.lock\" and .path == \"fit\" and
		.stage == \"fit\" and .why == \"changed on both sides\" and
		.decided == null" out.json
	jq -e ".conflicts[0].differences | map(.kind) ==
		[\"command\", \"parameter\", \"output\"]" out.json
	jq -e ".conflicts[0].differences[1] == {kind: \"parameter\",
		name: \"params.yaml:fit\", ours: \"2\", theirs: \"3\"}" out.json
	jq -e ".conflicts[0].differences[2] | .name == \"fit.out\" and
		(.ours | length) == 64 and .ours != .theirs" out.json
	jq -e ".left == 1 and .merged == 0" out.json
	rm out out.json; unresolved
'
test_case 'theirs, as a whole' "$pipeline$clash"'
	dver resolve --theirs >out; cat out
	grep -qx "merged: dver.lock" out; rm out
	[ -z "$(git ls-files -u)" ]; lacks "^<<<\|^===\|^>>>" dver.lock
	[ ! -e .dver/resolve ]
	dver checkout -q; is 3 2 3; whole
	git commit -qm merged; dver status | grep -q "everything is as"
	dver resolve | grep -q "nothing is in conflict"
'
test_case 'ours, by the name of the stage' "$pipeline$clash"'
	dver resolve --ours fit
	[ -z "$(git ls-files -u)" ]
	dver checkout -q; is 2 2 3
	rm -f runs; dver repro -q; [ "$(cat runs 2>/dev/null)" = "" ]
	is 3 2 3
'
test_case 'by what the stage makes, by the file, by its pipeline' "$pipeline$clash"'
	cd ..; cp -r r saved
	for how in fit.out dver.lock dver.yaml dver.yaml:fit . ./fit.out \
			./dver.yaml:fit; do
		rm -rf r; cp -r saved r; cd r
		dver resolve -q --theirs $how
		[ -z "$(git ls-files -u)" ]; grep -q "fit: 3" dver.lock
		cd ..
	done
	rm -rf r; cp -r saved r; mkdir r/sub; cd r/sub
	for how in ../fit.out ../dver.lock ../dver.yaml:fit fit; do
		(cd ../..; rm -rf r/.git r/dver.lock
		cp -r saved/.git saved/dver.lock r)
		dver resolve -q --theirs $how
		[ -z "$(git ls-files -u)" ]; grep -q "fit: 3" ../dver.lock
	done
'
test_case 'what is in no conflict is told' "$pipeline$clash"'
	cp dver.lock ../before
	for what in plot scans scans/1 plot.out dver.yaml:scan; do
		fails_with "'\''$what'\'' is not in conflict in '\''dver.lock'\''" \
			dver resolve --ours $what
	done
	fails_with "not in conflict" dver resolve --ours fit plot
	dver resolve --ours nothing | grep -q "nothing is in conflict"
	cmp dver.lock ../before; unresolved; [ ! -e .dver/resolve ]
'
# Both stages clash; one is decided after the other.
one_by_one='
	branches "fit 2 plot 2" "fit 3 plot 3 scan 3"
	must_fail git merge side 2>err
	must_fail dver resolve --ours fit >out; cat out
	grep -qx "left: dver.lock: 1 conflict" out
	lacks "^conflict" out
	unresolved
	must_fail dver resolve --list >out
	grep -q "^ours: stage fit: changed on both sides" out
	grep -q "^conflict: stage plot: changed on both sides" out
	must_fail dver resolve --list --json >out
	jq -e "[.conflicts[] | .decided] == [\"ours\", null]" out
	must_fail dver resolve -q --theirs fit
	must_fail dver resolve -q --ours fit.out
	dver resolve -q --theirs plot.out
	[ -z "$(git ls-files -u dver.lock)" ]; [ ! -e .dver/resolve ]
	grep -q "fit: 2" dver.lock; grep -q "plot: 3" dver.lock
	grep -q "scan: 3" dver.lock
	git checkout -q --theirs params.yaml; git add params.yaml
	git commit -qm merged
	dver checkout -q; is 2 3 3
'
test_case 'stages are decided one by one' "$pipeline$one_by_one"
driver=
test_case 'and after a merge without a driver' "$pipeline$one_by_one"
test_case 'without a driver stages need no decision that differ' "$pipeline"'
	sed -i "s/  fit:/  fat: {cmd: echo >fat, outs: [fat]}\n&/" dver.yaml
	dver repro -q; commit main
	git checkout -q side
	sed -i "s/  fit:/  fet: {cmd: echo >fet, outs: [fet]}\n&/" dver.yaml
	dver repro -q; commit side
	git checkout -q main
	must_fail git merge side
	sed -i "/^<<<<\|^====\|^>>>>/d" dver.yaml; git add dver.yaml
	dver resolve >out; cat out
	grep -qx "merged: dver.lock" out; grep -qx "merged: .gitignore" out
	rm out; [ -z "$(git ls-files -u)" ]
	dver checkout -q; whole; [ -e fat ]; [ -e fet ]
'
driver=yes
test_case 'the same inputs, and something else came out' '
	new_repo; dver install -q; dver config --local hooks.postCheckout off
	echo "stages: {now: {cmd: date +%N >now, outs: [now]}}" >dver.yaml
	echo x >other; commit base
	git checkout -qb side; dver repro -q; cp now ../theirs; commit side
	git checkout -q main; dver repro -q; cp now ../ours; commit main
	must_fail git merge side 2>err
	why="the same inputs on both sides gave other outputs: output now"
	grep -q "conflict: stage now: $why" err
	dver resolve -q --theirs now; git commit -qm merged
	dver checkout -q; cmp now ../theirs
	dver repro | grep -q "nothing to do"
'
test_case 'changed here, deleted there' "$pipeline"'
	git checkout -q side
	sed -i "/^  fit:/,/outs/d" dver.yaml
	sed -i "/^  fit:/,/^  plot:/{/^  plot:/!d}" dver.lock
	commit side
	git checkout -q main; set_to fit 2
	must_fail git merge side 2>err; cat err
	grep -q "conflict: stage fit: changed here, deleted there" err
	sed -n "/^=======/,/^>>>>>>>/p" dver.lock | grep -c . | grep -qx 2
	cd ..; cp -r r saved; cd r
	dver resolve -q --theirs; lacks "fit" dver.lock
	[ -z "$(git ls-files -u dver.lock)" ]
	cd ..; rm -rf r; mv saved r; cd r
	dver resolve -q --ours fit; grep -q "fit: 2" dver.lock
	dver checkout -q; grep -qx "fit 2" fit.out
'
test_case 'the lock file deleted on one side' "$pipeline"'
	git checkout -q side; git rm -q dver.lock; git commit -qm side
	git checkout -q main; set_to fit 2
	must_fail git merge side
	must_fail dver resolve >out
	grep -qx "conflict: dver.lock: changed here, deleted there" out
	grep -qx "left: dver.lock: 1 conflict" out
	must_fail dver resolve --json >out
	jq -e ".conflicts[0] | .path == \"dver.lock\" and .stage == null" out
	fails_with "on all of which the sides disagree" dver resolve --ours fit
	rm out; cd ..; cp -r r saved; cd r
	dver resolve -q --theirs; [ ! -e dver.lock ]
	[ -z "$(git ls-files -u)" ]; git commit -qm merged
	cd ..; rm -rf r; mv saved r; cd r
	dver resolve -q --ours dver.lock; grep -q "fit: 2" dver.lock
	[ -z "$(git ls-files -u)" ]; whole
	git merge --abort 2>/dev/null || git reset -q --hard
	git checkout -q side; must_fail git merge main
	must_fail dver resolve | grep -q "dver.lock: deleted here, changed there"
	dver resolve -q --theirs; grep -q "fit: 2" dver.lock
'
test_case 'both added it' '
	new_repo; dver install -q; dver config --local hooks.postCheckout off
	cat >dver.yaml <<-END
	stages:
	  a1: {cmd: echo >a1, outs: [a1]}
	  b1: {cmd: echo >b1, outs: [b1]}
	  c1: {cmd: date +%N >c1, outs: [c1]}
	END
	printf "%s\n" /a1 /b1 /c1 >.gitignore; commit base
	git checkout -qb side; dver repro -q -s b1 c1; commit side
	git checkout -q main; dver repro -q -s a1 c1; commit main
	must_fail git merge side 2>err; cat err
	grep -q "conflict: stage c1: the same inputs" err
	sed -n "/^<<<<<<< /,/^>>>>>>> /p" dver.lock | lacks "[ab]1:"
	dver resolve -q --ours; dver checkout -q
	dver repro | grep -q "nothing to do"
'
test_case 'histories without a common ancestor' "$pipeline"'
	git checkout -q --orphan alone; rm dver.lock; sed -i "s/fit: 1/fit: 5/" \
		params.yaml; dver repro -q -s fit; commit alone
	git merge --allow-unrelated-histories main >/dev/null 2>err || true
	cat err
	grep -q "conflict: stage fit: added on both sides" err
	unresolved
	sed "/^<<<<<<< /,/^>>>>>>> /d" dver.lock | grep -q "plot: 1"
	dver resolve -q --ours fit; grep -q "fit: 5" dver.lock
	grep -q "scan: 1" dver.lock
'
test_case 'a pipeline in a folder, and a workspace in a folder' '
	git init -q r; cd r; mkdir -p ml/deep; cd ml; dver init -q --subdir
	cd deep
	echo "stages: {fit: {cmd: cp ../in out, deps: [../in], outs: [out]}}" \
		>dver.yaml
	echo 1 >../in; dver repro -q; commit base
	dver install -q; dver config --local hooks.postCheckout off
	git checkout -qb side; echo 2 >../in; dver repro -q; commit side
	git checkout -q main; dver checkout -q; echo 3 >../in; dver repro -q
	commit main
	must_fail git merge side 2>err; cat err
	grep -q "conflict: stage deep/dver.yaml:fit: changed on both sides: input in; output deep/out" err
	grep -q "path: \"../in\"" dver.lock
	(cd ..; must_fail dver resolve) | grep -qx "$(grep "conflict: stage" err |
		cut -c7-)"
	rm err
	cd ../..; cp -r . ../saved; cd ml
	for how in deep deep/out deep/dver.yaml:fit deep/dver.lock \
			deep/dver.yaml deep:fit; do
		(cd ..; rm -rf .git ml; cp -r ../saved/.git ../saved/ml .)
		cd ../ml
		dver resolve -q --theirs $how; [ -z "$(git ls-files -u deep)" ]
	done
	(cd ..; rm -rf .git ml; cp -r ../saved/.git ../saved/ml .); cd ../ml
	dver resolve -q --theirs fit
	[ -n "$(git ls-files -u deep)" ]
	cd deep; dver resolve -q --theirs fit; dver checkout -q
	grep -qx 2 out
'
test_case 'a lock file that cannot be read stays as it is' "$pipeline"'
	branches "fit 2" "plot 2"; cp dver.lock ../ours
	cd ..; cp -r r saved
	try() {		# what is wrong with theirs; the text of the error
		rm -rf r; cp -r saved r; cd r; git checkout -q side
		eval "$1" >../bad; cp ../bad dver.lock
		git commit -qam bad; git checkout -q main
		must_fail git merge side 2>err; cat err
		grep -qF -- "$2" err
		cmp dver.lock ../ours; unresolved
		git show :3:dver.lock | cmp - ../bad
		must_fail dver resolve >out; cat out
		grep -q "^conflict: dver.lock: their version cannot be read" out
		cp -r ../r ../again
		must_fail dver resolve --theirs 2>err; cat err
		unresolved; cmp dver.lock ../ours
		dver resolve -q --ours
		[ -z "$(git ls-files -u)" ]; cmp dver.lock ../ours
		cd ..; rm -rf again
	}
	try "head -c 330 dver.lock" "their version cannot be read"
	try "sed s/schema/skema/ dver.lock" "'\''schema'\'' must be 1"
	try "sed 1s/1/2/ dver.lock" "a newer dver may read it"
	try "cat dver.lock; tail -n +3 dver.lock" "was there already"
	try "sed s,plot.out,../../x, dver.lock" "path in the workspace"
	try "echo \"<<<<<<< ours\"; cat dver.lock; echo =======" \
		"a merge left conflicts in it"
	try "head -c 4000 /dev/urandom" "their version cannot be read"
	try "cat dver.lock; yes \"[[[[\" | head -n 2000" "cannot be read"
'
test_case 'one that was cut short deletes no stages' "$pipeline"'
	branches "fit 2" "plot 2"; cp dver.lock ../ours
	git checkout -q side; head -c 300 dver.lock >../b; mv ../b dver.lock
	git commit -qam cut; git checkout -q main
	must_fail git merge side 2>err; cat err
	grep -q "their version may be cut short" err
	cmp dver.lock ../ours; unresolved
	dver resolve -q --ours; cmp dver.lock ../ours
'
test_case 'a conflict without markers is not run over' "$pipeline"'
	git checkout -q side; git rm -q dver.lock; git commit -qm gone
	git checkout -q main; dver checkout -q; set_to fit 2
	cp dver.lock ../ours; must_fail git merge side
	rm -f runs; dver repro; unresolved
	sed -i "s/^fit: .*/fit: 7/" params.yaml
	fails_with "'\''dver.lock'\'' is in conflict: dver resolve" dver repro
	fails_with "dver resolve" dver repro --accept
	fails_with "dver resolve" dver repro -f
	[ ! -e runs ]; unresolved; cmp dver.lock ../ours; is 2 1 1
	rm fit.out; sed -i "s/^fit: .*/fit: 2/" params.yaml
	fails_with "dver resolve" dver repro
	dver repro --dry | grep -q fit
	dver resolve -q --ours
	dver repro | grep -q "fit brought back"; is 2 1 1
'
test_case 'nor is one that is huge read' "$pipeline"'
	branches "fit 2" "plot 2"; cp dver.lock ../ours
	git checkout -q side; { cat dver.lock; yes "#" | head -c 70000000; } >../b
	mv ../b dver.lock; git commit -qam huge; git checkout -q main
	must_fail git merge side 2>err; cat err
	grep -q "^dver: " err
	cmp dver.lock ../ours; unresolved
	must_fail dver resolve | grep -q "too long for a lock file"
	dver resolve -q --ours; cmp dver.lock ../ours
'
test_case 'our own cannot be read: theirs can be taken' "$pipeline"'
	branches "fit 2" "plot 2"
	echo "a: [" >dver.lock; cp dver.lock ../ours; git commit -qam bad
	must_fail git merge side 2>err
	grep -q "our version cannot be read" err
	cmp dver.lock ../ours
	must_fail dver resolve --ours
	dver resolve -q --theirs; grep -q "plot: 2" dver.lock
	git show side:dver.lock | cmp - dver.lock
'
test_case 'line ends of another system' "$pipeline"'
	branches "fit 2" "plot 2"
	git checkout -q side; sed -i "s/$/\r/" dver.lock; git commit -qam crlf
	git checkout -q main
	git merge -q --no-edit side
	lacks "$(printf "\r")" dver.lock; whole; is 2 2 1
'
test_case 'what fails leaves our version' "$pipeline"'
	branches "fit 2" "plot 2"
	git show main~1:dver.lock >O; git show side:dver.lock >B
	cp dver.lock A; cp A keep
	dver merge-driver O A B dver.lock; mv A merged
	for how in error=ENOSPC signal=KILL; do
	for call in rename fsync write fchmod; do
		n=0
		while n=$((n + 1)); cp keep A
			strace -qq -o log -e trace=$call \
				-e inject=$call:$how:when=$n \
				dver merge-driver O A B dver.lock 2>err &&
				code=0 || code=$?
			grep -q "INJECTED\|killed by" log; do
			[ $code != 0 ] || cmp A merged
			cmp A keep || cmp A merged
			[ $how = signal=KILL ] || [ "$(echo A*)" = A ]
			rm -f A.*
		done
		cmp A merged; [ $n -gt 1 ]
	done; done
	rm O; must_fail dver merge-driver O keep B dver.lock
	cmp keep merged && exit 1
	cd ..; mkdir bare; cd bare; cp ../r/B ../r/keep .
	must_fail dver merge-driver /dev/null keep B dver.lock
	cmp keep ../r/keep
'
test_case 'killed anywhere, resolve goes on' "$pipeline"'
	branches "fit 2 plot 2" "fit 3 plot 3 scan 3"
	must_fail git merge side
	must_fail dver resolve -q --theirs fit
	cd ..; cp -r r saved
	for how in error=EIO signal=KILL; do
	for call in rename fsync unlink; do
		n=0
		while n=$((n + 1)); rm -rf r; cp -r saved r; cd r
		strace -f -o ../log -e trace=$call -e inject=$call:$how:when=$n \
			dver -j 1 resolve -q --ours || true
		grep -q "INJECTED\|killed by SIGKILL" ../log; do
			rm -f .git/index.lock
			dver resolve -q --ours
			[ -z "$(git ls-files -u dver.lock)" ]
			[ ! -e .dver/resolve ]
			grep -q "fit: 3" dver.lock; grep -q "plot: 2" dver.lock
			cd ..
		done
		cd ..
	done; done
'
test_case 'branches that were merged crosswise' "$pipeline"'
	branches "fit 2 plot 2" "fit 3 scan 3"
	git branch -q was
	must_fail git merge side; git checkout -q --ours params.yaml
	sed -i "s/^scan: .*/scan: 3/" params.yaml; dver resolve -q --ours
	git add -A; git commit -qm x
	git checkout -q side; must_fail git merge was
	git checkout -q --ours params.yaml
	sed -i "s/^plot: .*/plot: 2/" params.yaml; dver resolve -q --ours
	git add -A; git commit -qm y
	git checkout -q main
	must_fail git merge side 2>err; cat err
	grep -q "conflict: stage fit: changed on both sides" err
	lacks "conflict: stage [ps]" err
	dver resolve -q --theirs; grep -q "fit: 3" dver.lock
'
test_case 'gc keeps what both sides made' "$pipeline$clash"'
	rm -r .dver/undo* 2>/dev/null || true
	dver gc -q -f; dver resolve -q --theirs
	dver checkout -q; is 3 2 3
	dver fsck -q
'
test_case 'random merges agree with a merge of dictionaries' '
	new_repo
	python3 '"$here"'/lock_merge_random.py $(seq 1 60)
'
done_testing
