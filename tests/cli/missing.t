#!/bin/sh
. "${0%/*}/lib.sh"

# Ann recorded what never was pushed; the clone asks for it.
lost='
	git init -q --bare up.git
	new_repo
	git remote add origin ../up.git
	dver remote add o "$PWD/../remote"
	files 4 data; echo m >m; dver add -q data m; commit base
	dver push -q
	echo ann >data/2.txt; echo ann >data/new; dver add -q data
	git commit -qam "Ann edits" --author "Ann <ann@example.org>"
	echo more >>m; dver add -q m; git commit -qam "model"
	dver push -q m
	git push -q origin main
	cd ..; git clone -q up.git clone; cd clone
'
test_case 'a pull names files, people and what to do; the rest comes' "$lost"'
	must_fail dver pull >out 2>err
	cat err
	commit=$(git log -1 --format=%h --abbrev=10 --author Ann)
	if grep -q "missing: data/2.txt" err; then
		grep -q "missing: data/2.txt  4 B  $commit .* Ann: Ann edits" err
		grep -q "missing: data/new  4 B  $commit" err
	else
		grep -q "missing: data  .*$commit .* Ann: Ann edits" err
	fi
	grep -q "asked: the local store and remote .o." err
	grep -q "hint: ask Ann <ann@example.org> to run: dver push" err
	grep -q more m
	must_fail dver pull --json >out.json 2>/dev/null
	jq -e ".missing_files[0].author == \"Ann\"" out.json
	(cd ../r && dver push -q); dver pull -q; grep -qx ann data/new
'
test_case 'single files of a tree that is there' "$lost"'
	cd ../r; dver push -q; cd ../clone
	find ../remote/packs -type f -delete
	must_fail dver pull 2>err
	cat err
	grep -q "missing: data/1.txt  .* tester: base" err
	grep -q "missing: data/2.txt  .* Ann: Ann edits" err
	grep -q "missing: m  .* tester: model" err
'
test_case 'check says what the remote lacks' "$lost"'
	cd ../r
	must_fail dver check 2>err
	cat err
	grep -q "missing: data/2.txt  .* Ann: Ann edits" err
	grep -q "hint: dver push" err
'
test_case 'a shallow clone knows less and says so without harm' "$lost"'
	cd ..; git clone -q --depth 1 "file://$PWD/up.git" c3; cd c3
	must_fail dver pull 2>err
	grep -q "^missing: data" err
'
test_case 'names of others do no harm' '
	git init -q --bare up.git
	new_repo; dver remote add o "$PWD/../remote"
	echo a >m; dver add -q m; git add -A; dver push -q
	echo b >m; dver add -q m
	git commit -qam "$(printf "x\033[2J")" --author "$(printf "E\033]0;vil <e@x>")"
	git push -q ../up.git main
	cd ..; git clone -q up.git c; cd c
	must_fail dver pull 2>err; cat -v err
	lacks -q "$(printf "\033")" err
'
done_testing
