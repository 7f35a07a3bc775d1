#!/bin/sh
. "${0%/*}/lib.sh"

history='
	new_repo
	cat >dver.yaml <<E
vars: [conf.yaml]
stages:
  prep:
    cmd: cp raw data
    deps: [raw]
    outs: [data]
  train:
    cmd: ./t.sh \${depth} >model
    deps: [data, t.sh]
    params: [lr]
    outs: [model]
  each:
    matrix: {m: [m1, m2]}
    cmd: echo \${item.m} >o.\${item.m}
    outs:
    - o.\${item.m}
E
	echo "depth: 3" >conf.yaml; echo "lr: 0.1" >params.yaml; echo raw >raw
	printf "#!/bin/sh\ncat data params.yaml; echo \$1\n" >t.sh
	chmod +x t.sh
	dver repro -q; commit "first run"
	echo "lr: 0.2" >params.yaml; dver repro -q; commit "higher rate"
	echo "depth: 4" >conf.yaml; commit "deeper, not run"
	dver repro -q; commit "deeper, run"
	echo code >x.c; commit code
	id() { git rev-parse --short=10 "$1"; }
'
test_case 'definition and results, what changed at which commit' "$history"'
	dver log train >out; cat out
	head -1 out | grep -qx train
	grep -Eqx "definition  $(id HEAD~2) .*deeper, not run  \(2 commits ago\)" out
	grep -Eqx "results     $(id HEAD~1) .*deeper, run  \(1 commit ago\)" out
	grep -qx "now         up to date" out
	[ "$(grep -c "^[0-9a-f]\{10\}  " out)" = 4 ]
	grep -qx "    dver.yaml ~ command ./t.sh 3 >model -> ./t.sh 4 >model" out
	grep -qx "    dver.lock ~ command ./t.sh 3 >model -> ./t.sh 4 >model" out
	grep -qx "    dver.lock ~ parameter params.yaml:lr  0.1 -> 0.2" out
	was=$(git show HEAD~2:dver.lock | grep -A1 "path: model" |
	      sed -n "s/.*sha256: \(........\).*/\1/p")
	is=$(grep -A1 "path: model" dver.lock |
	     sed -n "s/.*sha256: \(........\).*/\1/p")
	grep -qx "    dver.lock ~ output model  $was (14 B) -> $is (14 B)" out
	grep -qx "    dver.yaml + input t.sh" out
	dver log prep >out; cat out
	[ "$(grep -c "^[0-9a-f]\{10\}  " out)" = 1 ]
	grep -Eq "^definition .*first run  \(4 commits ago\)" out
	dver log -n 1 train | grep -qx "and 3 more before (-n)"
	dver log HEAD~3 train >out; cat out
	grep -Eq "^results .*higher rate" out; lacks -q "^now" out
	[ "$(dver log HEAD~4..HEAD~2 train | grep -c "^[0-9a-f]\{10\}  ")" = 2 ]
'
test_case 'would it run, not committed, frozen, gone' "$history"'
	echo more >>raw
	dver log prep >out; cat out
	grep -qx "now         it would run: input raw changed" out
	sed -i "s/cp raw data/cat raw >data/" dver.yaml
	dver log prep >out; cat out
	grep -q "^definition .*; another one is not committed" out
	grep "^now " out | grep -q "its command changed"
	dver freeze -q prep
	dver log prep | grep -q "^now         frozen, else it would run: its"
	git checkout -q HEAD -- dver.yaml raw; dver freeze -q prep
	dver log prep | grep -qx "now         frozen"
	rm dver.yaml
	dver log train >out; cat out
	head -1 out | grep -qx "train  no stage any more"
	grep -q "^definition .*; gone, but not committed" out
	git rm -q dver.yaml; git commit -qm "no more"
	dver log train >out; cat out
	grep -q "^definition .*no more: gone since" out
	grep -qx "    dver.yaml - the stage" out
'
test_case 'JSON' "$history"'
	dver log --json train >out; jq . out
	jq -e ".kind == \"stage\" and .name == \"train\" and
		.path == \"dver.yaml\" and .definition.there and
		.definition.since.subject == \"deeper, not run\" and
		.definition.commits_ago == 2 and
		.results.since.subject == \"deeper, run\" and
		.now.runs == false and (.changes | length) == 4 and
		.changes[1].definition == \"M\" and
		.changes[1].results == \"=\" and
		.changes[3].results == \"A\" and
		(.changes[0].differences[] |
			select(.kind == \"output\") |
			.name == \"model\" and .old_size == 14 and
			(.new | length) == 64)" out
'
test_case 'words: groups, other files, what is also data' "$history"'
	fails_with "is ambiguous" dver log each
	dver log each 2>&1 | grep -qx "  dver log --stage each@m2"
	dver log each@m1 | head -1 | grep -qx each@m1
	dver log dver.yaml 2>&1 | grep -qx "  dver log --stage prep"
	mkdir sub
	cat >sub/dver.yaml <<E
stages:
  train:
    cmd: echo 1 >o
    outs: [o]
E
	dver repro -q sub/dver.yaml; commit sub
	dver log train | head -1 | grep -qx train
	dver log sub/dver.yaml | head -1 | grep -qx sub/dver.yaml:train
	dver log sub/dver.yaml:train | head -1 | grep -qx sub/dver.yaml:train
	(cd sub; dver log train >out; cat out
	 head -1 out | grep -qx sub/dver.yaml:train
	 grep -qx "now         up to date" out
	 dver log ../dver.yaml:train | head -1 | grep -qx train
	 dver log prep >out; head -1 out | grep -qx prep
	 grep -qx "now         up to date" out)
	echo 1 >prep; dver add -q prep; commit prep
	dver log prep >out 2>err; cat out err
	grep -q "  + prep" out
	grep -q "also: dver log --stage prep" err
	dver log --stage prep | head -1 | grep -qx prep
	fails_with "no stage" dver log --stage data
	echo "x: [" >dver.yaml
	fails_with "dver.yaml:2:1" dver log nonesuch
'
test_case 'a merge, a broken file, a shallow clone' "$history"'
	git checkout -q -b side HEAD~1
	sed -i "s/cp raw data/cat raw >data/" dver.yaml
	dver repro -q; commit "other command"
	git checkout -q main; dver checkout -q
	git merge -q --no-edit -m merged side
	dver log prep >out; cat out
	grep -Eq "^definition  $(id side) .*other command  \(1 commit ago\)" out
	grep -Eq "^results     $(id side) " out
	lacks -q merged out
	cp dver.yaml keep; echo "x: [" >dver.yaml; commit broken
	cp keep dver.yaml; commit mended
	dver log prep >out; cat out
	grep -A1 " broken$" out | grep -q "    ? dver.yaml:2:1"
	grep -A1 " mended$" out | grep -q "could not be read is mended"
	cd ..; git clone -q --depth 1 "file://$PWD/r" s; cd s
	dver log train >out; cat out
	grep -q "^definition  before .*shallow clone ends" out
'
done_testing
