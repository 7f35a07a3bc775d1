#!/bin/sh
# Plots of any revision: as text, pictures, pages and JSON.
. "${0%/*}/lib.sh"

is() {	# WANTED-FILE COMMAND
	want=$1
	shift
	"$@" >got.txt
	diff "$want" got.txt
}
asserts() {	# PYTHON, about d: the document on the standard input
	python3 -c "import json, sys
d = json.load(sys.stdin)
def points(c, i=0):
    s = c[\"series\"][i]
    told = dict(rev=s[\"rev\"], filename=s[\"path\"].split(\"/\")[-1],
        field=s[\"field\"])
    rows = [dict(r) for r in c[\"content\"][\"data\"][\"values\"]]
    rows = [r for r in rows if told.items() <= r.items()]
    return [[v for k, v in r.items() if k not in told and
        k != \"filename::field\"] for r in rows]
$1"
}
# A commit, and what is to be the next: a plot that git keeps, one that the
# store keeps, some of the top of the file.
history='
	new_repo
	cat >dver.yaml <<-EOT
	plots:
	- both: {x: step, y: {log.csv: loss, kept.json: [loss, acc]}}
	- names.csv: {template: bar_horizontal_sorted, x: size, y: name}
	stages:
	  train:
	    cmd: cp src.json kept.json
	    deps: [src.json]
	    plots:
	    - log.csv: {cache: false, x: step, y: loss, title: Loss}
	    - kept.json
	EOT
	sed -i "s/cmd: .*/cmd: cp src.csv log.csv \&\& cp src.json kept.json/" \
		dver.yaml
	printf "%s\n" step,loss,acc 0,4,0 1,2,1 2,1,2 >src.csv
	echo "[{\"step\": 0, \"loss\": 3, \"acc\": 1}," \
		"{\"step\": 2, \"loss\": 1, \"acc\": 2}]" >src.json
	printf "%s\n" name,size a,1 b,3 c,2 >names.csv
	dver repro -q
	commit one
	printf "%s\n" step,loss,acc 0,4,0 1,3,1 2,2,2 4,0,4 >src.csv
	echo "[{\"step\": 0, \"loss\": 2, \"acc\": 1}]" >src.json
	dver repro -q
'
test_case 'charts as text' "$history"'
	COLUMNS=40 dver plots show log.csv >got
	diff "$top/tests/cli/plots.txt" got
	LC_ALL=C COLUMNS=40 dver plots show log.csv >plain
	COLUMNS=40 dver plots show log.csv --ascii >plain2
	diff plain plain2
	grep -q "step$" plain
	lacks -P "[^ -~]" plain
	cat >want <<-"EOT"
	names.csv
	  size
	b █████████████████████████████████ 3
	c ██████████████████████ 2
	a ███████████ 1
	EOT
	COLUMNS=38 is want dver plots show names.csv
	dver plots -q >none
	[ ! -s none ]
	dver plots >all
	grep -qx "both" all
	grep -qx "kept.json" all
	dver plots show --html out --text log.csv >both
	grep -q "index.html" both
	grep -qx Loss both
'
test_case 'revisions are series' "$history"'
	dver plots diff --json >d.json
	asserts "
c = d[\"data\"][\"log.csv\"][0]
assert d[\"errors\"] == []
assert c[\"type\"] == \"vega\" and c[\"template\"] == \"linear\"
assert c[\"revisions\"] == [\"HEAD\", \"workspace\"]
assert c[\"title\"] == \"Loss\"
assert c[\"x_label\"] == \"step\" and c[\"y_label\"] == \"loss\"
a, b = c[\"series\"]
assert a[\"name\"] == \"HEAD\" and len(a[\"commit\"]) == 40
assert points(c) == [[0, 4], [1, 2], [2, 1]]
assert b[\"name\"] == \"workspace\" and b[\"commit\"] is None
assert points(c, 1) == [[0, 4], [1, 3], [2, 2], [4, 0]]
assert b[\"rows\"] == 4 and b[\"path\"] == \"log.csv\"
k = d[\"data\"][\"kept.json\"][0]
assert points(k) == [[0, 1], [1, 2]]
assert points(k, 1) == [[0, 1]]
n = [s[\"name\"] for s in d[\"data\"][\"both\"][0][\"series\"]]
assert n == [\"HEAD: log.csv\", \"HEAD: kept.json: loss\",
    \"HEAD: kept.json: acc\", \"workspace: log.csv\",
    \"workspace: kept.json: loss\", \"workspace: kept.json: acc\"], n
p = points(d[\"data\"][\"names.csv\"][0])
assert sorted(p) == [[\"a\", 1], [\"b\", 3], [\"c\", 2]], p" <d.json
	commit two
	git tag v2
	rm log.csv kept.json
	dver plots diff HEAD~1..HEAD --json log.csv >d.json
	asserts "
c = d[\"data\"][\"log.csv\"][0]
assert c[\"revisions\"] == [\"HEAD~1\", \"HEAD\"], c[\"revisions\"]" <d.json
	# What is not here is what is recorded of it.
	dver plots show --json -T -- kept.json log.csv >d.json 2>err
	asserts "
e = d[\"errors\"]
assert [(x[\"rev\"], x[\"source\"]) for x in e] == [
    (\"workspace\", \"log.csv\")], e
assert e[0][\"missing\"]
c = d[\"data\"][\"kept.json\"][0]
assert c[\"revisions\"] == [\"workspace\", \"main, v2\"], c[\"revisions\"]
assert points(c) == points(c, 1) == [[0, 1]]
assert len(d[\"data\"][\"log.csv\"][0][\"series\"]) == 1" <d.json
	grep -q "there is no .log.csv." err
	dver plots show --json --rev HEAD --rev HEAD~1 names.csv >d.json
	asserts "
assert len(d[\"data\"][\"names.csv\"][0][\"series\"]) == 2" <d.json
	dver plots show -a --json -- names.csv | asserts "
r = d[\"data\"][\"names.csv\"][0][\"revisions\"]
assert r[0] == \"workspace\" and \"main\" in r[1], r"
	dver plots show HEAD workspace names.csv --json | asserts "
r = d[\"data\"][\"names.csv\"][0][\"revisions\"]
assert r == [\"HEAD\", \"workspace\"], r"
	fails_with "nowhere" dver plots show --rev nowhere
'
test_case 'rows that are no data are left out, and told' '
	new_repo
	printf "%s\n" step,y 1,1 2,oops 3,3 4,x 5 6,6,6 7,7 >l.csv
	printf "%s\n10" 8,0.9 >>l.csv
	dver plots show -x step --json -- l.csv >d.json 2>err
	asserts "
c, = d[\"data\"][\"l.csv\"]
assert points(c) == [[1, 1], [2, None], [3, 3], [4, None], [7, 7],
    [8, 0.9]], points(c)
e = [x[\"msg\"] for x in d[\"errors\"]]
assert e == [\"l.csv:6: 1 field, but 2 in the first row: left out, \"
    \"as are 2 more rows\", \"l.csv:3: \x27oops\x27 in column \"
    \"\x27y\x27 is no number: left out, as is one more row\"], e" <d.json
	grep -q "warning: workspace: l.csv:6: 1 field" err
'
test_case 'x in another file than y' '
	new_repo
	printf "%s\n" step,s2 10,5 20,6 30,7 >x.csv
	printf "%s\n" v,w 1,2 2,3 3,4 >a.csv
	echo "[{\"v\": 5}, {\"v\": 6}, {\"v\": 7}]" >b.json
	printf "%s\n" v 1 2 >short.csv
	cat >dver.yaml <<-EOT
	plots:
	- one: {x: {x.csv: step}, y: {a.csv: [v, w], b.json: v}}
	- each: {x: {x.csv: step, a.csv: v}, y: {a.csv: w, b.json: v}}
	- a.csv: {x: {x.csv: s2}, y: v}
	- short: {x: {x.csv: step}, y: {a.csv: v, short.csv: v}}
	- few: {x: {x.csv: step, a.csv: v}, y: {a.csv: [v, w], b.json: v}}
	- none: {x: {gone.csv: step}, y: {a.csv: v}}
	EOT
	commit one
	printf "%s\n" step,s2 1,5 2,6 3,7 >x.csv
	dver plots diff --json >d.json 2>err
	asserts "
one, each, a, short, few, none = d[\"data\"].values()
assert points(one[0], 0) == [[10, 1], [20, 2], [30, 3]]
assert points(one[0], 1) == [[10, 2], [20, 3], [30, 4]]
assert points(one[0], 2) == [[10, 5], [20, 6], [30, 7]]
assert [s[\"name\"] for s in one[0][\"series\"]][3:] == [
    \"workspace: a.csv: v\", \"workspace: a.csv: w\",
    \"workspace: b.json\"]
assert points(one[0], 5) == [[1, 5], [2, 6], [3, 7]]
assert one[0][\"x_label\"] == \"step\" and not one[0][\"y_label\"]
assert points(each[0], 0) == [[10, 2], [20, 3], [30, 4]]
assert points(each[0], 1) == [[1, 5], [2, 6], [3, 7]]
assert each[0][\"x_label\"] == \"x\"
assert points(a[0], 1) == [[5, 1], [6, 2], [7, 3]]
assert len(short[0][\"series\"]) == 2 and not few and not none
e = [x[\"msg\"] for x in d[\"errors\"] if x[\"rev\"] == \"HEAD\"]
assert len(e) == 3 and \"there is no\" in e[2], e
assert \"2 columns of x for 3 of y\" in e[1], e" <d.json
	grep -q "cannot join .step. of .x.csv. and .v. of .short.csv.: they \
have 3 and 2 rows" err
	dver plots show --json -x w -- a.csv | asserts "
assert points(d[\"data\"][\"a.csv\"][0]) == [[2, 1], [3, 2], [4, 3]]"
'
# 70 commits, an hour apart.
commits='
	new_repo
	i=0
	while [ $i -lt 70 ]; do
		printf "%s\n" a,b,c 1,2,$i >l.csv
		git add .
		d="$((1795600000 + 3600 * i)) +0000"
		GIT_AUTHOR_DATE=$d GIT_COMMITTER_DATE=$d git commit -qm "$i"
		i=$((i + 1))
	done
'
test_case 'every commit, as many as there is room for' "$commits"'
	dver plots show -A --json l.csv >d.json 2>err
	git log --format=%H >ids
	asserts "
s = d[\"data\"][\"l.csv\"][0][\"series\"]
ids = open(\"ids\").read().split()
assert [x[\"commit\"] for x in s] == [None] + ids[:63], s
assert points(d[\"data\"][\"l.csv\"][0], 2) == [[0, 68]]
e, = d[\"errors\"]
assert e[\"rev\"] == ids[63][:10], e
assert \"this and 6 more revisions are left out\" in e[\"msg\"]" <d.json
	grep -q "and 6 more revisions are left out: .* room for 64" err
	# Three series each: of the 22nd there is none.
	dver plots show -A --json -y a -y b -y c l.csv >d.json 2>err
	asserts "
s = d[\"data\"][\"l.csv\"][0][\"series\"]
assert len(s) == 63 and s[62][\"commit\"] == s[60][\"commit\"]
assert \"this and 49 more\" in d[\"errors\"][0][\"msg\"]" <d.json
	dver plots show --since @1795844800 --json l.csv | asserts "
c = d[\"data\"][\"l.csv\"][0]
assert d[\"errors\"] == [] and len(c[\"series\"]) == 2
assert [points(c, i)[0][1] for i in (0, 1)] == [69, 68]"
	dver plots show -A --until @1795600000 --json l.csv | asserts "
c = d[\"data\"][\"l.csv\"][0]
assert [points(c, i)[0][1] for i in (0, 1)] == [69, 0]"
	# With so many revisions each line has fewer points.
	python3 -c "
print(\"y\")
for i in range(3000): print(i % 100)" >long.csv
	commit long
	dver plots show -A --json long.csv >d.json 2>err
	asserts "
for s in d[\"data\"][\"long.csv\"][0][\"series\"]:
    assert s[\"rows\"] == 3000 and 90 <= s[\"points\"] <= 250" <d.json
	git checkout -qf --detach HEAD~70
	git branch -qD main
	[ "$(dver plots show -A --json l.csv | grep -c "\"commit\"")" = 2 ]
	fails_with "is no time" dver plots show --since soon l.csv
'
test_case 'a chart that one revision fills' '
	new_repo
	python3 -c "
print(\",\".join(f\"c{i}\" for i in range(65)))
print(\",\".join(\"1\" for i in range(65)))" >w.csv
	set --
	for i in $(seq 0 64); do
		set -- "$@" -y c$i
	done
	must_fail dver plots show "$@" -- w.csv 2>err
	grep -q "more than 64 series in a chart; name those to show" err
'
test_case 'revisions that draw other columns' '
	new_repo
	printf "%s\n" a,b 1,5 2,6 >t.csv
	echo "plots: [t.csv: {y: a}]" >dver.yaml
	commit one
	echo "plots: [t.csv: {y: b}]" >dver.yaml
	dver plots diff --json | asserts "
c = d[\"data\"][\"t.csv\"][0]
n = [s[\"name\"] for s in c[\"series\"]]
assert n == [\"HEAD: a\", \"workspace: b\"], n
assert c[\"y_label\"] is None, c[\"y_label\"]"
'
test_case 'dates are a time axis' '
	new_repo
	printf "%s\n" day,t,y 2026-11-25,2026-11-25T14:03:00+01:00,1 \
		2026-11-28,2026-11-25T14:03:40+01:00,2 >d.csv
	COLUMNS=60 dver plots show -x day -- d.csv >got
	grep -q "2026-11-26 .*2026-11-27 .*2026-11-28" got
	grep -q "day (UTC)" got
	COLUMNS=60 dver plots show -x t -- d.csv >got
	grep -q "13:03:10 .*13:03:20 .*13:03:30" got
	grep -q "t (2026-11-25 UTC)" got
	COLUMNS=24 dver plots show -x t -- d.csv >got
	[ "$(wc -L <got)" -le 24 ]
	dver plots show -x t -o d.svg -- d.csv
	grep -q ">t (2026-11-25 UTC)<" d.svg
	grep -q "t 2026-11-25 13:03:40: 2<" d.svg
	dver plots show -x t --json -- d.csv >d.json
	asserts "
c, = d[\"data\"][\"d.csv\"]
assert points(c) == [[1795611780000, 1], [1795611820000, 2]], points(c)
x = c[\"content\"][\"encoding\"][\"x\"]
assert x[\"type\"] == \"temporal\", x
assert x[\"scale\"][\"type\"] == \"utc\", x" <d.json
	printf "%s\n" day,t,y 2026-11-25,,1 soon,,2 >d.csv
	dver plots show -x day -- d.csv >got 2>err
	grep -q "d.csv:3: .soon. in column .day. is no date.*left out" err
'
test_case 'a folder of plots, in the store' '
	new_repo
	mkdir sub raw
	printf "%s\n" step,v 0,1 1,2 >raw/a.csv
	printf "%s\n" step,v 0,3 1,4 >raw/b.csv
	printf "\\211PNG\\r\\n" >raw/p.png
	echo none >raw/c.txt
	cat >sub/dver.yaml <<-EOT
	plots:
	- out/b.csv: {title: Second}
	- apart: {x: {../raw/a.csv: step}, y: {out/a.csv: v}}
	stages:
	  t:
	    cmd: cp -r ../raw out
	    deps: [../raw]
	    plots:
	    - out: {x: step, y: v}
	EOT
	dver repro -q
	dver add -q raw
	commit one
	dver plots show --json >here.json
	rm -rf sub/out raw
	dver plots show HEAD --json >head.json
	for f in here.json head.json; do
		asserts "
assert list(d[\"data\"]) == [\"sub/out/a.csv\", \"sub/out/b.csv\",
    \"sub/out/p.png\", \"apart\"], d
a, b, p, x = d[\"data\"].values()
assert points(a[0]) == [[0, 1], [1, 2]]
assert b[0][\"title\"] == \"Second\"
assert len(b[0][\"series\"]) == 1
assert points(b[0]) == [[0, 3], [1, 4]]
assert p[0][\"type\"] == \"image\" and p[0][\"size\"] == 6
assert points(x[0]) == [[0, 1], [1, 2]]
assert x[0][\"x_label\"] == \"step\" and x[0][\"y_label\"] == \"v\"
assert d[\"errors\"] == []" <$f
	done
	dver plots show HEAD --json -- raw sub/out/a.csv sub/out raw/a.csv \
		>d.json
	asserts "
n = [len(v[0][\"series\"]) for v in d[\"data\"].values()
     if v and v[0][\"type\"] == \"vega\"]
assert n == [1, 1, 1, 1, 1], d" <d.json
	dver plots show HEAD --json sub/out/a.csv >d.json
	asserts "
assert list(d[\"data\"]) == [\"sub/out/a.csv\"] and not d[\"errors\"], d
assert d[\"data\"][\"sub/out/a.csv\"][0][\"x_label\"] == \"step\"" <d.json
	dver plots show --json >d.json
	diff here.json d.json >&2
	rm -rf .dver/cache
	must_fail dver plots show sub/out 2>err >got
	grep -q "is not in the local store" err
	[ ! -s got ]
'
test_case 'options go before dver.yaml' "$history"'
	dver plots show -x acc -y step -y loss --title T --x-label X \
		--y-label Y -t scatter --json log.csv | asserts "
c = d[\"data\"][\"log.csv\"][0]
assert c[\"template\"] == \"scatter\"
assert (c[\"title\"], c[\"x_label\"], c[\"y_label\"]) == (\"T\", \"X\", \"Y\")
assert [s[\"name\"] for s in c[\"series\"]] == [\"step\", \"loss\"]
assert points(c, 1) == [[0, 4], [1, 3], [2, 2], [4, 0]]"
	printf "%s\n" 1,5 2,6 >bare.csv
	dver plots show --no-header -x 0 -y 1 --json bare.csv | asserts "
assert points(d[\"data\"][\"bare.csv\"][0]) == \
    [[1, 5], [2, 6]]"
	mkdir sub
	cd sub
	dver plots show --json ../bare.csv | asserts "
assert \"bare.csv\" in d[\"data\"]"
	cd ..
	dver plots show --json both | asserts "
assert list(d[\"data\"]) == [\"both\"]"
'
test_case 'what cannot be drawn is told' "$history"'
	fails_with "no column '"'"'nope'"'"'" dver plots show -y nope log.csv
	fails_with "a confusion matrix needs two columns" \
		dver plots show -t confusion kept.json
	fails_with "there is no template '"'"'x'"'"'" dver plots show -t x log.csv
	fails_with "bars need two columns" \
		dver plots show -t bar_horizontal kept.json
	fails_with "cannot plot '"'"'dver.yaml2'"'"'" sh -c "
		echo >dver.yaml2; dver plots show dver.yaml2"
	fails_with "there is no '"'"'gone.csv'"'"'" dver plots show -- gone.csv
	echo "{" >kept.json
	dver plots show --json >d.json 2>err
	grep -q "warning: workspace: kept.json:" err
	asserts "
assert [e[\"name\"] for e in d[\"errors\"]] == [\"kept.json\", \"both\"]
assert d[\"data\"][\"kept.json\"] == []
assert len(d[\"data\"][\"both\"][0][\"series\"]) == 1
assert len(d[\"data\"][\"log.csv\"][0][\"series\"]) == 1" <d.json
	dver plots diff kept.json 2>err >got
	grep -q "kept.json" got
	echo "stages: [" >dver.yaml
	fails_with "dver.yaml:" dver plots
	dver plots diff >got 2>err
	grep -q "warning: workspace: dver.yaml:" err
	grep -q Loss got
'
test_case 'a matrix of many classes fits a terminal' '
	new_repo
	python3 -c "
print(\"actual,predicted\")
for i in range(12):
    for k in range(12):
        print((\"c%d,c%d\\n\" % (i, k)) * (3 if i == k else 1), end=\"\")" >c.csv
	for t in confusion confusion_normalized; do
		COLUMNS=80 dver plots show -t $t -x predicted -y actual c.csv >got
		lacks "labels" got
		[ "$(awk "{print length}" got | sort -n | tail -1)" -le 80 ]
		head -n 3 got | tail -n 1 | grep -qE " c0 +c1 +c10 .* c8 +c9$"
	done
	grep -qE "^c9( +0\.07){11} +0\.21$" got
	COLUMNS=40 dver plots show -t confusion -x predicted -y actual c.csv >got
	[ "$(awk "{print length}" got | sort -n | tail -1)" -le 40 ]
	grep -q "of 12 labels" got
'
test_case 'no page of what cannot be drawn' '
	new_repo
	printf "%s\n" step,loss 1,2 >l.csv
	mkdir -p .dver/plots
	echo "{" >.dver/plots/bad.json
	must_fail dver plots show -t bad -o u.html l.csv >out 2>told
	grep -q "bad" told
	[ ! -s out ] && [ ! -e u.html ]
	must_fail dver plots show -t bad --html u l.csv
	[ ! -e u ]
'
test_case 'names of columns with blanks, and other separators' '
	new_repo
	printf "%s\n" "step, loss" "1,2" >a.csv
	fails_with "there is step, '"' loss'"'" dver plots show -x step -y loss a.csv
	printf "%s\n" "step;loss" "1;2" >b.csv
	fails_with "separate the fields by" dver plots show -x step -y loss b.csv
'
test_case 'a file that is neither picture nor page is refused' '
	new_repo
	printf "%s\n" "step,loss" "1,2" >l.csv
	for f in pic.png ./a.b/x.pdf; do
		fails_with "charts are .svg or .html" dver plots show -o $f l.csv
		[ ! -e $f ]
	done
	mkdir old.d
	for d in old.d new.d/ new; do
		dver plots show -q -o $d l.csv
		[ -f $d/index.html ]
	done
'
test_case 'each of many series has a mark of its own' '
	new_repo
	python3 -c "
print(\"x,\" + \",\".join(\"s%d\" % i for i in range(63)))
for x in range(2):
    print(\",\".join([str(x)] + [str(i) for i in range(63)]))" >m.csv
	for how in "" --ascii; do
		dver plots show $how -x x $(seq -f "-y s%g" 0 62) m.csv >got
		grep -oE "[^ ]+ s[0-9]+" got | cut -d" " -f1 | sort -u >marks
		[ "$(wc -l <marks)" -eq 63 ]
	done
'
test_case 'nothing to draw' '
	new_repo
	dver plots --html out >got 2>err
	[ ! -s got ]
	[ ! -e out ]
	grep -q "there are no plots here" err
	dver plots --json 2>err | asserts "
assert d == {\"errors\": [], \"data\": {}}"
	printf "%s\n" a,b 1,2 >l.csv
	dver plots diff l.csv >got
	grep -q l.csv got
	fails_with "'"'draw'"' is neither a revision nor a file" dver plots draw
	set +e
	dver plots diff -a 2>err
	[ $? -eq 2 ]
'
test_case 'pictures' "$history"'
	dver plots diff --svg pictures >got
	printf "pictures/%s.svg\n" log.csv kept.json both names.csv >want
	diff want got
	dver plots -o one.svg -- log.csv >got
	echo one.svg >want
	diff want got
	python3 -c "
import xml.dom.minidom, sys
for f in sys.argv[1:]:
    d = xml.dom.minidom.parse(f)
    assert d.documentElement.tagName == \"svg\"
    assert not d.getElementsByTagName(\"script\")
    assert d.getElementsByTagName(\"path\")" pictures/*.svg one.svg
	[ "$(stat -c %a one.svg)" = 644 ]
	fails_with "charts do not fit" dver plots -o two.svg
	printf "\\211PNG\\r\\n" >shot.png
	fails_with "images go into a page" dver plots -o two.svg -- shot.png
	fails_with "no column" dver plots -o two.svg -y nope -- log.csv
	[ ! -e two.svg ]
	fails_with "cannot" dver plots --svg names.csv/there
	mkdir a
	printf "%s\n" x,y 1,2 >a/b.csv
	cp a/b.csv a_b.csv
	dver plots show --svg more -- a/b.csv a_b.csv >got
	printf "more/%s.svg\n" a_b.csv a_b.csv-2 >want
	diff want got
'
test_case 'long names, and many of them' '
	new_repo
	python3 -c "
open(\"words.csv\", \"w\").write(\"name,y\\n\" + \"\".join(
    f\"a long category name {i},{i % 7}\\n\" for i in range(40)))
open(\"many.csv\", \"w\").write(\",\".join(
    f\"a_very_long_name_of_a_metric/accuracy_{i}\"
    for i in range(30)) + \"\\n\" + 9 * (\",\".join(
    str(i) for i in range(30)) + \"\\n\"))"
	dver plots show -x name -o w.svg -- words.csv
	python3 -c "
import re
t = [(float(x), s) for x, y, s in re.findall(
    r\"class=.s m. x=.([0-9.]+). y=.([0-9.]+).>(a l[^<]*)<\",
    open(\"w.svg\").read())]
assert len(t) > 2, t
for (x, s), (x2, s2) in zip(t, t[1:]):
    assert x2 - x > 7.3 * (len(s) + len(s2)) / 2, (x, s, x2, s2)
    assert s != s2"
	set --
	for i in $(seq 0 29); do
		set -- "$@" -y a_very_long_name_of_a_metric/accuracy_$i
	done
	COLUMNS=80 dver plots show "$@" -- many.csv >got
	grep -q "accuracy_7 .*accuracy_8\|accuracy_8 .*accuracy_9" got
	[ "$(grep -c " [┤│]" got)" -ge 7 ]
	dver plots show "$@" -o m.svg -- many.csv
	[ "$(grep -c "accuracy_[0-9]*</text>" m.svg)" = 30 ]
	lacks "<circle" m.svg
'
test_case 'lines that are smoothed' '
	new_repo
	cat >check.py <<-"EOT"
	import json, random, sys
	def lowess(p):
	    n, trust = len(p), [1] * len(p)
	    near = max(2, int(.3 * n))
	    for _ in range(3):
	        fit = []
	        for x, _ in p:
	            k = sorted(range(n), key=lambda i: (abs(p[i][0] - x), i))
	            k = k[:near]
	            far = max(abs(p[i][0] - x) for i in k)
	            w = [(1 - (abs(p[i][0] - x) / far) ** 3) ** 3 * trust[i]
	                 for i in k]
	            s = sum(w)
	            mx = sum(w[j] * p[i][0] for j, i in enumerate(k)) / s
	            my = sum(w[j] * p[i][1] for j, i in enumerate(k)) / s
	            a = sum(w[j] * (p[i][0] - mx) * (p[i][1] - my)
	                    for j, i in enumerate(k))
	            b = sum(w[j] * (p[i][0] - mx) ** 2
	                    for j, i in enumerate(k))
	            fit.append(my + a / b * (x - mx))
	        off = sorted(abs(y - f) for (x, y), f in zip(p, fit))
	        m = (off[n // 2] + off[(n - 1) // 2]) / 2
	        r = [abs(y - f) / 6 / m for (x, y), f in zip(p, fit)]
	        trust = [(1 - v * v) ** 2 if v < 1 else 1e-12 for v in r]
	    return fit
	random.seed(5)
	x, p = 0, []
	for i in range(150):
	    x += random.random() + .01
	    p.append((x, x * x / 100 + random.gauss(0, 3)))
	p[40] = (p[40][0], 500)
	if len(sys.argv) > 1:
	    print("x,y")
	    for q in p:
	        print(repr(q[0]), repr(q[1]), sep=",")
	        if q is p[7]:
	            print(repr(q[0]) + ",nan")
	    sys.exit()
	s = json.load(sys.stdin)["data"]["l.csv"][0]["content"]
	s = [(r["x"], r["y"]) for r in s["data"]["values"]]
	assert [q[0] for q in s] == [q[0] for q in p]
	for (x, y), f in zip(s, lowess(p)):
	    assert abs(y - f) < 1e-6, (x, y, f)
	EOT
	python3 check.py make >l.csv
	dver plots show -t smooth -x x -y y --json l.csv >d.json
	python3 check.py <d.json
	printf "%s\n" x,y 1,1 1,3 1,2 1,4 >same.csv
	dver plots show -t smooth -x x --json same.csv >d.json
	asserts "
p = points(d[\"data\"][\"same.csv\"][0])
assert len(p) == 4 and all(1 <= y <= 4 for x, y in p), p" <d.json
	printf "%s\n" x,y 1,1 2, >two.csv
	dver plots show -t smooth -x x two.csv >got
	python3 -c "
print(\"step,y\")
for i in range(50000): print(f\"{i},{i % 2}\")" >long.csv
	dver plots show -t smooth -x step --json long.csv >d.json
	asserts "
c = d[\"data\"][\"long.csv\"][0]
s = c[\"series\"][0]
assert s[\"rows\"] == 50000 and s[\"points\"] <= 2000
assert len(points(c)) == s[\"points\"]
assert all(.2 < y < .8 for x, y in points(c))" <d.json
'
test_case 'lines that are smoothed as TensorBoard does' '
	new_repo
	printf "%s\n" step,y,z 0,1,4 1,2,4 2,,4 3,4,4 >l.csv
	dver plots show -x step -y y -y z --smooth 0.5 -o l.svg -- l.csv
	grep -q "step 1: 1.666" l.svg
	grep -q "step 3: 3<" l.svg
	[ "$(grep -c "class=.l r c" l.svg)" = 2 ]
	grep -q "smoothed 0.5<" l.svg
	dver plots show -x step --smooth 0.5 -- l.csv >got
	grep -q "smoothed 0.5$" got
	dver plots show -x step -y y --smooth 0.5 --json -- l.csv >d.json
	asserts "
c, = d[\"data\"][\"l.csv\"]
assert c[\"smooth\"] == 0.5
assert [round(y, 3) if y else y for x, y in points(c)] == [1, 1.667, None, 3]
" <d.json
	dver plots show -x step --smooth 0 -- l.csv >got
	lacks smoothed got
	dver plots show -x step -y y -t scatter --smooth 0.5 -- l.csv >got
	lacks smoothed got
	for w in 1 -0.1 nan x "" 0.5x; do
		code=0
		dver plots show --smooth "$w" -- l.csv 2>err || code=$?
		[ $code = 2 ]
		grep -q "smooth takes a number from 0 to below 1" err
	done
'
test_case 'a confusion matrix' '
	new_repo
	printf "%s\n" is,said "a,<b>" a,a "<b>,a" a,a 10,10 "10,<b>" 9,9 \
		,a >c.csv
	cat >dver.yaml <<-EOT
	plots:
	- c.csv: {template: confusion, x: said, y: is, title: Errors}
	EOT
	commit one
	echo "[{\"is\": true, \"said\": 1}, {\"is\": 1, \"said\": 1}]" >c.json
	cat >want <<-EOT
	Errors
	rows: is, columns: said
	          9      10     <b>       a
	9         1
	10                1       1
	<b>                               1
	a                         1       2
	EOT
	is want dver plots
	dver plots --json | asserts "
p = d[\"data\"][\"c.csv\"][0]
assert p[\"series\"][0][\"rows\"] == 8
assert points(p) == [[\"9\", \"9\", 1], [\"10\", \"10\", 1],
    [\"<b>\", \"10\", 1], [\"a\", \"<b>\", 1], [\"<b>\", \"a\", 1],
    [\"a\", \"a\", 2]], p"
	dver plots show -t confusion_normalized >got
	grep -qx "10             0.50    0.50" got
	grep -qx "a                      0.33    0.67" got
	dver plots show -t confusion -x said -y is --json c.json | asserts "
p = points(d[\"data\"][\"c.json\"][0])
assert p == [[\"1\", \"1\", 1], [\"1\", \"true\", 1]], p"
	echo 9,10 >>c.csv
	dver plots diff >got
	grep -qx HEAD got
	grep -qx workspace got
	grep -qx "9         1       1" got
	dver plots diff -o c.svg
	python3 -c "
import xml.dom.minidom
d = xml.dom.minidom.parse(\"c.svg\")
r = [x for x in d.getElementsByTagName(\"rect\")
     if x.getAttribute(\"fill-opacity\")]
assert len(r) == 13, len(r)
t = [x.firstChild.data for x in d.getElementsByTagName(\"text\")]
assert \"HEAD\" in t and \"<b>\" in t and \"said\" in t, t"
	python3 -c "
print(\"x,y\")
for i in range(60): print(f\"{i},{i}\")" >many.csv
	dver plots show -t confusion -x x -y y many.csv >got
	grep -qx "19 of 60 labels" got
	dver plots show -t confusion -x x -y y -o m.svg many.csv
	grep -q "40 of 60 labels" m.svg
'
test_case 'a page' '
	new_repo
	evil="<img src=x onerror=alert(1)>&\"'"'"'.csv"
	printf "%s\n" "<script>a,</title><script>b" 1,2 2,3 >"$evil"
	mkdir shots
	printf "\\211PNG\\r\\n\\032\\n" >shots/a.png
	echo "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>" \
		>shots/b.svg
	echo no >shots/c.txt
	cat >dver.yaml <<-EOT
	plots:
	- shots
	- "<b>name</b>": {y: {"<img src=x onerror=alert(1)>&\"'"'"'.csv": \
	"</title><script>b"}, title: "<script>t</script>"}
	EOT
	git add .
	commit one
	printf "\\211PNG\\r\\n\\032\\nmore" >shots/a.png
	dver plots diff --html "out dir" >got
	echo "file://$PWD/out%20dir/index.html" >want
	diff want got
	dver plots diff -o page.html >got
	cmp page.html "out dir/index.html"
	cat >check.py <<-"EOT"
	import base64, hashlib, html.parser, json, sys
	class P(html.parser.HTMLParser):
	    def __init__(self):
	        super().__init__()
	        self.tags, self.text, self.open = [], [], []
	        self.scripts = []
	    def handle_starttag(self, tag, attrs):
	        self.tags.append((tag, dict(attrs)))
	        assert not any(k.startswith("on") for k, v in attrs), attrs
	        if tag == "script":
	            self.scripts.append([dict(attrs), ""])
	        if tag not in ("meta", "img"):
	            self.open.append(tag)
	    def handle_startendtag(self, tag, attrs):
	        self.tags.append((tag, dict(attrs)))
	    def handle_endtag(self, tag):
	        assert self.open.pop() == tag, tag
	    def handle_data(self, data):
	        if self.open and self.open[-1] == "script":
	            self.scripts[-1][1] += data
	        else:
	            self.text.append(data)
	p = P()
	p.feed(open(sys.argv[1], encoding="utf-8").read())
	assert p.open == [], p.open
	names = [t for t, a in p.tags]
	assert "link" not in names
	csp = [a["content"] for t, a in p.tags
	       if a.get("http-equiv") == "Content-Security-Policy"]
	assert "default-src '"'"'none'"'"'" in csp[0]
	policy = dict(d.split(None, 1) for d in csp[0].split("; "))
	allowed = policy.get("script-src", "").split()
	assert all(a.startswith("'"'"'sha256-") for a in allowed), allowed
	for attrs, text in p.scripts:
	    if attrs == {"type": "application/json", "id": "revs"}:
	        assert "<" not in text and type(json.loads(text)) is list
	        continue
	    if attrs == {"type": "application/json"}:
	        assert "<" not in text
	        assert json.loads(text)["data"]
	        continue
	    sum = base64.b64encode(hashlib.sha256(text.encode()).digest())
	    assert attrs == {}
	    allowed.remove("'"'"'sha256-" + sum.decode() + "'"'"'")
	assert allowed == [], allowed
	assert bool(p.scripts) == (sys.argv[2] == "vega"), len(p.scripts)
	assert [a for t, a in p.tags if a.get("name") == "viewport"]
	ids = [a["id"] for t, a in p.tags if "id" in a]
	assert len(ids) == len(set(ids))
	links = [a["href"] for t, a in p.tags if t == "a"]
	assert links and all(h[0] == "#" and h[1:] in ids for h in links)
	images = [a for t, a in p.tags if t == "img"]
	assert len(images) == 4, images
	assert all(i["src"].startswith("data:image/") and i["alt"]
	           for i in images)
	b = [base64.b64decode(i["src"].split(",")[1]) for i in images]
	assert sorted(map(len, b))[:2] == [8, 12], b
	assert b[0] + b"more" == b[1]
	text = "".join(p.text)
	assert "<b>name</b>" in text and "<script>t</script>" in text
	EOT
	vega=$(dver version --json | jq -r ".vega // \"none\"" | cut -d" " -f1)
	python3 check.py page.html "$vega"
	head -c 8400000 /dev/zero >shots/a.png
	dver plots --html big >got 2>err
	grep -q "larger than 8 MiB" err
	lacks -q "src=\"data:image/png" big/index.html
'
test_case 'long series are thinned' '
	new_repo
	python3 -c "
print(\"step,loss\")
for i in range(300000):
    print(f\"{i},{1000 if i == 123456 else i % 7}\")" >l.csv
	dver plots show --json l.csv | asserts "
c = d[\"data\"][\"l.csv\"][0]
s, p = c[\"series\"][0], points(c)
assert s[\"rows\"] == 300000 and 500 < s[\"points\"] <= 2000
assert len(p) == s[\"points\"]
assert max(y for x, y in p) == 1000 and p[-1][0] == 299999"
	dver plots show l.csv >got
	grep -q "of 300,000 points" got
'
done_testing
