#!/bin/sh
# Templates of plots: what Vega makes of each, and those that people write.
# The scripts of Vega lie in the home of who builds.
vega=$(sh "${0%/*}/../../src/report/vega_scripts.sh" path)
. "${0%/*}/lib.sh"

# FILE is what Vega tells of `plots --json` on the standard input.
drawn() {	# PYTHON, about v: what is seen of each plot
	[ -n "$vega" ]
	node "$here/vega.js" "$vega" >seen.txt
	python3 -c "import json
v = {d[\"id\"]: d for d in map(json.loads, open(\"seen.txt\"))}
$1"
}
data='
	new_repo
	printf "%s\n" step,loss,acc 0,4,0 1,2,1 2,,2 3,1,3 >l.csv
	printf "%s\n" name,size a,1 b,3 c,2 >b.csv
	printf "%s\n" is,said x,x x,y y,y y,y >c.csv
	printf "%s\n" day,v mon,1 tue,3 wed,2 >w.csv
	commit one
	printf "%s\n" step,loss,acc 0,3,0 1,1.123456789,1 2,.5,2 4,.25,3 >l.csv
	printf "%s\n" name,size a,1 b,3 c,5 >b.csv
'
test_case 'their names and texts' '
	new_repo
	cat >want <<-EOT
	simple
	linear
	confusion
	confusion_normalized
	scatter
	scatter_jitter
	smooth
	bar_horizontal_sorted
	bar_horizontal
	EOT
	dver plots templates >got
	diff want got
	while read -r t; do
		dver plots templates "$t" >t.json
		jq -e ".usermeta.dver.like == \"$t\"" t.json
		grep -q "<DVC_METRIC_DATA>" t.json
	done <want
	dver plots templates --json | jq -e "
		[.templates[].name] == [$(sed "s/.*/\"&\"/" want |
			paste -s -d ,)] and all(.templates[]; .own == false)"
	fails_with "there is no template '"'"'nope'"'"'" \
		dver plots templates nope
	must_fail dver plots templates ../../etc/passwd.json
	mkdir -p .dver/plots
	echo "{}" >.dver/plots/mine.json
	echo "{}" >.dver/plots/smooth.json
	touch .dver/plots/readme.txt
	dver plots templates >got
	sed -i "/^smooth$/d; \$ a mine\nsmooth" want
	diff want got
	dver plots templates --json | jq -e "
		[.templates[] | select(.own).name] == [\"mine\", \"smooth\"]"
	dver plots templates mine >got
	diff .dver/plots/mine.json got
'
test_case 'lines' "$data"'
	dver plots diff --json -x step -y loss -- l.csv >d.json
	drawn "
d = v[\"l.csv\"]
assert d[\"kinds\"][\"line\"] == 8, d[\"kinds\"]
assert len(d[\"lines\"]) == 2, d[\"lines\"]
# A gap is no point of the line, and ends it.
assert d[\"lines\"][0].count(\"M\") == 2, d[\"lines\"]
assert d[\"lines\"][1].count(\"M\") == 1, d[\"lines\"]
assert \"HEAD\" in d[\"texts\"] and \"workspace\" in d[\"texts\"]
t = [t for t in d[\"tips\"]]
assert {\"step\": 1, \"HEAD\": 2, \"workspace\": 1.12346} in t, t
assert {\"step\": 4, \"workspace\": .25} in t, t" <d.json
	jq -e ".data[\"l.csv\"][0].content | .title.text == \"l.csv\" and
		(.data.values | length) == 8 and
		.encoding.x.title == \"step\"" d.json
	for t in simple smooth; do
		dver plots diff --json -t $t -x step -y loss -- l.csv >d.json
		drawn "
d = v[\"l.csv\"]
assert len(d[\"lines\"]) == 2, d
assert any(t[\"step\"] == 1 for t in d[\"tips\"]), d" <d.json
	done
	dver plots diff --json -x step -y loss -y acc -- l.csv | drawn "
d = v[\"l.csv\"]
assert len(d[\"lines\"]) == 4
assert \"acc\" in d[\"texts\"] and \"value\" in d[\"texts\"], d[\"texts\"]
assert {\"step\": 0, \"HEAD: loss\": 4, \"HEAD: acc\": 0,
    \"workspace: loss\": 3, \"workspace: acc\": 0} in d[\"tips\"], d[\"tips\"]"
	dver plots show --json -x step -y loss -- l.csv | drawn "
d = v[\"l.csv\"]
assert \"workspace\" not in d[\"texts\"], d[\"texts\"]
assert {\"step\": 4, \"loss\": .25} in d[\"tips\"], d[\"tips\"]"
'
test_case 'words and times' "$data"'
	printf "%s\n" when,v "2026-11-25 10:00:00,1" "2026-11-25 12:30:00,2" \
		>t.csv
	dver plots show --json -x day -- w.csv | drawn "
d = v[\"w.csv\"]
assert [t for t in d[\"texts\"] if t in (\"mon\", \"tue\", \"wed\")] == \
    [\"mon\", \"tue\", \"wed\"]
assert {\"day\": \"tue\", \"v\": 3} in d[\"tips\"], d[\"tips\"]"
	dver plots show --json -x when -- t.csv >d.json
	drawn "
d = v[\"t.csv\"]
assert {\"when\": \"2026-11-25 12:30:00\", \"v\": 2} in d[\"tips\"], d
assert \"12 PM\" in d[\"texts\"], d[\"texts\"]" <d.json
	jq -e ".data[\"t.csv\"][0].content.data.values[0].when ==
		1795600800000" d.json
'
test_case 'all series of long ones at a place' '
	new_repo
	python3 -c "
print(\"step,a,b\")
for i in range(100000):
    print(f\"{i},{i * 7919 % 1000},{i / 1e5}\")" >l.csv
	dver plots show --json -x step -y a -y b -- l.csv | drawn "
t = v[\"l.csv\"][\"tips\"]
assert len(t) >= 500 and all(len(x) == 3 for x in t), t"
'
test_case 'points, bars and matrices' "$data"'
	for t in scatter scatter_jitter; do
		dver plots show --json -t $t -x step -y loss -- l.csv | drawn "
d = v[\"l.csv\"]
assert d[\"kinds\"] == {\"symbol\": 4}, d[\"kinds\"]
assert {\"rev\": \"workspace\", \"step\": 4, \"loss\": .25} in d[\"tips\"]"
		dver plots show --json -t $t -x day -y v -- w.csv | drawn "
assert v[\"w.csv\"][\"kinds\"] == {\"symbol\": 3}
assert \"tue\" in v[\"w.csv\"][\"texts\"]"
		dver plots show -t $t -x step -y loss -o $t.svg -- l.csv
		dver plots show -t $t -x step -y loss -- l.csv >$t.txt
	done
	must_fail cmp -s scatter.svg scatter_jitter.svg
	must_fail cmp -s scatter.txt scatter_jitter.txt
	dver plots show -t scatter_jitter -x step -y loss -o 2.svg -- l.csv
	cmp 2.svg scatter_jitter.svg
	dver plots diff --json -t bar_horizontal_sorted -x size -y name \
		-- b.csv | drawn "
d = v[\"b.csv\"]
assert d[\"kinds\"] == {\"rect\": 6}, d[\"kinds\"]
assert [t for t in d[\"texts\"] if t in list(\"abc\")] == list(\"cba\"), d
assert {\"rev\": \"workspace\", \"size\": 5, \"name\": \"c\"} in d[\"tips\"]"
	dver plots show --json -t bar_horizontal -x size -y name -- b.csv |
		drawn "
t = v[\"b.csv\"][\"texts\"]
assert [t for t in t if t in list(\"abc\")] == list(\"abc\"), t"
	dver plots diff --json -t confusion -x said -y is -- c.csv | drawn "
d = v[\"c.csv\"]
assert d[\"kinds\"] == {\"rect\": 6, \"text\": 6}, d[\"kinds\"]
assert {\"is\": \"y\", \"said\": \"y\", \"count\": \"2\"} in d[\"tips\"], d
assert \"HEAD\" in d[\"texts\"] and \"workspace\" in d[\"texts\"]"
	dver plots show --json -t confusion_normalized -x said -y is \
		-- c.csv | drawn "
t = v[\"c.csv\"][\"tips\"]
assert {\"is\": \"x\", \"said\": \"y\", \"share\": \"0.50\"} in t, t
assert \"workspace\" in v[\"c.csv\"][\"texts\"], v"
'
test_case 'names that Vega would take for something else' '
	new_repo
	printf "%s\n" "a.b[c],\"v\"\"x\\n'"'"'s\",rev,__proto__,value" \
		1,2,3,4,5 2,3,4,5,6 >n.csv
	for y in "v\"x\\n'"'"'s" rev __proto__ value "a.b[c]"; do
		dver plots show --json -x "a.b[c]" -y "$y" -- n.csv >d.json
		drawn "
d = v[\"n.csv\"]
assert len(d[\"lines\"]) == 1 and d[\"lines\"][0].count(\"L\") == 1, d
assert len(d[\"tips\"]) >= 2 and all(len(t) == 2 for t in d[\"tips\"]), d" \
			<d.json
	done
	dver plots show --json -x "a.b[c]" -y value -- n.csv | drawn "
assert any(t[\"a.b[c]\"] == 2 for t in v[\"n.csv\"][\"tips\"]), v"
	printf "%s\n" "x,<script>y" 1,2 >"<!--<script>.csv"
	dver plots show --json -- "<!--<script>.csv" >d.json
	sed "1,/content/d" d.json >content
	lacks "<" content
	drawn "
assert \"&lt;script>y\" in v[\"<!--<script>.csv\"][\"texts\"] or \
    \"&lt;script&gt;y\" in v[\"<!--<script>.csv\"][\"texts\"], v" <d.json
'
test_case 'templates of the workspace' "$data"'
	mkdir -p .dver/plots sub/deep
	dver plots templates linear |
		sed "s/\"line\"/\"area\"/" >.dver/plots/mine.json
	dver plots templates confusion >.dver/plots/errors.json
	dver plots show --json -t .dver/plots/mine.json -x step -y loss \
		-- l.csv >d.json
	dver plots show --json -t mine -x step -y loss -- l.csv >same.json
	cmp d.json same.json
	jq -e ".data[\"l.csv\"][0].template == \"mine\"" d.json
	drawn "
assert v[\"l.csv\"][\"kinds\"][\"area\"] == 4, v[\"l.csv\"][\"kinds\"]" <d.json
	dver plots show --json -t errors -x said -y is -- c.csv | drawn "
assert v[\"c.csv\"][\"kinds\"] == {\"rect\": 3, \"text\": 3}"
	dver plots show -t errors -x said -y is -- c.csv >got 2>err
	grep -q "rows: is" got
	grep -q "template '"'"'errors'"'"' is drawn in pages and --json" err
	dver plots show -q -t errors -x said -y is -- c.csv 2>err
	[ ! -s err ]
	dver plots show -t errors -x said -y is --html out -- c.csv 2>err
	[ ! -s err ]
	# By its path: here, in dver.yaml, and from another folder.
	mv .dver/plots/mine.json sub/deep
	cp .dver/plots/errors.json sub/local.json
	cat >sub/dver.yaml <<-EOT
	plots:
	- ../l.csv: {x: step, y: loss, template: deep/mine.json}
	- ../c.csv: {x: said, y: is, template: local.json}
	- ../b.csv: {template: ../nowhere.json}
	EOT
	git add sub
	dver plots --json >d.json 2>err
	jq -e "[.data[][].template] == [\"sub/deep/mine.json\",
		\"sub/local.json\"]" d.json
	grep -q "there is no template '"'"'nowhere.json'"'"'" err
	cd sub/deep
	dver plots show --json -t mine.json -- ../../l.csv | jq -e "
		.data[][].template == \"sub/deep/mine.json\""
	# What has the name of ours goes before it.
	cd ../..
	cp sub/deep/mine.json .dver/plots/linear.json
	dver plots show --json -x step -y loss -- l.csv | drawn "
assert \"area\" in v[\"l.csv\"][\"kinds\"]"
	# git keeps them; doctor has nothing against it.
	git add .dver/plots
	git commit -qm templates
	dver doctor >got || true
	lacks "belong" got
'
test_case 'one as people have them for DVC' "$data"'
	cat >old.json <<-EOT
	{"\$schema": "https://vega.github.io/schema/vega-lite/v5.json",
	 "data": {"values": "<DVC_METRIC_DATA>"},
	 "title": "of <DVC_METRIC_TITLE>",
	 "transform": [{"calculate": "datum['"'<DVC_METRIC_Y>'"'] * 2",
	                "as": "twice"},
	               {"filter": "datum.rev == '"'HEAD'"'"}],
	 "mark": "point",
	 "encoding": {
	   "x": {"field": "<DVC_METRIC_X>", "type": "quantitative",
	         "title": "<DVC_METRIC_X_LABEL>"},
	   "y": {"field": "twice", "type": "quantitative"},
	   "color": {"field": "rev", "type": "nominal"}}}
	EOT
	dver plots diff --json -t old.json -x step -y loss -- l.csv | drawn "
d = v[\"l.csv\"]
assert d[\"kinds\"] == {\"symbol\": 3}, d[\"kinds\"]
assert \"of l.csv\" in d[\"texts\"], d[\"texts\"]
assert \"8\" in d[\"texts\"], d[\"texts\"]"
	dver plots show -t old.json -x step -y loss -o p.svg -- l.csv 2>err
	# The mark says points.
	[ "$(grep -c "class=\"l " p.svg)" = 0 ]
'
test_case 'templates that cannot be' "$data"'
	mkdir -p .dver/plots
	data="\"data\": {\"values\": \"<DVC_METRIC_DATA>\"}"
	bad() {	# WHAT TEXT
		printf "%s" "$2" >.dver/plots/bad.json
		fails_with "$1" dver plots show -t bad -- l.csv
	}
	bad "bad.json:1:2: " "{"
	bad "bad.json: a template is an object" "[1]"
	bad "the points have no place" "{\"data\": {\"values\": []}}"
	bad "bad.json:2:5: there is no anchor <DVC_METRIC_NO>; there are" "{$data,
\"a\":\"<DVC_METRIC_NO>\"}"
	bad "no anchor <DVER_NO>" "{$data, \"a\": [\"x <DVER_NO>\"]}"
	bad "<DVC_METRIC_DATA> stands here again" "{$data, \"b\": {$data}}"
	bad "<DVC_METRIC_COLOR> is no text" \
		"{$data, \"a\": \"x<DVC_METRIC_COLOR>\"}"
	bad "<DVER_SHOWN> must be in a list" "{$data, \"a\": \"<DVER_SHOWN>\"}"
	bad "may not load anything" "{$data, \"layer\": [{\"data\":
		{\"url\": \"https://example.org\"}}]}"
	bad "may not load anything" "{$data, \"encoding\":
		{\"href\": {\"value\": \"https://example.org\"}}}"
	# Nor by a name that only comes to be.
	for name in url href; do
		echo "{$data, \"a\": {\"<DVC_METRIC_TITLE>\": \"x\"}}" \
			>.dver/plots/bad.json
		fails_with "may not load anything" dver plots show --json \
			-t bad --title $name -- l.csv
	done
	dver plots show --json -t bad --title fine -- l.csv
	bad "is no schema" "{\"\$schema\": \"https://example.org\", $data}"
	bad "'"'like'"' names no template" \
		"{$data, \"usermeta\": {\"dver\": {\"like\": \"x\"}}}"
	bad "deep" "$(python3 -c "print(\"{\\\"a\\\": \" * 90)")"
	python3 -c "print(\"{\\\"a\\\": \\\"\" + \"x\" * (1 << 20) + \"\\\"}\")" \
		>.dver/plots/big.json
	fails_with "a template of more than 1 MiB" \
		dver plots show -t big -- l.csv
	cat >grow.py <<-"EOT"
	with open("many.csv", "w") as f:
	    f.write("a,b\n")
	    for i in range(900):
	        f.write(f"{i}{chr(120) * 50},{i}\n")
	with open(".dver/plots/grows.json", "w") as f:
	    f.write("{\"data\": {\"values\": \"<DVC_METRIC_DATA>\"}, \"a\": [")
	    f.write(",".join(["\"<DVER_X_SCALE>\""] * 40000))
	    f.write("]}")
	EOT
	python3 grow.py
	fails_with "larger than 16 MiB" \
		dver plots show --json -t grows -x a -- many.csv
	# Nothing leads out of the workspace.
	ln -s /etc/passwd .dver/plots/out.json
	fails_with "leads out of the workspace" dver plots show -t out -- l.csv
	ln -s /etc outside
	must_fail dver plots show -t outside/passwd.json -- l.csv
	fails_with "outside the workspace" \
		dver plots show -t ../../x.json -- l.csv
	mkdir .dver/plots/dir.json
	fails_with "no regular file" dver plots show -t dir -- l.csv
	printf "%s\n" "plots:" "- l.csv: {template: ../x.json}" >dver.yaml
	fails_with "dver.yaml:2:21: '"'../x.json'"' leads out of the workspace" \
		dver plots
	rm dver.yaml
	# What a template says to others is left out; so is what is no number.
	printf "%s" "{$data, \"a\": NaN, \"usermeta\": {\"embedOptions\":
		{\"loader\": 1}}}" >.dver/plots/odd.json
	dver plots show --json -t odd -- l.csv | jq -e "
		.data[][].content | has(\"usermeta\") == false and .a == null"
'
done_testing
