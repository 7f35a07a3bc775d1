#!/bin/sh
. "${0%/*}/lib.sh"

test_case 'init stages its files; again it says so' '
	git init -q r; cd r
	dver init | grep -q "made"
	git diff --cached --name-only | grep -qx .dver/config
	git diff --cached --name-only | grep -qx .dver/.gitignore
	dver init | grep -q already
'
test_case 'without git only --no-git works' '
	fails_with "no git" dver init
	[ ! -e .dver ]
	dver init --no-git
	files 3 data
	dver add data
	rm -r data
	dver checkout
	[ "$(ls data | wc -l)" -eq 3 ]
	dver status
'
test_case 'a sub-folder of a repository needs --subdir' '
	git init -q r; mkdir r/sub; cd r/sub
	fails_with "--subdir" dver init
	dver init --subdir
	files 2 data
	dver add data
	git diff --cached --name-only --relative | grep -qx data.dver
	cd ..; git commit -qm one
	cd sub; rm -r data; dver checkout; [ -f data/1.txt ]
	dver ls HEAD: | grep -qx data/
'
test_case 'a DVC repository is left alone' '
	git init -q r; cd r; mkdir .dvc
	fails_with "DVC" dver init
	[ ! -e .dver ]
'
test_case 'outside a workspace commands say what to do' '
	fails_with "dver init" dver status
'
test_case 'usage errors are exit 2, help is on stdout' '
	set +e
	dver nonsense; [ $? -eq 2 ] || exit 1
	dver add --nonsense; [ $? -eq 2 ] || exit 1
	dver -j x status; [ $? -eq 2 ] || exit 1
	dver; [ $? -eq 2 ] || exit 1
	set -e
	dver help | grep -q checkout
	dver add -h | grep -q "usage: dver add"
	dver version | grep -q "^dver [0-9]"
	dver --version | grep -q "^dver [0-9]"
	dver version --json | python3 -m json.tool
'
test_case 'output that cannot be written is an error' '
	new_repo
	files 3 data; dver add data
	must_fail dver ls >/dev/full
'
done_testing
