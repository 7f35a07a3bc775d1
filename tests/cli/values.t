#!/bin/sh
# What is asked of metrics and parameters: which, in which order, since when.
. "${0%/*}/lib.sh"
unset COLUMNS

asserts() {	# PYTHON, about d: the document on the standard input
	python3 -c "import json, sys
d = json.load(sys.stdin)
$1"
}
test_case 'a metric that is no number any more is worse' '
	new_repo
	echo "metrics: [{m.json: {higher_is_better: {acc: true, loss: false}}}]" \
		>dver.yaml
	echo "{\"acc\": NaN, \"loss\": 0.5, \"free\": 1, \"same\": NaN}" >m.json
	commit one
	echo "{\"acc\": 0.5, \"loss\": NaN, \"free\": NaN, \"same\": NaN}" >m.json
	dver metrics diff --json | asserts "
c = {x[\"name\"]: x for x in d[\"changes\"]}
assert c[\"loss\"][\"better\"] is False, c
assert c[\"acc\"][\"better\"] is True, c
assert \"better\" not in c[\"free\"] and \"same\" not in c, c
"
	dver report -w >got
	cat got
	grep -q "1 better, 1 worse" got
	grep -qF "**worse**" got
	dver metrics diff >got
	grep -Eq "^m.json +loss +0.5 +nan +nan *$" got
	# What is missing or null is neither.
	echo "{\"acc\": null, \"loss\": 1}" >m.json
	dver metrics diff --json | asserts "
c = {x[\"name\"]: x for x in d[\"changes\"]}
assert \"better\" not in c[\"acc\"], c
"
'
sorted='
	new_repo
	echo "metrics: [{m.json: {higher_is_better: {loss: false}}}]" >dver.yaml
	for x in 2 3 1; do
		echo "{\"acc\": $x, \"val\": {\"loss\": $x, \"f1\": 1},
			\"train\": {\"loss\": $x, \"n\": $x}}" >m.json
		commit $x
		git branch "b$x"
	done
'
test_case 'sorted as JSON, too' "$sorted"'
	order() {
		dver metrics show -a --json --sort-by "$1" | asserts "
print(*[r[\"revs\"][0] for r in d[\"revisions\"]])
assert all(len(r[\"files\"]) == 1 for r in d[\"revisions\"]), d
assert all(r[\"commit\"] and r[\"time\"] for r in d[\"revisions\"]), d
v = d[\"revisions\"][0][\"files\"][0][\"values\"]
assert list(v) == [\"acc\", \"val.loss\", \"val.f1\", \"train.loss\",
		   \"train.n\"], v
"
	}
	[ "$(order acc)" = "b3 b2 b1" ]
	[ "$(order val.f1)" = "b1 b2 b3" ]
	fails_with "no '"'nope'"'" dver metrics show -a --sort-by nope --json
	echo "acc: 3" >params.yaml
	fails_with "no '"'nope'"'" dver params show --sort-by nope --json
	# A file that cannot be read comes last and is told.
	echo "{" >m.json
	dver metrics show -a --json --sort-by acc 2>err | asserts "
assert [\"error\" in r[\"files\"][0] for r in d[\"revisions\"]] == \
	[False, False, False, True], d
"
	grep -q warning err
'
test_case 'sorted by a short name' "$sorted"'
	order() {
		dver metrics show -a --no-path --sort-by "$1" |
			sed "1d; s/[, ].*//" | tr "\n" " "
	}
	[ "$(order n)" = "b3 b2 b1 " ]
	[ "$(order m.json:acc)" = "b3 b2 b1 " ]
	[ "$(order m.json:n)" = "b3 b2 b1 " ]
	fails_with "'"'loss'"' is ambiguous: val.loss, train.loss" \
		dver metrics show -a --sort-by loss
	fails_with "there are acc, val.loss, val.f1" \
		dver metrics show -a --sort-by ac
	fails_with "no '"'x.json:acc'"'" dver metrics show -a --sort-by x.json:acc
'
test_case 'diff takes two revisions' "$sorted"'
	for c in metrics params plots; do
		fails_with "'"'b3'"' is a revision: diff takes two, show takes " \
			dver $c diff b1 b2 b3
		fails_with "'"'b3'"' is a revision: diff takes two, show takes " \
			dver $c diff b1..b2 b3
	done
	echo "{}" >b3
	fails_with "there is no '"'b3'"' in this commit" \
		dver metrics diff b1 b2 b3
	fails_with "'"'nope'"' is neither a revision nor a file" \
		dver plots diff b1 nope
	fails_with "'"'nope'"' is neither a revision nor a file" \
		dver plots show b1 nope
	fails_with "'"'nope'"' is neither" dver plots show nope
	fails_with "there is no '"'nope'"'" dver plots show -- nope
	fails_with "there is no '"'nope'"'" dver plots show --json nope
'
test_case 'without a verb it is show' "$sorted"'
	echo "lr: 1" >params.yaml
	printf "x,y\\n1,2\\n2,3\\n" >l.csv
	for c in "metrics m.json" "metrics b2" "metrics b2 m.json" "metrics b2 --" \
		"metrics b2..b1 -- m.json" "params params.yaml" "plots l.csv" \
		"plots main -- l.csv" "params workspace params.yaml"; do
		dver $c >got 2>err || true
		dver ${c%% *} show ${c#* } >want 2>want.err || true
		diff want got
		diff want.err err
		[ -s got ] || [ -s err ]
	done
	fails_with "'"'shwo'"' is neither a revision nor a file" dver metrics shwo
	# A verb is a verb, whatever files there are.
	echo "{\"z\": 1}" >diff
	echo "{\"z\": 1}" >show
	dver metrics diff >got
	[ ! -s got ]
	dver metrics show | grep -q acc
	dver metrics -- show | grep -q "^show  z  "
'
test_case 'a history of words that are nothing' "$sorted"'
	mkdir data
	echo 1 >data/a
	dver add -q data
	commit data
	fails_with "'"'x'"' is no revision, metric, parameter or stage, and was" \
		dver log x y
	fails_with "'"'x'"' was never tracked data" dver log -- x
	fails_with "'"'x'"' was never tracked data" dver log HEAD -- data x
	fails_with "'"'x'"' is no revision" dver log data x
	fails_with "'"'b1'"' is a revision: these come first: dver log b1 acc" \
		dver log acc b1
	fails_with "the history of '"'m.json:acc'"' is shown by itself" \
		dver log m.json:acc m.json:n
	fails_with "the history of '"'acc'"' is shown by itself" \
		dver log data acc
	dver log HEAD data | grep -q "+ data"
	git rm -q data.dver
	rm -r data
	commit gone
	dver log data | grep -q "data"
	dver log -- data data/a | grep -q "data"
	# It was, but not in this range.
	dver log b1~1..b1 -- data >got 2>err || true
	[ ! -s got ]
	dver log b2..HEAD -- data | grep -q "data"
'
test_case 'no commit, and commits that are not here' "$sorted"'
	dver metrics show --since 2001-01-01 --until 2001-02-01 2>err >got
	[ ! -s got ]
	grep -qx "dver: no commit of that time has metrics" err
	dver metrics show b1..b1 2>err >got
	grep -qx "dver: there are no metrics in these revisions" err
	dver metrics show b1..b1 -q 2>err
	[ ! -s err ]
	git remote add origin .
	dver metrics show -a 2>err >got
	[ ! -s err ]
	git checkout -q -b more
	cd ..
	git clone -q r c
	cd c
	dver metrics show -a 2>err >got
	grep -qx "dver: 4 branches of remotes are no local branches, which is what -a shows: name them, as in .origin/b1." err
	dver metrics show -a -q 2>err >got
	[ ! -s err ]
	dver metrics show -T 2>err >got
	[ ! -s err ]
	cd ..
	git clone -q --depth 1 "file://$PWD/r" shallow
	cd shallow
	for c in "metrics diff" "metrics show" "plots diff" "params show"; do
		fails_with "'"'HEAD~1'"' is neither a revision nor a file (this is a shallow clone: git fetch --unshallow" \
			dver $c HEAD~1
	done
'
test_case 'small changes, long subjects, no manual' '
	new_repo
	echo "metrics: [m.json]" >dver.yaml
	echo "{\"a\": 10000, \"b\": 10}" >m.json
	commit "a subject that is very long"
	echo "{\"a\": 9998.9, \"b\": 9.99}" >m.json
	dver metrics diff | grep -Eq "^m.json +a .* -0.01%$"
	dver metrics diff | grep -Eq "^m.json +b .* -0.1%$"
	commit "another long subject"
	COLUMNS=40 dver log a >got
	grep -q "a subject\.\.\.$" got
	grep -q "another l\.\.\.$" got
	COLUMNS=200 dver log a | grep -q "another long subject$"
	MANPATH=/nonexistent dver help plots >got
	grep -q "is not installed: it is man/dver-plots.1 of the sources" got
'
test_case 'values that are named' "$sorted"'
	echo "{\"acc\": 9, \"other\": {\"n\": 1}}" >z.json
	echo "metrics: [m.json, z.json]" >dver.yaml
	commit z
	dver metrics show main b2 acc >got
	cat >want <<-EOT
	Revision  Path    acc
	main      m.json  1
	main      z.json  9
	b2        m.json  2
	EOT
	diff want got
	dver metrics m.json:acc | sed 1d >got
	echo "m.json  acc     1" | diff - got
	dver metrics loss | sed "1d; s/ *[0-9]$//" >got
	printf "m.json  %s\n" val.loss train.loss | sed "s/  *$//" >want
	diff want got
	dver metrics show m.json n --json | asserts "
f = d[\"revisions\"][0][\"files\"]
assert [(x[\"path\"], x[\"values\"]) for x in f] == \
	[(\"m.json\", {\"train.n\": 1})], f
"
	dver metrics diff b2 main acc train.n --no-path | sed "1d; s/ .*//" >got
	printf "%s\n" acc train.n acc >want
	diff want got
	dver metrics diff b2 main m.json:acc | sed 1d >got
	[ "$(wc -l <got)" -eq 1 ]
	must_fail dver metrics show -- acc
	# One that is gone.
	echo "{\"new\": 1}" >m.json
	echo "{}" >z.json
	commit gone
	dver metrics show b2 f1 | grep -q "^b2 .* 1$"
	dver metrics diff b2 HEAD f1 | grep -q "^m.json  val.f1 .*deleted"
	fails_with "neither a revision" dver metrics show b2 f2
'
test_case 'the largest step' '
	new_repo
	echo "metrics: [{m.json: {higher_is_better: {acc: true}}}]" >dver.yaml
	for x in 1 9 7 8 2 3; do
		echo "{\"acc\": $x, \"free\": $x}" >m.json
		commit $x
	done
	id=$(git rev-parse HEAD~1 | cut -c1-10)
	dver log acc | grep -q "^largest drop -6 at $id (20"
	id=$(git rev-parse HEAD~4 | cut -c1-10)
	dver log free | grep -q "^largest rise +8 at $id (20"
	dver log -n 1 acc | lacks largest
	dver log HEAD~4 acc | lacks largest
'
done_testing
