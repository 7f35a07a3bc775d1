#!/bin/sh
# Stages as `stage list` and `dag` tell them.
. "${0%/*}/lib.sh"

# raw is tracked; prepare, two that read it, one that reads these.
pipeline='
	new_repo
	echo 1 >raw; echo 2 >other
	dver add -q raw other
	cat >dver.yaml <<-EOT
	stages:
	  prepare: {cmd: p, deps: [raw], outs: [data], desc: "cut \"it\" up"}
	  train: {cmd: t, deps: [data/x], outs: [model], frozen: true}
	  plot: {cmd: t, params: [data/p.yaml: ], plots: [p.csv]}
	  report: {cmd: [r, s], deps: [model, p.csv], outs: [r: {cache: false}]}
	  alone: {cmd: t, desc: "first\nsecond"}
	EOT
'
is() {	# WANTED-FILE COMMAND
	want=$1
	shift
	"$@" >got.txt
	diff "$want" got.txt
}
test_case 'stages, their names and what they are about' "$pipeline"'
	mkdir -p sub/dir
	echo "stages: {b: {cmd: x, deps: [c, d]}}" >sub/dver.yaml
	cat >want <<-EOT
	prepare  cut "it" up
	train    makes model (frozen)
	plot     reports p.csv
	report   makes r
	alone    first
	EOT
	is want dver stage
	is want dver stage list
	is want dver stage list dver.yaml
	printf "%s\n" prepare train plot report alone sub/dver.yaml:b >want
	is want dver stage list --all --names-only
	is want dver stage list . --names-only
	echo "sub/dver.yaml:b  reads c, ..." | sed "s/ c/ sub\/c/" >want
	is want dver stage list sub
	is want dver stage list sub:b
	cd sub
	is ../want dver stage
	is ../want dver stage list b
	cd dir
	is ../../want dver stage list ..
	is ../../want dver stage list ../dver.yaml
	dver stage >none
	[ ! -s none ]
	cd ../..
	printf "prepare\nreport\n" >want
	is want dver stage list --names-only r data/x/y
'
test_case 'groups and their items' '
	new_repo
	cat >dver.yaml <<-EOT
	stages:
	  f: {foreach: [a, "b:c"], do: {cmd: "x \${item}"}}
	  m: {matrix: {p: [1, 2], q: [u]}, cmd: y}
	EOT
	printf "%s\n" f@a f@b:c m@1-u m@2-u >want
	is want dver stage list --names-only
	printf "%s\n" f@b:c m@1-u m@2-u >want
	is want dver stage list --names-only m f@b:c
	fails_with "there is no stage '"'f@x'"'" dver stage list f@x
'
test_case 'stages as JSON' "$pipeline"'
	dver stage --json | python3 -c "
import json, sys
s = {x[\"stage\"]: x for x in json.load(sys.stdin)[\"stages\"]}
assert list(s) == [\"prepare\", \"train\", \"plot\", \"report\", \"alone\"], s
assert s[\"report\"][\"cmd\"] == [\"r\", \"s\"]
assert s[\"report\"][\"outs\"][0][\"cache\"] is False
assert s[\"plot\"][\"params\"] == [{\"file\": \"data/p.yaml\", \"keys\": []}]
assert s[\"plot\"][\"outs\"][0][\"kind\"] == \"plot\"
assert s[\"train\"][\"frozen\"] and not s[\"plot\"][\"frozen\"]
assert s[\"alone\"][\"desc\"] == \"first\\nsecond\"
assert s[\"alone\"][\"group\"] is None
"
	dver stage --json sub >out.txt 2>&1 && exit 1
	lacks stages out.txt
'
test_case 'a drawing' "$pipeline"'
	cat >want <<-EOT
	o raw
	* prepare
	+-.
	* | train
	| * plot
	+-'"'"'
	* report
	* alone
	EOT
	is want dver dag
	head -n 7 want >part
	is part dver dag report
	is part dver dag --full plot
	is part dver dag r p.csv
	printf "o raw\n* prepare\n* train\n" >want
	is want dver dag train
	printf "o raw\n* data\n+-.\n* | model\n| * p.csv\n+-'"'"'\n* r\n" >want
	is want dver dag --outs
'
test_case 'a drawing for others' "$pipeline"'
	sed -i "s/^  plot/  \"p\\\\\\\\l\\\\\"ot\"/" dver.yaml
	cat >want <<-EOT
	strict digraph {
	"raw" [shape=box];
	"prepare";
	"p\\\\l\\"ot";
	"raw" -> "prepare";
	"prepare" -> "p\\\\l\\"ot";
	}
	EOT
	is want dver dag --dot p.csv
	cat >want <<-EOT
	\`\`\`mermaid
	flowchart TD
	>node1["raw"]
	>node2["prepare"]
	>node3["p\\l#quot;ot"]
	>node1-->node2
	>node2-->node3
	\`\`\`
	EOT
	sed -i "s/^>/	/" want
	is want dver dag --md p.csv
	sed "/\`/d" want >plain
	is plain dver dag --mermaid p.csv
	dver dag --json train | python3 -c "
import json, sys
assert json.load(sys.stdin) == {\"nodes\": [
	{\"name\": \"raw\", \"kind\": \"data\", \"needs\": []},
	{\"name\": \"prepare\", \"kind\": \"stage\", \"needs\": [\"raw\"]},
	{\"name\": \"train\", \"kind\": \"stage\", \"needs\": [\"prepare\"]}]}"
	set +e
	dver dag --dot --md 2>err
	[ $? -eq 2 ] || exit 1
'
test_case 'a graph too wide to draw is a list' '
	new_repo
	(echo "stages:"; for i in $(seq 100); do
		echo "  s$i: {cmd: x, outs: [o$i], deps: [o]}"; done
	 echo "  all: {cmd: x, outs: [o]}"
	 echo "  end: {cmd: x, deps: [o1, o50]}") >dver.yaml
	dver dag >out
	grep -qx "s100 <- all" out
	grep -qx "end <- s1, s50" out
	[ "$(wc -l <out)" -eq 102 ]
'
test_case 'what is wrong is told' '
	new_repo
	dver dag 2>err; grep -q "there are no stages" err
	echo "stages: {a: {cmd: x, dep: [b]}}" >dver.yaml
	fails_with "dver.yaml:1:22: a stage has no key" dver stage
	fails_with "is '"'deps'"' meant?" dver dag
	echo "stages: {a: {cmd: x, deps: [b], outs: [c]}, d: {cmd: x, deps: [c],
		outs: [b]}}" | tr "\t" " " >dver.yaml
	fails_with "stages need each other: '"'a' needs 'd' needs 'a'"'" dver dag
	[ "$(dver stage | wc -l)" -eq 2 ]
	echo "stages: {train: {cmd: x}}" >dver.yaml
	fails_with "is '"'train'"' meant?" dver dag trian
	fails_with "there is no stage" dver stage list ../..
	printf "stages: {a: {cmd: x, deps: [\"a\\\\e[31m\"], bad\\\\e[0m: 1}}" \
		>dver.yaml
	must_fail dver dag 2>err
	lacks "$(printf "\033")" err
	set +e
	dver stage nosuch 2>err
	[ $? -eq 2 ] || exit 1
'
test_case 'a stage cannot make what is tracked' '
	new_repo
	mkdir -p sub/d
	echo old >sub/d/x
	echo old >y
	dver add -q sub/d y
	echo "stages: {s: {cmd: echo new >y, outs: [y]}}" >dver.yaml
	fails_with "dver.yaml:1:39: '"'y'"' is an output of stage '"'s'"', and '"'y.dver'"' tracks it" dver repro
	[ "$(cat y)" = old ]
	fails_with "dver rm --cached '"'y'"'" dver dag
	echo "stages: {s: {cmd: x, outs: [sub/d/e/f]}}" >dver.yaml
	fails_with "'"'sub/d.dver'"' tracks it" dver repro
	rm dver.yaml
	fails_with "'"'sub/d.dver'"' tracks it" dver stage add -n s -o sub/d/x true
	[ ! -e dver.yaml ]
	dver rm -q --cached y
	echo "stages: {s: {cmd: echo new >y, outs: [y]}}" >dver.yaml
	dver repro -q
	[ "$(cat y)" = new ]
'
done_testing
