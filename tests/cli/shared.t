#!/bin/sh
. "${0%/*}/lib.sh"

# Two people of one group, and one who is not in it; they need no names.
[ "$(id -u)" -eq 0 ] || { echo "Bail out! run this as root"; exit 1; }
chmod 755 "$TEST_TMP"
as() {	# UID COMMAND: in a shell of that user
	uid=$1
	shift
	mkdir -p "$TEST_TMP/home$uid"
	chown "$uid:4000" "$TEST_TMP/home$uid"
	gid=4000
	[ "$uid" != 3003 ] || gid=4999
	HOME=$TEST_TMP/home$uid GIT_CONFIG_GLOBAL=$TEST_TMP/home$uid/gitconfig \
	XDG_CONFIG_HOME=$TEST_TMP/home$uid/.config \
		setpriv --reuid "$uid" --regid "$gid" --clear-groups \
		sh -exc "umask 077; git config --global user.name u$uid
			git config --global user.email u$uid@example.org
			git config --global init.defaultBranch main
			$*"
}
place='
	chmod 755 .; mkdir shared a b c
	chown 3001:4000 shared a; chown 3002:4000 b; chown 3003:4999 c
	chmod 2770 shared; chmod 755 a b c
	top=$PWD
'
repo='git init -q .; dver init -q; dver cache --local dir $top/shared/cache'
test_case 'two people of a group use one store and one remote' "$place"'
	export top
	as 3001 "cd a; $repo; dver config cache.shared group
		dver remote add o $top/shared/remote
		mkdir data; echo one >data/1; head -c 300000 /dev/zero >data/big
		dver add -q data; git add -A; git commit -qm one; dver push -q"
	as 3002 "cd b; $repo; dver config cache.shared group
		dver remote add o $top/shared/remote
		mkdir data; echo one >data/1; echo two >data/2
		dver add -q data; git add -A; git commit -qm two; dver push -q
		cp $top/a/.git/../data.dver . 2>/dev/null || true"
	as 3001 "cd a; echo more >>data/1; dver add -q data; dver undo -q
		dver checkout -q --force; rm -r data; dver checkout -q
		dver push -q; dver fsck; ! dver gc -f --no-undo" 2>err
	grep -q "cannot be read" err
	as 3002 "cd b; rm -r data; dver checkout -q; grep -qx two data/2
		rm -r data; dver pull -q; dver fsck"
	[ -z "$(find shared/cache shared/remote -type d ! -perm -2070)" ]
	[ -z "$(find shared/cache shared/remote -type f ! -perm -040)" ]
'
test_case 'git core.sharedRepository says it too' "$place"'
	export top
	as 3001 "cd a; $repo; git config core.sharedRepository group
		echo 1 >f; dver add -q f"
	[ -z "$(find shared/cache -type d ! -perm -2070)" ]
	as 3002 "cd b; $repo; git config core.sharedRepository group
		echo 2 >f; dver add -q f; dver fsck"
	as 3001 "cd a; rm f; dver checkout; must() { ! \"\$@\"; }
		must dver config cache.shared sometimes"
'
test_case 'without it the umask decides, and the other is told' "$place"'
	export top
	as 3001 "cd a; $repo; echo 1 >f; dver add -q f"
	[ -z "$(find shared/cache -type f -perm /022)" ]
	as 3002 "cd b; $repo; echo 2 >f; dver add f" 2>err && exit 1
	cat err
	grep -q "shared/cache" err
	grep -q "cache.shared" err
'
test_case 'who may only read, reads' "$place"'
	export top
	as 3001 "cd a; $repo; dver config cache.shared all; chmod 755 $top/shared
		mkdir data; echo one >data/1; dver add -q data; git add -A
		git commit -qm one; chmod -R go+rX ."
	chmod 755 shared
	cp -r a/. c; chown -R 3003:4999 c; rm -r c/data
	as 3003 "cd c; dver ls data; dver cat data/1; dver checkout -q
		dver status; grep -qx one data/1; dver diff; dver log"
	as 3003 "cd c; echo x >data/2; dver add data" 2>err && exit 1
	cat err
	grep -q "shared/cache" err
	grep -q "cache.shared" err
'
test_case 'a store of another user without permission' "$place"'
	export top
	as 3001 "cd a; $repo; mkdir data; echo one >data/1; echo m >m
		dver add -q data m; git add -A; git commit -qm one"
	chmod -R a+rX shared a
	cp -r a/. c; chown -R 3003:4999 c; chmod 755 shared
	for mode in "700 shared/cache" "700 shared"; do
		chmod $mode
		for cmd in "status" "add -u" "checkout" "undo" "gc -f" "fsck" \
			"rm m" "mv m n" "diff" "drop" "pull" "unprotect"; do
			as 3003 "cd c; echo edit >>data/1; dver $cmd" \
				2>err && exit 1
			grep "shared/cache" err
		done
		as 3003 "cd c; dver hook post-checkout x y 1; grep -q edit data/1
			[ -z \"\$(git status --porcelain)\" ]"
		chmod 755 shared shared/cache
	done
	chmod 700 shared/cache/index
	as 3003 "cd c; dver cat m" 2>err && exit 1
	grep "shared/cache/index.*Permission denied" err
	chmod 755 shared/cache/index
	as 3003 "cd c; dver status; dver diff; dver cat m"
'
done_testing
