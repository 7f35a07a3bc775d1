#!/bin/sh
. "${0%/*}/lib.sh"
# Pipelines: what runs, what does not, and what comes of it.

unset SHELL
pipeline='
	new_repo
	cat >dver.yaml <<-END
	stages:
	  prepare:
	    cmd: tr a-z A-Z <in.txt >out.txt; echo prepare >>runs
	    deps: [in.txt]
	    outs: [out.txt]
	  train:
	    cmd:
	    - mkdir model; cat out.txt >model/w; echo train >>runs
	    - "echo lr: \${lr} >metrics.yaml"
	    deps: [out.txt]
	    params: [lr]
	    outs: [model]
	    metrics:
	    - metrics.yaml: {cache: false}
	END
	echo "lr: 0.1" >params.yaml
	echo hello >in.txt
	runs() { cat runs 2>/dev/null | tr "\n" " "; rm -f runs; }
'
test_case 'stages run once, and again when something changed' "$pipeline"'
	dver repro; [ "$(runs)" = "prepare train " ]
	[ "$(cat model/w)" = HELLO ]
	grep -qx "lr: 0.1" metrics.yaml
	dver repro >said; [ -z "$(runs)" ]
	grep -q "nothing to do: 2 stages are up to date" said
	commit; dver status | grep -q "as its pointers say"
	touch in.txt params.yaml; dver repro; [ -z "$(runs)" ]
	echo "lr: 0.2" >params.yaml
	dver status | grep -q "to run *train: .*params.yaml:lr: 0.1 -> 0.2"
	dver repro | grep -q "params.yaml:lr: 0.1 -> 0.2"
	[ "$(runs)" = "train " ]
	echo bye >in.txt; dver repro -q; [ "$(runs)" = "prepare train " ]
	[ "$(cat model/w)" = BYE ]
	echo HELLO >out.txt; dver repro; [ -z "$(runs)" ]
	[ "$(cat out.txt)" = BYE ]
	dver repro -f; [ "$(runs)" = "prepare train " ]
	dver repro -s -f train; [ "$(runs)" = "train " ]
	dver repro -f prepare; [ "$(runs)" = "prepare " ]
	dver repro -f --downstream prepare; [ "$(runs)" = "prepare train " ]
'
test_case 'outputs are ignored by git, stored, pushed and pulled' "$pipeline"'
	dver repro -q
	git check-ignore -q model
	git check-ignore -q out.txt
	must_fail git check-ignore -q metrics.yaml
	git diff --cached --name-only | grep -qx dver.lock
	commit; dver remote add -q o ../store; commit; dver push -q
	cd ..; git clone -q r c; cd c
	dver pull -q; same_tree model ../r/model
	runs() { cat runs 2>/dev/null | tr "\n" " "; rm -f runs; }
	rm -f runs
	dver repro; [ -z "$(runs)" ]
	rm -r model; dver repro | grep -q "train brought back"
	[ -z "$(runs)" ]; same_tree model ../r/model
	cd ..; git clone -q r d; cd d; rm -f runs
	dver repro --allow-missing | grep -q "nothing to do"
	[ ! -e model ]
	dver repro --pull | grep -q "nothing to do"
	same_tree model ../r/model
'
test_case 'a run of before is brought back' "$pipeline"'
	dver repro -q; runs
	echo two >in.txt; dver repro -q; [ "$(runs)" = "prepare train " ]
	echo hello >in.txt; dver repro >said; [ -z "$(runs)" ]
	grep -q "prepare brought back" said; grep -q "train brought back" said
	[ "$(cat model/w)" = HELLO ]; grep -qx "lr: 0.1" metrics.yaml
	echo "lr: 7" >params.yaml; dver repro -q; runs
	echo "lr: 0.1" >params.yaml; dver repro -q; [ -z "$(runs)" ]
	grep -qx "lr: 0.1" metrics.yaml
	rm metrics.yaml; dver repro -q; [ -z "$(runs)" ]
	grep -qx "lr: 0.1" metrics.yaml
	echo two >in.txt; dver repro --no-run-cache -q
	[ "$(runs)" = "prepare train " ]
	echo hello >in.txt; rm -r .dver/cache/runs; dver repro -q
	[ "$(runs)" = "prepare train " ]
'
test_case 'a stage that is renamed or gone leaves the lock file' "$pipeline"'
	dver repro -q; commit
	sed -i "s/^  train:/  fit:/" dver.yaml; echo "lr: 9" >params.yaml
	sed -i "s/out.txt >model/out.txt params.yaml >model/" dver.yaml
	dver repro -q fit; must_fail grep -q "  train:" dver.lock
	dver status | grep -q "as its pointers say"
	dver checkout -q; grep -q "lr: 9" model/w; commit
	sed -i "/^  fit:/,\$d" dver.yaml
	dver repro | grep -q "^fit dropped from dver.lock: it is no stage"
	must_fail grep -q "  fit:" dver.lock; dver repro >said
	must_fail grep -q dropped said; dver fsck
	[ -e model/w ]; dver status >said; must_fail grep -q model said
'
test_case 'one output of two stages, as a merge may leave it' "$pipeline"'
	dver repro -q; commit
	awk "/^  train:/ { on = 1 } on" dver.lock |
		sed "s/^  train:/  zat:/; s/\(tree: \)..../\10000/" >more
	cat more >>dver.lock; rm more
	dver status >said || :; grep -q "model. of two stages, .train. and" said
	fails_with "dver repro drops the one" dver checkout model
	dver repro | grep -q "zat dropped"
	dver checkout -q model; dver status | grep -q "as its pointers say"
'
test_case 'a commit after a run has what others need' "$pipeline"'
	dver repro | grep -q "next: git commit -a"
	git commit -qm "what repro staged"
	git ls-files | tr "\n" " " >said
	for f in dver.yaml dver.lock params.yaml metrics.yaml .gitignore; do
		grep -q "$f" said
	done
	must_fail grep -q runs said
	dver config core.autostage false; git commit -qam config
	echo "lr: 7" >params.yaml; dver repro -q
	[ -z "$(git diff --cached --name-only)" ]
'
test_case 'why tells what status tells' "$pipeline"'
	dver repro -q; echo bye >in.txt
	dver status | grep -q "^to run *train: .*prepare"
	dver status --why train | grep -q "^to run *train: .*prepare"
	dver status --why train --json | jq -e ".stages | length == 1"
	dver freeze train; dver repro -q; echo "lr: 3" >params.yaml
	dver status | grep -q "^frozen *train: .*lr: 0.1 -> 3"
	dver status --exit-code
	dver status --why train | grep -q "^frozen *train: .*lr: 0.1 -> 3"
	dver repro | grep -q "^train frozen: .*lr: 0.1 -> 3"
	dver repro | grep -q "1 stage is up to date, 1 frozen"
'
test_case 'an input that is nowhere is told before the run' "$pipeline"'
	rm in.txt; must_fail dver repro --dry >said 2>err
	grep -q "input .in.txt. is not there: check its name" err
	dver status | grep -q "^to run *prepare: its input .in.txt. is not"
	echo hi >in.txt; dver repro --dry | grep -q "2 of 2 stages would run"
	dver repro -q; rm out.txt
	dver status | grep -q "not here *out.txt *(dver checkout)"
	dver checkout -q; dver status | grep -q "as its pointers"
'
test_case 'what a command says can be read at once' '
	new_repo
	cat >dver.yaml <<-END
	stages:
	  a: {cmd: "echo now; until [ -e go ]; do sleep 0.05; done; echo x >o", outs: [o]}
	END
	dver repro >said & pid=$!
	for i in $(seq 200); do grep -q now said && break; sleep 0.05; done
	cp said then; touch go; wait $pid; grep -q now then
'
test_case 'conflicts of a merge in what people write are told' "$pipeline"'
	printf "<<<<<<< ours\nlr: 1\n=======\nlr: 2\n>>>>>>> theirs\n" >params.yaml
	fails_with "params.yaml: a merge left conflicts in it" dver repro
	echo "lr: 1" >params.yaml; echo "<<<<<<< ours" >>dver.yaml
	fails_with "dver.yaml: a merge left conflicts in it" dver repro
'
test_case 'of a map of parameters is told what differs in it' '
	new_repo
	cat >dver.yaml <<-END
	stages:
	  a: {cmd: echo x >o, params: [train], outs: [o]}
	END
	printf "train:\n  lr: 0.1\n  deep: {a: 1, b: 2}\n  old: 1\n" >params.yaml
	dver repro -q
	printf "train:\n  deep: {b: 2.0, a: 3}\n  lr: 0.10\n" >params.yaml
	dver status >said
	grep -q "params.yaml:train.deep.a: 1 -> 3; .*train.old is gone" said
	must_fail grep -q "lr\|deep.b" said
	printf "train: no\n" >params.yaml
	dver status | grep -q "yaml:train: {.*} -> .no"
'
test_case 'what others ran is gone back to as well' "$pipeline"'
	dver repro -q; commit; dver remote add -q o ../store; commit
	dver push -q; cd ..; git clone -q r c; cd c; dver pull -q; rm -f runs
	echo "lr: 0.2" >params.yaml; dver repro -q; [ "$(runs)" = "train " ]
	echo "lr: 0.1" >params.yaml
	dver repro | grep -q "train brought back"; [ -z "$(runs)" ]
	grep -qx "lr: 0.1" metrics.yaml; git diff --exit-code dver.lock
'
test_case 'a stage that fails changes nothing that is recorded' "$pipeline"'
	dver repro -q; cp dver.lock ../lock; runs
	sed -i "s/^    cmd: tr/    cmd: exit 3; tr/" dver.yaml
	must_fail dver repro 2>said
	grep -q "stage '\''prepare'\''.*exit code 3" said
	cmp dver.lock ../lock; [ -z "$(runs)" ]
	sed -i "s/exit 3;/kill -9 \$\$;/" dver.yaml
	fails_with "ended by signal 9" dver repro
	sed -i "s/kill -9 \$\$;//; s/>out.txt/>other.txt/" dver.yaml
	fails_with "did not make its output '\''out.txt'\''" dver repro
	cmp dver.lock ../lock
	sed -i "s/other.txt;/out.txt; echo x >>in.txt;/" dver.yaml
	fails_with "changed its own input '\''in.txt'\''" dver repro
	cmp dver.lock ../lock
	rm in.txt; fails_with "its input '\''in.txt'\'' is not there" dver repro
	cmp dver.lock ../lock
'
test_case 'what does not need a failure goes on, if asked' '
	new_repo
	cat >dver.yaml <<-END
	stages:
	  bad: {cmd: "false", outs: [a]}
	  after: {cmd: cp a b, deps: [a], outs: [b]}
	  good: {cmd: echo >c, outs: [c]}
	END
	must_fail dver repro; [ ! -e c ]
	must_fail dver repro -k --json >got 2>said; [ -e c ]
	grep -q "\"blocked\": 1" got; grep -q "\"ran\": 1" got
	grep -q "\"event\": \"failed\"" got
'
test_case 'edits of outputs are kept for undo' "$pipeline"'
	dver repro -q; echo mine >>model/w; rm in.txt; echo new >in.txt
	dver repro -q
	[ "$(cat model/w)" = NEW ]
	dver undo -f; grep -qx mine model/w
'
test_case 'at once, and no more than that' '
	new_repo
	cat >dver.yaml <<-END
	stages:
	  each:
	    foreach: [1, 2, 3, 4]
	    do:
	      cmd: "touch on\${item}; until [ -e on1 ] && [ -e on2 ];
	        do sleep 0.05; done; sleep 0.2; echo \${item} >o\${item}"
	      outs: ["o\${item}"]
	  all: {cmd: cat o1 o2 o3 o4 >all, deps: [o1, o2, o3, o4],
	    outs: [all]}
	END
	timeout 60 dver repro -j 2 >said
	[ "$(tr "\n" " " <all)" = "1 2 3 4 " ]
	grep -q "5 ran" said
	dver repro -f -j 4 each@3 | grep -q "1 ran"
'
test_case 'two at once share the work' "$pipeline"'
	sed -i "s/cmd: tr/cmd: sleep 1; tr/" dver.yaml
	dver repro >one & dver repro >two; wait $!
	[ "$(runs)" = "prepare train " ]
	cat one two | grep -q "nothing to do\|unchanged"
'
test_case 'an interrupt ends the commands and records nothing' "$pipeline"'
	dver repro -q; cp dver.lock ../lock
	sed -i "s/cmd: tr/cmd: touch on; (sleep 100; touch late) \& sleep 100; tr/" \
		dver.yaml
	dver repro & pid=$!
	until [ -e on ]; do sleep 0.05; done
	kill -INT $pid
	set +e; wait $pid; code=$?; set -e
	[ $code -eq 130 ] || [ $code -eq 1 ]
	cmp dver.lock ../lock
	[ -z "$(pgrep -f "sleep 100" | while read p; do
		[ "$(readlink /proc/$p/cwd)" = "$PWD" ] && echo $p; done)" ]
'
test_case 'killed anywhere, the next run is right' "$pipeline"'
	sed -i "s/cmd: tr/cmd: sleep 0.1; tr/" dver.yaml
	for i in 1 2 3 4 5 6 7 8; do
		echo "$i" >in.txt
		dver repro -q & pid=$!
		sleep 0.$((i * 5 % 40 + 10)); kill -9 $pid 2>/dev/null || :
		wait $pid || :; sleep 0.2
		dver repro -q; [ "$(cat model/w)" = "$i" ]
		dver repro | grep -q "nothing to do"
	done
'
test_case 'a killed dver leaves its stage to the command that still runs' '
	new_repo
	cat >dver.yaml <<-END
	stages:
	  slow:
	    cmd: echo start >>runs; touch on; until [ -e go ]; do sleep 0.05;
	      done; echo x >o; echo end >>runs
	    outs: [o]
	END
	dver repro -q & pid=$!
	until [ -e on ]; do sleep 0.05; done
	kill -9 $pid; wait $pid || :
	dver repro >said 2>&1 & pid=$!
	until grep -q "another dver runs stage .slow.: waiting" said; do
		sleep 0.05; done
	sleep 0.3; [ "$(cat runs)" = start ]
	touch go; wait $pid
	[ "$(tr "\n" " " <runs)" = "start end start end " ]
'
test_case 'a symlink is what it leads to' '
	new_repo; mkdir data; echo one >data/real; ln -s real data/link
	ln -s data folder; ln -s /etc/hostname out; ln -s nowhere dangling
	cat >dver.yaml <<-END
	stages:
	  file: {cmd: cat data/link >a, deps: [data/link], outs: [a]}
	  folder: {cmd: cat folder/real >b, deps: [folder], outs: [b]}
	  through: {cmd: cat folder/real >c, deps: [folder/real], outs: [c]}
	END
	dver repro -q; dver repro | grep -q "nothing to do"
	echo two >data/real; dver repro | grep -q "3 ran"
	[ "$(cat a b c | uniq)" = two ]
	cat >>dver.yaml <<-END
	  leads: {cmd: cat out >d, deps: [out], outs: [d]}
	  dangles: {cmd: cat out >e, deps: [dangling], outs: [e]}
	END
	echo three >data/real
	fails_with "/etc/hostname'\'', which is not in the workspace" \
		dver repro -k leads file
	[ "$(cat a)" = three ]
	dver status >said; grep -q "to run *folder" said
	grep -q "leads: .out. leads to" said
	fails_with "dangling" dver repro dangles
'
test_case 'a command of many lines is shown line by line' '
	new_repo
	cat >dver.yaml <<-END
	stages:
	  a:
	    cmd: |
	      echo one >o

	      echo two >>o
	    outs: [o]
	END
	dver repro >said; grep -qx "> echo one >o" said
	grep -qx "> echo two >>o" said
'
test_case 'frozen, persist, always, wdir, environment' '
	new_repo; mkdir sub
	cat >dver.yaml <<-END
	stages:
	  log:
	    cmd: "echo run >>log; echo \$DVER_STAGE \$DVER_ROOT >env; pwd >dir"
	    wdir: sub
	    always_changed: true
	    outs:
	    - log: {persist: true}
	    - env
	    - dir
	  cold: {cmd: echo >cold, frozen: true, outs: [cold], deps: [sub/env]}
	END
	dver repro >said; dver repro -q
	[ "$(wc -l <sub/log)" -eq 2 ]
	[ "$(cat sub/env)" = "log $PWD" ]; [ "$(cat sub/dir)" = "$PWD/sub" ]
	grep -q "cold frozen" said; [ ! -e cold ]
'
test_case 'a result can be taken as it is' "$pipeline"'
	dver repro -q; runs
	echo "lr: 0.5" >params.yaml
	dver repro --accept train | grep -q "train accepted"
	dver repro | grep -q "nothing to do"; [ -z "$(runs)" ]
	grep -q "lr: 0.5" dver.lock
'
test_case 'what is said of it can be read by programs' "$pipeline"'
	dver repro --json >got 2>lines
	python3 -c "import json; d = json.load(open(\"got\")); \
		assert d[\"ran\"] == 2, d; \
		assert d[\"events\"][0][\"reasons\"][0][\"kind\"] == \"new\""
	echo "lr: 3" >params.yaml
	dver status --json >got
	python3 -c "import json; d = json.load(open(\"got\")); \
		assert d[\"stages\"][0][\"stage\"] == \"train\""
	dver repro --dry --json >got
	python3 -c "import json; d = json.load(open(\"got\")); \
		assert d[\"would_run\"] == 1"
	fails_with "there is no stage '\''x'\''" dver repro x
	dver repro --glob "t*" | grep -q "1 ran"
'
test_case 'without stages there is an answer' '
	new_repo
	fails_with "there is no stage here" dver repro
'
test_case 'stages in a dvc.yaml: what to do is told' '
	new_repo
	printf "stages:\n  one: {cmd: \"true\"}\n" >dvc.yaml
	fails_with "git mv dvc.yaml dver.yaml" dver repro
	fails_with "git mv dvc.yaml dver.yaml" dver repro one
	git add dvc.yaml; git mv dvc.yaml dver.yaml; dver repro
'
test_case 'a word with a star that names no stage: --glob is told' '
	new_repo
	cat >dver.yaml <<-END
	stages:
	  mx:
	    matrix: {a: [1, 2]}
	    cmd: "true"
	END
	fails_with "with --glob it is a pattern" dver repro "mx@*"
	must_fail dver repro nope "mx@*" 2>err; grep nope err; lacks glob err
	dver repro --glob "mx@*" >said; grep -q "^2 ran" said
	lacks glob said
'
test_case 'why a stage ran last, and would run now' "$pipeline"'
	dver status --why train >said
	grep -q "to run *train: it never ran" said
	grep -q "it never ran here" said
	dver repro -q; echo "lr: 4" >params.yaml; dver repro -q
	dver status --why train >said
	grep -q "nothing changed since" said
	grep -q "last run 20.*exit code 0" said
	grep -q "because: .*params.yaml:lr: 0.1 -> 4" said
	sed -i "s/mkdir model/exit 7/" dver.yaml; must_fail dver repro -q
	dver status --why train >said
	grep -q "to run *train: its command changed" said
	grep -q "exit code 7" said
	dver status --why train --json | python3 -c "import json, sys
d = json.load(sys.stdin); assert d[\"last\"][\"code\"] == 7, d"
'
done_testing
