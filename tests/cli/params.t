#!/bin/sh
# Parameters of any revision, and how they changed.
. "${0%/*}/lib.sh"
unset COLUMNS

is() {	# WANTED-FILE COMMAND
	want=$1
	shift
	"$@" >got.txt
	diff "$want" got.txt
}
# Parameters of every source, and a commit.
sources='
	new_repo
	cat >dver.yaml <<-EOT
	vars: [vars.json, {inline: 1}]
	params: [top.toml]
	stages:
	  s:
	    cmd: echo \${size}
	    params: [lr, net.layers.0, part.yaml: [a.b], all.py: ]
	EOT
	mkdir sub
	echo "stages: {t: {cmd: x, params: [deep]}}" >sub/dver.yaml
	echo "deep: {er: 1}" >sub/params.yaml
	echo "{\"size\": 3, \"l\": [1, {\"a\": 2}]}" >vars.json
	printf "[t]\nk = \"v\"\n" >top.toml
	printf "lr: 0.1\nnet: {layers: [1, 2], on: true}\nnote: null\n" \
		>params.yaml
	printf "a: {b: 3, c: 4}\nz: 5\n" >part.yaml
	printf "X = 7\nclass C:\n    y = [1, 2]\n" >all.py
	commit one
'
test_case 'parameters of the workspace' "$sources"'
	cat >want <<-EOT
	Path             Param       Value
	all.py           X           7
	all.py           C.y         [1, 2]
	params.yaml      lr          0.1
	params.yaml      net.layers  [1, 2]
	params.yaml      net.on      true
	params.yaml      note        null
	part.yaml        a.b         3
	sub/params.yaml  deep.er     1
	top.toml         t.k         v
	vars.json        size        3
	vars.json        l           [1, {a: 2}]
	EOT
	sed -i "s/{a: 2}/{\"a\": 2}/" want
	is want dver params
	is want dver params show
	dver params show --deps >got
	grep -q "net.layers.0  1" got
	lacks "note\|vars\|top" got
	dver params show --no-path --md -- part.yaml >got
	grep -qx "| a.c   | 4     |" got
	dver params show HEAD -- part.yaml >got
	grep -qx "HEAD      part.yaml  3    4    5" got
'
test_case 'what changed' "$sources"'
	dver params diff >none
	[ ! -s none ]
	[ "$(dver params diff --json | tr -d " \n")" = \
		"{\"old\":\"HEAD\",\"new\":\"workspace\",\"changes\":[]}" ]
	printf "lr: 0.01\nnet: {layers: [1, 3], on: true}\nnew: x\n" \
		>params.yaml
	printf "a: {b: 3, c: 5}\nz: 6\n" >part.yaml
	rm top.toml
	cat >want <<-EOT
	Path         Param       HEAD    workspace
	params.yaml  lr          0.1     0.01
	params.yaml  net.layers  [1, 2]  [1, 3]
	params.yaml  new         -       x
	params.yaml  note        null    -
	top.toml     t.k         v       -
	EOT
	is want dver params diff
	printf "%s\n" "Path         Param  HEAD  workspace" \
		"params.yaml  lr     0.1   0.01" >want
	is want dver params diff --deps
	# A file that is named counts whole.
	cat >want <<-EOT
	Path       Param  HEAD  workspace
	part.yaml  a.c    4     5
	part.yaml  z      5     6
	EOT
	is want dver params diff part.yaml
	dver params diff --json | python3 -c "
import json, sys
d = json.load(sys.stdin)
c = {(x[\"path\"], x[\"name\"]): x for x in d[\"changes\"]}
x = c[\"params.yaml\", \"net.layers\"]
assert x[\"old\"] == \"[1, 2]\" and x[\"status\"] == \"modified\", x
x = c[\"params.yaml\", \"lr\"]
assert abs(x[\"diff\"] + 0.09) < 1e-9 and \"better\" not in x, x
x = c[\"params.yaml\", \"note\"]
assert x[\"old\"] is None and x[\"status\"] == \"deleted\", x
assert c[\"top.toml\", \"t.k\"][\"status\"] == \"deleted\"
"
	dver params diff --all | grep -q "^all.py  *X  *7  *7$"
	# 1 and 1.0 are the same.
	commit two
	sed -i "s/3/3.0/" part.yaml vars.json
	dver params diff >none
	[ ! -s none ]
'
test_case 'a pipeline that changed' "$sources"'
	sed -i "s/, all.py: \]/]/" dver.yaml
	echo "Y = 1" >>all.py
	commit two
	dver params diff HEAD~1 HEAD >got
	grep -q "^all.py  *X  *7  *-$" got
	lacks " Y " got
	dver params show -A --deps --json | python3 -c "
import json, sys
r = json.load(sys.stdin)[\"revisions\"]
assert [len(x[\"files\"]) for x in r] == [3, 4], r
"
	dver params show HEAD~1 -- all.py >got
	grep -q "^HEAD~1    all.py  7  \[1, 2\]$" got
'
test_case 'files that are broken or gone' "$sources"'
	echo "{" >vars.json
	dver params diff >got 2>err
	grep -q "^dver.yaml .*?" got
	grep -q "^dver: warning: vars.json:" err
	dver params diff -- params.yaml >none
	[ ! -s none ]
	git checkout -q vars.json
	rm part.yaml
	dver params show >got 2>err
	grep -q "^part.yaml  *-  *-  *there is no .part.yaml.$" got
	grep -q "^dver: warning: there is no .part.yaml.$" err
	dver params show -q 2>err >none
	[ ! -s none ]
	[ ! -s err ]
	printf "a: [" >part.yaml
	dver params show --json 2>err | python3 -c "
import json, sys
f = {x[\"path\"]: x for x in json.load(sys.stdin)[\"revisions\"][0][\"files\"]}
assert \"part.yaml:\" in f[\"part.yaml\"][\"error\"], f
assert f[\"part.yaml\"][\"missing\"] is False
assert f[\"params.yaml\"][\"values\"][\"note\"] is None
"
'
test_case 'keys that look alike joined are not the same' '
	new_repo
	printf "\"x/y\": 7\nx: 1\ny: 2\n" >p.yaml
	printf "stages: {s: {cmd: x, params: [p.yaml: [x, y]]}}\n" >dver.yaml
	commit one
	printf "stages: {s: {cmd: x, params: [p.yaml: [x/y]]}}\n" >dver.yaml
	commit two
	dver params show -A --json >got
	python3 -c "
import json, sys
r = json.load(sys.stdin)[\"revisions\"]
got = sorted((f[\"values\"] for x in r for f in x[\"files\"]), key=str)
want = [{\"x\": 1, \"y\": 2}, {\"x/y\": 7}]
assert got == want, got
" <got
'
test_case 'keys of files of variables' '
	new_repo
	cat >dver.yaml <<-EOT
	vars: ["a.yaml:k,m", "b.yaml:x"]
	stages:
	  s: {cmd: "echo \${k}", vars: ["c.yaml"]}
	EOT
	echo "{k: 1, m: {n: 2}, o: 3}" >a.yaml
	echo "{x: 4, y: 5}" | tee b.yaml | tr xy zw >c.yaml
	printf "%s\n" "Path    Param  Value" "a.yaml  k      1" \
		"a.yaml  m.n    2" "b.yaml  x      4" "c.yaml  z      4" \
		"c.yaml  w      5" >want
	is want dver params
	commit one
	echo "{k: 6, m: {n: 2}, o: 7}" >a.yaml
	dver params diff >got
	[ "$(wc -l <got)" -eq 2 ]
	grep -q "^a.yaml  k " got
	# A file that is named has all of its values.
	dver params show a.yaml | grep -qx "a.yaml  o      7"
'
test_case 'what nobody sees does not reach the terminal' '
	new_repo
	printf "a: \"x\\342\\200\\256y\\342\\200\\213z\\357\\273\\277\"\n" >params.yaml
	echo "stages: {s: {cmd: x, params: [a]}}" >dver.yaml
	odd=$(printf "o\\342\\200\\256d")
	echo 1 >"$odd"
	dver params show >got
	grep -q "x?y?z?" got
	lacks "$(printf "[\\342\\357]")" got
	dver add "$odd" >got
	commit one
	rm "$odd"
	dver status >>got
	grep -qF "o\\342\\200\\256d" got
	lacks "$(printf "\\342\\200\\256")" got
'
done_testing
