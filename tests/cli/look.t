#!/bin/sh
. "${0%/*}/lib.sh"

versions='
	new_repo
	files 4 data; echo 1 >m; dver add data m; commit one
	echo more >>data/1.txt; rm data/2.txt; echo new >data/n
	mv data/3.txt data/renamed
	dver add data; commit two
'
test_case 'diff of two revisions: added, deleted, modified, renamed' "$versions"'
	dver diff HEAD~1 HEAD >out
	grep -q "M  data/1.txt" out
	grep -q "D  data/2.txt" out
	grep -q "A  data/n" out
	grep -q "R  data/3.txt -> data/renamed" out
	grep -q "data: 1 added 1 modified 1 deleted 1 renamed" out ||
	grep -q "data: 1 added 1 modified 1 deleted" out
	dver diff HEAD~1..HEAD | cmp - out
	dver diff --md HEAD~1 HEAD | grep -q "| M | .data/1.txt. |"
	dver diff --json HEAD~1 HEAD | python3 -m json.tool
'
test_case 'diff of HEAD and the disk' "$versions"'
	[ -z "$(dver diff)" ]
	dver diff --exit-code
	echo x >>data/4.txt; rm m
	dver diff >out
	grep -q "M  data/4.txt" out
	grep -q "D  m" out
	must_fail dver diff --exit-code
	dver diff -- data | grep -q "4.txt"
	dver diff -- data | lacks -q "D  m"
'
test_case 'diff shows 20 paths, --all shows all' '
	new_repo
	files 50 data; dver add data; commit
	for i in $(seq 30); do echo x >>data/$i.txt; done
	[ "$(dver diff | grep -c "  M  ")" -eq 20 ]
	dver diff | grep -q "10 more"
	[ "$(dver diff --all | grep -c "  M  ")" -eq 30 ]
'
test_case 'ls and cat at any revision, without the workspace' "$versions"'
	rm -r data
	dver ls | grep -qx data/
	dver ls HEAD~1:data | grep -qx data/2.txt
	dver ls data | lacks -qx data/2.txt
	dver ls -l data | grep -q "data/n"
	dver cat HEAD~1:data/2.txt | grep -q "number 2"
	fails_with "no" dver cat HEAD:data/2.txt
	fails_with "folder" dver cat data
	fails_with "no revision" dver ls nope:data
	fails_with "not tracked" dver cat other
	dver ls --json -R | python3 -m json.tool
'
test_case 'cat reads from the remote what is not here' "$versions"'
	dver remote add o ../store; commit three; dver push -q --all-commits
	cd ..; git clone -q r c; cd c
	dver cat HEAD~2:data/2.txt | grep -q "number 2"
	[ ! -e data ]
'
test_case 'status knows each state' "$versions"'
	dver status | grep -q "as its pointers"
	dver status -a | grep -q "^clean *data"
	dver status --exit-code
	echo x >>data/1.txt
	dver status | grep -q "^changed *data ~1"
	must_fail dver status --exit-code
	git checkout -q HEAD~1
	dver status | grep -q "^conflict *data"
	rm m; dver status | grep -q "^not here *m"
	echo "outs: []" >m.dver; dver status | grep -q "^broken *m"
	dver status --json | python3 -m json.tool
'
test_case 'touched files are not changed; edits within a tick are' '
	new_repo
	files 5 data; dver add data
	touch data/*
	dver status | grep -q "as its pointers"
	for i in 1 2 3 4 5 6 7 8 9; do
		echo $i$i >data/t; dver add -q data; echo x$i >data/t
		dver status | grep -q "^changed"
	done
'
test_case 'remote and config' '
	new_repo
	[ -z "$(dver remote)" ]
	dver remote add one ../one; dver remote add two /abs/two
	dver remote | grep "^one" | grep -q default
	grep -q "url = ../../one" .dver/config
	fails_with "already" dver remote add one ../x
	dver remote default two; dver remote | grep "^two" | grep -q default
	dver remote rename two three; dver remote | grep "^three" | grep -q default
	dver remote set-url three ../t; dver remote remove three
	dver remote | lacks -q three
	fails_with "no remote" dver remote remove three
	fails_with "not known" dver remote add s ftp://host/x
	dver remote --json | python3 -m json.tool
	dver config core.autostage false
	[ "$(dver config core.autostage)" = false ]
	must_fail dver config core.jobs
	fails_with "no setting" dver config core.nonsense 1
	fails_with "true or false" dver config core.fsync maybe
	dver config --unset core.autostage
	dver config --global cache.type copy
	grep -q copy "$XDG_CONFIG_HOME/dver/config"
	dver config -l | grep -q "cache.type=copy"
'
test_case 'a cache elsewhere, shared by two workspaces' '
	mkdir shared
	new_repo; dver cache dir "$PWD/../shared"
	files 10 data; dver add data; commit; cd ..
	git clone -q r c; cd c
	dver checkout
	[ -f data/1.txt ]
	[ ! -e .dver/cache ]
	dver cache | grep -q "workspaces *2"
	dver cache --json | python3 -m json.tool
'
done_testing
