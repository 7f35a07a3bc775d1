#!/bin/sh
# What a file system, a person or a program beside us may do.
. "${0%/*}/lib.sh"

test_case 'a name too long for its pointer' '
	new_repo
	n=$(printf "%0252d" 0)
	echo x >"$n"
	fails_with "too long" dver add "$n"
	mkdir data; echo y >"data/$(printf "%0255d" 0)"
	dver add data; commit
	rm -r data; dver checkout
	[ "$(ls data | wc -c)" -eq 256 ]
'
test_case 'a file that changes while it is read is never stored wrong' '
	new_repo
	head -c 30000000 /dev/urandom >big
	(i=0; while [ $i -lt 400 ]; do echo x >>big; i=$((i + 1)); done) &
	dver add -q big 2>err || grep -q "keeps changing" err
	wait
	dver add -q big
	dver cat big | cmp - big
	id=$(sed -n "s/.*sha256: //p" big.dver)
	[ "$(sha256sum <big | cut -d" " -f1)" = "$id" ]
'
# What the file names in messages hold must not reach the terminal as it is.
test_case 'names and texts of others do not act on the terminal' '
	new_repo
	esc=$(printf "\033[2Jx\ny\342\200\256z")
	raw() { LC_ALL=C lacks -a "$(printf "\033\|\342\200\256")" "$1"; }
	must_fail dver add "$esc" 2>err
	raw err
	[ "$(wc -l <err)" -eq 1 ]
	grep -qF "dver: error: " err
	grep -qF "\\033[2Jx\\ny\\342\\200\\256z" err
	must_fail dver repro "$esc" 2>err; raw err
	# Of a hint the line break is ours.
	set +e; dver "$esc" 2>err; [ $? -eq 2 ] || exit 1; set -e
	raw err
	[ "$(wc -l <err)" -eq 2 ]
	grep -qx "hint: dver help" err
	set +e; dver add --"$esc" 2>err; [ $? -eq 2 ] || exit 1; set -e
	raw err; grep -qx "hint: dver add -h" err
	# What a stage lacks, a note, a warning.
	mkdir "$esc"
	printf "stages:\n  a:\n    cmd: cat no\n    deps: [\"\\\\e[31m\"]\n" \
		>"$esc/dver.yaml"
	must_fail dver repro "$esc/dver.yaml" 2>err; raw err
	grep -qF "\\342\\200\\256z/dver.yaml:a" err
	grep -qF "\\033[31m" err
	rm -r "$esc"
	dver stage add -q -n b -o "n$esc/out" true
	rm dver.yaml
	dver stage add -n b -o "n$esc/out" true 2>err; raw err
	grep -qF "is not there yet" err
	echo 1 >"in$esc"; dver add -q "in$esc"
	printf "vars: [{v: \"in\\\\e[2Jx\\\\ny\\\\u202ez\"}]\nstages:\n  a:\n" >dver.yaml
	printf "    cmd: cat no\n    deps: [\"\${v}\"]\n" >>dver.yaml
	dver mv "in$esc" moved 2>err; raw err
	grep -qF "dver: warning: dver.yaml:" err
	# A backslash of a name is one, whatever message it is in.
	fails_with "a\\b" dver cat "a\\b"
'
test_case 'nested deeper than any path the kernel takes' '
	new_repo
	python3 -c "
import os
os.mkdir(\"data\"); os.chdir(\"data\")
for i in range(30):
    os.mkdir(\"d\" * 200); os.chdir(\"d\" * 200)
open(\"f\", \"w\").close()"
	must_fail dver add data 2>err
	grep -q "dddd" err
	[ ! -e data.dver ]
'
test_case 'an unreadable file is named, nothing is written' '
	new_repo
	mkdir data; echo 1 >data/a; echo 2 >data/b
	strace -f -qq -o /dev/null -P "$PWD/data/b" -P data/b -P b \
		-e inject=openat:error=EACCES dver add data 2>err && exit 1
	grep -q "Permission denied" err
	grep -q "data" err
	[ ! -e data.dver ]
	dver add data
'
test_case 'a read-only disk' '
	new_repo
	files 3 data
	strace -f -qq -o /dev/null -e inject=mkdir,rename:error=EROFS \
		dver add data 2>err && exit 1
	grep -q "Read-only" err
	[ ! -e data.dver ]
	dver add data
	strace -f -qq -o /dev/null -e inject=rename,unlink:error=EROFS \
		dver status
'
test_case 'somebody else is at it: wait, then say who' '
	new_repo
	files 3 data
	python3 -c "
import fcntl, os, struct, subprocess, sys
os.makedirs(\".dver\", exist_ok=True)
f = open(\".dver/lock\", \"a\")
fl = struct.pack(\"hhqqi\", fcntl.F_WRLCK, 0, 0, 0, 0)
fcntl.fcntl(f, 37, fl)
p = subprocess.Popen([\"dver\", \"add\", \"data\"], stderr=subprocess.PIPE)
import time
time.sleep(0.5)
assert p.poll() is None
f.close()
out = p.communicate()[1].decode()
assert p.returncode == 0, out
assert \"waiting for\" in out, out"
	[ -f data.dver ]
'
test_case 'interrupted once: stops cleanly and says so' '
	new_repo
	head -c 300000000 /dev/urandom >big
	dver add big & pid=$!
	sleep 0.15; kill -INT $pid 2>/dev/null || true
	wait $pid || code=$?
	[ "${code:-0}" -eq 0 ] || [ "$code" -eq 130 ]
	[ -z "$(ls .dver/tmp .dver/cache/tmp 2>/dev/null | grep -v :)" ]
	dver add big
	dver fsck
'
test_case 'half a gigabyte of zeros in a hole' '
	new_repo
	truncate -s 500M hole; echo end >>hole
	dver add hole; commit
	[ "$(du -sk .dver/cache | cut -f1)" -lt 4000 ]
	dver remote add o ../store; dver push
	[ "$(du -sk ../store | cut -f1)" -lt 4000 ]
	cd ..; git clone -q r c; cd c
	dver remote add o ../store; dver pull
	cmp hole ../r/hole
	[ "$(du -k hole | cut -f1)" -lt 4000 ]
'
test_case 'an add with hard links that fails gives the mode back' '
	new_repo
	dver config cache.type hardlink,copy
	dver config cache.looseAbove 1k
	mkdir data; head -c 9000 /dev/urandom >data/big; chmod 640 data/big
	strace -f -qq -o /dev/null -e inject=rename:error=EIO:when=1 \
		dver add data 2>err && exit 1
	grep -q "Input/output error" err
	[ "$(stat -c %a.%h data/big)" = 640.1 ]
	[ ! -e data.dver ]
	dver add data
	[ "$(stat -c %a.%h data/big)" = 444.2 ]
'
test_case 'a shallow clone does all, and says what it cannot know' '
	new_repo; dver remote add o "$PWD/../remote"
	files 4 data; dver add -q data; commit one
	for i in 2 3; do echo $i >data/n; dver add -q data; commit $i; done
	git checkout -qb side; echo s >data/s; dver add -q data; commit side
	git checkout -q main; dver checkout -q
	echo 4 >data/n; dver add -q data; commit 4; dver push -q --all-commits
	cd ..; git clone -q --depth 1 --no-single-branch "file://$PWD/r" s; cd s
	dver pull -q; dver status | grep -q "as its pointers"
	dver check; dver check --all-branches
	dver gc -f --no-undo; dver fsck
	dver drop -q data; dver gc -q -f --no-undo; dver pull -q
	dver log >out 2>err; grep -q shallow err
	dver du >/dev/null; dver ls origin/side:data | grep -q data/s
	echo x >data/x; dver add -q data; dver undo -q; dver add -q data
	git commit -qam x; dver push -q
	dver diff HEAD~1 | grep -q data/x; dver check HEAD~1..HEAD
	# git knows no common commit here: both sides added the pointer.
	must_fail git merge --allow-unrelated-histories origin/side
	must_fail dver resolve >out; cat out
	grep -q "data/n: added on both sides" out
	dver resolve -q --ours; git commit -qm merged
	dver checkout -q || dver pull -q
	[ -f data/s ]; [ -f data/x ]; grep -qx 4 data/n
	dver gc -q -f --no-undo; dver fsck; dver push -q; dver check
'
test_case 'a workspace that is gone: its store frees nothing until told' '
	for r in a b; do
		git init -q $r; cd $r; dver init -q
		dver cache -q --local dir ../../cache; dver remote add o ../remote
		files 3 data; echo $r >data/$r; dver add -q data; commit one
		dver push -q; cd ..
	done
	rm -rf b; cd a
	fails_with "dver gc --forget" dver gc -f
	fails_with "dver gc --forget" dver drop data
	dver pull -q; [ -f data/a ]
	dver add -u; dver checkout; dver undo; dver fsck; dver status
	dver gc --forget "${PWD%/*}/b"; dver gc -q -f; dver fsck
	dver drop -q data; dver pull -q; [ -f data/a ]
'
# What is written goes by the umask; what is there keeps its mode.
made='
	make_all() {
		git init -q r; cd r; dver init -q; dver init --ci github >ci
		files 3 data; head -c 300000 /dev/zero >big
		echo "lr: 1" >params.yaml
		dver add -q data big
		dver stage add -q -n s -p lr -o out -M m.json \
			"echo 1 >out; echo \"{\\\"a\\\": 1}\" >m.json"
		dver repro -q; git add -A; git commit -qm one
		dver remote add -q -d o ../store; dver push -q --run-cache
		sed -i s/1/2/ params.yaml; dver repro -q
		sed -i s/2/1/ params.yaml; rm m.json; dver repro -q
		dver rm -q big; dver undo >undone; dver freeze s >frozen
		rm -r .dver/cache; dver pull -q --run-cache
		dver report -o report.html
		cd ..
	}
'
test_case 'nothing that is made is open to all' "$made"'
	(umask 077; make_all)
	find r store -path r/.git -prune -o ! -type l -perm /077 -print >open
	cat open; [ ! -s open ]
'
test_case 'a group that the umask lets write may write' "$made"'
	(umask 002; make_all)
	find r store -path r/.git -prune -o -type f -perm -200 ! -perm -664 -print \
		-o -type f -perm /002 -print -o -type d ! -perm -775 -print >odd
	cat odd; [ ! -s odd ]
'
test_case 'a file that is written again keeps its mode' '
	new_repo; echo 1 >data; dver add -q data
	dver stage add -q -n s -d data -o out "cp data out"
	chmod 600 dver.yaml; chmod 640 data.dver
	dver freeze -q s; echo 2 >data; dver add -q data
	[ "$(stat -c %a dver.yaml)" = 600 ]; [ "$(stat -c %a data.dver)" = 640 ]
'
test_case 'killed while it writes a file: nothing is left beside it' '
	new_repo; echo 1 >data; dver add -q data
	dver stage add -q -n s -d data -o out "cp data out"; commit
	ls -A >before
	for what in "freeze s" "stage add -n t -o x true" "mv data b" \
		"remote add o ../s"; do
		strace -f -qq -o /dev/null -e inject=rename,renameat2:signal=KILL \
			dver $what >said 2>&1 || true
		rm -f said; ls -A | diff before - || exit 1
		git diff --quiet HEAD -- . ":!.dver" || exit 1
	done
	[ -n "$(ls .dver/tmp)" ]
	dver add -q data; [ -z "$(ls .dver/tmp)" ]
'
test_case 'killed while it changes settings: the next one says what to do' '
	new_repo
	strace -f -qq -o /dev/null -e inject=rename,renameat2:signal=KILL \
		dver remote add o ../s >said 2>&1 || true
	[ -f .dver/config.lock ]
	fails_with "config.lock'"'"' is there" dver remote add o ../s
	fails_with "remove it" dver config core.fsync false
	dver doctor >said; lacks "config.lock" said
	touch -d "1 hour ago" .dver/config.lock
	dver doctor >said || true
	grep -q "warning.*config.lock.*killed" said; grep -q "rm .*config.lock" said
	rm .dver/config.lock; dver remote add o ../s
	dver doctor | lacks "config.lock"
'
done_testing
