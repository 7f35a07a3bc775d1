#!/bin/sh
# What a branch changed, as a comment on a pull request.
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
$1"
}
# A table's rows have the cells of its head, as GFM wants it; and nothing that
# a forge would make a link, a mention or a tag of stands outside of code.
well_formed() {
	python3 - "$1" <<-EOT
	import re, sys
	text = open(sys.argv[1], encoding="utf-8").read()
	assert len(text) <= 65536, len(text)
	cells = lambda l: len(re.split(r"(?<!\\\\)\|", l)) - 2
	head = 0
	fenced = False
	for line in text.split("\n"):
	    assert all(c >= " " and c != "\x7f" for c in line), line
	    if re.match(r"  \`\`\`(diff)?$", line):
	        fenced = not fenced
	        continue
	    if fenced:
	        assert line[:3] in ("  +", "  -"), line
	        continue
	    if line.startswith("|"):
	        head = head or cells(line)
	        assert line.endswith("|") and cells(line) == head, line
	    else:
	        head = 0
	    bare = re.sub(r"\`[^\`]*\`|<code>[^<]*</code>", "", line)
	    assert not re.search(r"[@<>\`\\\\]|\]\(|https?:|www\.", bare), line
	    for code in re.findall(r"<code>([^<]*)</code>", line):
	        rest = re.sub(r"&#\d+;", "", code)
	        assert not re.search(r"[@\`\\\\|&*_\[\]]|://|www\.", rest), line
	assert not fenced
	EOT
}
# main has one commit, topic one more, and is checked out.
branch='
	new_repo
	files 3 data/a
	files 2 data/b
	files 1 old
	dver add -q data old
	cat >dver.yaml <<-EOT
	metrics:
	- m.json: {higher_is_better: {acc: true, loss: false}}
	stages:
	  go:
	    cmd: cp in.txt out.txt
	    deps: [in.txt]
	    outs: [out.txt]
	  train:
	    cmd: cp data/a/1.txt model
	    deps: [data]
	    params: [lr]
	    outs: [model]
	EOT
	echo "{\"acc\": 0.5, \"loss\": 2, \"same\": 1}" >m.json
	echo "lr: 0.1" >params.yaml
	echo in >in.txt
	dver repro -q
	commit one
	git checkout -q -b topic
	echo changed >data/a/1.txt
	echo new >data/a/new.txt
	mv data/a/2.txt data/b/moved.txt
	rm data/b/1.txt
	files 2 more
	dver add -q data more
	dver rm -q old
	sed -i "/^  go:/,/outs/d" dver.yaml
	sed -i "s/cp data.a.1.txt model/cat data\/a\/1.txt >model/" dver.yaml
	echo "{\"acc\": 0.75, \"loss\": 3, \"same\": 1, \"n\": 7}" >m.json
	echo "lr: 0.25" >params.yaml
	commit two
'
test_case 'all of a branch' "$branch"'
	cat >want <<-EOT
	#### Data

	| Output | Added | Changed | Removed | Moved | Size |
	| --- | ---: | ---: | ---: | ---: | --- |
	| \`data/\` | 1 | 1 | 1 | 1 | 80 B to 60 B |
	| \`more/\` **new** | 2 | 0 | 0 | 0 | 28 B |
	| \`old/\` **removed** | 0 | 0 | 1 | 0 | was 13 B |

	| Folder | Added | Changed | Removed | Moved |
	| --- | ---: | ---: | ---: | ---: |
	| \`data/a\` | 1 | 1 | 0 | 0 |
	| \`data/b\` | 0 | 0 | 1 | 1 |

	Moved:

	- \`data/a/2.txt\` to \`data/b/moved.txt\`

	Rows and lines:

	- \`data/a/1.txt\`: 1 added, 1 removed, 0 changed

	  \`\`\`diff
	  -data/a number 1
	  +changed
	  \`\`\`


	#### Parameters

	| File | Parameter | Old | New |
	| --- | --- | --- | --- |
	| \`params.yaml\` | \`lr\` | \`0.1\` | \`0.25\` |

	#### Metrics

	| File | Metric | Old | New | Change | |
	| --- | --- | ---: | ---: | ---: | --- |
	| \`m.json\` | \`acc\` | \`0.5\` | \`0.75\` | +0.25 (+50.0%) | better |
	| \`m.json\` | \`loss\` | \`2\` | \`3\` | +1 (+50.0%) | **worse** |
	| \`m.json\` | \`n\` | - | \`7\` | new | |

	#### Pipeline

	- \`go\` **removed**
	  - removed command \`cp in.txt out.txt\`
	  - removed input \`in.txt\`
	  - removed output \`out.txt\`
	- \`train\` changed
	  - removed command \`cp data/a/1.txt model\`
	  - added command \`cat data/a/1.txt >model\`

	#### Would run

	- \`train\`: its command changed; input \`data\` changed; parameter \`params.yaml:lr\` changed
	EOT
	dver report --base main >all.md
	well_formed all.md
	sed "1,/^\`HEAD/d" all.md | sed 1d >got
	diff want got
	head -n 1 all.md >first
	printf "%s\n" "### Data report: 3 outputs, 1 parameter, 3 metrics (1 better, 1 worse), 2 stages changed, 1 stage would run" >want
	diff want first
	grep -qx "\`HEAD\` ($(git rev-parse HEAD | cut -c-10)) compared with \`main\` (where they parted: $(git rev-parse main | cut -c-10))\\." all.md
	# Without a remote it is the parent.
	dver report | sed "1,/^\`HEAD/d" | sed 1d | diff got -
	dver report topic | sed "1,/^\`topic/d" | sed 1d | diff got -
	is all.md dver report --base main
	dver report -q --base main >none
	[ ! -s none ]
'
test_case 'the same as a document' "$branch"'
	dver report --json --base main | asserts "
assert list(d) == [\"base\", \"now\", \"outputs\", \"rows\", \"params\",
                   \"metrics\", \"plots\", \"images\", \"stages\", \"to_run\",
                   \"problems\", \"all_images\"], d
assert d[\"base\"][\"asked\"] == \"main\" and len(d[\"base\"][\"commit\"]) == 40
o = {x[\"path\"]: x for x in d[\"outputs\"]}
assert o[\"data\"][\"status\"] == \"changed\", o
assert o[\"data\"][\"moves\"] == [{\"from\": \"data/a/2.txt\",
                                 \"to\": \"data/b/moved.txt\"}]
assert [f[\"path\"] for f in o[\"data\"][\"folders\"]] == [\"data/a\", \"data/b\"]
assert o[\"more\"][\"status\"] == \"new\" and o[\"more\"][\"added\"] == 2
assert o[\"old\"][\"status\"] == \"removed\" and o[\"old\"][\"old_bytes\"] == 13
assert d[\"params\"][0][\"new\"] == 0.25
m = {x[\"name\"]: x for x in d[\"metrics\"]}
assert m[\"acc\"][\"better\"] and not m[\"loss\"][\"better\"] and len(m) == 3
s = {x[\"stage\"]: x for x in d[\"stages\"]}
assert s[\"go\"][\"status\"] == \"removed\"
assert s[\"train\"][\"status\"] == \"changed\"
assert s[\"train\"][\"recorded\"] == \"same\"
assert [x[\"stage\"] for x in d[\"to_run\"]] == [\"train\"]
assert d[\"problems\"] == []
"
'
test_case 'a run that is recorded, the workspace, nothing at all' "$branch"'
	dver repro -q
	commit three
	dver report >got
	grep -qx "#### Pipeline" got
	grep -qx -- "- \`train\` new results" got
	lacks "Would run" got
	# The other commit is not in the workspace.
	dver report --base main topic~1 >got
	lacks "Would run" got
	git commit -q --allow-empty -m four
	dver report >got
	grep -qx "### Data report: nothing changed" got
	[ "$(wc -l <got)" -eq 3 ]
	dver report --json | asserts "assert not d[\"outputs\"] and not d[\"stages\"]"
	dver report -w >got
	grep -q "^\`workspace\` compared with \`HEAD\`" got
	echo more >>data/a/3.txt
	echo "lr: 7" >params.yaml
	dver report --workspace >got
	grep -qx "| \`data/\` | 0 | 1 | 0 | 0 | 60 B to 65 B |" got
	grep -qx "| \`params.yaml\` | \`lr\` | \`0.25\` | \`7\` |" got
	grep -q "^- \`train\`: input \`data\` changed" got
	# What git has is another matter.
	dver report >got
	grep -q "nothing changed, 1 stage would run" got
'
test_case 'outputs under another name' "$branch"'
	dver mv data sub
	printf "" >empty1
	dver add -q empty1
	commit three
	dver mv more less
	dver rm -q empty1
	printf "" >empty2
	dver add -q empty2
	commit four
	dver report HEAD~1 >got
	grep -q "^| \`data/\` is now \`sub\` | 0 | 0 | 5 | 0 | was" got
	grep -q "^| \`sub/\` was \`data\` | 5 | 0 | 0 | 0 |" got
	dver report >got
	well_formed got
	grep -q "^| \`less/\` was \`more\` |" got
	grep -q "^| \`empty1\` \*\*removed\*\* |" got
	dver report -w --base HEAD~1 --json | asserts "
o = {x[\"path\"]: x for x in d[\"outputs\"]}
assert o[\"less\"][\"other\"] == \"more\" and o[\"more\"][\"other\"] == \"less\"
assert \"other\" not in o[\"empty2\"]
"
'
test_case 'where the branch began' "$branch"'
	# main went on: its commits are not of the branch.
	git checkout -q main
	dver checkout -q
	echo 1 >later.txt
	dver add -q later.txt
	commit later
	git checkout -q topic
	dver checkout -q
	dver report --base main >got
	lacks later got
	grep -q "more/" got
	cd ..
	git clone -q r clone
	cd clone
	git checkout -q -b side origin/topic
	echo "lr: 9" >params.yaml
	commit side
	# Its upstream is topic.
	dver report >got
	grep -q "compared with \`@{upstream}\`" got
	grep -qx "| \`params.yaml\` | \`lr\` | \`0.25\` | \`9\` |" got
	lacks "^| \`m.json\`" got
	# It was pushed, so that has nothing new: what the clone began with has.
	git push -q origin side
	git branch -q -u origin/side
	git -C ../r symbolic-ref HEAD >head
	git remote set-head origin main
	dver report >got
	grep -qF "compared with \`refs/remotes/origin/HEAD\`" got
	grep -q "^| \`m.json\`" got
	dver report origin/main >got
	grep -q "| \`later.txt\` \*\*new\*\* |" got
	lacks "more/" got
	fails_with "no revision that git knows" dver report --base nope
	fails_with "no revision that git knows" dver report nope
	must_be_usage() { set +e; "$@"; [ $? -eq 2 ]; set -e; }
	must_be_usage dver report a b
	must_be_usage dver report -w topic
'
test_case 'the first commit, none, no git, no common ancestor' '
	mkdir plain
	cd plain
	dver init -q --no-git
	fails_with "not in git" dver report
	cd ..
	new_repo
	files 2 data
	dver add -q data
	dver report -w >got
	grep -qx "\`workspace\`: everything is new." got
	grep -q "^| \`data/\` \*\*new\*\* | 2 | 0 |" got
	fails_with "no commit yet" dver report -w --base main
	must_fail dver report
	commit one
	dver report >got
	grep -q "^\`HEAD\` (.*): everything is new.$" got
	grep -q "^| \`data/\` \*\*new\*\* | 2 | 0 |" got
	git checkout -q --orphan other
	git commit -qm other
	fails_with "no common ancestor" dver report --base main
'
test_case 'a shallow clone' "$branch"'
	git commit -q --allow-empty -m three
	cd ..
	git clone -q --depth 1 -b topic "file://$PWD/r" shallow
	cd shallow
	fails_with "git fetch --unshallow" dver report
	git fetch -q origin main:main --depth 1
	fails_with "git fetch --unshallow" dver report --base main
	git fetch -q --unshallow
	dver report --base main >got
	grep -q "^| \`data/\` | ?" got
	grep -q "^| \`m.json\` | \`acc\`" got
'
test_case 'only what is shown comes from the remote' "$branch"'
	dver remote add o ../store
	commit remote
	dver push -q -A
	cd ..
	git clone -q -b topic "file://$PWD/r" clone
	cd clone
	git branch -q main origin/main
	dver report --base main >got
	grep -qx "| \`data/\` | 1 | 1 | 1 | 1 | 80 B to 60 B |" got
	lacks "^- \`data/\`:" got
	grep -qx -- "- \`data/a/1.txt\`: 1 added, 1 removed, 0 changed" got
	[ ! -e data ]
	# Nothing else is fetched, and nothing at all where that is asked for.
	rm -rf .dver/cache
	dver report --base main --no-fetch >got
	well_formed got
	grep -qx "| \`data/\` | ? | ? | ? | ? | 80 B to 60 B |" got
	grep -q "^| \`m.json\` | \`acc\`" got
	mv ../store/packs ../packs
	dver report --base main >got
	grep -qx "| \`data/\` | 1 | 1 | 1 | 1 | 80 B to 60 B |" got
	lacks "1 added, 1 removed, 0 changed" got
	grep -q "^- \`data/a/1.txt\`: " got
	mv ../packs ../store/packs
	# Without the remote only what git knows is told, and why.
	mv ../store ../gone
	rm -rf .dver/cache
	dver report --base main >got
	well_formed got
	grep -qx "| \`data/\` | ? | ? | ? | ? | 80 B to 60 B |" got
	grep -qx "#### Not compared" got
	grep -q "^| \`more/\` \*\*new\*\* | 2 | 0 | 0 | 0 | 28 B |" got
	grep -q "^| \`old/\` \*\*removed\*\* | 0 | 0 | 1 | 0 | was 13 B |" got
	grep -q "^- \`data/\`: .*cannot .*store" got
	dver remote remove o
	dver report --base main >got
	grep -q "^- \`data/\`: .* dver fetch --all-commits brings it" got
	lacks "$PWD" got
	grep -q "^| \`m.json\` | \`acc\`" got
	dver report --json --base main | asserts "
o = {x[\"path\"]: x for x in d[\"outputs\"]}
assert o[\"data\"][\"problem\"] and \"added\" not in o[\"data\"], o
"
'
test_case 'a remote that is down is asked once, and told of once' "$branch"'
	cat >../down.py <<-EOT
	import random, socket, sys
	s = socket.socket()
	while True:
	    port = random.randrange(20000, 32000)
	    try:
	        s.bind(("127.0.0.1", port))
	        break
	    except OSError:
	        pass
	s.listen(50)
	open("../port.new", "w").write(str(port))
	import os
	os.rename("../port.new", "../port")
	while True:
	    c, _ = s.accept()
	    open("../asked", "a").write("x\n")
	    c.close()
	EOT
	mkdir m2
	echo "{\"a\": 1}" >m2/m.json
	echo "metrics: [m2/m.json]" >dver.yaml
	dver add -q m2
	commit three
	echo "{\"a\": 2}" >m2/m.json
	echo more >data/a/1.txt
	echo more >more/1.txt
	dver add -q m2 data more
	commit four
	python3 ../down.py &
	server=$!
	trap "kill $server" EXIT
	while [ ! -e ../port ]; do sleep 0.05; done
	dver remote add -q o "http://127.0.0.1:$(cat ../port)/x"
	rm -rf .dver/cache
	# What one command asks that ends at the first failure.
	must_fail dver fetch -q 2>err
	attempt=$(wc -l <../asked)
	: >../asked
	dver report >got 2>err
	[ ! -s err ]
	well_formed got
	[ "$(wc -l <../asked)" -le "$attempt" ]
	[ "$(grep -c "127.0.0.1" got)" -eq 1 ]
	for name in data/ m2/ more/ m2/m.json; do
		grep -q "^- \`$name\`: " got
	done
	: >../asked
	dver report --no-fetch >got
	[ ! -s ../asked ]
	dver report --json | asserts "assert len(d[\"outputs\"]) == 3, d"
'
test_case 'what was recorded of a stage, before and now' '
	new_repo
	mkdir d
	echo 1 >d/f
	echo 12345 >in
	dver add -q d in
	cat >dver.yaml <<-EOT
	stages:
	  s:
	    cmd: cat d/f in >one && echo fixed >two
	    deps: [d, in]
	    params: [lr, k]
	    outs: [one, two]
	EOT
	printf "lr: 1\nk: same\n" >params.yaml
	dver repro -q
	commit one
	echo 1234567 >d/f
	echo 54321 >in
	dver add -q d in
	printf "lr: [2, 3]\nk: same\n" >params.yaml
	dver repro -q
	commit two
	id() { git show "$1:in.dver" | sed -n "s/.*sha256: \(.\{10\}\).*/\1/p"; }
	cat >want <<-EOT
	- \`s\` new results
	  - input \`d\`: 2 B to 8 B
	  - input \`in\`: 6 B, $(id HEAD~1) to $(id HEAD)
	  - parameter \`params.yaml:lr\`: \`1\` to \`[2, 3]\`
	  - output \`one\`: 8 B to 14 B
	EOT
	dver report >got
	well_formed got
	sed "1,/^#### Pipeline/d" got | sed 1d | diff want -
	dver report --json | asserts "
(s,) = d[\"stages\"]
assert s[\"status\"] == \"same\" and s[\"recorded\"] == \"changed\"
r = {(x[\"kind\"], x[\"name\"]): x for x in s[\"results\"]}
assert len(r) == 4, r
assert r[\"input\", \"d\"][\"new_size\"] == 8
assert r[\"input\", \"d\"][\"old\"] != r[\"input\", \"d\"][\"new\"]
assert (r[\"parameter\", \"params.yaml:lr\"][\"old\"], len(r[\"output\", \"one\"][\"new\"])) == (\"1\", 64)
"
	# An output that the stage has no more.
	sed -i "s/ && echo fixed >two//; s/, two//" dver.yaml
	dver repro -q
	commit three
	dver report >got
	grep -qx -- "- \`s\` changed, new results" got
	grep -qx "  - removed output \`two\`" got
	[ "$(grep -c "two\`" got)" -ge 2 ]
	lacks "output \`two\` gone" got
	dver report --json | asserts "
(s,) = d[\"stages\"]
assert [(x[\"kind\"], x[\"status\"]) for x in s[\"results\"]] == [
    (\"command\", \"changed\"), (\"output\", \"removed\")], s
"
'
# Plots of two commits: each kind of change, and none.
plots='
	new_repo
	cat >dver.yaml <<-EOT
	plots:
	- loss.csv: {x: step, y: [loss]}
	- git.json
	- gone.csv
	- same.csv
	- conf.csv: {x: a, y: p, template: confusion}
	- title.csv
	- "all|<b>@x": {y: {loss.csv: [loss], same.csv: v}, x: step}
	- dir
	EOT
	printf "step,loss\n1,4\n2,2\n3,1\n" >loss.csv
	echo "[{\"v\": 2}, {\"v\": 3}]" >git.json
	for f in gone same title; do printf "step,v\n1,1\n2,2\n" >$f.csv; done
	printf "a,p\nx,y\nx,x\n" >conf.csv
	mkdir dir
	printf "v\n1\n2\n" >dir/a.csv
	printf "v\n1\n2\n" >dir/b.csv
	dver add -q loss.csv gone.csv dir
	commit one
	printf "step,loss\n1,5\n2,2.5\n3,0.5\n4,0.25\n" >loss.csv
	echo "[{\"w\": 2}, {\"w\": 3}]" >git.json
	printf "a,p\nx,y\nx,x\ny,y\n" >conf.csv
	printf "v\n1\n3\n" >dir/b.csv
	printf "v\n7\n8\n" >dir/c.csv
	dver rm -q gone.csv
	sed -i "/gone/d; s/title.csv/title.csv: {title: other}/" dver.yaml
	dver add -q loss.csv dir
	commit two
'
test_case 'plots that differ' "$plots"'
	dver report >got
	well_formed got
	sed "1,/^#### Plots/d" got | sed "1d;/^#### /,\$d" >tab
	grep -qx "| \`loss.csv\` | \`loss\` | 1 to 0.25 | 1 to 0.25 | 4 to 5 | █▄▁▁ |" tab
	grep -qx "| \`gone.csv\` \*\*removed\*\* | \`v\` gone | 2 | 1 | 2 |  |" tab
	grep -qx "| \`git.json\` | \`w\` new | 3 | 2 | 3 | ▁█ |" tab
	grep -qx "| \`git.json\` | \`v\` gone | 3 | 2 | 3 |  |" tab
	grep -q "^| \`dir/b.csv\` | \`v\` | 2 to 3 | 1 | 2 to 3 |" tab
	grep -q "^| \`dir/c.csv\` \*\*new\*\* | \`v\` | 8 | 7 | 8 |" tab
	grep -qx "| \`conf.csv\` | matrix | - | - | - | |" tab
	grep -q "^| \`title.csv\` | \`v\` | 2 | 1 | 2 |" tab
	grep -q "^| <code>all&#124;&#60;b&#62;.*x</code> | \`loss\` |" tab
	lacks "same.csv\|dir/a.csv" tab
	head -n 1 got | grep -q "8 plots"
	# The disk, by what is in it: git and the store have other ids.
	dver report -w --base HEAD~1 >disk
	sed "1,/^#### Plots/d" disk | sed "1d;/^#### /,\$d" | diff tab -
	dver report -w | head -n 1 | grep -q "nothing changed"
	echo "5,9" >>same.csv
	echo "5,9" >>loss.csv
	dver report -w >got
	head -n 1 got | grep -q "3 plots"
	dver report --json | asserts "
p = {x[\"id\"]: x for x in d[\"plots\"]}
assert sorted(p) == list(p) and len(p) == 8, p
assert p[\"dir/c.csv\"][\"status\"] == \"new\"
assert p[\"gone.csv\"][\"status\"] == \"removed\"
old, new = p[\"loss.csv\"][\"series\"]
assert (old[\"side\"], old[\"last\"], old[\"highest\"]) == (\"old\", 1, 4)
assert (new[\"rows\"], new[\"lowest\"]) == (4, 0.25), new
assert not any(x[\"problems\"] for x in p.values() if x[\"id\"] != \"git.json\"), p
"
	# Only what differs is fetched.
	git checkout -q loss.csv.dver same.csv
	dver checkout -q --force
	dver remote add o ../store
	commit remote
	dver push -q -A
	git clone -q . ../clone
	cd ../clone
	dver report HEAD~1 >got
	sed "1,/^#### Plots/d" got | sed "1d;/^#### /,\$d" | diff ../r/tab -
	[ ! -e loss.csv ]
	rm -rf .dver/cache
	dver report --no-fetch HEAD~1 >got
	well_formed got
	grep -q "^- plot \`loss.csv\`, .*dver fetch" got
	# A broken dver.yaml on a side: it is told, and no plot is new.
	echo "plots: [" >dver.yaml
	commit broken
	dver report >got
	lacks "#### Plots" got
	grep -q "dver.yaml" got
'
test_case 'a page of the same' "$plots"'
	# Names and values of others are text, whatever they are.
	mkdir "<img src=x onerror=alert(1)>"
	echo x >"<img src=x onerror=alert(1)>/a&b.txt"
	dver add -q "<img src=x onerror=alert(1)>"
	echo "\"<script>\": \"</table><b>\"" >params.yaml
	echo "{\"acc\": 1, \"<i>\": 2}" >m.json
	printf "metrics: [m.json]\nstages:\n  s:\n    cmd: echo \"<b>\"\n" >>dver.yaml
	echo "6,<u>" >>loss.csv
	dver add -q loss.csv
	commit three
	dver report -o page.html >out
	[ ! -s out ]
	python3 - <<-EOT
	import html.parser
	text = open("page.html", encoding="utf-8").read()
	assert text.startswith("<!DOCTYPE html>")
	void = {"meta", "img", "br"}
	stack, seen, data, scripts = [], set(), [], []
	class P(html.parser.HTMLParser):
	    def handle_starttag(self, tag, attrs):
	        if tag == "script":
	            scripts.append(dict(attrs).get("type"))
	        else:
	            seen.add(tag)
	        assert not any(k.startswith("on") for k, _ in attrs), attrs
	        assert not any(k in ("src", "href") for k, _ in attrs), attrs
	        if tag not in void:
	            stack.append(tag)
	    def handle_startendtag(self, tag, attrs):
	        seen.add(tag)
	    def handle_endtag(self, tag):
	        assert stack.pop() == tag, (tag, stack)
	    def handle_data(self, d):
	        if stack[-1:] != ["script"]:
	            data.append(d)
	P().feed(text)
	assert not stack, stack
	assert not seen & {"img", "i", "u", "b"}, seen
	# Only scripts whose hashes the policy has, and what they draw.
	policy = text[:text.index("<style>")]
	run = scripts.count(None)
	assert set(scripts) <= {None, "application/json"}, scripts
	assert "default-src" in policy and "unsafe" not in \\
	    policy.split("script-src")[-1 if run else 0].split("style-src")[0]
	assert policy.count("'"'"'sha256-") == run, (run, policy)
	shown = "".join(data)
	for word in ("<img src=x onerror=alert(1)>/", "</table><b>", "<script>",
	             "<i>", "loss.csv", "all|<b>@x", "+6,<u>"):
	    assert word in shown, word
	assert seen >= {"table", "svg", "h2"}, seen
	EOT
	for title in Data Parameters Metrics Plots Pipeline "Would run"; do
		grep -qx "<h2>$title</h2>" page.html
	done
	set +e
	dver report -o page.txt 2>err; [ $? -eq 2 ] || exit 1
	dver report --json -o page.html 2>err; [ $? -eq 2 ] || exit 1
	set -e
	fails_with "nope" dver report --base nope -o new.html
	[ ! -e new.html ]
'
test_case 'stages that follow one that would run' '
	new_repo .
	dver stage add -q -n one -p lr -o a "cat params.yaml >a"
	dver stage add -q -n two -d a -o b "cat a >b"
	echo "lr: 1" >params.yaml; dver repro -q; commit one
	echo "lr: 2" >params.yaml
	dver report -w -o page.html
	dver report -w >out
	grep -qxF -- "- \`two\`: input \`one\` may change" out
	grep -qF "<li>input one may change</li>" page.html
'

test_case 'metrics of the page have the digits that people read' '
	new_repo .
	echo "metrics: [m.json]" >dver.yaml
	echo "{\"a\": 0.8500000000000001, \"b\": 0.1234567, \"n\": 123456.7}" \
		>m.json
	commit one
	echo "{\"a\": 0.93, \"b\": 0.1234568, \"n\": 9}" >m.json
	dver report -w -o page.html
	grep -q "<td>0.85</td><td>0.93</td>" page.html
	grep -q "<td>0.1234567</td><td>0.1234568</td>" page.html
	grep -q "<td>123457</td><td>9</td>" page.html
'

test_case 'rows of tables, lines of texts' '
	new_repo
	mkdir t
	printf "id,v\n1,a\n2,b\n3,\"c\nc\"\n4,d\n" >t/keyed.csv
	printf "k\tv\nx\t1\nx\t2\n" >t/twice.tsv
	printf "one\ntwo\nthree\n" >t/order.txt
	printf "one\r\ntwo\r\n" >t/ends.txt
	printf "\000\001" >t/binary.txt
	printf "a" >t/no.bin
	head -c 1200000 /dev/zero | tr "\000" "a" >t/large.txt
	dver add -q t
	commit one
	printf "id,v\n0,z\n1,a\n2,B\n3,\"c\nC\"\n" >t/keyed.csv
	printf "k\tv\nx\t2\nx\t2\ny\t3\n" >t/twice.tsv
	printf "three\none\ntwo\n" >t/order.txt
	printf "one\ntwo\nthr\`\`\`ee|@x<b>" >t/ends.txt
	printf "\000\002" >t/binary.txt
	printf "b" >t/no.bin
	echo more >>t/large.txt
	dver add -q t
	commit two
	cat >want <<-EOT
	- \`t/ends.txt\`: 1 added, 0 removed, 0 changed

	  \`\`\`diff
	  +thr\`\`\`ee|@x<b>
	  \`\`\`

	- \`t/keyed.csv\`: 1 added, 1 removed, 2 changed

	  \`\`\`diff
	  -2,b
	  +2,B
	  -3,"c?c"
	  +3,"c?C"
	  -4,d
	  +0,z
	  \`\`\`

	- \`t/order.txt\`: the same in another order
	- \`t/twice.tsv\`: 2 added, 1 removed, 0 changed

	  \`\`\`diff
	  -x?1
	  +x?2
	  +y?3
	  \`\`\`

	EOT
	dver report >all
	well_formed all
	sed "1,/^Rows and/d" all | sed "1d;/^####/,\$d" | sed "\$d" >got
	diff want got
	grep -qx -- "- \`t/binary.txt\`: \`it is no text in UTF-8\`" all
	lacks "large.txt\|no.bin" all
	dver report --json | asserts "
r = {x[\"path\"]: x for x in d[\"rows\"]}
assert r[\"t/keyed.csv\"][\"changed\"] == 2 and r[\"t/keyed.csv\"][\"table\"]
assert r[\"t/keyed.csv\"][\"shown\"][0] == {\"sign\": \"-\", \"text\": \"2,b\"}
"
	# The disk is read where it is asked for.
	echo four >>t/order.txt
	dver report -w >got
	grep -qx -- "- \`t/order.txt\`: 1 added, 0 removed, 0 changed" got
	# What is not here is not fetched, and how to get it is said.
	dver add -q t
	commit three
	dver remote add o ../store
	commit remote
	dver push -q -A
	git clone -q . ../clone
	cd ../clone
	dver report --no-fetch HEAD~1 >got
	grep -q "^- \`t/\`: .*dver fetch --all-commits" got
	dver report HEAD~1 >fetched
	grep -qx -- "- \`t/order.txt\`: 1 added, 0 removed, 0 changed" fetched
	dver fetch -q
	dver report --no-fetch HEAD~1 >got
	grep -q "^- \`t/\`: .*dver fetch --all-commits" got
	dver fetch -q --all-commits
	dver report HEAD~1 >got
	diff fetched got
	grep -qx -- "- \`t/order.txt\`: 1 added, 0 removed, 0 changed" got
'
test_case 'more small files than are compared' '
	new_repo
	files 15 d
	dver add -q d
	commit one
	for f in d/*; do echo more >>"$f"; done
	dver add -q d
	commit two
	dver report >got
	[ "$(grep -c "1 added, 0 removed" got)" -eq 10 ]
	grep -q "rows of 5 more small files" got
'
test_case 'more plots than are drawn are named' '
	new_repo
	for k in 1 2; do
		i=10
		echo "plots:" >dver.yaml
		while [ $i -lt 33 ]; do
			printf "v\n1\n%s\n" $k >p$i.csv
			[ $k -lt 2 ] && [ $i -eq 32 ] || echo "- p$i.csv" >>dver.yaml
			i=$((i + 1))
		done
		commit $k
	done
	dver report -o page.html
	grep -q "23 plots changed" page.html
	sed "1,/^<p>Not drawn:/d; /^<.ul>/,\$d" page.html >got
	[ "$(grep -c "<li>p3[012].csv" got)" -eq 3 ]
	[ "$(grep -c "<li>" got)" -eq 3 ]
	grep -q "<li>p32.csv <span class=\"status new\">new" got
'
test_case 'broken files are told, and the rest is shown' "$branch"'
	echo "outs: [" >more.dver
	echo "{\"acc\": " >m.json
	echo "lr: 3" >params.yaml
	commit broken
	dver report --base main >got
	well_formed got
	grep -q "^| \`data/\` | 1 | 1 | 1 | 1 |" got
	grep -q "^- \`more.*more.dver" got
	grep -q "^| \`more\` \*\*new\*\* | ? | ? | ? | ? | ? |" got
	grep -q "^- \`m.json\`: \`m.json:" got
	grep -q "^| \`params.yaml\` | \`lr\` | \`0.1\` | \`3\` |" got
	dver report >got
	grep -q "^| \`more/\` | ? | ? | ? | ? | 28 B to ? |" got
	echo "stages: [" >dver.yaml
	commit worse
	dver report --base main >got
	well_formed got
	grep -q "dver.yaml:" got
	grep -q "^| \`data/\` | 1 | 1 | 1 | 1 |" got
'
test_case 'hostile names and values' '
	new_repo
	echo x >x
	dver add -q x
	commit one
	mkdir d
	n=0
	for name in "a|b" "tick\`tock" "two\`\`ticks" "@everyone" "<img src=x>" \
	    "[l](http:evil)" "www.evil.example" "back\\slash|" " lead" "trail " \
	    "$(printf "new\nline")" "$(printf "tab\tesc\033[31m")" \
	    "$(printf "bad\377utf")" "$(printf "bidi\342\200\256txt")" \
	    "*bold*" "#1" "&amp;" "\$(touch pwned)" "-->" "me@mail.example"
	do
		n=$((n + 1))
		mkdir "d/$name"
		echo "$n" >"d/$name/f"
		echo "$n" >"$name"
		git check-ignore -q "$name" || dver add -q -- "$name"
	done
	dver add -q d
	cat >dver.yaml <<-EOT
	stages:
	  s:
	    cmd: "echo \`|\` @x <b> \\\\| https://evil.example > o"
	    outs: [o]
	EOT
	cat >params.yaml <<-EOT
	"k|<b>@x": "v\`|\\\\\\n@y http://evil.example"
	"www.k": ["@a", "<i>"]
	EOT
	commit two
	dver report >got
	well_formed got
	grep -q "^| <code>a&#124;b</code> \*\*new\*\*" got
	grep -q "^| \`@everyone\`" got
	[ "$(grep -c "^| .*\*\*new\*\*" got)" -eq $((n + 1)) ]
	grep -q "^| \`params.yaml\` | .*k&#124;" got
	[ ! -e pwned ]
	dver report --json | asserts "
assert len(d[\"outputs\"]) == $n + 1
"
'
test_case 'a parser of GFM sees texts and no links' '
	new_repo
	git commit -qm one --allow-empty
	python3 - <<-EOT
	import json
	names = ["a|b", "t\`t", "two\`\`x", "\`", "\`\`", "@all", "@all|", "<img src=x>",
	    "[l](http:evil)", "[l](http:evil)|", "www.evil.example", "b\\\\|", "\\\\",
	    " lead", "trail ", "n\\nl", "*b*", "|*b* _i_ __b__", "#1", "|#1 o/r#3 GH-1",
	    "&amp;", "|&lt;b&gt;", "-->", "|-->", "me@mail.example", "~~s~~|",
	    "x|www.evil.example me@mail.example https://evil.example/",
	    "|mailto:q@w.example", "|xmpp:a@b.example", "|ftp://evil.example",
	    "\`=html", "|:smile:", "</code>", "|</code>", "<!--", "|<!--"]
	with open("params.yaml", "w") as f:
	    for n in names:
	        f.write(json.dumps(n) + ": " + json.dumps(n) + "\\n")
	json.dump(names, open("../names", "w"))
	EOT
	commit two
	dver report >got
	well_formed got
	cmark-gfm -e table -e autolink -e strikethrough --unsafe got >got.html
	python3 - <<-EOT
	import html.parser, json
	rows, cell = [], None
	class Parser(html.parser.HTMLParser):
	    def handle_starttag(self, tag, attrs):
	        global cell
	        assert tag in ("h3", "h4", "p", "code", "table", "thead", "tbody",
	                       "tr", "th", "td"), tag
	        if tag == "tr":
	            rows.append([])
	        if tag in ("td", "th"):
	            rows[-1].append("")
	            cell = True
	    def handle_endtag(self, tag):
	        global cell
	        if tag in ("td", "th"):
	            cell = False
	    def handle_data(self, data):
	        if cell:
	            rows[-1][-1] += data
	Parser().feed(open("got.html", encoding="utf-8").read())
	shown = [[c.replace("\u200b", "") for c in r] for r in rows[1:]]
	names = [n.replace("\\n", "?") for n in json.load(open("../names"))]
	want = [["params.yaml", n, "-", n] for n in sorted(names)]
	assert sorted(shown) == sorted(want), (shown, want)
	EOT
'
test_case 'much is bounded, and what was left out is counted' '
	new_repo
	echo "{}" >params.yaml
	commit one
	long=$(printf "%0200d" 7)
	i=0
	while [ $i -lt 150 ]; do
		i=$((i + 1))
		mkdir -p "d/$i"
		echo $i >"d/$i/$long"
		[ $i -ne 7 ] || echo again >"d/$i/two"
		echo "\"k$i|$long\": \"|$long$i\""
	done >params.yaml
	dver add -q d
	python3 - <<-EOT >dver.yaml
	print("stages:")
	for i in range(300):
	    print("  s%03d%s: {cmd: echo %s}" % (i, "-x" * 70, "|" * 120))
	EOT
	python3 - <<-EOT >>dver.yaml
	print("metrics: [m.json]")
	EOT
	python3 - <<-EOT >m.json
	import json
	print(json.dumps({f"m{i}|" + "|" * 120: i for i in range(500)}))
	EOT
	commit two
	dver report >got
	well_formed got
	[ "$(wc -c <got)" -gt 20000 ]
	grep -q "more were left out" got
	grep -q "^| \`d/7\` | 2 |" got
	grep -q "^| 140 others | 140 |" got
	dver report --json | asserts "
assert len(d[\"params\"]) == 150 and len(d[\"metrics\"]) == 500
o = d[\"outputs\"][0]
assert len(o[\"folders\"]) == 20 and o[\"other_folders\"][\"folders\"] == 130
assert o[\"added\"] == 151
assert sum(f[\"added\"] for f in o[\"folders\"]) \
       + o[\"other_folders\"][\"added\"] == 151
"
'
done_testing
