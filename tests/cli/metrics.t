#!/bin/sh
# Metrics of any revision, and how they changed.
. "${0%/*}/lib.sh"
unset COLUMNS

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
# A commit, and what is to be the next: a metric that git keeps, one that the
# store keeps, one of the top of the file.  The list is no metric; it makes the
# file longer, so that git sees the change within a second.
history='
	new_repo
	cat >dver.yaml <<-EOT
	metrics:
	- top.json: {higher_is_better: {acc: true, loss: false}}
	stages:
	  train:
	    cmd: cp src.json m.json && cp src.json kept.json
	    deps: [src.json]
	    metrics:
	    - m.json: {cache: false, meta: {higher_is_better: false}}
	    - kept.json
	EOT
	echo "{\"n\": {\"x\": 1}, \"l\": [1, 2], \"s\": \"one\"}" >src.json
	echo "{\"acc\": 0.123456789, \"loss\": 2, \"gone\": true}" >top.json
	dver repro -q
	commit one
	echo "{\"n\": {\"x\": 3}, \"l\": [1, 2, 3], \"s\": \"two\"}" >src.json
	echo "{\"acc\": 0.5, \"loss\": 2.5, \"more\": null}" >top.json
	dver repro -q
'
test_case 'metrics of the workspace' "$history"'
	cat >want <<-EOT
	Path       Metric  Value
	kept.json  n.x     3
	kept.json  s       two
	m.json     n.x     3
	m.json     s       two
	top.json   acc     0.5
	top.json   loss    2.5
	top.json   more    null
	EOT
	is want dver metrics
	is want dver metrics show
	cut -c12- want >want2
	is want2 dver metrics show --no-path
	cat >want <<-EOT
	Path      Metric  Value
	top.json  acc     0.5
	top.json  loss    2.5
	top.json  more    null
	EOT
	is want dver metrics show top.json
	mkdir sub
	cd sub
	is ../want dver metrics show ../top.json
	is ../want dver metrics -- ../top.json
	cd ..
	dver metrics -q >none
	[ ! -s none ]
'
test_case 'lines where a table is too wide' '
	new_repo
	echo "metrics: [m.json]" >dver.yaml
	python3 - <<-EOT
	import json
	json.dump({"a.long.name.of.a.metric.%d" % i: i for i in range(20)},
		  open("m.json", "w"))
	EOT
	commit one
	cat >terminal.py <<-EOT
	import fcntl, os, pty, struct, sys, termios
	pid, fd = pty.fork()
	if pid == 0:
	    size = struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0)
	    fcntl.ioctl(1, termios.TIOCSWINSZ, size)
	    os.execvp(sys.argv[2], sys.argv[2:])
	while True:
	    try:
	        got = os.read(fd, 4096)
	    except OSError:
	        break
	    if not got:
	        break
	    sys.stdout.buffer.write(got)
	os.waitpid(pid, 0)
	EOT
	python3 terminal.py 80 dver metrics show HEAD | tr -d "\r" >got
	grep -qx "Revision  Path    Metric                      Value" got
	grep -qx "HEAD      m.json  a.long.name.of.a.metric.7   7" got
	[ "$(wc -l <got)" -eq 21 ]
	python3 terminal.py 1000 dver metrics show HEAD | tr -d "\r" >wide
	[ "$(wc -l <wide)" -eq 2 ]
	# Off a terminal it is the same for all, unless somebody says how wide.
	dver metrics show HEAD >off
	diff wide off
	COLUMNS=80 dver metrics show HEAD >narrow
	diff got narrow
	COLUMNS=80 dver metrics show HEAD --csv >csv
	[ "$(wc -l <csv)" -eq 2 ]
	COLUMNS=80 dver metrics show HEAD --sort-by a.long.name.of.a.metric.3 >got
	diff got narrow
'
test_case 'what changed since HEAD' "$history"'
	cat >want <<-EOT
	Path       Metric  HEAD     workspace  Change    Percent
	kept.json  n.x     1        3          +2        +200%
	kept.json  s       one      two
	m.json     n.x     1        3          +2        +200%
	m.json     s       one      two
	top.json   acc     0.12346  0.5        +0.37654  +305%
	top.json   gone    true     -          deleted
	top.json   loss    2        2.5        +0.5      +25.0%
	top.json   more    -        null       new
	EOT
	is want dver metrics diff
	commit two
	dver metrics diff >none
	[ ! -s none ]
	dver metrics diff HEAD~1 HEAD --csv --no-path top.json >got
	cat >want <<-EOT
	Metric,HEAD~1,HEAD,Change,Percent
	acc,0.123456789,0.5,+0.376543211,+305%
	gone,true,,deleted,
	loss,2,2.5,+0.5,+25.0%
	more,,null,new,
	EOT
	diff want got
	dver metrics diff HEAD~1..HEAD --precision 2 --md --no-path -- \
		top.json >got
	grep -qx "| acc    | 0.12   | 0.5  | +0.38   | +305%   |" got
	grep -qx "|--------|--------|------|---------|---------|" got
	dver metrics diff --all -- m.json >got
	grep -qx "m.json  n.x     3     3          +0      +0.0%" got
'
test_case 'differences as JSON' "$history"'
	dver metrics diff --json | asserts "
c = {(x[\"path\"], x[\"name\"]): x for x in d[\"changes\"]}
assert d[\"old\"] == \"HEAD\" and d[\"new\"] == \"workspace\"
x = c[\"top.json\", \"acc\"]
assert x[\"old\"] == 0.123456789 and x[\"new\"] == 0.5, x
assert abs(x[\"diff\"] - 0.376543211) < 1e-12 and x[\"better\"] is True, x
assert abs(x[\"percent\"] - 305) < 1, x
assert c[\"top.json\", \"loss\"][\"better\"] is False
assert c[\"m.json\", \"n.x\"][\"better\"] is False
assert \"better\" not in c[\"kept.json\", \"n.x\"]
assert c[\"m.json\", \"n.x\"][\"diff\"] == 2
x = c[\"top.json\", \"gone\"]
assert x[\"status\"] == \"deleted\" and x[\"old\"] is True, x
assert \"new\" not in x and \"diff\" not in x, x
x = c[\"top.json\", \"more\"]
assert x[\"status\"] == \"new\" and x[\"new\"] is None, x
assert \"old\" not in x, x
assert (\"m.json\", \"l\") not in c
"
'
test_case 'colours say what is better' "$history"'
	commit two
	cat >terminal.py <<-EOT
	import os, pty, sys
	pid, fd = pty.fork()
	if pid == 0:
	    os.execvp(sys.argv[1], sys.argv[1:])
	while True:
	    try:
	        got = os.read(fd, 4096)
	    except OSError:
	        break
	    if not got:
	        break
	    sys.stdout.buffer.write(got)
	os.waitpid(pid, 0)
	EOT
	python3 terminal.py dver metrics diff HEAD~1 HEAD | tr -d "\r" >got
	esc=$(printf "\033")
	grep -q "acc .*${esc}\[32m+0.37654" got
	grep -q "loss .*${esc}\[31m+0.5" got
	grep -q "m.json .*${esc}\[31m+2" got
	grep "kept.json" got | lacks "$esc"
'
test_case 'revisions' "$history"'
	commit two
	git tag v2
	git branch old HEAD~1
	cat >want <<-EOT
	Revision  Path      acc      loss  more  gone
	main, v2  top.json  0.5      2.5   null  -
	old       top.json  0.12346  2     -     true
	EOT
	is want dver metrics show -a -- top.json
	is want dver metrics show -A -- top.json
	is want dver metrics show -aTA top.json
	git branch -q -D old
	id=$(git rev-parse --short=10 HEAD~1)
	sed "s/^old       /$id  /; s/^main, v2/main, v2  /; s/^Revision/&  /" \
		want >want2
	is want2 dver metrics show -A -- top.json
	printf "%s\n" "Revision  Path    n.x  s" "main, v2  m.json  3    two" >want
	is want dver metrics show -T m.json
	printf "%s\n" "Revision,Path,n.x,s" "main,m.json,3,two" >want
	is want dver metrics show -T --csv m.json
	dver metrics show HEAD~1 --rev workspace -- m.json >got
	grep -qx "workspace  m.json  3    two" got
	grep -qx "HEAD~1     m.json  1    one" got
	dver metrics show --rev HEAD~1..HEAD m.json >got
	[ "$(wc -l <got)" -eq 2 ]
	# The workspace is told when it says something else.
	echo "{\"acc\": 0.75}" >top.json
	dver metrics show -a -- top.json >got
	grep -q "^workspace  top.json  0.75" got
	grep -q "^main, v2   top.json  0.5" got
	# Its word is one of a revision, unless there is such a file.
	dver metrics show HEAD workspace top.json >got
	grep -q "^HEAD       top.json  0.5" got
	grep -q "^workspace  top.json  0.75" got
	for words in "HEAD workspace" "HEAD workspace --" "HEAD"; do
		dver metrics diff $words >got
		grep -q "^top.json  acc  *0.5  *0.75 " got
	done
	dver metrics diff workspace HEAD top.json >got
	grep -q "^Path      Metric  workspace  HEAD " got
	grep -q "^top.json  acc     0.75       0.5 " got
	echo "a: 1" >workspace
	dver metrics show workspace >got
	grep -qx "workspace  a       1" got
	rm workspace
	fails_with "no revision" dver metrics show --rev nowhere
	fails_with "no revision" dver metrics diff nowhere HEAD -- m.json
	dver metrics show -A --json -- top.json | asserts "
r = d[\"revisions\"]
assert [x[\"rev\"] for x in r][:2] == [\"workspace\", \"main\"], r
assert [x[\"revs\"] for x in r][:2] == [[\"workspace\"], [\"main\", \"v2\"]], r
assert r[2][\"revs\"] == [r[2][\"rev\"]], r
assert r[2][\"commit\"].startswith(r[2][\"rev\"]), r
assert r[0][\"commit\"] is None and len(r[1][\"commit\"]) == 40
assert r[1][\"time\"] >= r[2][\"time\"] > 1000000000
assert r[2][\"files\"] == [{\"path\": \"top.json\",
	\"values\": {\"acc\": 0.123456789, \"loss\": 2, \"gone\": True}}], r
"
'
test_case 'times' '
	new_repo
	for day in 01 02 03; do
		echo "{\"day\": $day}" | sed "s/0//" >m.json
		git add -A
		GIT_COMMITTER_DATE="2026-03-$day 12:00:00" git commit -qm "$day"
	done
	shown() {
		dver metrics show "$@" --no-path -- m.json |
			sed "1d; s/.* //" | tr "\n" " "
	}
	[ "$(shown --since 2026-03-02)" = "3 2 " ]
	[ "$(shown --until 2026-03-02)" = "2 1 " ]
	[ "$(shown --since "2026-03-01 13:00" --until 2026-03-02T13:00:00)" = \
		"2 " ]
	[ "$(shown -A --since "@$(date -d "2026-03-03 11:00" +%s)")" = "3 " ]
	[ "$(shown --since "5 minutes ago")" = "" ]
	[ "$(shown --rev HEAD~2..HEAD --until 2026-03-02)" = "2 " ]
	for bad in tomorrow 2026-13-01 "3 moons ago" "" @x 2026-03-01T25:00; do
		fails_with "is no time" dver metrics show --since "$bad"
	done
'
test_case 'sorted' '
	new_repo
	printf "metrics: [{r: {higher_is_better: {loss: false}}}]\n" >dver.yaml
	mkdir r
	echo "{\"acc\": 0.5, \"loss\": 3}" >r/a.json
	echo "{\"acc\": 10, \"loss\": 1}" >r/b.json
	echo "{\"acc\": NaN, \"loss\": 2}" >r/c.json
	echo "{\"other\": 2}" >r/d.json
	order() {
		dver metrics show --sort-by "$1" | sed "1d; s/ .*//" |
			tr "\n" " "
	}
	[ "$(order acc)" = "r/b.json r/a.json r/c.json r/d.json " ]
	[ "$(order loss)" = "r/b.json r/c.json r/a.json r/d.json " ]
	fails_with "no '"'none'"'" dver metrics show --sort-by none
'
test_case 'tables' '
	new_repo
	echo "metrics: [m]" >dver.yaml
	mkdir m
	printf "metric,value\nacc,0.5\nf1,0.25\n" >m/pairs.csv
	printf "step\tloss\n1\t2.5\n2\tnan\n" >m/log.tsv
	echo "not for metrics" >m/readme.txt
	cat >want <<-EOT
	Path         Metric  Value
	m/log.tsv    step    2
	m/log.tsv    loss    nan
	m/pairs.csv  acc     0.5
	m/pairs.csv  f1      0.25
	EOT
	is want dver metrics
	dver metrics --json | asserts "
v = [x[\"values\"] for x in d[\"revisions\"][0][\"files\"]]
assert v[0] == {\"step\": 2, \"loss\": {\"float\": \"nan\"}}, v
"
'
test_case 'what cannot be read is told in its place' "$history"'
	echo "{\"acc\": " >top.json
	commit broken
	echo "{\"acc\": 1}" >top.json
	commit mended
	dver metrics show -A -- top.json >got 2>err
	grep -q "^main  *top.json  1 " got
	grep -q "top.json  -  .*top.json:2:1" got
	grep -q "^dver: warning: top.json:2:1" err
	dver metrics show -A --json -- top.json 2>err | asserts "
r = d[\"revisions\"]
assert \"values\" in r[0][\"files\"][0]
assert \"top.json:2:1\" in r[1][\"files\"][0][\"error\"]
assert r[1][\"files\"][0][\"missing\"] is False
assert \"values\" in r[2][\"files\"][0]
"
	dver metrics diff HEAD~1 HEAD 2>err >got
	grep -q "^top.json  -       ?       -  *top.json:2:1: " got
	grep -q "^dver: warning: top.json:2:1" err
	must_fail dver metrics show HEAD~1 -- top.json
	must_fail dver metrics show none.json
	must_fail dver metrics show HEAD -- none.json
	# A pipeline that is broken hides no file that is named.
	echo "stages: [" >dver.yaml
	commit pipeline
	dver metrics show top.json | grep -q "^top.json  acc     1"
	dver metrics show HEAD -- top.json | grep -q "1$"
	dver metrics show HEAD HEAD~1 >got 2>err
	grep -q "^HEAD .*dver.yaml" got
	grep -q "^HEAD~1 .*top.json" got
	must_fail dver metrics show
	dver metrics show -q HEAD HEAD~1 2>err
	[ ! -s err ]
'
test_case 'a difference of nothing that could be read' '
	new_repo
	echo "metrics: [m.json]" >dver.yaml
	echo "{\"a\": 1}" >m.json
	commit one
	echo "{\"a\": " >m.json
	must_fail dver metrics diff >got 2>err
	grep -q "^m.json  -       -     ?  *m.json:" got
	grep -q "^dver: warning: m.json:" err
	must_fail dver metrics diff --json >got 2>err
	asserts "assert \"new_error\" in d[\"changes\"][0], d" <got
	# What is the same could be read.
	echo "metrics: [m.json, other.json]" >dver.yaml
	echo "{\"b\": 1}" >other.json
	git add other.json dver.yaml
	git commit -qm other
	dver metrics diff >got 2>err
	lacks other got
	grep -q "^dver: warning: m.json:" err
'
test_case 'a word that is neither a revision nor a file' '
	new_repo
	mkdir sub
	echo "{\"a\": 1}" >sub/old.json
	commit one
	git tag v1
	git mv sub/old.json sub/new.json
	echo "{\"a\": 10}" >sub/new.json
	commit two
	nor() {
		word=$1
		shift
		fails_with "'\''$word'\'' is neither a revision nor a file" \
			dver metrics "$@"
	}
	nor nope diff v1 nope
	nor nope diff nope
	nor nope diff nope sub/new.json
	nor v1..nope diff v1..nope
	nor nope show v1 nope
	nor nope show nope
	cd sub
	nor nope diff v1 nope
	cd ..
	dver metrics diff v1 sub/old.json | grep -q "^sub/old.json .* deleted"
	dver metrics diff v1 HEAD sub/new.json | grep -q "^sub/new.json .* new"
	dver metrics diff v1 -- sub/new.json | grep -q "^sub/new.json .* new"
	fails_with "no revision that git knows" dver metrics diff v1 nope --
	must_fail dver metrics diff v1 -- nope >got 2>err
	grep -q "^nope  -       ?   ? " got
	grep -qx "dver: warning: there is no .nope." err
	must_fail dver metrics diff v1 nope --json >got 2>err
	asserts "assert d[\"changes\"][0][\"path\"] == \"nope\", d" <got
'
test_case 'metrics that git does not keep' "$history"'
	commit two
	git init -q --bare ../remote-git
	mkdir ../remote
	dver remote add origin "$PWD/../remote" >/dev/null
	echo "{\"p\": 1}" >p.json
	mkdir dir
	echo "{\"q\": 2}" >dir/q.json
	echo "{\"r\": 3}" >dir/r.json
	dver add -q p.json dir
	commit pointers
	dver push -q -A
	rm kept.json p.json
	dver metrics show HEAD -- kept.json p.json dir >got
	cat >want <<-EOT
	Revision  Path        q  r  n.x  s    p
	HEAD      dir/q.json  2  -  -    -    -
	HEAD      dir/r.json  -  3  -    -    -
	HEAD      kept.json   -  -  3    two  -
	HEAD      p.json      -  -  -    -    1
	EOT
	diff want got
	# The workspace is what is recorded of it, where it is not here.
	dver metrics show --json workspace -- kept.json p.json dir | asserts "
f = {x[\"path\"]: x[\"values\"] for x in d[\"revisions\"][0][\"files\"]}
assert f == {\"dir/q.json\": {\"q\": 2}, \"dir/r.json\": {\"r\": 3},
	     \"kept.json\": {\"n.x\": 3, \"s\": \"two\"},
	     \"p.json\": {\"p\": 1}}, f
"
	dver metrics diff HEAD -- kept.json p.json dir >got
	test ! -s got
	rm -r dir
	dver metrics diff HEAD -- dir >got
	test ! -s got
	dver metrics show --json dir/q.json | grep -q "\"q\": *2"
	dver checkout -q dir
	dver metrics show HEAD -- dir/q.json | grep -q "q.json  2$"
	dver metrics diff HEAD~1 HEAD -- p.json dir | grep -q "p.json .* new"
	# From the remote, where the store has them no more.
	rm -rf .dver/cache
	dver metrics diff HEAD~2 HEAD -- kept.json >got
	grep -q "^kept.json  n.x     1       3 " got
	rm -rf .dver/cache
	dver metrics diff HEAD~2 -- kept.json >got
	grep -q "^kept.json  n.x     1       3 " got
	dver remote remove origin
	rm -rf .dver/cache
	must_fail dver metrics show kept.json >got 2>err
	grep -q "is not in the local store" got
	must_fail dver metrics show HEAD -- kept.json >got 2>err
	grep -q "is not in the local store" got
	dver metrics show HEAD >got 2>err
	grep -q "m.json .* 3 " got
	dver metrics show --json HEAD 2>err | asserts "
f = {x[\"path\"]: x for x in d[\"revisions\"][0][\"files\"]}
assert f[\"kept.json\"][\"missing\"] is True, f
assert f[\"m.json\"][\"values\"][\"n.x\"] == 3, f
"
'
test_case 'symlinks into the cache' "$history"'
	commit two
	dver config cache.type symlink
	dver config cache.looseAbove 0
	echo "{\"p\": 1}" >p.json
	dver add -q p.json
	dver checkout -q --relink p.json
	[ -L p.json ]
	dver metrics show p.json | grep -qx "p.json  p       1"
	dver metrics show p.json.dver | grep -qx "p.json  p       1"
'
test_case 'nothing is checked out or written' "$history"'
	commit two
	git status --porcelain >before
	stat -c "%n %y" * .dver/* >>before
	dver metrics show -A >/dev/null
	dver metrics diff HEAD~1 >/dev/null
	git status --porcelain >after
	stat -c "%n %y" * .dver/* >>after
	grep -v "before\|after" before >b
	grep -v "before\|after" after >a
	diff b a
'
test_case 'without git, without commits, a shallow clone' '
	mkdir plain
	cd plain
	dver init -q --no-git
	echo "metrics: [m.json]" >dver.yaml
	echo "{\"a\": 1}" >m.json
	printf "%s\n" "Path    Metric  Value" "m.json  a       1" >want
	is want dver metrics
	fails_with "not in git" dver metrics diff
	fails_with "not in git" dver metrics show -a
	cd ..
	new_repo
	cp ../plain/dver.yaml ../plain/m.json .
	dver metrics diff | grep -q "^m.json  a       -     1          new$"
	dver metrics show -A | grep -q "^workspace  m.json  1"
	for i in 1 2 3; do
		echo "{\"a\": $i}" >m.json
		commit $i
	done
	cd ..
	git clone -q --depth 2 "file://$PWD/r" shallow
	cd shallow
	dver metrics show -A >got
	[ "$(wc -l <got)" -eq 3 ]
	dver metrics diff HEAD~1 | grep -q "^m.json  a       2       3 "
	fails_with "'"'HEAD~2'"' is neither" dver metrics diff HEAD~2
'
test_case 'a workspace below the top of git, files in folders' '
	git init -q r
	cd r
	mkdir -p proj/sub
	cd proj
	dver init -q --subdir
	echo "metrics: [m.json]" >sub/dver.yaml
	echo "{\"a\": 1}" >sub/m.json
	git add -A
	git commit -qm one
	echo "{\"a\": 2}" >sub/m.json
	dver metrics diff | grep -q "^sub/m.json  a       1     2 "
	cd sub
	dver metrics diff -- m.json | grep -q "^sub/m.json  a       1     2 "
	dver metrics show HEAD | grep -q "^HEAD      sub/m.json  1"
'
test_case 'files dver.yaml that are ignored do not count' '
	new_repo
	mkdir -p old/deep new
	for d in old old/deep new; do
		echo "metrics: [m.json]" >$d/dver.yaml
		echo "{\"a\": 1}" >$d/m.json
	done
	commit all
	echo "/old/" >.dverignore
	commit less
	echo "*" >new/.dverignore
	echo "/old/*" >.dverignore
	echo "!/old/deep/" >>.dverignore
	commit other
	[ "$(dver metrics | wc -l)" -eq 2 ]
	dver metrics show --rev workspace | grep -q "^workspace  old/deep/m.json  1$"
	[ "$(dver metrics show HEAD | wc -l)" -eq 2 ]
	dver metrics show HEAD | grep -q " old/deep/m.json  1$"
	[ "$(dver metrics show HEAD~1 | wc -l)" -eq 2 ]
	dver metrics show HEAD~1 | grep -q " new/m.json  1$"
	[ "$(dver metrics show HEAD~2 | wc -l)" -eq 4 ]
	[ "$(dver metrics show -A | wc -l)" -eq 6 ]
	dver metrics diff HEAD | lacks .
'
test_case 'hostile files' '
	new_repo
	echo "metrics: [m]" >dver.yaml
	mkdir m
	python3 - <<-EOT
	import json
	json.dump({"a": {"b|<script>": 1}, "\x1b[31mred": 2, "new\nline": 3,
		   "wide\u4e2d": 4, "[l](http://x)": 5}, open("m/names.json", "w"))
	open("m/huge.json", "w").write("{\"n\": 1" + "0" * 5000 + "}")
	open("m/deep.json", "w").write("{\"a\":" * 5000 + "1" + "}" * 5000)
	json.dump({"s": "x" * 10000000}, open("m/big.json", "w"))
	open("m/bin.json", "wb").write(bytes(range(256)) * 100)
	open("m/list.json", "w").write("[1]")
	open("m/bomb.yaml", "w").write("a: &a [x,x]\n" + "".join(
		"%s: &%s [%s]\n" % (c, c, ",".join(["*" + p] * 9))
		for p, c in zip("abcdefghij", "bcdefghijk")))
	EOT
	ln -s /etc/passwd m/out.yaml
	ln -s ../m/names.json m/in.json
	mkfifo m/pipe.json
	dver metrics >got 2>err
	lacks "$(printf "\033")" got
	grep -q "^m/names.json  ?\[31mred  *2" got
	grep -q "^m/in.json .*4" got
	grep -q "^m/out.yaml .*leads out of the workspace" got
	lacks root got
	grep -q "^m/bin.json .*m/bin.json:2:118: not UTF-8" got
	grep -q "^m/deep.json .*m/deep.json:1" got
	grep -q "xxx\.\.\." got
	[ "$(wc -c <got)" -lt 100000 ]
	dver metrics --md 2>err >got
	lacks "<script>" got
	grep -qF "| [l\](http://x) " got
	dver metrics --csv 2>err >got.csv
	python3 -c "
import csv, sys
csv.field_size_limit(100000000)
rows = list(csv.reader(open(\"got.csv\")))
assert len({len(r) for r in rows}) == 1, [len(r) for r in rows]
assert any(\"a.b|<script>\" in r for r in rows)
assert any(len(c) == 10000000 for r in rows for c in r)
"
	dver metrics --json 2>err | python3 -c "
import json, sys
if hasattr(sys, \"set_int_max_str_digits\"): sys.set_int_max_str_digits(0)
f = {x[\"path\"]: x for x in json.load(sys.stdin)[\"revisions\"][0][\"files\"]}
assert f[\"m/names.json\"][\"values\"][\"new\\nline\"] == 3
assert f[\"m/names.json\"][\"values\"][\"\\x1b[31mred\"] == 2
assert f[\"m/huge.json\"][\"values\"][\"n\"] == 10 ** 5000
assert len(f[\"m/big.json\"][\"values\"][\"s\"]) == 10000000
assert \"error\" in f[\"m/list.json\"] and \"error\" in f[\"m/bomb.yaml\"]
"
	rm m/pipe.json
	git add -A
	git commit -qm hostile
	dver metrics show HEAD >got 2>err
	grep -q "^HEAD .* m/names.json " got
	lacks "m/out.yaml" got
	lacks "$(printf "\033")" got
'
test_case 'wrong calls' '
	new_repo
	for words in "metrics show --md --csv" "metrics show --precision 0" \
		"metrics diff --md --json"; do
		set +e
		dver $words 2>err
		code=$?
		set -e
		[ $code -eq 2 ] || { echo "$words: $code"; exit 1; }
	done
	dver metrics >none 2>err
	[ ! -s none ]
	grep -q "there are no metrics here" err
	dver metrics --json | asserts "assert d == {\"revisions\": [
		{\"rev\": \"workspace\", \"commit\": None, \"files\": []}]} or \
		d == {\"revisions\": []}, d"
	fails_with "must be true or false" sh -c "echo \
		\"metrics: [{m.json: {higher_is_better: yes}}]\" >dver.yaml
		dver metrics"
'
test_case 'what looks the same but is not, is told apart' '
	new_repo
	echo "metrics: [m.json]" >dver.yaml
	echo "{\"n\": 12345678901234567890123, \"x\": 123456789.123456,
		\"t\": 0.5, \"e\": \"\", \"w\": \"word\"}" >m.json
	commit
	echo "{\"n\": 12345678901234567890124, \"x\": 123456789.2,
		\"t\": \"0.5\", \"e\": \" \", \"w\": \"two words\"}" >m.json
	dver metrics diff >out; cat out
	# What doubles cannot tell apart.
	grep -Eqx "m.json +n +12345678901234567890123  12345678901234567890124 +[+]1 +[+]8e-21%" out
	grep -Eqx "m.json +x +123456789.1 +123456789.2 +[+]0.076544 +[+]6e-08%" out
	dver metrics diff --precision 5 |
		grep -Eq "m.json +x +123456789 +123456789 "
	grep -Eqx "m.json +t +0.5 +\"0.5\"" out
	grep -Eqx "m.json +e +\"\" +\" \"" out
	grep -Eqx "m.json +w +word +two words" out
	dver metrics show | grep -Eqx "m.json +t +\"0.5\""
	dver metrics show --csv | grep -qx "m.json,t,0.5"
	dver metrics diff --json | jq -e ".changes[] | select(.name == \"n\") |
		.diff == 1"
'
test_case 'no value at all, no commit yet' '
	new_repo
	echo "metrics: [m.json]" >dver.yaml; echo "{}" >m.json
	dver metrics show >out 2>err; [ ! -s out ]
	grep -qx "dver: there are no values in this file" err
	fails_with "no commit yet" dver metrics show HEAD
	fails_with "neither a revision nor a file" dver metrics diff nonesuch
	dver metrics diff m.json
'
done_testing
