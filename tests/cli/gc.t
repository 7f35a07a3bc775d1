#!/bin/sh
. "${0%/*}/lib.sh"

# Three commits; no reflog, so that only references keep what is old.
three='
	new_repo
	git config core.logAllRefUpdates false
	rm -rf .git/logs
	files 60 data; head -c 3000000 /dev/urandom >data/big
	dver add -q data; commit one
	for i in 1 2 3 4 5; do head -c 9000 /dev/urandom >data/$i.txt; done
	dver add -q data; commit two
	head -c 3000000 /dev/urandom >data/big
	dver add -q data; commit three
	cp -r data three
	dver remote add o ../remote
'
test_case 'it asks on a terminal and wants -f elsewhere' "$three"'
	set +e; dver gc 2>err; code=$?; set -e
	[ "$code" = 2 ]
	grep -q "say -f" err
	dver gc -n
'
test_case 'what no remote has is named and kept' "$three"'
	dver gc -f --no-undo >out
	grep -q "data/big  3.0 MB" out
	grep -q "6 files, .* of earlier commits kept: dver push --all-com" out
	dver gc -f --no-undo --json | jq -e ".kept_files == 6 and
		(.kept | length) == 6 and (.kept[0].commit | length) == 40"
	dver checkout -q HEAD~2 -- data
	dver checkout -q HEAD~1 -- data
	dver fsck
'
test_case 'what the remote holds is freed, and comes back' "$three"'
	dver push -q --all-commits
	dver gc -n --no-undo | grep -q "would free 3.0 MB"
	dver gc -f --no-undo | grep -q "freed 3.0 MB"
	[ "$(du -s --apparent-size -B1000 .dver/cache | cut -f1)" -lt 3300 ]
	dver gc -f --no-undo | grep -q "nothing to free"
	dver fsck
	rm -r data; dver checkout; same_tree data three
	git checkout -q HEAD~2
	dver pull
	lacks -q . data.dver.none 2>/dev/null
	dver status | grep -q "everything is as"
	dver fsck
'
test_case 'packs that the remote lost prove nothing' "$three"'
	dver push -q --all-commits
	find ../remote/packs -type f -delete
	dver gc -f --no-undo | grep -q "6 files, .* kept"
	dver checkout -q HEAD~2 -- data
'
test_case '--all-commits keeps, --not-pushed frees' "$three"'
	dver push -q --all-commits
	dver gc -f --no-undo --all-commits | grep -q "nothing to free"
	rm -r ../remote
	dver gc -f --no-undo --not-pushed | grep -q "freed 3.0 MB"
	fails_with "not in" dver checkout HEAD~2 -- data
	dver checkout; same_tree data three
'
test_case 'what undo could bring back stays until it is told not to' '
	new_repo
	head -c 200000 /dev/urandom >f; dver add -q f; cp f one
	head -c 200000 /dev/urandom >f; dver add -q f
	dver gc -f | grep -q "nothing to free"
	dver undo -q
	dver checkout -q --force; cmp f one
	dver undo -q; dver add -q f
	dver gc -f --no-undo | grep -q "freed"
	dver fsck
'
test_case 'branch, tag, stash, index, detached worktree, reflog' '
	new_repo
	for v in base branch tag stash staged wt log; do
		head -c 150000 /dev/urandom >$v
	done
	put() { cp $1 f; dver add -qf f; }
	put base; commit base
	git checkout -qb side; put branch; git commit -qam b
	git checkout -q main
	git checkout -q --detach; put tag; git commit -qam t; git tag v1
	git checkout -q main
	git worktree add -q --detach ../wt
	(cd ../wt && cp ../r/wt f && dver add -qf f && git commit -qam wt)
	put log; git commit -qam l; git reset -q --hard HEAD~1
	put stash; git stash -q
	put staged
	git show :f.dver >staged.dver
	cp base f; dver checkout -q --force HEAD -- f
	git show HEAD:f.dver >f.dver
	rm -r .dver/undo .dver/workspace
	dver gc -f
	n=0
	for rev in side main v1 stash; do
		n=$((n + 1))
		dver cat $rev:f >got
		for v in branch base tag stash; do
			cmp -s got $v && echo $v
		done
	done >seen
	printf "branch\nbase\ntag\nstash\n" | cmp - seen
	(cd ../wt && dver cat HEAD:f | cmp - ../r/wt)
	dver cat "main@{1}:f" | cmp - log
	mv staged.dver f.dver; dver checkout -q --force f; cmp f staged
	git reflog expire --expire=now --all
	dver gc -f --not-pushed --no-undo | grep -q freed
	must_fail dver cat $(git rev-parse "main@{1}" 2>/dev/null || echo x):f
	dver cat side:f | cmp - branch
'
test_case 'two repositories on one store; one is gone' '
	git init -q a; git init -q b
	for r in a b; do
		(cd $r && dver init -q && dver cache --local dir ../../cache &&
		 head -c 200000 /dev/urandom >f && dver add -q f && commit one)
	done
	cp b/f keep
	(cd a && dver gc -f) | grep -q "nothing to free"
	mv b gone
	(cd a && fails_with "--forget" dver gc -f)
	(cd a && must_fail dver gc -f --forget /no/such/place)
	mv gone b
	(cd b && rm f && dver checkout && cmp f ../keep)
	mv b gone
	(cd a && dver gc --forget "$(dirname "$PWD")/b")
	(cd a && dver gc -f | grep -q "freed 200 kB")
	(cd a && rm f && dver checkout && dver fsck)
'
test_case 'it is not misled by GIT_DIR and GIT_INDEX_FILE' '
	git init -q a; git init -q b
	for r in a b; do
		(cd $r && dver init -q && dver cache --local dir ../../cache &&
		 head -c 200000 /dev/urandom >f && dver add -q f && commit one &&
		 rm -r .dver/undo .dver/workspace f f.dver && git rm -q --cached f.dver)
	done
	cd a
	GIT_DIR=$PWD/.git GIT_WORK_TREE=$PWD GIT_INDEX_FILE=$PWD/.git/index \
		dver gc -f | grep -q "nothing to free"
	cd ../b; git checkout -q HEAD -- f.dver; dver checkout
'
test_case 'a pointer with conflict markers still keeps both sides' '
	new_repo
	head -c 200000 /dev/urandom >f; dver add -q f; commit one
	git checkout -qb x; head -c 200000 /dev/urandom >f; dver add -q f
	git commit -qam x; cp f xs
	git checkout -q main; head -c 200000 /dev/urandom >f; dver add -qf f
	git commit -qam m; cp f ms
	git merge -q x || true
	grep -q "<<<<" f.dver
	cp f.dver saved
	git update-ref -d refs/heads/x; rm -rf .git/logs .dver/undo
	rm .git/MERGE_HEAD .git/ORIG_HEAD .git/AUTO_MERGE .git/index
	git read-tree HEAD; cp saved f.dver
	dver gc -f --not-pushed
	grep -h sha256 saved | while read -r _ id; do
		echo "outs:"; echo "- path: f"; echo "  sha256: $id"
		echo "  size: 200000"
	done >two
	head -4 two >f.dver; dver checkout -q --force; cmp f ms
	tail -4 two >f.dver; dver checkout -q --force; cmp f xs
'
test_case 'symlinks into the store are not left dangling' '
	new_repo; dver config cache.type symlink; dver config cache.looseAbove 1
	git config core.logAllRefUpdates false; rm -rf .git/logs
	files 3 data; dver add -q data; commit one
	cp -rL data one
	for i in 1 2 3; do rm data/$i.txt; echo two $i >data/$i.txt; done
	dver add -q data; commit two
	dver checkout -q HEAD~1 -- data/2.txt
	[ -L data/2.txt ]
	dver gc -f --not-pushed --no-undo
	cmp data/2.txt one/2.txt
'
test_case 'large loose files and their chunks' '
	new_repo; git config core.logAllRefUpdates false; rm -rf .git/logs
	dver config cache.looseAbove 1000000
	dver remote add o ../remote
	head -c 5000000 /dev/urandom >big; dver add -q big; commit one
	dver push -q
	head -c 5000000 /dev/urandom >big; dver add -q big; commit two
	dver push -q
	dver gc -f --no-undo | grep -q "freed 5.0 MB"
	dver fsck
	rm big; dver checkout; git checkout -q HEAD~1; dver pull; dver fsck
	dver gc -f; dver fsck
	rm -r ../remote; dver push -q --all-commits || true
	git checkout -q main; dver fsck
'
test_case 'what was freed is stored again by the next add' '
	new_repo
	echo base >base; mkdir data; echo 1 >data/1
	dver add -q data; commit one
	mkdir data/sub; echo lost >data/sub/file; echo 2 >data/2
	sleep 0.1
	dver add -q data; dver undo -q
	dver gc -f --no-undo
	dver status
	dver add -q data; commit two
	rm -r data; dver checkout
	grep -qx lost data/sub/file
'
test_case 'small packs in which all is alive stay' '
	new_repo; echo a >a; dver add -q a; echo b >b; dver add -q b
	dver gc -f | grep -q "nothing to free"
'
test_case 'killed anywhere, it is finished by the next' "$three"'
	dver push -q --all-commits
	cp -r .dver saved
	i=0
	while [ $i -lt 400 ]; do
		i=$((i + 7))
		rm -rf .dver; cp -r saved .dver
		strace -f -o /dev/null -e trace=unlink,unlinkat,renameat2,rename,linkat,openat \
			-e inject=unlink,unlinkat,renameat2,rename,linkat,openat:signal=KILL:when=$i \
			dver gc -f --no-undo >/dev/null 2>&1 && break
		dver fsck --no-restore >/dev/null
		rm -rf data; dver checkout -q; same_tree data three
		dver gc -f --no-undo >/dev/null
		dver fsck --no-restore >/dev/null
	done
	[ $i -gt 50 ]
'
# A workspace w whose repository is g.git, and another on the same store;
# only a branch and git's index have some of the data of w.
elsewhere='
	git init -q other
	(cd other; dver init -q; dver cache --local dir ../../cache
	 echo other >f; dver add -q f; commit one)
	mkdir w; cd w
	away() { GIT_DIR=$TEST_TMP/$count/g.git GIT_WORK_TREE=. "$@"; }
	away git init -q
	away git config core.logAllRefUpdates false
	away dver init -q
	away dver cache --local dir ../../cache
	for v in side main staged; do
		head -c 200000 /dev/urandom >f; cp f ../$v
		away dver add -qf f
		[ $v != staged ] || continue
		away git add -A; away git commit -qm $v
		[ $v != side ] || away git branch -q side
	done
	away git show HEAD:f.dver >f.dver
	away dver checkout -q --force; cmp f ../main
	rm -rf .dver/undo
	all_there() {
		for v in side "" main; do
			away git show $v:f.dver >f.dver
			away dver checkout -q --force
			cmp f ../${v:-staged}
		done
	}
'
test_case 'a repository that only GIT_DIR named is counted' "$elsewhere"'
	(cd ../other; dver gc -f --not-pushed --no-undo)
	all_there
	(cd ../other; dver gc -n --json | jq -e ".workspaces == 2")
	dver gc -f --not-pushed --no-undo
	all_there
	(cd ../other; echo more >g; dver add -q g; git add -A
	 git commit -qm two; dver remote add o ../o; dver push -q
	 dver drop -q g)
	all_there
'
test_case 'when it is gone, nothing is deleted' "$elsewhere"'
	mv ../g.git ../gone
	(cd ../other; fails_with "g.git" dver gc -f --not-pushed)
	fails_with "dver gc --forget" dver gc -f --not-pushed
	mv ../gone ../g.git
	all_there
	mv ../g.git ../gone
	dver gc --forget "$PWD"
	(cd ../other; dver gc -f --not-pushed --no-undo | grep -q "freed")
'
done_testing
