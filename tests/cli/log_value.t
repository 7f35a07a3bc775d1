#!/bin/sh
. "${0%/*}/lib.sh"

# A line of commits, a day each; "main" has six of them.
begin='
	TZ=UTC; export TZ
	day=0
	on() {
		day=$((day + 1))
		GIT_AUTHOR_DATE="2026-03-0$day 12:00:00 +0000" \
		GIT_COMMITTER_DATE="2026-03-0$day 12:00:00 +0000" \
			git commit -qm "$1" --author "${2:-Ann} <ann@example.org>"
	}
	put() { printf "{\"train\": {\"acc\": %s, \"loss\": 1}, \"n\": 3}\n" \
		"$1" >metrics.json; git add -A; }
	new_repo
	cat >dver.yaml <<E
metrics:
- metrics.json:
    higher_is_better: {acc: true}
E
	printf "lr: 0.1\ntrain: {epochs: 3}\n" >params.yaml
	git add -A; on start
'
history="$begin"'
	put 0.5; on first
	put 0.75; on second Bob
	echo code >x.c; git add -A; on code
	put 0.625; on worse
'
test_case 'since when, by whom, a line, the changes' "$history"'
	dver log acc >out; cat out
	id() { git rev-parse --short=10 "$1"; }
	head -1 out | grep -qx "metrics.json:train.acc  0.625"
	grep -qx "since    $(id HEAD)  2026-03-05  Ann  worse  (the last commit)" out
	grep -qx "▁██▅" out
	grep -qx "lowest 0.5, highest 0.75, best 0.75 at $(id HEAD~2) (2026-03-03)" out
	grep -Eqx "$(id HEAD) +2026-03-05 +Ann +0.75 +0.625 +-0.125 +-16.7% +worse" out
	grep -Eqx "$(id HEAD~2) +2026-03-03 +Bob +0.5 +0.75 +[+]0.25 +[+]50.0% +second" out
	grep -Eqx "$(id HEAD~3) +2026-03-02 +Ann +- +0.5 +new +first" out
	lacks -q code out
	for word in train.acc metrics.json:train.acc metrics.json:acc \
		"--metric acc"; do
		dver log $word >again; cmp out again
	done
	dver log lr | grep -q "since    $(id HEAD~4) .*(4 commits ago)"
	dver log --param epochs | grep -qx "params.yaml:train.epochs  3"
	dver log params.yaml:train.epochs | grep -q " start"
'
test_case 'not committed, limits, revisions, ranges' "$history"'
	put 0.875
	dver log acc >out; cat out
	head -1 out | grep -q "0.875$"
	grep -qx "not committed; HEAD: 0.625" out
	[ "$(dver log -n 1 acc | grep -c "^[0-9a-f]\{10\}")" = 1 ]
	dver log -n 1 acc | grep -qx "and 2 more before (-n)"
	dver log HEAD~1 acc >out
	head -1 out | grep -q "0.75$"
	grep -q "^since .* Bob  second  (1 commit ago)" out
	dver log HEAD~3..HEAD~1 acc >out
	[ "$(grep -c "^[0-9a-f]\{10\}" out)" = 1 ]
	grep -q "^since .*second" out
	dver log HEAD~1.. lr >out; cat out
	grep -q "^since .*start  (4 commits ago)" out
	lacks -q "^[0-9a-f]\{10\}" out
'
test_case 'a narrow terminal' "$history"'
	put 0.1; on "$(printf "a subject é that is %060d long" 1)"
	COLUMNS=80 dver log acc >out; cat out
	# In columns, not bytes.
	python3 -c "
import sys
for line in open(\"out\", encoding=\"utf-8\"):
    if line[:2] != \"si\":
        assert len(line) <= 81, line"
	grep -q "a subject é" out
	COLUMNS=20 dver log acc | grep -q "  a subject\.\.\.$"
'
test_case 'JSON' "$history"'
	put 0.875
	dver log --json acc >out; jq . out
	jq -e ".kind == \"metric\" and .path == \"metrics.json\" and
		.name == \"train.acc\" and .workspace.value == 0.875 and
		.committed.value == 0.625 and .differs and
		.since.subject == \"worse\" and .commits_ago == 0 and
		.higher_is_better and .commits == 5 and
		([.line[].commits] == [1, 1, 2, 1]) and
		([.line[].value] == [null, 0.5, 0.75, 0.625]) and
		.best.value == 0.75 and .best_since.author == \"Bob\" and
		.lowest.value == 0.5 and (.changes | length) == 3 and
		.changes[0].status == \"modified\" and
		.changes[0].better == false and .changes[0].diff == -0.125 and
		.changes[2].status == \"new\"" out
	dver log --json -n 1 acc | jq -e ".more == 2"
'
test_case 'a merge: the commit of the branch is named' "$history"'
	git checkout -q -b side HEAD~1
	echo s >s.c; git add -A; on "side code"
	put 0.9; on "side work" Bob
	git checkout -q main
	echo m >m.c; git add -A; on more
	git merge -q -X theirs --no-edit side -m merged
	git log --graph --oneline
	dver log acc >out; cat out
	grep -q "^since    $(git rev-parse --short=10 side) .*Bob  side work  (1 commit ago)" out
	grep -q "best 0.9 at $(git rev-parse --short=10 side) " out
	grep -qx "▁▅▅▃▃█" out
	lacks -q merged out
	# What came before it on that branch, not what main had meanwhile.
	grep -Eq " 0.75 +0.9 .*side work" out
	lacks -q worse out
'
test_case 'a merge that has it from nobody is named itself' "$history"'
	git checkout -q -b side HEAD~1
	put 0.9; on "side work"
	git checkout -q main
	git merge -q -X ours --no-commit side; put 0.95; git commit -qm merged
	dver log acc >out; cat out
	grep -q "^since    $(git rev-parse --short=10 HEAD) .*merged" out
	grep -Eq " 0.625 +0.95 .*merged" out
	lacks -q "side work" out
'
test_case 'away for a while, gone, broken, no number' "$begin"'
	put 0.5; on first
	git rm -q metrics.json; on away
	put 0.75; on back
	echo "{bro" >metrics.json; git add -A; on broken
	put "\"high\""; on words
	put .nan; put NaN; on nan
	put 0.5; on again
	dver log acc >out; cat out
	grep -qx "▁ █x··▁" out
	grep -q "^since .*again  (the last commit)" out
	grep -Eq " 0.5 +- +deleted +away" out
	grep -Eq " 0.75 +broken +broken" out
	grep -Eq " broken +high +words" out
	git rm -q metrics.json; git commit -qm gone
	dver log acc >out; cat out
	head -1 out | grep -qx "metrics.json:train.acc  not there"
	grep -q "^since .*gone  (the last commit)" out
	echo "{bro" >metrics.json; git add -A; git commit -qm "broken again"
	dver log metrics.json:train.acc >out 2>err; cat out err
	grep -q "^dver: warning: metrics.json:1:2:" err
'
test_case 'a file that had another name' "$begin"'
	put 0.5; on first
	put 0.75; on second
	git mv metrics.json m.json
	sed -i s/metrics.json/m.json/ dver.yaml; git add -A; on renamed
	dver log acc >out; cat out
	grep -q "^since .*renamed  (the last commit)" out
	grep -qx "before that it was in another file: dver log $(git rev-parse --short=10 HEAD~1) metrics.json:train.acc" out
	sh -c "$(sed -n "s/.*: \(dver log .*\)/\1/p" out)" >out
	grep -q "^since .*second  (that commit itself)" out
	dver log --json acc | jq -e ".before.path == \"metrics.json\""
'
test_case 'words: several files, whole files, nothing' "$history"'
	mkdir sub
	echo "{\"acc\": 1, \"lr\": 2}" >sub/m.json
	printf "metrics: [m.json]\n" >sub/dver.yaml
	git add -A; git commit -qm sub
	# Nothing but sub/m.json has "acc" in full.
	dver log acc | head -1 | grep -qx "sub/m.json:acc  1"
	dver log n | head -1 | grep -qx "metrics.json:n  3"
	fails_with "is ambiguous" dver log lr
	dver log lr 2>&1 | grep -qx "  dver log --metric sub/m.json:lr"
	dver log lr 2>&1 | grep -qx "  dver log --param params.yaml:lr"
	dver log --param lr | head -1 | grep -qx "params.yaml:lr  0.1"
	(cd sub; dver log lr 2>&1 | grep -qx "  dver log --param ../params.yaml:lr"
	 dver log ../params.yaml:lr | head -1 | grep -q "^params.yaml:lr")
	fails_with "is ambiguous" dver log metrics.json
	dver log metrics.json 2>&1 | grep -q -- "--metric metrics.json:train.loss"
	fails_with "nonesuch" dver log nonesuch
	fails_with "nonesuch" dver log --json nonesuch
	fails_with "no metric" dver log --metric nonesuch
	[ -z "$(dver log -- acc)" ]
	set +e; dver log --metric acc data; [ $? = 2 ]; set -e
'
test_case 'data, revisions and paths mean what they meant' "$history"'
	echo 1 >n; dver add -q n; git add -A; git commit -qm "data n"
	dver log n >out 2>err; cat out err
	grep -q "  + n  2 B" out
	grep -q "taken for tracked data; also: dver log --metric metrics.json:n" err
	dver log -q n 2>err; [ ! -s err ]
	dver log -- n >out 2>err; grep -q "  + n" out; [ ! -s err ]
	dver log --metric n | head -1 | grep -qx "metrics.json:n  3"
	git branch lr
	dver log lr >out 2>err; grep -q "  + n" out
	grep -q "taken for a revision; also: dver log --param params.yaml:lr" err
	dver log main 2>err; [ ! -s err ]
	dver log lr lr | head -1 | grep -qx "params.yaml:lr  0.1"
	dver log --param lr | head -1 | grep -qx "params.yaml:lr  0.1"
'
test_case 'metrics that dver keeps, from the remote in one go' '
	new_repo a; dver remote add o ../remote
	cat >dver.yaml <<E
stages:
  train:
    cmd: cp in.json m.json
    deps: [in.json]
    metrics: [m.json]
E
	for i in 1 2 3 4; do
		echo "{\"acc\": 0.$i}" >in.json
		dver repro -q; git add -A; git commit -qm "run $i"
	done
	dver log acc >out; cat out
	grep -q "^since .*run 4" out; grep -qx "▁▃▆█" out
	dver push -q --all-commits
	cd ..; git clone -q a b; cd b
	dver log acc >out2; cat out2
	head -1 out2 | grep -qx "m.json:acc  0.4"
	lacks -q "not committed" out2
	grep -qx "▁▃▆█" out2
	# It is here now.
	mv ../remote ../away; dver log acc >out3; cmp out2 out3
	cd ..; git clone -q a c; cd c
	fails_with "acc" dver log acc
	dver log m.json:acc >out3 2>err; cat out3 err
	grep -q "^dver: warning: .*remote" err
	grep -Eq "broken .*run 1" out3
'
test_case 'a shallow clone, no commit, no git' "$history"'
	cd ..; git clone -q --depth 2 "file://$PWD/r" s; cd s
	dver log acc >out; cat out
	grep -q "^since .*worse" out
	dver log lr >out; cat out
	grep -q "^since    before .*shallow clone ends" out
	dver log --json lr | jq -e ".shallow and .since == null"
	cd ..; new_repo e
	echo "lr: 1" >params.yaml
	dver log lr >out; cat out
	grep -qx "params.yaml:lr  1" out; grep -qx "not committed yet" out
	cd ..; mkdir g; cd g; dver init -q --no-git; echo "lr: 1" >params.yaml
	fails_with "not in git" dver log lr
'
test_case 'below the top of git, a terminal without UTF-8, hostile names' '
	git init -q r; mkdir r/ws; cd r/ws; dver init -q --subdir
	printf "metrics: [m.json]\n" >dver.yaml
	for i in 1 2 3; do
		echo "{\"acc\": $i, \"t\": \"x\\u001b[2Jy\"}" >m.json
		git add -A; git commit -qm "$i"
	done
	LC_ALL=C dver log acc | grep -qx "_+@"
	dver log t >out 2>&1 || :
	lacks -q "$(printf "\033")" out
	git commit -q --allow-empty --author "$(printf "E\033[2Jvil <e@x>")" -m e
	dver log acc >out; lacks -q "$(printf "\033")" out
'
test_case 'random histories with merges against a model' '
	for seed in 1 2 3 4 5 6; do
		mkdir $seed; cd $seed; new_repo
		python3 "$here/log_random.py" $seed 60
		cd ../..
	done
'
done_testing
