#!/bin/sh
. "${0%/*}/lib.sh"

setup='
	git init -q --bare hub.git
	new_repo
	git remote add origin ../hub.git
	dver remote add store ../store
	files 4 data; echo one >model; echo readme >README
	dver add data model; commit one
	dver install -q
'
test_case 'git push sends the data of its commits first' "$setup"'
	git push -q origin main
	dver check main
	echo more >>data/1.txt; dver add data; commit two
	git push -q origin main
	dver check main~1..main
	rm -rf .dver/cache data model
	dver pull
	grep -q more data/1.txt
'
test_case 'only what git pushes is sent' "$setup"'
	git push -q origin main
	git checkout -q -b side
	echo side >model; dver add model; commit side
	git checkout -q main
	echo mine >data/1.txt; dver add data; commit main
	git push -q origin main
	dver check main
	must_fail dver check side
	git push -q origin side
	dver check side
	git tag -a -m t v1 side
	git push -q origin v1
	git push -q origin --delete side
'
test_case 'a push that changes no pointer asks no remote' "$setup"'
	git push -q origin main
	mv ../store ../away
	echo more >>README; commit readme
	git push -q origin main
	git push -q origin main:copy
	echo two >model; dver add model; commit two
	touch ../store
	fails_with "not in the remote" git push -q origin main
	git push -q --no-verify origin main
'
test_case 'a failing push of data blocks git' "$setup"'
	rm -rf .dver/cache
	fails_with "git push --no-verify" git push -q origin main
	[ -z "$(git ls-remote origin main)" ]
'
test_case 'no remote for data: only pointers block' '
	git init -q --bare hub.git
	new_repo
	git remote add origin ../hub.git
	dver install -q
	echo a >README; commit none
	git push -q origin main
	echo one >model; dver add model; commit one
	fails_with "dver remote add" git push -q origin main
	dver config hooks.prepush off
	git push -q origin main
'
test_case 'hooks.prepush = block only proves' "$setup"'
	dver config hooks.prepush block
	must_fail git push -q origin main
	[ ! -e ../store ]
	dver push -q
	git push -q origin main
	fails_with "push, block or off" dver config hooks.prepush always
'
test_case 'a switch of branches brings its data' "$setup"'
	git checkout -q -b b
	echo two >model; echo x >>data/1.txt; dver add data model; commit two
	cp -r data two
	git checkout -q main
	grep -qx one model
	lacks -q x data/1.txt
	git checkout -q b
	same_tree data two
	git checkout -q main
	git merge -q --ff-only b
	same_tree data two
	git checkout -q main~1
	grep -qx one model
	git checkout -q main
	dver config hooks.postcheckout off
	git checkout -q main~1
	grep -qx two model
'
test_case 'edits stay and git goes on' "$setup"'
	git checkout -q -b b
	echo two >model; dver add model; commit two
	echo edit >model
	git checkout -q main 2>log
	grep -q "dver: warning: .*model" log
	grep -qx edit model
	[ "$(git branch --show-current)" = main ]
'
test_case 'files alone, and a rebase, leave the data' "$setup"'
	git checkout -q -b b
	echo two >model; dver add model; commit two
	git checkout -q main~0
	git checkout -q b -- model.dver
	grep -qx one model
	git checkout -q -f b
	grep -qx two model
	git checkout -q main
	echo x >x; commit x
	git checkout -q b
	git rebase -q main 2>log
	[ ! -s log ] || { cat log; false; }
	grep -qx two model
'
test_case 'a new worktree gets its data' "$setup"'
	git worktree add -q ../w main~0
	[ -f ../w/data/4.txt ]
	cd ../w
	dver status | grep -q "as its pointers"
	echo w >model
	fails_with "edited: model" git commit -q --allow-empty -m x
	dver add -u
	git commit -qam w
	git push -q origin HEAD:refs/heads/w
	dver check HEAD
'
test_case 'a clone is told of dver pull' "$setup"'
	git push -q origin main
	git clone -q -c core.hooksPath="$PWD/.git/hooks" ../hub.git ../c 2>log
	grep -q "dver pull" log
	[ ! -e ../c/model ]
'
test_case 'a commit without edited data is blocked' "$setup"'
	echo edit >>data/1.txt
	echo more >>README
	for how in "-a" "README" "--allow-empty"; do
		fails_with "edited: data" git commit -q -m x $how
	done
	git commit -q --no-verify -m x README
	dver add -u
	git commit -qm y
	echo again >>data/1.txt; dver add data; echo later >>data/1.txt
	git commit -qm "a new value is staged"
	dver config hooks.precommit warn
	git commit -q --allow-empty -m x 2>log
	grep -q "edited: data" log
	dver config hooks.precommit off
	git commit -q --allow-empty -m x 2>log
	lacks edited log
'
test_case 'add stages although core.autostage is off' "$setup"'
	dver config hooks.precommit add; dver config core.autostage false
	commit config
	echo edit >>data/1.txt
	git commit -q --allow-empty -m x
	git diff --quiet HEAD
	git show --name-only --format= | grep -qx data.dver
	echo edit >>data/1.txt
	git commit -q --amend -m y
	git diff --quiet HEAD
	[ "$(git show HEAD:data.dver)" = "$(cat data.dver)" ]
'
test_case 'hostile words are refused' "$setup"'
	zero=0000000000000000000000000000000000000000
	one=1111111111111111111111111111111111111111
	echo "a b" >in
	fails_with "lines of four words" dver hook pre-push x y <in
	echo "refs/x $one refs/x --all" >in
	dver hook pre-push -- --upload-pack=x y <in
	echo "refs/x $(git rev-parse HEAD) refs/x $one" >in
	dver hook pre-push -- "../../heads" y <in
	dver check
	dver hook post-checkout x y
	dver hook post-checkout $zero --all 1 2>log || true
	dver hook --at /nowhere post-merge
	set +e; dver hook nothing; [ $? = 2 ]
'
test_case 'hooks.precommit = add takes it along' "$setup"'
	dver config hooks.precommit add
	commit config
	echo edit >>data/1.txt; echo more >>README
	git add README
	git commit -qm plain
	git diff --quiet HEAD
	git diff --cached --quiet HEAD
	git show --name-only --format= | grep -qx data.dver
	echo edit >>data/2.txt; echo more >>README
	git commit -qam all
	git diff --quiet HEAD
	git diff --cached --quiet HEAD
	git show --name-only --format= | grep -qx data.dver
	echo edit >>data/3.txt; echo more >>README
	fails_with "dver add -u, then commit" git commit -qm path README
	dver status | grep -q "as its pointers\|^changed *data"
	git diff --cached --quiet HEAD
'
test_case 'a workspace in a folder of the repository' '
	git init -q --bare hub.git
	git init -q r; cd r; git remote add origin ../hub.git
	d=$(printf "a\\047 \\042b"); mkdir "$d" c
	(cd "$d"; dver init -q --subdir; dver remote add s ../../s1
	 echo 1 >f; dver add f; dver install -q)
	(cd c; dver init -q --subdir; dver remote add s ../../s2
	 echo 2 >g; dver add g; dver install -q)
	commit one
	git push -q origin main
	(cd "$d"; dver check)
	(cd c; dver check)
	git checkout -q -b x
	echo 3 >c/g
	fails_with "edited: g" git commit -q --allow-empty -m x
	(cd c; dver add -u)
	git commit -qm x
	git checkout -q main
	grep -qx 2 c/g
	(cd c; dver install --remove)
	grep -qF "$d" .git/hooks/pre-push
	lacks -q "workspace: c" .git/hooks/pre-push
	git config merge.dver.driver
	(cd "$d"; dver install --remove)
	[ ! -e .git/hooks/pre-push ]
	lacks -q . .git/info/attributes
	must_fail git config merge.dver.driver
'
test_case 'a shallow clone pushes' "$setup"'
	git push -q origin main
	for i in 1 2 3; do
		echo $i >model; dver add model; commit $i; git push -q
	done 2>/dev/null || git push -q -u origin main
	git clone -q --depth 2 "file://$PWD/../hub.git" ../shallow
	cd ../shallow
	dver remote set-url store "${PWD%/*}/store"; dver pull; dver install -q
	echo shallow >model; dver add model; commit s
	git push -q origin main
	dver check
	git push -q origin HEAD:refs/heads/new
	git push -q ../hub.git HEAD:refs/heads/newer
'
test_case 'a pull whose data is elsewhere says so' "$setup"'
	git push -q -u origin main
	git clone -q ../hub.git ../c; cd ../c
	dver remote set-url store "${PWD%/*}/store"; dver pull
	echo c >model; dver add model; git commit -qm c model.dver
	dver push; git push -q
	cd ../r; dver status
	git pull -q 2>log
	grep -q "dver pull fetches" log
	dver pull
	grep -qx c model
'
test_case 'a rebase that stops goes on with data behind' "$setup"'
	git checkout -q -b b
	echo two >model; echo b >README; dver add model; commit two
	git checkout -q main
	echo m >README; commit m
	git checkout -q b
	must_fail git rebase -q main
	echo both >README; git add README
	GIT_EDITOR=: git rebase --continue
	grep -qx two model
	mkdir -p sub; cd sub
	echo e >../model
	fails_with "edited: model" git commit -q --allow-empty -m x
	cd ..
	fails_with "edited: model" env GIT_DIR=.git GIT_WORK_TREE=. \
		git commit -q --allow-empty -m x
	dver add -u
	GIT_DIR=$PWD/.git git commit -qam x
	dver status | grep -q "as its pointers"
'
test_case 'a submodule has hooks of its own' "$setup"'
	git push -q origin main
	cd ..; git init -q super; cd super
	git submodule --quiet add ../hub.git sub
	cd sub
	dver remote set-url store "${PWD%/*/*}/store"; dver pull -q; dver install -q
	echo s >model
	fails_with "edited: model" git commit -q --allow-empty -m x
	dver add -u; git commit -qam s
	git checkout -q HEAD~1
	grep -qx one model
	git checkout -q -
	grep -qx s model
	git push -q origin HEAD:refs/heads/s
	dver check
'
test_case 'the end of a rebase brings the data' '
	new_repo; dver remote add o ../remote
	files 5 data; echo 1 >m; dver add -q data m; commit one
	dver install -q
	git checkout -qb side
	echo more >>data/1.txt; dver add -q data; git commit -qam side
	git checkout -q main
	git merge -q --ff-only side
	grep -q more data/1.txt
	echo x >x.c; commit code
	git checkout -qb two HEAD~1; echo y >y.c; git add y.c; git commit -qm y
	echo 2 >m; dver add -q m; git commit -qam m
	git rebase -q main
	grep -qx 2 m
	grep -q more data/1.txt
	dver status | grep -q "everything is as"
	echo edit >>data/2.txt; dver add -q data
	git commit -q --amend -am amended
	dver status | grep -q "everything is as"
'
done_testing
