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
done_testing
