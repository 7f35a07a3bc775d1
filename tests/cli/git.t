#!/bin/sh
. "${0%/*}/lib.sh"

test_case 'a linked worktree shares the cache' '
	new_repo
	files 5 data; dver add data; commit
	git worktree add -q ../w -b other
	cd ../w
	dver checkout
	same_tree data ../r/data
	[ ! -e .dver/cache/packs ]
	echo x >>data/1.txt; dver add data; commit
	dver status | grep -q "as its"
'
test_case 'an edit in the second of a commit stays seen' '
	new_repo; git config core.trustctime false
	echo 1 >f; commit; echo data >data
	t=$(stat -c %Y f)
	echo 2 >f; touch -d @$t.9995 f; touch -d @$t.999 .git/index
	git diff --name-only | grep -qx f
	touch -d @$t.999 .git/index
	dver add -q data
	git diff --name-only | grep -qx f
	git commit -qam two; [ "$(git show HEAD:f)" = 2 ]
'
test_case 'a submodule is a workspace of its own' '
	new_repo sub; files 3 data; dver add data
	dver remote add o "$PWD/../store"; commit; dver push -q; cd ..
	git init -q r; cd r; git submodule --quiet add ../sub sub; cd sub
	dver pull
	[ -f data/1.txt ]
	dver status | grep -q "as its"
'
test_case 'GIT_DIR and GIT_WORK_TREE' '
	git init -q --bare d.git; mkdir w; cd w
	GIT_DIR=$PWD/../d.git; GIT_WORK_TREE=$PWD
	export GIT_DIR GIT_WORK_TREE
	dver init
	files 3 data; dver add data; git commit -qm one
	rm -r data; dver checkout
	[ -f data/3.txt ]
	dver ls HEAD: | grep -qx data/
'
test_case 'a sparse checkout leaves pointers out' '
	new_repo
	mkdir a b; files 2 a/data; files 2 b/data
	dver add a/data b/data; commit
	cd ..; git clone -q --no-checkout r c; cd c
	git sparse-checkout set a .dver >/dev/null; git checkout -q main
	cp -r ../r/.dver/cache .dver/
	dver checkout
	[ -f a/data/1.txt ]
	[ ! -e b ]
	dver status | grep -q "as its"
'
test_case 'unborn branch, detached head' '
	new_repo
	files 2 data; dver add data
	dver status; dver diff
	dver remote add o ../store
	dver push | grep -q "sent 2 files"
	commit; git checkout -q --detach
	echo x >>data/1.txt; dver add data; commit
	dver push | grep -q "sent 1 file"
'
test_case 'an index of each version is understood' '
	new_repo
	for i in $(seq 30); do echo $i >f$i; done
	files 2 some/folder/data; echo m >model
	dver add some/folder/data model; commit
	for v in 2 3 4; do
		git update-index --index-version $v
		[ "$(dver status -a | grep -c clean)" -eq 2 ]
	done
	git update-index --split-index
	echo x >new; git add new
	[ "$(dver status -a | grep -c clean)" -eq 2 ]
'
test_case 'autostage can be off' '
	new_repo
	dver config core.autostage false
	files 2 data; dver add data
	git diff --cached --name-only | lacks -q data.dver
	dver status | grep -q "as its"
'
test_case 'commands work from folders below' '
	new_repo
	mkdir -p a/b; files 2 a/b/data; cd a/b
	dver add data
	echo x >>data/1.txt
	dver status | grep -q "changed *a/b/data"
	dver add data/1.txt
	dver ls data | grep -q a/b/data/1.txt
	dver -C .. status | grep -q "as its"
'
test_case 'the repository of another user is none of ours unattended' '
	[ "$(id -u)" -eq 0 ]
	chmod 755 "$TEST_TMP" .
	new_repo; echo 1 >f; dver add -q f; commit one; head -c 9 f >/dev/null
	chown -R 3001 .; chmod -R a+rX .
	fails_with "owned by another user: git config --global" dver status
	fails_with "owned by another user" dver gc -f --not-pushed
	git config --global --add safe.directory "$PWD"
	dver status | grep -q "as its pointers"
	git config --global --unset-all safe.directory
	git config --global --add safe.directory "*"
	dver log | grep -q one
	git config --global --unset-all safe.directory
	cd ..; mkdir none; cd none; fails_with "no dver workspace" dver status
'
done_testing
