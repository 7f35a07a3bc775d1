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
test_case 'what comes next names git only where there is git' '
	tell() {
		echo 1 >f; mkdir d; echo 2 >d/f
		dver add f d
		dver rm d
		dver stage add -n s -o out "echo 1 >out"
		dver repro
		echo "outs: [" >f.dver; dver status || true
		rm f.dver; dver add f
	}
	mkdir bare; (cd bare; dver init -q --no-git; tell >../out)
	lacks "git" out
	[ "$(grep -c "next: dver push$" out)" -eq 3 ]
	grep -qx "dver undo takes it back" out
	grep -q "^broken  *f: .*(remove the pointer, then dver add)" out
	new_repo; tell >../out; cd ..
	[ "$(grep -c "next: git commit, dver push$" out)" -eq 2 ]
	grep -q "next: git commit -a, dver push$" out
	grep -qx "next: git commit; dver undo takes it back" out
	grep -q "(git checkout)" out
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
test_case 'help gives a pipe the manual page too' '
	mkdir -p man/man1; cp "$top"/man/*.1 man/man1
	MANPATH=$PWD/man dver help add >out
	grep -q "^DESCRIPTION" out
	lacks "whole manual" out
	lacks "$(printf "\\b")" out
	MANPATH=$PWD/nowhere dver help add >out
	grep -q "^usage: dver add" out
	grep -q "man dver-add, is not installed" out
	lacks "dver help add" out
	dver add -h | grep -q "the whole manual: dver help add"
'
test_case 'a command that there is not: what may have been meant' '
	wrong() {
		code=0
		dver "$@" >out 2>err || code=$?
		[ "$code" -eq 2 ]
		[ ! -s out ]
	}
	wrong staus; grep -q "no command .staus.: is .status. meant?" err
	wrong help checkuot; grep -q "is .checkout. meant?" err
	wrong qqq; grep -q "no command .qqq.$" err
	grep -q "^hint: dver help$" err
	wrong help qqq; grep -q "^hint: dver help$" err
	wrong help add rm; grep -q "help takes one command" err
	wrong run; grep -q "^hint: dver stage add --run" err
	wrong commit -f; grep -q "^hint: dver repro --accept" err
	wrong list; grep -q "^hint: dver ls$" err
	for c in exp get import; do
		wrong $c; grep -q "^hint: .*dver" err
	done
'
test_case 'output that cannot be written is an error' '
	new_repo
	files 3 data; dver add data
	must_fail dver ls >/dev/full
'
done_testing
