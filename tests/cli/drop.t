#!/bin/sh
. "${0%/*}/lib.sh"

pushed='
	new_repo
	dver remote add o ../remote
	files 30 data/a; files 30 data/b; head -c 2500000 /dev/urandom >data/big
	echo model >m
	dver add -q data m; commit one
	dver push -q
	cp -r data keep; mv keep ..
'
store() { du -s --apparent-size -B1000 .dver/cache | cut -f1; }

test_case 'a whole output goes and comes back' "$pushed"'
	dver drop data | grep -q "freed 61 files, 2.5 MB"
	[ ! -e data ]
	[ -f m ]
	[ "$(store)" -lt 100 ]
	dver status | grep -q "^not here *data"
	dver ls data | grep -q big
	git diff --quiet HEAD
	dver fsck
	dver checkout
	[ ! -e data ]
	dver pull -q
	same_tree data ../keep
	dver status | grep -q "everything is as"
	dver fsck
'
test_case 'a file; checkout of the path says what to do' "$pushed"'
	dver drop m
	[ ! -e m ]
	dver checkout
	[ ! -e m ]
	fails_with "dver pull" dver checkout m
	dver pull -q m
	grep -qx model m
	same_tree data ../keep
'
test_case 'a part of an output' "$pushed"'
	dver drop data/a data/big | grep -q "freed 31 files, 2.5 MB"
	[ ! -e data/a ]
	[ ! -e data/big ]
	[ -f data/b/1.txt ]
	dver status >out
	cat out
	dver status --json | jq -e ".outputs[] | select(.path == \"data\") |
		.absent == 31"
	dver checkout
	[ ! -e data/a ]
	echo new >data/b/new; rm data/b/2.txt; dver add data
	grep -q "nfiles: 61" data.dver
	lacks -q "$(git show HEAD:data.dver | grep tree:)" data.dver
	dver ls HEAD:data/a | grep -q 30.txt
	dver ls data/a | grep -q 30.txt
	dver pull -q data/a
	[ -f data/a/7.txt ]
	[ ! -e data/big ]
	dver checkout
	[ ! -e data/big ]
	dver pull -q
	cmp data/big ../keep/big
	cmp data/a/30.txt ../keep/a/30.txt
	dver fsck
'
test_case 'undo brings it back' "$pushed"'
	echo mine >data/notes
	dver drop data
	[ -f data/notes ]
	[ ! -e data/big ]
	dver undo | grep -q "took back: drop data"
	cmp data/big ../keep/big
	[ -f data/notes ]
	rm data/notes
	same_tree data ../keep
	dver status | grep -q "everything is as"
'
test_case 'what is not pushed or was changed stays' "$pushed"'
	echo edit >>data/a/1.txt
	fails_with "was changed" dver drop data
	same_tree data/b ../keep/b
	dver add -q data
	fails_with "has not '\''data/a/1.txt'\''" dver drop data
	fails_with "has not" dver drop
	dver push -q
	find ../remote/packs -size +100k -delete
	fails_with "the remote has not" dver drop data
	cmp data/big ../keep/big
'
test_case 'a pointer that moved, data never checked out' "$pushed"'
	echo more >>data/a/1.txt; dver add -q data; commit two; dver push -q
	git checkout -q HEAD~1
	fails_with "not as its pointer says" dver drop data
	dver checkout -q; dver drop -q data
	git checkout -q main; dver checkout
	[ ! -e data ]
	dver pull -q data
	grep -q more data/a/1.txt
'
test_case 'a dry run only tells' "$pushed"'
	before=$(store)
	dver drop -n data >out
	grep -q "would free 61 files, 2.5 MB, and 2.5 MB of the local" out
	[ "$(store)" = "$before" ]
	same_tree data ../keep
	dver drop --json data | jq -e ".files == 61 and .freed > 2500000"
'
test_case 'no remote: it says so' '
	new_repo; files 2 data; dver add -q data; commit one
	fails_with "there is no remote" dver drop data
	dver remote add o ../nowhere
	fails_with "nowhere" dver drop data
	[ -f data/1.txt ]
'
test_case 'another workspace on the store keeps what it needs' '
	git init -q --bare up.git
	git init -q a; cd a; dver init -q; dver cache --local dir ../../cache
	dver remote add o ../remote
	files 20 data; dver add -q data; commit one; dver push -q
	git push -q ../up.git main
	cd ..; git clone -q up.git b; cd b; dver cache --local dir ../../cache
	dver checkout -q
	cd ../a; dver drop -q data
	[ ! -e data ]
	cd ../b; rm -r data; mv ../remote ../gone
	dver checkout -q
	[ -f data/20.txt ]
	dver fsck
'
test_case 'versions that share chunks stay whole' '
	new_repo; dver remote add o ../remote
	head -c 9000000 /dev/urandom >big; dver add -q big; commit one
	cp big ../one; dver push -q
	printf changed | dd of=big bs=1 seek=4000000 conv=notrunc 2>/dev/null
	cp big ../two; dver add -q big; commit two
	rm -rf big; git checkout -q HEAD~1; dver checkout -q
	dver drop -q big
	dver fsck
	mv ../remote ../gone
	git checkout -q main; dver checkout -q big; cmp big ../two
	mv ../gone ../remote
	git checkout -q HEAD~1; dver pull -q big; cmp big ../one
'
test_case '--keep-days frees the store of old commits only' '
	new_repo; dver remote add o ../remote
	head -c 1000000 /dev/urandom >old; cp old f; dver add -q f
	git add -A
	GIT_COMMITTER_DATE="2020-01-01T00:00:00" git commit -qm old
	head -c 1000000 /dev/urandom >new; cp new f; dver add -q f; commit new
	head -c 1000000 /dev/urandom >f; dver add -q f; commit newer
	rm -r .dver/undo
	dver drop --keep-days 30 -n >out 2>&1 || true
	dver push -q
	dver drop --keep-days 30 | grep -q "freed 0 B"
	dver push -q --all-commits
	dver drop --keep-days 30 -n | grep -q "would free 1.0 MB"
	dver drop --keep-days 30 | grep -q "freed 1.0 MB"
	[ -f f ]
	dver cat HEAD~1:f | cmp - new
	mv ../remote ../gone
	must_fail dver cat HEAD~2:f
	mv ../gone ../remote
	dver cat HEAD~2:f | cmp - old
	dver fsck
'
test_case 'killed anywhere, it is finished by the next' "$pushed"'
	cp -r .dver saved
	i=0
	while [ $i -lt 900 ]; do
		i=$((i + 5))
		rm -rf .dver data; cp -r saved .dver; cp -r ../keep data
		strace -f -o /dev/null -e trace=unlinkat,unlink,renameat2,rename,renameat,openat,linkat \
			-e inject=unlinkat,unlink,renameat2,rename,renameat,openat,linkat:signal=KILL:when=$i \
			dver drop data >/dev/null 2>&1 && break
		dver fsck --no-restore >/dev/null
		dver drop data >/dev/null
		[ ! -e data ]
		dver pull -q
		same_tree data ../keep
	done
	[ $i -gt 50 ]
'
test_case 'a part of what was dropped is removed without a trace' '
	new_repo; files 3 data/d; echo a >data/a; dver add -q data
	dver remote add -q o ../store; commit; dver push -q
	dver drop -q data; [ ! -e data ]
	dver rm -q data/d/1.txt
	[ ! -e data ]
	dver status | grep -q "^not here *data"
	dver pull -q data; [ -e data/d/2.txt ]; [ ! -e data/d/1.txt ]
'
done_testing
