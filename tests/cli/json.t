#!/bin/sh
# Every command that reports writes one document of its own shape, also for
# names that are no text, and nothing else on stdout.
. "${0%/*}/lib.sh"

# keys FILE: the names on the first level, sorted; fails on a broken document.
keys() {
	python3 -c '
import json, sys
raw = open(sys.argv[1], "rb").read().decode("utf-8")
print(" ".join(sorted(json.loads(raw))))' "$1"
}

test_case 'one document each, whatever the state' '
	new_repo
	for c in status diff ls remote "config -l" cache fsck doctor; do
		dver $c --json >empty.json; keys empty.json
	done
	files 3 data; dver add --json data >out.json; keys out.json
	dver remote add o ../store --json >out.json 2>err || true
	dver remote | grep -q "^o" || dver remote add o ../store
	commit
	for c in "status -a" "status -c" "diff HEAD" "ls -R" remote \
		"config -l" cache fsck "push -n" push check "fetch -n" \
		"fetch" "checkout" "pull" doctor version; do
		dver $c --json >out.json || { echo "failed: $c"; exit 1; }
		keys out.json || { echo "not JSON: $c"; cat out.json; exit 1; }
	done
'
test_case 'names that are no text survive as names' '
	new_repo
	mkdir data; raw=$(printf "\377\376x")
	echo 1 >"data/$raw"; echo 2 >"data/q\"u\\o"; echo 3 >"data/t	ab"
	printf 4 >"data/$(printf "n\nl")"; printf 5 >"data/\303"
	dver add --json data >out.json; keys out.json
	dver ls -R --json >out.json; keys out.json
	grep -q "q..u..o" out.json
	echo more >>"data/$raw"
	dver status --json >out.json; keys out.json
	dver diff --json >out.json; keys out.json
'
test_case 'an error leaves no half document and exit 1' '
	new_repo
	files 2 data; dver add data; commit
	must_fail dver ls --json nope >out.json 2>err
	[ ! -s out.json ] || keys out.json
	grep -q "^dver: error:" err
	must_fail dver diff --json nope >out.json 2>err
	[ ! -s out.json ] || keys out.json
'
test_case 'without a remote: no document, one error, exit 1' '
	new_repo
	files 2 data; dver add -q data; commit
	for c in check push fetch pull "status -c"; do
		must_fail dver $c --json >out.json 2>err
		[ ! -s out.json ]
		[ "$(cat err)" = "dver: error: there is no remote: add one \
with dver remote add NAME URL" ]
	done
'
test_case 'gc that fails halfway prints no half document' '
	new_repo
	head -c 300000 /dev/urandom >data; dver add -q data; commit one
	head -c 300000 /dev/urandom >data; dver add -q data; commit two
	head -c 300000 /dev/urandom >dead; dver add -q dead; dver rm -q dead
	git reflog expire --expire=now --all
	dver gc -n --no-undo --json >out.json; keys out.json
	[ "$(jq ".kept | length" out.json)" = 1 ]
	[ "$(jq .objects out.json)" = 1 ]
	must_fail strace -f -o trace -e inject=unlink:error=EIO:when=1+ \
		dver gc -f --no-undo --json >out.json 2>err
	grep -q "cannot delete" err
	[ ! -s out.json ]
	dver gc -f --no-undo --json >out.json; keys out.json
'
test_case 'a document that reports a failure is printed' '
	new_repo
	files 2 data; dver add -q data; dver remote add o ../o; commit
	dver push -q; echo 3 >data/3; echo 4 >data/4; dver add -q data
	commit two
	must_fail dver check --json >out.json 2>err; keys out.json
	[ "$(jq ".missing | length" out.json)" = 2 ]
'
test_case 'where no file can hold it, it is printed all the same' '
	new_repo
	files 2 data; dver add -q data
	TMPDIR=/nowhere dver ls -R --json >out.json; keys out.json
	strace -f -o trace -e inject=memfd_create:error=EMFILE \
		-e signal=none env TMPDIR=/nowhere dver ls -R --json >two.json
	cmp out.json two.json
	must_fail dver ls -R --json >/dev/full 2>err
	grep -q "cannot write the output: No space left" err
	dver ls -R --json | true
'
test_case 'parameters of reasons are numbers, lists, what they are' '
	new_repo
	cat >params.yaml <<-E
	i: 1
	f: 0.5
	s: "1"
	t: old
	b: true
	n: null
	l: [1, "2", null]
	big: 123456789012345678901234567890
	inf: .inf
	gone: 1
	m: {a: 1, b: x}
	E
	dver stage add -q -n s -p i,f,s,t,b,n,l,big,inf,gone,m -o out \
		"echo 1 >out"
	dver repro -q
	cat >params.yaml <<-E
	i: 2
	f: 1e-7
	s: "2"
	t: "null"
	b: false
	n: 0
	l: [1, [2.5, {k: v}], true, .nan]
	big: 0xFF
	inf: -.inf
	m: {a: 1, b: "3", c: {}}
	E
	sed -i "/- gone/d" dver.yaml
	dver status --json >status || true
	dver repro --dry --json >dry
	dver repro --json >run 2>lines
	dver status --why s --json >why
	cat >look.py <<-E
	import json
	nan, inf = {"float": "nan"}, {"float": "inf"}
	want = {
	    "i": (1, 2), "f": (0.5, 1e-7), "s": ("1", "2"),
	    "t": ("old", "null"), "b": (True, False), "n": (None, 0),
	    "l": ([1, "2", None], [1, [2.5, {"k": "v"}], True, nan]),
	    "big": (123456789012345678901234567890, 255),
	    "inf": (inf, {"float": "-inf"}), "gone": (1, "-"),
	    "m.b": ("x", "3"), "m.c": ("-", {}),
	}
	def look(reasons):
	    got = {r["name"]: (r.get("was", "-"), r.get("is", "-"))
	           for r in reasons if r["kind"] == "parameter"}
	    assert got == {"params.yaml:" + k: v for k, v in want.items()}, got
	    for was, now in got.values():
	        assert type(was) is not bool or type(now) is bool
	look(json.load(open("status"))["stages"][0]["reasons"])
	look(json.load(open("why"))["last"]["reasons"])
	for f in "dry", "run":
	    look([e for e in json.load(open(f))["events"]
	          if e["event"] == "start"][0]["reasons"])
	E
	python3 look.py
'
done_testing
