#!/bin/sh
# Each finding is provoked for real, and what it says to do is done where that
# is a command.
. "${0%/*}/lib.sh"

[ "$(id -u)" -eq 0 ] || { echo "Bail out! run this as root"; exit 1; }
chmod 755 "$TEST_TMP"

# look ARGS: dver doctor into look.json; its exit code is that of what it says.
# What is slow on a busy machine is not what is tried: there is time enough.
look() {
	code=0
	dver doctor --json --timeout 900 "$@" >"$TEST_TMP/look.json" 2>"$TEST_TMP/err" ||
		code=$?
	[ "$code" = "$(jq '.problems > 0 | if . then 1 else 0 end' \
		"$TEST_TMP/look.json")" ] || {
		cat "$TEST_TMP/look.json" "$TEST_TMP/err"; return 1; }
}
found() {	# VERDICT CHECK TEXT: the findings
	jq -c --arg v "$1" --arg c "$2" --arg t "$3" '.findings[] |
		select(.verdict == $v and .check == $c and
		       (.found | contains($t)))' "$TEST_TMP/look.json"
}
says() {
	[ -n "$(found "$@")" ] || {
		echo "no '$*' in:"
		jq -c '.findings[]' "$TEST_TMP/look.json"; return 1; }
}
not() {
	[ -z "$(found "$@")" ] || { echo "there is:"; found "$@"; return 1; }
}
# What to do about it, as it stands there, and it is done.
advice() { found "$@" | head -1 | jq -r .advice; }
follow() {
	says "$@"
	sh -exc "$(advice "$@" | sed 's/ (as .*//; s/^if it is gone.*: //
		s/, if .*//; s/ saves the .*//; s/, or --unset//')"
	look --offline
	not "$@"
}
as() {	# UID COMMAND
	uid=$1
	shift
	mkdir -p "$TEST_TMP/home$uid"
	chown "$uid:4000" "$TEST_TMP/home$uid"
	HOME=$TEST_TMP/home$uid GIT_CONFIG_GLOBAL=$TEST_TMP/home$uid/gitconfig \
	XDG_CONFIG_HOME=$TEST_TMP/home$uid/.config \
		setpriv --reuid "$uid" --regid 4000 --clear-groups \
		sh -ec "umask 077; git config --global user.name u$uid
			git config --global user.email u$uid@example.org
			$*"
}
disk() {	# NAME TYPE SIZE OPTIONS
	mkdir -p "$1"
	if [ "$2" = tmpfs ]; then
		mount -t tmpfs -o "size=$3${4:+,$4}" tmpfs "$1"
	else
		truncate -s "$3" "$1.img"
		# shellcheck disable=SC2086
		mkfs.$2 -q ${4-} "$1.img" && mount -o loop "$1.img" "$1"
	fi
}
leave() {
	cd "$TEST_TMP"
	[ ! -f pid ] || kill "$(cat pid)" 2>/dev/null || true
	rm -f pid
	for m in */disk */other; do
		! mountpoint -q "$m" || umount -l "$m"
	done
}
disk_case() {
	test_case "$1" "trap leave EXIT; $2"
}
everything() {
	find . -printf '%P %y %m %u %g %l\n' | sort
	find . -type f -exec sha256sum {} + | sort
}
tidy='
	new_repo
	git config core.logAllRefUpdates true
	files 3 data; dver add -q data; dver remote add o ../store
	dver config --local cache.type hardlink,copy
	dver install -q; commit; dver push -q
'

test_case 'a workspace in order: all is fine, nothing is changed' "$tidy"'
	everything >../before
	look
	everything | diff ../before -
	jq -e ".notes + .warnings + .problems == 0 and .ok > 15" \
		"$TEST_TMP/look.json" || { cat "$TEST_TMP/look.json"; exit 1; }
	says ok versions "dver $(dver version | cut -d" " -f2), libgit2 "
	says ok versions "git $(git --version | cut -d" " -f3)"
	says ok workspace "$PWD"
	says ok pointers "1 output"
	says ok cache "a store of format 1 with 4 entries in 1 index"
	says ok sharing "used by one user"
	says ok workspaces "1 workspace uses"
	says ok left-overs "no lock is held"
	says ok disks "workspace and cache on $(stat -f -c %T . |
		sed s,ext2/ext3,ext4,)"
	says ok links "hardlink works"
	says ok clock "time stamps"
	says ok locks "locks work on"
	says ok speed "an fsync takes" || says note speed "an fsync takes"
	says ok hooks "all 5 hooks are in"
	says ok merge "by dver"
	says ok git "whole"
	says ok tracked "no data"
	says ok remotes "answers in"
'
test_case 'a line each, the worst with -q, and wrong usage' "$tidy"'
	touch x.bin; mkdir -p .dver/tmp/left; rm -rf .git/hooks/pre-push
	dver doctor --offline >out
	grep -q "^ok  *links  *cache.type is" out
	grep -q "^warning  *hooks  *hooks missing: pre-push" out
	grep -q "^  *-> dver install$" out
	tail -1 out | grep -qx "[0-9]* ok, 1 note, 1 warning, 0 problems"
	lacks remotes out
	dver doctor -q --offline >out
	[ "$(grep -c . out)" = 2 ]
	for args in x "--timeout 0" "--timeout x" "--timeout 100000"; do
		code=0; dver doctor $args >out 2>err || code=$?
		[ $code = 2 ]
	done
'
test_case 'outside of a workspace' '
	mkdir empty; cd empty
	look
	says note workspace "in no dver workspace"
	[ "$(advice note workspace "")" = "dver init makes one" ]
	says ok versions git; says ok links hardlink; says ok clock ""
	says ok locks ""; says ok space free
	[ -z "$(ls -A)" ]
	chmod 755 . ..
	as 3001 "cd $PWD; dver doctor" >out
	grep -q "in no dver workspace" out
	lacks "^problem" out
	rm out; git init -q .; look; says note workspace "in no dver"
'
test_case 'a workspace without git' '
	dver init -q --no-git; echo 1 >f; dver add -q f
	look --offline
	says note workspace "without git"
	[ "$(jq .problems "$TEST_TMP/look.json")" = 0 ]
	lacks "\"hooks\"" "$TEST_TMP/look.json"
'
test_case 'no git in PATH' "$tidy"'
	mkdir ../bin; ln -s "$(command -v dver)" ../bin/dver
	(PATH=$PWD/../bin; must_fail dver doctor --offline) >out
	grep -q "^problem *versions *git does not run: .*no such program" out
'
test_case 'settings that cannot be read, or that make no sense' "$tidy"'
	echo "[core" >>.dver/config
	look
	says problem workspace "cannot be opened: cannot read"
	says ok links hardlink; says ok locks ""; says ok cache "format 1"
	says ok git whole
	sh -exc "$(advice problem workspace "" | sed "s/.*version: //")"
	dver config --local core.typo 1 2>/dev/null || true
	printf "[cache]\n\ttyop = 1\n" >>.dver/config
	printf "[core]\n\tfsync = maybe\n" >>.dver/config.local
	look --offline
	says warning settings "cache.tyop"
	says problem settings "core.fsync"
	[ "$(advice problem settings "")" = \
		"dver config --local core.fsync VALUE, or --unset" ]
	dver config --local --unset core.fsync
	sh -exc "$(advice warning settings "" | sed "s/;.*//")"
	look --offline; not problem settings ""; not warning settings ""
'
test_case 'a repository of somebody else' "$tidy"'
	chmod 755 . ..; chown -R 3002 .; chmod -R a+rX .
	as 3001 "cd $PWD; dver doctor --offline" >out 2>&1 && exit 1
	grep -q "^problem *workspace .*owned by another user" out
	grep -q "^problem *workspace *you may not write to" out
	do=$(grep -A1 "cannot be opened" out | sed -n "s/.*-> //p")
	[ "$do" = "git config --global --add safe.directory $PWD" ]
	as 3001 "cd $PWD; $do; dver doctor --offline" >out 2>&1 || true
	lacks "cannot be opened" out
	grep -q "^ok *workspace .*in the git repository" out
'
test_case 'pointers with conflicts, a damaged record' "$tidy"'
	printf "<<<<<<< a\n=======\n>>>>>>> b\n" >>data.dver
	look --offline; says problem pointers "1 of 1 pointers"
	git checkout -q data.dver
	echo x >>.dver/workspace
	look --offline; says problem pointers "workspace"
'
test_case 'a cache that is damaged, of another version, none' "$tidy"'
	cp -r .dver/cache ../cache
	back() { rm -rf .dver/cache; cp -r ../cache .dver/cache; }
	sed -i "s/dver store 1/dver store 7/" .dver/cache/store
	look --offline; says problem cache ""
	advice problem cache "" | grep -q "newer"; back
	rm .dver/cache/store
	look --offline; says problem cache ""
	advice problem cache "" | grep -q "dver cache dir PATH"; back
	truncate -s 100 .dver/cache/index/*
	look --offline; says problem cache ""
	advice problem cache "" | grep -q "dver fsck"; back
	rm -rf .dver/cache; look --offline; says ok cache "not there yet"
	mkdir .dver/cache; look --offline; says ok cache "empty as yet"
	rmdir .dver/cache; touch .dver/cache
	look --offline; says problem cache "is no folder"
'
test_case 'many indexes and packs that wait to be merged' "$tidy"'
	for i in $(seq 100 165); do
		for f in .dver/cache/index/*; do
			cp "$f" "${f%???}$i"; break
		done
		mkdir -p .dver/cache/packs/00
		echo $i >.dver/cache/packs/00/$i$(printf %027d 0)
	done
	look --offline
	says warning cache "indexes, each of which"
	says note cache "packs of under 4 MB"
	echo more >>data/1.txt; dver add -q data
	look --offline; not warning cache ""
	dver gc -f --no-undo; look --offline; not note cache ""
'
test_case 'a cache that another user does not share' "$tidy"'
	chmod 755 .; chown -R 3002 .dver/cache; chmod -R go-rwx .dver/cache
	git config --system --list >/dev/null 2>&1 || true
	safe="git config --global --add safe.directory $PWD"
	as 3001 "cd $PWD; $safe; dver doctor --offline" >out && exit 1
	grep -q "^problem *cache .*belongs to user 3002 and you may not read" out
	chmod -R go+rX .dver/cache
	as 3001 "cd $PWD; $safe; dver doctor --offline" >out || true
	grep -q "^warning *cache .*you may not write to" out
	chown -R 3001 .dver/cache/packs; chmod o-w .dver/cache
	look --offline; says warning sharing "several users write"
	chown -R 0 .dver/cache; chmod o+w .dver/cache
	look --offline
	follow warning sharing "everybody on this machine"
	chmod 700 .dver/cache/packs; chown 3002 .dver/cache/packs
	as 3001 "cd $PWD; $safe; dver doctor --offline" >out || true
	grep -q "^problem *sharing *you may not read" out
'
test_case 'a cache that is shared, with modes that do not fit' "$tidy"'
	dver config cache.shared group
	echo more >>data/1.txt; dver add -q data
	chmod -R g-w .dver/cache; chmod 755 .dver/cache/packs
	look --offline
	[ "$(stat -c %a .dver/cache/packs)" = 755 ]
	follow warning sharing "are not open to those"
	says ok sharing "the cache is shared"
	chgrp -R 4001 .dver/cache/packs
	look --offline
	follow warning sharing "belong to another group"
	chmod -R g+s .dver/cache/packs; chmod -R 755 .dver/cache/index
	dver config cache.shared all; look --offline
	follow warning sharing "are not open to those"
'
test_case 'workspaces that are gone or cannot be read' "$tidy"'
	git init -q "../a b"
	(cd "../a b"; dver init -q; dver cache --local dir ../../r/.dver/cache
	 echo 1 >f; dver add -q f)
	look --offline; says ok workspaces "2 workspaces use"
	rm -r "../a b"
	look --offline
	follow warning workspaces "a b"
	mkdir ../w; cd ../w
	export GIT_DIR=$PWD/../away.git GIT_WORK_TREE=$PWD
	git init -q; dver init -q; dver cache --local dir ../../r/.dver/cache
	echo 1 >f; dver add -q f
	unset GIT_DIR GIT_WORK_TREE
	cd ../r; look --offline; not warning workspaces ""
	mv ../away.git ../gone; look --offline
	follow warning workspaces "away.git"
'
test_case 'left-overs of a killed add, swept by the next' "$tidy"'
	head -c 3000000 /dev/urandom >big
	strace -f -qq -o /dev/null -e inject=linkat,renameat2,rename:signal=KILL:when=1 \
		dver add -q big || true
	touch -d "1 hour ago" .dver/cache/probe-x
	[ -n "$(ls .dver/cache/tmp .dver/tmp | grep -v :)" ]
	everything >../before; look --offline; everything | diff ../before -
	says note left-overs "left-over"
	says note left-overs "$PWD/.dver/cache"
	says note left-overs "'\''$PWD/.dver'\''"
	rm .dver/cache/probe-x; dver add -q big
	look --offline; says ok left-overs "nothing was left"
'
disk_case 'commands at work hold their locks and scratch' "$tidy"'
	head -c 3000000 /dev/urandom >big
	strace -f -qq -o trace -e inject=fsync,syncfs:signal=STOP:when=1 \
		dver add -q big &
	for i in $(seq 1000); do
		grep -q "stopped by SIGSTOP" trace 2>/dev/null && break
		sleep 0.1
	done
	pid=$(sed -n "s/ .*stopped by SIGSTOP.*//p" trace | head -1)
	look --offline
	says note left-overs ".dver/lock'\'' is locked by process $pid on"
	says note left-overs "is shared by commands that are at work"
	says note left-overs "scratch belong"
	kill -CONT $pid; wait
	look --offline; says ok left-overs ""
'
disk_case 'a lock whose process is gone' "$tidy"'
	python3 - <<-\END
		import fcntl, os, socket, struct, sys
		f = open(".dver/lock", "w+")
		fcntl.fcntl(f, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
		boot = open("/proc/sys/kernel/random/boot_id").read().strip()
		f.write("%s %s %d\n" % (socket.gethostname(), boot, os.getpid()))
		f.flush()
		child = os.fork()
		if child:
		    open("../../pid", "w").write(str(child))
		    os._exit(0)
		for fd in (0, 1, 2):
		    os.close(fd)
		import time
		time.sleep(600)
	END
	look --offline
	says warning left-overs "which is gone: a child of it"
	kill "$(cat "$TEST_TMP/pid")"
	for i in $(seq 1000); do
		kill -0 "$(cat "$TEST_TMP/pid")" 2>/dev/null || break
		sleep 0.1
	done
	look --offline; not warning left-overs ""
'
disk_case 'links: clones, none, another file system' '
	top=$PWD; disk disk xfs 400m; disk other tmpfs 100m; cd disk
	new_repo; echo 1 >f; dver add -q f
	look --offline; says ok links "reflink works"
	says ok disks "on xfs ($top/disk)"
	cd $top/other; new_repo; echo 1 >f; dver add -q f
	look --offline; says note links "reflink does not work"
	follow note links "reflink does not work"
	says ok links "hardlink works"
	dver cache --local dir $top/disk/cache
	look --offline
	says warning links "hardlink does not work"
	says note disks "the workspace lies on tmpfs ($top/other)"
	says note disks "the cache on xfs"
	follow warning links "hardlink does not work"
	says ok links "symlink works"
	[ ! -e $top/disk/cache ] ||
		[ -z "$(ls -A $top/disk/cache)" ]
'
test_case 'cache.looseAbove against what links do' "$tidy"'
	dver config cache.looseAbove 20m
	look --offline
	follow note links "though hardlinks work"
	dver config --local cache.type copy; dver config cache.looseAbove 1k
	look --offline
	follow note links "small files are faster in packs"
'
disk_case 'little room, no inodes, read-only' '
	disk disk tmpfs 30m; cd disk; new_repo; echo 1 >f; dver add -q f
	look --offline; says problem space "only"
	advice problem space "" | grep -q "^dver gc -f frees"
	mount -o remount,size=500m ..
	look --offline; not problem space ""; says warning space "only"
	mount -o remount,size=2g,nr_inodes=500 ..
	look --offline; says problem space "inodes of 500"
	mount -o remount,nr_inodes=100000 ..
	for i in $(seq 97); do mkdir n$i; (cd n$i; seq 1000 | xargs touch); done
	look --offline; says warning space "inodes of 100000"
	mount -o remount,ro ..
	look --offline; says problem space "mounted read-only"
	says problem workspace "you may not write to"
	mount -o remount,rw ..
'
disk_case 'time stamps of whole seconds' '
	disk disk ext2 50m "-I 128"; cd disk
	new_repo; echo 1 >f; dver add -q f
	look --offline; says note clock "whole seconds"
'
test_case 'locks that do not work, or hold on one machine alone' "$tidy"'
	real=$(readlink -f "$(command -v dver)")
	strace -f -qq -o /dev/null -e inject=fcntl:error=ENOLCK \
		"$real" doctor --offline >out && exit 1
	grep -q "^problem *locks *locks do not work on .*No locks available" out
	grep -A1 "^problem *locks" out | grep -q "with them (NFS"
	unshare -m sh -ec "
		sed \"s/rw,relatime/rw,nolock/\" /proc/self/mountinfo >../mounts
		mount --bind ../mounts /proc/\$\$/mountinfo
		ASAN_OPTIONS=detect_leaks=0 exec strace -D -f -qq -o /dev/null \\
			-e trace=statfs \\
			-e inject=statfs:poke_exit=@arg2=6969000000000000 \\
			$real doctor --offline" >out
	grep -q "^warning *locks .* (nfs) is mounted with nolock" out
	grep -q "^note *disks .*lies on nfs" out
'
test_case 'a disk whose fsync takes long' "$tidy"'
	strace -f -qq -o /dev/null -e inject=fsync:delay_exit=80000 \
		"$(readlink -f "$(command -v dver)")" doctor --offline >out
	grep -q "^note *speed *an fsync takes" out
	grep -q "core.fsync false" out
'
test_case 'hooks: none, some, old, edited, asleep' "$tidy"'
	rm -r .git/hooks; look --offline
	says note hooks "not installed"
	follow note hooks "not installed"
	rm .git/hooks/post-merge; look --offline
	follow warning hooks "missing: post-merge"
	chmod a-x .git/hooks/post-merge; look --offline
	follow warning hooks "not executable, so git does not run it: post-merge"
	echo "# mine" >>.git/hooks/pre-push; look --offline
	says warning hooks "edited: pre-push"
	dver install -q -f
	tail -n +3 .git/hooks/pre-push | sed "s/mends it/mended it/" >../rest
	sum=$(sha256sum ../rest | cut -c1-16)
	{ printf "#!/bin/sh\n# dver hook 1 %s\n" $sum; cat ../rest; } \
		>.git/hooks/pre-push
	look --offline
	follow warning hooks "of another version: pre-push"
	echo "#!/bin/sh" >.git/hooks/pre-push; look --offline
	follow warning hooks "not ours: pre-push"
	mkdir -p sub; git -C . init -q ../two; cd ../two; mkdir sub
	(cd sub; dver init -q --subdir; dver install -q); dver init -q
	look --offline
	follow note hooks "not installed"
	grep -q "^# workspace: sub" .git/hooks/pre-push
'
test_case 'hooks elsewhere, in the framework, without dver in PATH' "$tidy"'
	mkdir ../hooks; git config --global core.hooksPath "$PWD/../hooks"
	look --offline; says note hooks "outside of this repository"
	follow note hooks "outside of this repository"
	git config --global --unset core.hooksPath
	git config --local --unset core.hooksPath
	rm -r .git/hooks; dver install --print-pre-commit >.pre-commit-config.yaml
	look --offline; says ok hooks "the pre-commit framework"
	real=$(readlink -f "$(command -v dver)")
	PATH=/usr/bin:/bin "$real" doctor --offline >out
	grep -q "^warning *hooks *dver is not in PATH" out
'
test_case 'the merge driver and the attribute that names it' "$tidy"'
	git config --unset merge.dver.driver; look --offline
	follow warning merge "which this clone does not have"
	git config merge.dver.driver "dver merge %A"; look --offline
	follow warning merge "not this version"
	rm .git/info/attributes; look --offline
	follow warning merge "no attribute gives it the pointers"
	echo "*.dver merge=dver" >.git/info/attributes; look --offline
	follow warning merge "no attribute gives it the lock files"
	dver install -q --remove; echo "*.dver merge=dver" >.gitattributes
	look --offline; says warning merge "does not have"
	rm .gitattributes; look --offline
	follow note merge "as text"
	echo "* filter=lfs diff=lfs" >.gitattributes; look --offline
	says warning merge "through git-lfs"
	echo "*.dver !filter !diff text" >>.gitattributes
	look --offline; not warning merge ""
'
test_case 'shallow, partial and sparse clones, a lock of git' "$tidy"'
	echo more >>data/1.txt; dver add -q data; commit two
	git config uploadpack.allowFilter true
	git clone -q --depth 1 "file://$PWD" ../s; cd ../s
	look --offline
	follow note git "shallow"
	git clone -q --filter=blob:none "file://$PWD/../r" ../p; cd ../p
	look --offline; says warning git "partial clone"
	cd ../r; git sparse-checkout set --no-cone /data.dver
	look --offline; says note git "sparse checkout"
	git sparse-checkout disable
	look --offline; says ok git whole
	touch -d "1 hour ago" .git/index.lock
	look --offline
	follow warning git "index.lock"
	says ok git whole
'
test_case 'big files and data that git tracks' "$tidy"'
	head -c 6000000 /dev/zero >"a big.bin"; head -c 7000000 /dev/zero >b
	git add -A
	look --offline; says note tracked "2 files of 5 MB"
	says note tracked "'\''b'\'' (7.0 MB), '\''a big.bin'\'' (6.0 MB)"
	head -c 60000000 /dev/zero >c; git add c; look --offline
	says warning tracked "3 files of 5 MB"
	git update-index --split-index; look --offline
	says warning tracked "3 files of 5 MB"
	git update-index --no-split-index
	follow warning tracked "3 files"
	git rm -q --cached "a big.bin" b; rm "a big.bin" b
	git add -f data/1.txt; look --offline
	follow warning tracked "git tracks 1 file that dver tracks too"
	git add -f .dver/workspace; look --offline
	follow warning tracked "belongs to this disk alone"
	git ls-files .dver | grep -qx .dver/config
	printf "* filter=lfs\n" >.gitattributes; rm -f b
	head -c 7000000 /dev/zero >b
	git -c filter.lfs.clean="cut -c1-9" add b .gitattributes
	look --offline; not note tracked ""; not warning tracked "5 MB"
'
test_case 'pointers that git ignores' "$tidy"'
	echo "*.dver" >.gitignore
	look --offline; says warning tracked "ignores files named *.dver"
	echo 1 >new; dver config core.autostage false
	dver add -q new 2>/dev/null || true
	[ -f new.dver ]
	look --offline; says warning tracked "ignores 1 pointer"
	git check-ignore -q new.dver
	advice warning tracked "" | grep -q "^git check-ignore -v new.dver"
	echo "/new" >.gitignore; look --offline; not warning tracked ""
	git rm -q --cached .dver/config; echo /.dver >>.gitignore
	look --offline
	follow note tracked "ignores .dver/config"
'
test_case 'remotes: there, not yet, gone, not mounted, unknown' "$tidy"'
	dver remote add new ../fresh
	odd() { printf "[remote \"odd\"]\n\turl = nosuch://host/path\n" \
		>>.dver/config.local; }
	odd
	dver config --local remote.far.url /mnt/no/such/mount/store
	echo x >../file; dver config --local remote.file.url "$PWD/../file"
	look
	says ok remotes "'\''o'\'': "
	says note remotes "'\''new'\'': nothing is at"
	[ "$(advice note remotes new)" = "dver push -r new makes it" ]
	says problem remotes "'\''odd'\'': "
	says problem remotes "'\''far'\'': there is no store"
	says problem remotes "'\''file'\'': "
	dver config --local remote.closed.url ssh://127.0.0.1:1/x
	look; says problem remotes "'\''closed'\'': "
	dver config --local --unset remote.closed.url
	mv ../store ../away; look
	says problem remotes "'\''o'\'': there is no store at"
	says problem remotes "any more"
	sh -exc "$(advice note remotes new | sed "s/ makes it//")" || true
	mv ../away ../store; dver push -r new
	look; says ok remotes "'\''new'\'': "
	sed -i "s/dver store 1/dver store 9/" ../store/store
	look; says problem remotes "'\''o'\'': "
	for r in odd far file; do dver config --local --unset remote.$r.url; done
	dver config --unset core.remote; look
	says warning remotes "none of 2 remotes is the default"
	dver remote remove new; dver remote remove o; look
	says note remotes "no remote"
	odd; look --offline; not problem remotes ""
'
# A remote that takes connections and never says a word; its process.
silent='
	python3 -c "import socket, time
s = socket.create_server((\"127.0.0.1\", 0))
print(s.getsockname()[1], flush=True)
time.sleep(600)" >../port &
	silent=$!
	until [ -s ../port ]; do sleep 0.1; done
	dver remote add hang "http://127.0.0.1:$(cat ../port)/store"
'
disk_case 'a remote that hangs is given up, others are not' "$tidy$silent"'
	look --timeout 20
	kill $silent
	says problem remotes "'\''hang'\'': "
	says problem remotes "did not answer within 20 seconds"
	says ok remotes "'\''o'\'': "
	for p in /proc/[0-9]*; do
		[ "$(readlink $p/cwd)" != "$PWD" ] ||
			[ "$(cat $p/comm)" != dver ]
	done
'
disk_case 'Ctrl-C while it waits: no half document, nothing left' \
	"$tidy$silent"'
	everything >../before
	dver doctor --json >../out 2>../err &
	pid=$!
	for i in $(seq 1000); do
		pgrep -P $pid >/dev/null && sleep 0.3 && pgrep -P $pid \
			>/dev/null && break
		sleep 0.1
	done
	sleep 0.5; kill -INT $pid
	code=0; wait $pid || code=$?
	kill $silent
	[ $code = 130 ]
	[ ! -s ../out ]
	grep -qx "dver: interrupted" ../err
	everything | diff ../before -
'
test_case 'interrupted and killed at each system call' "$tidy"'
	everything >../before
	for i in 1 5 9 14 20 30 40; do
		strace -qq -f -o /dev/null \
			-e inject=openat,mkdir,unlink,rename,fsync:signal=INT:when=$i \
			dver doctor --offline >../out 2>&1 || true
		everything | diff ../before -
		strace -qq -f -o /dev/null -e inject=mkdir,unlink,fsync,symlinkat:signal=KILL:when=$i \
			dver doctor --offline >../out 2>&1 || true
		dver checkout -q; dver cache >/dev/null
		look --offline; says ok left-overs ""
	done
'
done_testing
