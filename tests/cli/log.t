#!/bin/sh
. "${0%/*}/lib.sh"

history='
	new_repo
	files 3 data/a; files 2 data/b; echo 1 >m
	dver add -q data m; commit "first data"
	echo code >x.c; commit "only code"
	echo more >>data/a/1.txt; rm data/b/2.txt; dver add -q data
	git commit -qam "second" --author "Ann <ann@example.org>"
	dver rm -q m; git commit -qam "no model"
'
test_case 'who changed what when' "$history"'
	dver log >out; cat out
	[ "$(grep -c "^[0-9a-f]" out)" = 3 ]
	grep -q "Ann  second" out
	grep -q "  - m  2 B" out
	grep -q "  ~ data  .* -> .*, -1 file" out
	grep -q "  + data  .*, +5 files" out
	lacks -q "only code" out
	[ "$(dver log -n 1 | grep -c "^[0-9a-f]")" = 1 ]
	[ "$(dver log -- m | grep -c "^[0-9a-f]")" = 2 ]
	dver log --json | jq -e ".commits[1] | .author == \"Ann\" and
		.mail == \"ann@example.org\" and
		.changes[0].status == \"M\" and .changes[0].old_files == 5"
'
test_case 'a revision, a range, a path inside an output' "$history"'
	[ "$(dver log HEAD~1 | grep -c "^[0-9a-f]")" = 2 ]
	[ "$(dver log HEAD~1.. | grep -c "^[0-9a-f]")" = 1 ]
	[ "$(dver log HEAD~2..HEAD~1 -- data | grep -c "^[0-9a-f]")" = 1 ]
	dver log data/b/2.txt >out
	grep -q "  - data/b/2.txt" out
	grep -q "  + data/b/2.txt" out
	[ "$(grep -c "^[0-9a-f]" out)" = 2 ]
	[ "$(dver log data/b/1.txt | grep -c "^[0-9a-f]")" = 1 ]
	[ "$(cd data/a; dver log 1.txt | grep -c "^[0-9a-f]")" = 2 ]
	fails_with "no revision" dver log nonesuch --
	rm -r data; [ "$(dver log data | grep -c "^[0-9a-f]")" = 2 ]
'
test_case 'merges tell only what is theirs' '
	new_repo
	files 2 data; dver add -q data; commit one
	git checkout -qb side; echo s >s; dver add -q s; commit side
	git checkout -q main; dver checkout -q
	echo m >m; dver add -q m; git add -A; git commit -qm main
	git merge -q -X ours --no-edit side -m merged ||
		{ git checkout -q --ours .gitignore; git add -A
		  git commit -qm merged; }
	dver log >out
	lacks -q merged out
	[ "$(grep -c "^[0-9a-f]" out)" = 3 ]
'
test_case 'before the first commit, without git, in a shallow clone' '
	new_repo a; dver log >out; [ ! -s out ]
	dver log --json | jq -e ".commits == []"
	for i in 1 2 3; do echo $i >f; dver add -q f; commit $i; done
	cd ..
	git clone -q --depth 2 "file://$PWD/a" b; cd b
	dver log >out 2>err
	[ "$(grep -c "^[0-9a-f]" out)" = 1 ]
	grep -q shallow err
	dver du --only main | grep -q " main"
	cd ..; mkdir c; cd c; dver init -q --no-git
	fails_with "not in git" dver log
'
test_case 'control characters of others do no harm' '
	new_repo; echo 1 >f; dver add -q f; git add -A
	printf "a\033[31mb" >msg
	git commit -qF msg --author "$(printf "E\033[2Jvil <e@x>")"
	dver log >out; lacks -q "$(printf "\033")" out
'
test_case 'du: outputs, folders, revisions' "$history"'
	dver du -b >out; cat out
	grep -Eq "^ +[0-9]+ +4  data/$" out
	dver du -b -d 1 data | grep -Eq " +1  data/b/$"
	dver du -b HEAD~1:data | grep -q "data/"
	[ "$(dver du -b HEAD~1: | awk "/total/ { print \$2 }")" = 5 ]
	[ "$(dver du -b data/a/1.txt | awk "{ print \$1 }")" = \
	  "$(wc -c <data/a/1.txt)" ]
	dver du --json -d 3 | jq -e "(.entries | length) == 3 and
		.entries[0].files == 4 and .entries[2].path == \"data/b\""
	fails_with "not tracked" dver du x.c
	dver log | head -1 >/dev/null
'
test_case 'du --unique and --only' '
	new_repo
	head -c 1000 /dev/zero >one; head -c 3000 /dev/zero >three
	mkdir a b; cp one a/1; cp one b/1; cp three b/3; cp three b/4
	echo x >a/x
	dver add -q a b; commit base
	dver du -b --unique >out; cat out
	grep -Eq "^ +1002 +2 +2  a/$" out
	grep -Eq "^ +7000 +3000 +3  b/$" out
	grep -Eq "^ +8002 +4002 +5  total$" out
	dver du -b --unique b/3 | grep -Eq "^ +3000 +0 +1  b/3$"
	git checkout -qb exp
	head -c 5000 /dev/zero >b/5; dver add -q b; git commit -qam exp
	git tag keep; rm b/5
	head -c 7000 /dev/zero >b/7; dver add -q b; git commit -qam exp2
	[ "$(dver du -b --only exp | awk "{ print \$1 }")" = 7000 ]
	[ "$(dver du -b --only keep | awk "{ print \$1 }")" = 0 ]
	git tag -d keep >/dev/null
	dver du -b --only exp | grep -Eq "^ +12000 +2  exp$"
	dver du --json --only exp | jq -e ".bytes == 12000"
	fails_with "no branch or tag" dver du --only nonesuch
'
test_case 'a shallow clone pushes all that it has' '
	new_repo a; dver remote add o ../remote
	for i in 1 2 3; do echo $i >f; dver add -q f; commit $i; done
	dver push -q --all-commits
	cd ..; git clone -q --depth 2 "file://$PWD/a" b; cd b
	git remote set-url origin /nowhere
	dver pull -q
	for i in 4 5; do echo $i >f; dver add -q f; git commit -qam $i; done
	dver push | grep -q "sent 2 files"
	dver check HEAD~1
	dver push -q --all-commits
	dver check "HEAD~2..HEAD"
'
done_testing
