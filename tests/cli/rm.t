#!/bin/sh
. "${0%/*}/lib.sh"

base='
	new_repo
	files 4 data; mkdir data/sub; echo s >data/sub/x; echo one >model
	dver add data model; commit one
'
test_case 'rm takes data, pointer, ignore line and index entry' "$base"'
	dver rm data | grep -q "data: -5"
	[ ! -e data ]
	[ ! -e data.dver ]
	lacks -q data .gitignore
	git diff --cached --name-only >staged
	grep -qx data.dver staged
	grep -qx .gitignore staged
	dver status | grep -q "as its pointers"
	commit two
	git checkout -q HEAD~1
	dver checkout
	[ -f data/sub/x ]
'
test_case 'rm of parts records the folder without them' "$base"'
	dver rm data/sub data/1.txt
	[ ! -e data/sub ]
	[ ! -e data/1.txt ]
	[ -f data/2.txt ]
	dver ls -R data | grep -c . | grep -qx 3
	dver status | grep -q "as its pointers"
'
test_case 'rm of a part that is not here needs no data' "$base"'
	dver remote add o ../o; dver push; commit remote
	git clone -q . ../c; cd ../c
	dver rm data/sub
	dver ls -R | grep -c data | grep -qx 4
	dver pull
	[ ! -e data/sub ]
	[ -f data/1.txt ]
'
test_case 'what is stored nowhere is not deleted; --force stores it' "$base"'
	echo edit >>data/1.txt
	fails_with "data/1.txt" dver rm data
	[ -f data/2.txt ]
	[ -f data.dver ]
	dver rm --force data
	[ ! -e data ]
	dver undo
	grep -q edit data/1.txt
	[ -f data/2.txt ]
'
test_case 'the last copy is kept when the cache is lost' "$base"'
	rm -rf .dver/cache
	fails_with "would be lost" dver rm model
	grep -qx one model
'
test_case 'a copy in the remote is enough' "$base"'
	dver remote add o ../o; dver push
	rm -rf .dver/cache
	dver rm model
	[ ! -e model ]
'
test_case 'files that nobody added stay' "$base"'
	echo mine >data/notes
	dver rm data
	[ -f data/notes ]
	[ ! -e data/1.txt ]
	[ ! -e data.dver ]
'
test_case '--cached keeps the data' "$base"'
	dver rm --cached data
	[ -f data/1.txt ]
	[ ! -e data.dver ]
	git status --porcelain | grep -q "data/"
	fails_with "takes outputs" dver rm --cached model/x data/1.txt ||
		fails_with "is a file" dver rm --cached model/x
'
test_case 'rm of what is not tracked, of nothing, of all outputs of a folder' '
	new_repo
	mkdir d; echo a >d/a; echo b >d/b; echo c >d/c
	dver add d/a d/b; commit
	fails_with "not tracked" dver rm d/c
	fails_with "not tracked" dver rm nothing
	code=0; dver rm 2>err || code=$?
	[ $code = 2 ]
	dver rm d
	[ ! -e d/a ]
	[ -e d/c ]
	[ ! -e d/.gitignore ]
'
test_case '--json is one document' "$base"'
	dver rm --json data | python3 -c "
import json, sys
d = json.load(sys.stdin)
assert d[\"outputs\"][0][\"deleted\"] == 5, d"
'
test_case 'a part of a folder in whose place a file is' '
	new_repo; files 2 data/x; echo a >data/a; dver add -q data; commit
	rm -r data/x; echo mine >data/x; dver add -q data; dver undo -q
	dver rm -q data/x/1.txt data/x/2.txt
	[ "$(cat data/x)" = mine ]
'
done_testing
