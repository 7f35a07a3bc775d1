#!/bin/sh
. "${0%/*}/lib.sh"
# Outputs that no pointer names, but the lock file of a pipeline.

# $1 is made a stage's output: its pointer's id goes to the lock file.
to_lock() {
	id=$(sed -n 's/^  \(sha256\|tree\): //p' "$1.dver")
	kind=$(sed -n 's/^  \(sha256\|tree\): .*/\1/p' "$1.dver")
	rm "$1.dver"
	printf '  %s:\n    cmd: make %s\n    outs:\n    - path: %s\n' \
		"$2" "$1" "$1"
	printf '      %s: %s\n' "$kind" "$id"
}
with_lock='
	new_repo
	files 3 out; echo model >model; dver add -q out model
	{
		printf "schema: 1\nstages:\n"
		to_lock model fit
		to_lock out prepare
	} >dver.lock
	commit one
'
test_case 'they are listed, read, pushed, pulled and checked out' "$with_lock"'
	dver status
	dver ls | grep -qx model
	[ "$(dver cat model)" = model ]
	[ "$(dver cat HEAD:out/1.txt)" = "out number 1" ]
	dver remote add -q o ../store
	dver push | grep -q "sent 4 files"
	commit two
	dver check
	cd ..; git clone -q r c; cd c
	dver status | grep -q "^not here *out"
	dver pull -q; same_tree out ../r/out; cmp model ../r/model
	echo edit >>model
	dver status | grep -q "changed *model .*dver repro"
	dver status --json | grep -q "\"stage\": \"fit\""
'
test_case 'history, sizes, gc and drop know them' "$with_lock"'
	dver log | grep -q "+ out"
	dver log out/1.txt | grep -q "+ out/1.txt"
	dver du | grep -q model
	rm -r out model
	dver gc -f -q
	dver checkout
	[ "$(cat model)" = model ]; [ "$(cat out/3.txt)" = "out number 3" ]
	git rm -q dver.lock; git commit -qm none
	dver checkout
	[ ! -e model ]; [ ! -e out ]
	git checkout -q HEAD~1; dver checkout; [ -e out/2.txt ]
	dver remote add -q o ../store; dver push -q
	dver drop -q model; [ ! -e model ]
	dver pull -q model; [ "$(cat model)" = model ]
'
test_case 'what must not be stored nowhere else is told apart' "$with_lock"'
	sed -i "s/^      sha256/      push: false\n&/" dver.lock
	dver remote add -q o ../store
	git add -A; git commit -q --amend -m one
	dver push | grep -q "sent 3 files"
	cd ..; git clone -q r c; cd c
	dver pull 2>said
	grep -q "model.* is kept in no remote: dver repro" said
	[ -e out/1.txt ]; [ ! -e model ]
'
test_case 'people do not add, remove or rename them' "$with_lock"'
	fails_with "output of stage '\''fit'\''" dver add model
	fails_with "output of stage '\''prepare'\''" dver add out/1.txt
	fails_with "output of stage '\''fit'\''" dver rm model
	fails_with "output of stage '\''fit'\''" dver mv model other
	echo x >>model; dver add -u; dver status | grep -q "changed *model"
'
test_case 'a lock file that cannot be read is told' "$with_lock"'
	try() {
		printf "$1" >dver.lock
		dver status >got || cat got
		grep -qF -- "$2" got || { cat got; return 1; }
	}
	try "schema: 2\n" "'\''schema'\'' must be 1"
	try "schema: 1\nstages: []\n" "2:9: '\''stages'\'' must be a map"
	try "schema: 1\nfoo: 1\n" "unknown key"
	try "schema: 1\nstages:\n  a:\n    outs:\n    - path: x\n" "is missing"
	try "schema: 1\nstages:\n  a:\n    outs:\n    - path: ../../x\n" \
		"must be a path in the workspace"
	try "schema: 1\nstages:\n  a:\n    outs:\n    - path: .git/x\n" \
		"must be a path in the workspace"
	try "schema: 1\nstages:\n  a:\n    cmd: {a: b}\n" "must be a text"
	try "<<<<<<< ours\nschema: 1\n" "a merge left conflicts"
	printf "" >dver.lock; dver status
'
done_testing
