#!/bin/sh
. "${0%/*}/lib.sh"

ready='
	git init -q --bare up.git
	new_repo
	git remote add origin ../up.git
	dver remote add o ../remote
	files 5 data; echo 1 >m; dver add -q data m; commit one
	dver install -q
'
test_case 'hooks are written once, executable, and taken out' '
	new_repo
	dver install >out; cat out
	[ "$(grep -c written out)" = 6 ]
	for h in post-checkout post-merge post-rewrite pre-commit pre-push; do
		[ -x .git/hooks/$h ]
	done
	[ "$(dver install | grep -c there)" = 5 ]
	git config merge.dver.driver | grep -q "^dver merge-driver"
	[ "$(grep -c merge=dver .git/info/attributes)" = 1 ]
	dver install --json | jq -e ".installed | length == 6"
	dver install --remove
	[ ! -e .git/hooks/pre-push ]
	[ -z "$(git config merge.dver.driver)" ]
	lacks -q dver .git/info/attributes
	dver install --remove | grep -q absent
'
test_case 'a branch switch brings its data' "$ready"'
	git checkout -qb side
	echo more >>data/1.txt; dver add -q data; git commit -qam side
	cp -r data ../side
	git checkout -q main 2>err
	lacks -q more data/1.txt
	grep -q "data checked out" err
	git checkout -q side; same_tree data ../side
	git checkout -q main -- data.dver
	same_tree data ../side
	git checkout -q side -- data.dver
	echo edit >>data/2.txt
	git checkout -q main 2>err
	grep -q edit data/2.txt
	lacks -q more data/1.txt
	git checkout -q --force side
	dver config --local hooks.postCheckout off
	dver checkout -q --force
	git checkout -q main; same_tree data ../side
'
test_case 'a merge, a rebase, a worktree' "$ready"'
	git checkout -qb side
	echo more >>data/1.txt; dver add -q data; git commit -qam side
	git checkout -q main
	git merge -q --ff-only side
	grep -q more data/1.txt
	echo x >x.c; commit code
	git checkout -qb two HEAD~1; echo y >y.c; git add y.c; git commit -qm y
	echo 2 >m; dver add -q m; git commit -qam m
	git rebase -q main
	grep -qx 2 m; grep -q more data/1.txt
	dver status | grep -q "everything is as"
	git worktree add -q ../wt main
	(cd ../wt && grep -q more data/1.txt && grep -qx 1 m)
'
test_case 'a commit of data that was not added stops' "$ready"'
	echo edit >>data/1.txt; echo c >c.c; git add c.c
	fails_with "dver add -u" git commit -qm no
	git commit -qm anyway --no-verify
	dver config --local hooks.preCommit warn
	echo d >>c.c; git commit -qam warned 2>err
	grep -q "changed and not added: data" err
	dver config --local hooks.preCommit off
	echo d >>c.c; git commit -qam off 2>err; [ ! -s err ]
	must_fail dver config hooks.preCommit sometimes
'
test_case 'hooks.preCommit = add takes it into the commit' "$ready"'
	dver config --local hooks.preCommit add
	for how in "-m plain" "-am all" "-m path c.c"; do
		echo "$how" >>data/1.txt; echo "$how" >>c.c; git add c.c
		git commit -q $how
		git show --stat --name-only HEAD | grep -qx data.dver
		git show HEAD:data.dver | cmp - data.dver
	done
	dver status | grep -q "everything is as"
'
test_case 'a push sends exactly the data of its commits' "$ready"'
	git push -q origin main
	[ -d ../remote/packs ]
	dver check HEAD
	echo 2 >m; dver add -q m; git commit -qam two
	echo 3 >m; dver add -q m; git commit -qam three
	git checkout -qb other; echo o >o; dver add -q o; commit other
	git checkout -q main
	git push -q origin main
	dver check HEAD~1; dver check HEAD
	fails_with "not in the remote" dver check other
	git push -q origin --delete main 2>/dev/null || true
	git push -q origin HEAD~1:refs/heads/old other
	dver check other
'
test_case 'what cannot be pushed stops git' "$ready"'
	dver remote remove o
	fails_with "no-verify" git push origin main
	[ -z "$(git ls-remote ../up.git)" ]
	echo only >code.c
	dver remote add o ../remote
	dver config --local hooks.prePush block
	fails_with "not in the remote" git push origin main
	dver push -q
	git push -q origin main
	dver config --local hooks.prePush off
	echo 2 >m; dver add -q m; git commit -qam two
	git push -q origin main
	dver config --local hooks.prePush push
	rm -r .dver/cache
	echo 3 >x; commit x
	git push -q --no-verify origin main
'
test_case 'commits without data need no remote' '
	git init -q --bare up.git
	new_repo; git remote add origin ../up.git; dver install -q
	echo c >c; commit code
	git push -q origin main
	git checkout -q --orphan bare; git rm -rqf .; echo r >r
	git add r; git commit -qm bare; git push -q origin bare
'
test_case 'hooks that are there are run first, with the same input' "$ready"'
	dver install -q --remove
	printf "#!/bin/sh\necho \"\$@\" >../args\ncat >../in\n" >.git/hooks/pre-push
	printf "#!/bin/sh\nexit 3\n" >.git/hooks/pre-commit
	chmod +x .git/hooks/*
	dver install | grep -q "after the one that was there"
	git push -q origin main
	grep -q "^origin ../up.git" ../args
	grep -q "^refs/heads/main $(git rev-parse HEAD) refs/heads/main 000" ../in
	dver check HEAD
	echo c >c; git add c; must_fail git commit -qm c
	dver install -q; [ -x .git/hooks/pre-push.before-dver ]
	dver install -q --remove
	grep -q args .git/hooks/pre-push
	[ ! -e .git/hooks/pre-push.before-dver ]
	dver install -q; echo "# mine" >>.git/hooks/pre-push
	fails_with "was changed" dver install --remove
	printf "#!/bin/sh\n" >.git/hooks/pre-push
	fails_with "neither is dver" dver install
'
test_case 'core.hooksPath' '
	new_repo; git config core.hooksPath .githooks
	dver install -q; [ -x .githooks/pre-push ]
	[ ! -e .git/hooks/pre-push ]
	git config core.hooksPath "$PWD/../shared"
	fails_with "other repositories" dver install
	dver install -q --force; [ -x ../shared/pre-push ]
	git config --unset core.hooksPath
	mkdir sub; git config core.hooksPath "~/h"
	dver install -q --force; [ -x "$HOME/h/pre-push" ]
'
test_case 'without dver in PATH' "$ready"'
	bin=$(dirname "$(command -v git)")
	echo 2 >c; git add c
	set +e; PATH=$bin:/bin:/usr/bin git commit -qm c 2>err; code=$?; set -e
	[ "$code" = 1 ]; grep -q "not in PATH" err
	PATH=$bin:/bin:/usr/bin git checkout -qb x 2>err
	grep -q "not in PATH" err
'
test_case 'the pre-commit framework runs them' "$ready"'
	dver install -q --remove
	dver install --print-pre-commit >.pre-commit-config.yaml
	git add -A; git commit -qm config
	pre-commit install >/dev/null
	echo edit >>data/1.txt; echo c >c.c; git add c.c
	must_fail git commit -qm no
	dver add -q -u; git commit -qm yes
	git push -q origin main
	dver check HEAD
	git checkout -q HEAD~1
	lacks -q edit data/1.txt
'
done_testing
