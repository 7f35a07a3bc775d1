#!/bin/sh
. "${0%/*}/lib.sh"

# A tracked folder in which programs have left their files.
base='
	new_repo
	files 3 data; files 3 data/sub
	mkdir data/.ipynb_checkpoints data/sub/.ipynb_checkpoints
	echo old >data/.ipynb_checkpoints/n; echo old >data/sub/.ipynb_checkpoints/n
	echo finder >data/sub/.DS_Store
	dver add data; commit one
'
# They are all there, and as they were.
litter='
	[ "$(cat data/.ipynb_checkpoints/n data/sub/.ipynb_checkpoints/n)" = "old
old" ]
	grep -qx finder data/sub/.DS_Store
'
clean='dver status | grep -q "everything is as"'

test_case 'init writes a .dverignore that git knows' '
	new_repo
	grep -qx ".ipynb_checkpoints/" .dverignore
	git diff --cached --name-only | grep -qx .dverignore
	cd ..; git init -q own; cd own; echo mine >.dverignore; dver init
	grep -qx mine .dverignore
	git diff --cached --name-only >staged; lacks -x .dverignore staged
	cd ..; mkdir bare; cd bare; dver init --no-git; [ -f .dverignore ]
	cd ..; git init -q top; mkdir top/in; cd top/in; dver init --subdir
	git diff --cached --name-only --relative | grep -qx .dverignore
'
test_case 'add, status and diff pass ignored names over' "$base"'
	dver ls -R data >all; lacks -E "ipynb|DS_Store" all
	grep -c . all | grep -qx 6
	echo new >data/sub/.DS_Store; mkdir data/__pycache__
	echo x >data/__pycache__/m.pyc
	'"$clean"'
	[ -z "$(dver diff)" ]
	dver add data | grep -q "nothing changed"
'
test_case 'rules inside the data, nearer ones win, "!" brings back' '
	new_repo
	mkdir -p data/logs/keep; printf "*.log\n*.tmp\n" >data/.dverignore
	printf "!*.log\n" >data/logs/.dverignore
	echo 1 >data/a.log; echo 2 >data/b.tmp; echo 3 >data/logs/c.log
	echo 4 >data/logs/keep/d.log; echo 5 >data/logs/e.tmp
	dver add data
	dver ls -R data | sort >got
	printf "data/%s\n" .dverignore logs/.dverignore logs/c.log \
		logs/keep/d.log >want
	diff want got
'
test_case 'a changed rule is noticed although no file changed' '
	new_repo
	files 3 data; echo x >data/a.tmp
	dver add data; dver status; sleep 0.1; dver status
	echo y >data/b.tmp
	dver status | grep -q "+1"
	echo "*.tmp" >>.dverignore
	'"$clean"'
	: >.dverignore
	dver status | grep -q "+1"
	mv .dverignore data/; echo "b.*" >data/.dverignore
	dver status | grep -q "+1"
	dver diff | grep -q "data/.dverignore"
	dver add data; dver ls data >all; lacks b.tmp all; grep -q a.tmp all
'
test_case 'what is tracked stays tracked until it is removed' '
	new_repo
	files 2 data; mkdir data/tmp; echo a >data/tmp/a; echo k >data/k.bin
	dver add data
	printf "tmp/\n*.bin\n" >>.dverignore
	echo b >data/tmp/b; echo l >data/l.bin
	'"$clean"'
	echo edit >>data/tmp/a; echo edit >>data/k.bin
	dver status | grep -q "~2"
	dver add data; dver ls -R data >all
	grep -qx data/tmp/a all; grep -qx data/k.bin all
	lacks -E "tmp/b|l.bin" all
	rm data/k.bin; dver add data
	echo again >data/k.bin
	'"$clean"'
	dver rm --cached data/tmp
	[ -f data/tmp/a ]; [ -f data/tmp/b ]
	'"$clean"'
	dver ls -R data >all; lacks tmp all
	fails_with "takes outputs" dver rm --cached data/1.txt
	dver undo
	dver ls -R data | grep -qx data/tmp/a
	'"$clean"'
'
test_case 'the same without stat index and with a lost cache' '
	new_repo
	files 2 data; echo k >data/k.bin; dver add data; commit
	echo "*.bin" >>.dverignore; echo l >data/l.bin
	rm -rf .dver/index; '"$clean"'
	rm -rf .dver/cache; '"$clean"'
	echo edit >>data/1.txt; dver add data; dver ls data >all
	grep -q k.bin all; lacks l.bin all
'
test_case 'an ignored target is an error that says why; -f adds it' '
	new_repo
	files 2 data; dver add data
	printf "\n*.tmp\n/out/\n" >>.dverignore
	echo 1 >a.tmp; echo 2 >data/b.tmp; mkdir out; echo 3 >out/c; echo 4 >d
	fails_with "is ignored by '"'"'.dverignore:7: *.tmp'"'"'" dver add a.tmp
	fails_with ".dverignore:7: *.tmp" dver add d data/b.tmp
	fails_with ".dverignore:8: /out/" dver add out/c
	[ ! -e d.dver ]
	fails_with "does not exist" dver add nothing.tmp
	dver add -f a.tmp data/b.tmp out
	[ -f a.tmp.dver ]; [ -f out.dver ]
	dver ls data | grep -qx data/b.tmp
	# What is in an output is not judged by where the output lies.
	echo new >out/e; dver add out; dver ls out | grep -qx out/e
	# -f is for what is named, not for all that is in it.
	echo 5 >data/f.tmp; dver add -f data; dver ls data >all
	lacks f.tmp all
	# Tracked: it may be named without -f.
	echo 6 >data/b.tmp; dver add data/b.tmp | grep -q "~1"
'
test_case 'an ignored folder that is named' '
	new_repo
	files 2 data; dver add data; echo junk/ >>.dverignore
	mkdir data/junk; echo 1 >data/junk/a; echo 2 >data/junk/.DS_Store
	fails_with "junk/" dver add data/junk
	fails_with "junk/" dver add data/junk/a
	dver add -f data/junk; dver ls -R data >all
	grep -qx data/junk/a all; lacks DS_Store all
	echo 3 >data/junk/b; echo edit >>data/junk/a
	dver add data/junk; dver ls -R data >all
	lacks junk/b all
	'"$clean"'
'
test_case 'patterns of add pass over what is ignored' '
	new_repo
	mkdir d; echo 1 >d/a; echo 2 >d/b.tmp; echo 3 >d/c; echo "*.tmp" >.dverignore
	dver add "d/*"
	[ -f d/a.dver ]; [ -f d/c.dver ]; [ ! -e d/b.tmp.dver ]
	fails_with "not ignored" dver add "d/*.t*p"
'
test_case 'a folder of ignored names alone is passed over' '
	new_repo
	files 2 data; mkdir data/empty; dver add data; commit
	mkdir -p data/new/deep; echo x >data/new/.DS_Store
	echo x >data/new/deep/Thumbs.db
	'"$clean"'
	dver add data | grep -q "nothing changed"
	dver ls data | grep -q data/empty
	mkdir data/other; dver status | grep -q data
	rmdir data/other
	# Tracked, it stays; and with a file it counts.
	echo f >data/new/deep/f; dver status | grep -q "+1"
'
test_case 'FIFOs, .git folders and unreadable files that are ignored' '
	new_repo
	files 2 data; printf ".git/\nsecret\npipe\n" >>.dverignore
	git init -q data/clone; mkfifo data/pipe
	echo s >data/secret; chmod 0 data/secret
	dver add data; dver ls -R data >all
	lacks -E "pipe|secret|git" all
	: >.dverignore
	must_fail dver status
'
test_case 'a .dverignore that is none' '
	new_repo
	files 2 data; echo "*.tmp" >rules; rm .dverignore
	ln -s rules .dverignore; echo x >data/a.tmp
	dver add data; dver ls data | grep -q a.tmp
	rm .dverignore; mkdir .dverignore; dver status
	rmdir .dverignore; mkfifo .dverignore; timeout 20 dver status
	rm .dverignore; printf "a\0b\n" >.dverignore
	fails_with "NUL" dver status
	head -c 1100000 /dev/zero | tr "\0" x >.dverignore
	fails_with "1 MiB" dver add data
	printf "a\0b\n" >data/.dverignore; : >.dverignore
	fails_with "data/.dverignore" dver status
	rm data/.dverignore; dver status
'
test_case 'rules that are a link into the store' '
	new_repo
	dver config cache.type symlink; dver config cache.looseAbove 0
	files 2 data; echo "*.tmp" >data/.dverignore; dver add data
	dver checkout --relink data
	[ -h data/.dverignore ]
	echo x >data/a.tmp
	'"$clean"'
'
test_case 'checkout, and a hook, between versions' "$base"'
	dver install
	files 2 data/late; mkdir data/late/.ipynb_checkpoints
	echo mine >data/late/.ipynb_checkpoints/n
	rm data/sub/1.txt; dver add data; commit two
	git checkout -q HEAD~1
	'"$clean$litter"'
	[ -f data/sub/1.txt ]; [ ! -e data/late/1.txt ]
	grep -qx mine data/late/.ipynb_checkpoints/n
	git checkout -q main
	'"$clean$litter"'
	[ -f data/late/1.txt ]; [ ! -e data/sub/1.txt ]
	grep -qx mine data/late/.ipynb_checkpoints/n
	git commit -q --allow-empty -m three
	rm -r data/late/1.txt; dver checkout data
	[ -f data/late/1.txt ]
	dver checkout --force data; dver checkout --relink data
	'"$clean$litter"'
'
test_case 'a branch without the output' "$base"'
	git checkout -q HEAD~0; git checkout -q --orphan other; git rm -rqf .
	dver init; git commit -qm other
	dver status | grep -q "^behind *data"
	dver checkout
	'"$litter"'
	[ ! -e data/1.txt ]; [ ! -e data/sub/1.txt ]
	'"$clean"'
	git checkout -q main; dver checkout
	'"$clean$litter"'
	[ -f data/sub/1.txt ]
'
test_case 'a version that has an ignored name takes nothing that differs' '
	new_repo
	files 2 data; dver add data; commit none
	echo theirs >data/a.tmp; mkdir data/tmp; echo theirs >data/tmp/a
	dver add data; commit has; git tag has
	git checkout -q HEAD~1; dver checkout
	[ ! -e data/a.tmp ]
	printf "*.tmp\ntmp/\n" >.dverignore; commit ignores; git tag ignores
	echo mine >data/a.tmp; mkdir data/tmp; echo mine >data/tmp/b
	'"$clean"'
	dver status; git checkout -q has
	git checkout -q ignores -- .dverignore
	fails_with "data/a.tmp" dver checkout
	grep -qx mine data/a.tmp; grep -qx mine data/tmp/b
	rm data/a.tmp; dver checkout
	grep -qx theirs data/a.tmp; grep -qx theirs data/tmp/a
	grep -qx mine data/tmp/b
	'"$clean"'
	echo mine >data/a.tmp; fails_with "data/a.tmp" dver checkout data
	dver checkout --force data; grep -qx theirs data/a.tmp
'
test_case 'a file in the place of a folder with ignored files' "$base"'
	rm -r data/sub; echo file >data/sub; dver add data; commit two
	git checkout -q HEAD~1; dver checkout
	mkdir data/sub/deep; echo 1 >data/sub/deep/.DS_Store
	git checkout -q main
	fails_with "move them away" dver checkout
	fails_with "move them away" dver checkout --force
	[ -f data/sub/1.txt ]; grep -qx 1 data/sub/deep/.DS_Store
	rm -r data/sub/deep; dver checkout
	grep -qx file data/sub
	'"$clean"'
'
test_case 'pull into a folder that has ignored files already' "$base"'
	dver remote add o ../o; commit r; dver push -q
	git clone -q . ../c; cd ../c
	mkdir -p data/sub/.ipynb_checkpoints data/.ipynb_checkpoints
	echo old >data/.ipynb_checkpoints/n; echo old >data/sub/.ipynb_checkpoints/n
	echo finder >data/sub/.DS_Store
	dver status | grep -q "^not here *data"
	dver install; git commit -q --allow-empty -m nothing
	dver pull data/1.txt; dver pull
	'"$clean$litter"'
	same_tree data ../r/data 2>/dev/null || true
	[ -f data/sub/3.txt ]
'
test_case 'rm leaves folders that hold ignored files, and says so' "$base"'
	dver rm data/sub 2>err
	grep -q "data/sub.* stays" err
	'"$clean$litter"'
	[ ! -e data/sub/1.txt ]
	dver undo; [ -f data/sub/1.txt ]
	'"$clean$litter"'
	dver rm data 2>err
	grep -q "'"'data'"' stays" err
	'"$litter"'
	[ ! -e data.dver ]; [ ! -e data/1.txt ]
	dver undo
	'"$clean$litter"'
	dver rm --cached data; '"$litter"' [ -f data/1.txt ]
'
test_case 'drop leaves them, too' "$base"'
	dver remote add o ../o; commit r; dver push -q
	dver drop data/sub 2>err; grep -q "data/sub.* stays" err
	'"$litter"'
	[ ! -e data/sub/1.txt ]; [ -f data/1.txt ]
	dver pull -q data/sub; '"$clean$litter"'
	dver drop data; '"$litter"'
	dver status | grep -q "^not here *data"
	dver status >st; lacks -E "changed|\+" st
	dver checkout; dver undo
	[ -f data/sub/1.txt ]
	'"$clean$litter"'
	dver drop --keep-days 1
	'"$clean$litter"'
'
test_case 'mv takes them along, undo brings them back' "$base"'
	dver mv data moved
	[ ! -e data ]
	grep -qx old moved/sub/.ipynb_checkpoints/n
	'"$clean"'
	# A program goes on where the folder was.
	mkdir -p data/.ipynb_checkpoints data/sub/.ipynb_checkpoints
	echo late >data/.ipynb_checkpoints/late
	dver undo
	'"$clean$litter"'
	grep -qx late data/.ipynb_checkpoints/late
	[ ! -e moved ]
	dver mv data/sub data/other; [ ! -e data/sub ]
	grep -qx finder data/other/.DS_Store
	mkdir data/sub; echo visible >data/sub/x
	fails_with "exists again" dver undo
	rm -r data/sub; mkdir data/sub; echo clash >data/sub/.DS_Store
	fails_with "data/sub/.DS_Store" dver undo
	rm data/sub/.DS_Store; rmdir data/sub; dver undo
	'"$clean$litter"'
	fails_with "was not added" dver mv data/.ipynb_checkpoints data/x
'
test_case 'killed while ignored files join what moves back' "$base"'
	dver mv data moved
	mkdir -p data/.ipynb_checkpoints data/sub
	for n in 1 2 3; do echo $n >data/.ipynb_checkpoints/l$n; done
	echo 4 >data/sub/Thumbs.db
	cp -a . ../saved
	i=0
	while [ $i -lt 60 ]; do
		i=$((i + 1))
		cd ..; rm -rf r; cp -a saved r; cd r
		strace -f -o /dev/null -e trace=renameat2,unlinkat \
			-e inject=renameat2,unlinkat:signal=KILL:when=$i \
			dver undo >/dev/null 2>&1 && break
		[ ! -e moved ] || dver undo
		'"$clean$litter"'
		grep -qx 2 data/.ipynb_checkpoints/l2
		grep -qx 4 data/sub/Thumbs.db
		[ ! -e moved ]
	done
	[ $i -gt 5 ]
'
test_case 'undo of add and checkout' "$base"'
	echo edit >>data/1.txt; dver add data; dver undo
	'"$litter"'
	dver status | grep -q "~1"
	dver add data; commit two; git checkout -q HEAD~1; dver checkout
	dver undo
	'"$litter"'
	grep -q edit data/1.txt
'
test_case 'gc, fsck and unprotect leave them alone' "$base"'
	dver config cache.type hardlink; dver config cache.looseAbove 0
	dver checkout --relink data
	echo edit >data/.ipynb_checkpoints/n; echo old >data/.ipynb_checkpoints/n
	dver gc -f; dver fsck; dver unprotect data
	'"$clean$litter"'
'
test_case 'a merge of the pointer' "$base"'
	git checkout -qb side; echo s >data/side; dver add data; commit side
	git checkout -q main; dver checkout; echo m >data/main; dver add data
	commit main; dver install
	git merge -q side -m merged || { dver resolve; git commit -qam merged; }
	dver checkout
	[ -f data/side ]; [ -f data/main ]
	'"$clean$litter"'
'
test_case 'commit hooks: ignored files block nothing' "$base"'
	dver install
	echo new >data/sub/.DS_Store; mkdir data/x; echo 1 >data/x/.DS_Store
	git commit -q --allow-empty -m two
	dver config hooks.preCommit add
	echo edit >>data/1.txt; git commit -q --allow-empty -m three
	dver ls -R data >all; lacks -E "DS_Store|ipynb" all
	dver remote add o ../o; git init -q --bare ../g; git remote add origin ../g
	git commit -qam remote; git push -q origin main
'
test_case 'check-ignore prints what git prints' '
	new_repo
	printf "*.tmp\n!keep.tmp\n/d/\n" >.dverignore
	mkdir d e; echo "x*" >e/.dverignore; echo 1 >e/a.tmp
	dver check-ignore a.tmp keep.tmp d/x e/xx plain >got || exit 1
	printf "%s\n" a.tmp d/x e/xx | diff - got
	dver check-ignore -v a.tmp keep.tmp d/x e/xx plain d >got
	printf ".dverignore:%s\n" "1:*.tmp	a.tmp" "2:!keep.tmp	keep.tmp" \
		"3:/d/	d/x" "3:/d/	d" | sort >want
	echo "e/.dverignore:1:x*	e/xx" >>want
	sort want >want2; sort got | diff want2 -
	must_fail dver check-ignore -v -n plain >got
	grep -qx "::	plain" got
	must_fail dver check-ignore plain keep.tmp
	must_fail dver check-ignore -q plain
	dver check-ignore -q plain a.tmp
	code=0; dver check-ignore -n plain 2>err || code=$?; [ $code = 2 ]
	code=0; dver check-ignore 2>err || code=$?; [ $code = 2 ]
	code=0; dver check-ignore -z a.tmp 2>err || code=$?; [ $code = 2 ]
	fails_with "outside" dver check-ignore /etc
	cd e; printf "a.tmp\nb\n" | dver check-ignore --stdin -v >../got
	printf ".dverignore:1:*.tmp\ta.tmp\n" | diff - ../got
	printf "a.tmp\0b\0../d/\0" | dver check-ignore --stdin -z | tr "\0" "\n" >../got
	printf "a.tmp\n../d/\n" | diff - ../got
	dver check-ignore --json -n a.tmp b ../keep.tmp | python3 -c "
import json, sys
p = json.load(sys.stdin)[\"paths\"]
assert [x[\"ignored\"] for x in p] == [True, False, False], p
assert p[0][\"file\"] == \".dverignore\" and p[0][\"line\"] == 1, p
assert p[1][\"pattern\"] is None and p[2][\"pattern\"] == \"!keep.tmp\", p"
'
test_case 'check-ignore knows what is tracked' '
	new_repo
	mkdir data; echo 1 >data/a.tmp; echo 2 >o.tmp; dver add data o.tmp
	echo "*.tmp" >>.dverignore
	must_fail dver check-ignore data/a.tmp o.tmp data
	dver check-ignore --no-index data/a.tmp o.tmp >got
	printf "data/a.tmp\no.tmp\n" | diff - got
	dver check-ignore data/b.tmp
	must_fail dver check-ignore --json data/a.tmp >got
	grep -q "\"tracked\": *true" got
'
test_case 'names that Windows cannot hold are told once, in one line' '
	new_repo
	mkdir -p data/con; for n in "a:b" "x?" "q\"" "end." "sp " nul.txt LPT1 \
		COM10 console "ok name" ; do echo 1 >"data/$n"; done
	echo 1 >data/con/f; printf 1 >"data/$(printf "t\tb")"
	dver add data 2>err
	grep -c . err | grep -qx 1
	grep -q "Windows cannot hold .*data/LPT1. (is a device there).* and 4 more" err
	dver add data 2>err; [ ! -s err ]
	echo 2 >data/plain; echo 3 >"data/new*"; dver add data 2>err
	grep -q "new\*" err; lacks LPT1 err
	echo 4 >data/aux; dver add --json data/aux >out 2>err
	grep -q "\"windows_names\": *1" out; grep -q data/aux out; grep -q aux err
	mkdir data/PRN; echo 5 >data/PRN/x; dver add data/PRN/x 2>err
	grep -q "data/PRN. (is a device" err
	echo 6 >"o|p"; dver add "o|p" 2>err; grep -q "o|p" err
	echo 7 >"data/k|l"; dver add -q data 2>err; [ ! -s err ]
'
test_case 'core.windowsNames refuses or allows' '
	new_repo
	mkdir data; echo 1 >"data/a:b"; echo 2 >data/c
	dver config core.windowsNames refuse
	fails_with "data/a:b" dver add data
	[ ! -e data.dver ]
	fails_with "core.windowsNames" dver add "data/a:b"
	dver config core.windowsNames allow
	dver add data 2>err; [ ! -s err ]
	dver config core.windowsNames refuse
	echo 3 >data/d; dver add data
	fails_with "warn, refuse or allow" dver config core.windowsNames no
'
test_case 'random rules: the same verdicts as git, the same files tracked' '
	python3 "$top/tests/cli/ignore_random.py" $(seq 1 25)
'
done_testing
