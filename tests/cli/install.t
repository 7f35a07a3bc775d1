#!/bin/sh
. "${0%/*}/lib.sh"

hooks='post-checkout post-merge post-rewrite pre-commit pre-push'
test_case 'five hooks and the merge driver, once' '
	new_repo
	dver install >log
	grep -c "^wrote" log | grep -qx 5
	for h in '"$hooks"'; do
		[ -x .git/hooks/$h ]
		sh -n .git/hooks/$h
	done
	[ "$(git config --local merge.dver.driver)" = \
		"dver merge-driver %O %A %B %P" ]
	git check-attr merge x.dver | grep -q ": dver$"
	git check-attr merge dver.lock | grep -q ": dver$"
	git check-attr merge sub/dver.lock | grep -q ": dver$"
	git check-attr merge otherdver.lock | grep -q ": unspecified$"
	cp -r .git keep
	dver install >log
	lacks "^wrote" log
	same_tree .git keep
	dver install --remove
	for h in '"$hooks"'; do [ ! -e .git/hooks/$h ]; done
	must_fail git config --local merge.dver.name
	[ ! -s .git/info/attributes ]
	dver install --remove
'
test_case 'an installation from before is brought up to date' '
	new_repo
	dver install -q; cp .git/info/attributes ../now
	printf "*.dver merge=dver\n*.png binary\n" >.git/info/attributes
	git config merge.dver.name "merge pointers of dver"
	dver install | grep -q .
	git check-attr merge dver.lock | grep -q ": dver$"
	[ "$(sort .git/info/attributes | uniq -d | wc -l)" = 0 ]
	grep -qx "[*].dver merge=dver" .git/info/attributes
	dver install --remove
	grep -qx "[*].png binary" .git/info/attributes
	lacks merge=dver .git/info/attributes
	git check-attr merge dver.lock | grep -q ": unspecified$"
	echo "dver.lock merge=dver" >.git/info/attributes
	dver install --remove; [ ! -e .git/info/attributes ]
'
test_case 'JSON, and a mended hook' '
	new_repo
	dver install --json >j
	python3 -c "
import json; d = json.load(open(\"j\"))
assert d[\"installed\"] and len(d[\"hooks\"]) == 5
assert all(h[\"changed\"] and not h[\"chained\"] for h in d[\"hooks\"])"
	rm .git/hooks/pre-push; chmod -x .git/hooks/pre-commit
	dver install >log
	grep -c "^wrote" log | grep -qx 2
	[ -x .git/hooks/pre-commit ]
	dver install --remove --json | python3 -m json.tool
'
old='#!/bin/sh
{ echo "$0 $*"; [ "${0##*/}" != pre-push.before-dver ] || cat; } >>"$LOG"
exit ${OLD:-0}
'
test_case 'a hook that is there runs first, and blocks' '
	LOG=$PWD/log; export LOG
	git init -q --bare hub.git
	new_repo
	git remote add origin ../hub.git; dver remote add s ../store
	for h in '"$hooks"'; do
		printf "%s" "$old" >.git/hooks/$h; chmod 750 .git/hooks/$h
	done
	cp -r .git/hooks keep
	dver install | grep -c "runs .*before-dver first" | grep -qx 5
	[ "$(stat -c %a .git/hooks/pre-push)" = 750 ]
	echo one >model; dver add model; commit one
	git push -q origin main
	grep -q "^.git/hooks/pre-commit.before-dver" $LOG
	grep -q "^.git/hooks/pre-push.before-dver origin ../hub.git" $LOG
	grep -q "^refs/heads/main [0-9a-f]* refs/heads/main 0*$" $LOG
	dver check
	git checkout -q -b b
	grep -q "^.git/hooks/post-checkout.before-dver [0-9a-f ]* 1$" $LOG
	OLD=3; export OLD
	must_fail git push -q origin b
	must_fail git commit -q --allow-empty -m x
	echo two >model; dver add -q model; git commit -q --no-verify -m two
	must_fail git checkout -q main
	grep -qx one model
	unset OLD
	dver install
	dver install --remove
	same_tree .git/hooks keep
'
test_case 'a hook that is a link keeps it' '
	new_repo
	mkdir tools
	printf "#!/bin/sh\necho ran >>\"$PWD/log\"\n" >tools/hook
	chmod +x tools/hook
	ln -s ../../tools/hook .git/hooks/pre-commit
	dver install
	cmp .git/hooks/pre-commit.before-dver tools/hook
	[ ! -L .git/hooks/pre-commit ]
	git commit -q --allow-empty -m x
	grep -q ran log
	dver install --remove
	[ "$(readlink .git/hooks/pre-commit)" = ../../tools/hook ]
	[ ! -e .git/hooks/pre-commit.before-dver ]
'
test_case 'an edited hook stays' '
	new_repo
	dver install
	echo "echo mine" >>.git/hooks/pre-push
	fails_with "was edited" dver install
	fails_with "was changed since" dver install --remove
	grep -q mine .git/hooks/pre-push
	[ ! -e .git/hooks/pre-commit ]
	dver install --force
	lacks mine .git/hooks/pre-push
	echo "echo mine" >>.git/hooks/pre-push
	dver install --remove --force
	[ ! -e .git/hooks/pre-push ]
	dver install
	echo "#!/bin/sh" >.git/hooks/pre-push
	dver install
	cp .git/hooks/pre-push ours
	echo "#!/bin/bash" >.git/hooks/pre-push
	fails_with "is there besides" dver install
	fails_with "was changed since" dver install --remove
	grep -q bash .git/hooks/pre-push
	[ -e .git/hooks/pre-push.before-dver ]
'
test_case 'an install that was cut short goes on' '
	new_repo
	echo "#!/bin/sh" >.git/hooks/pre-push; chmod +x .git/hooks/pre-push
	ln .git/hooks/pre-push .git/hooks/pre-push.before-dver
	dver install
	grep -q "dver hook" .git/hooks/pre-push
	lacks "dver hook" .git/hooks/pre-push.before-dver
'
test_case 'killed or failed anywhere, the hook from before runs' '
	new_repo
	printf "#!/bin/sh\necho ran >>\"$PWD/ran\"\n" >.git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit
	cp -r .git keep
	calls=link,linkat,rename,renameat,renameat2,fsync,write,openat
	for how in signal=KILL error=EIO; do
		n=0; going=true
		while $going; do
			n=$((n + 1)); rm -rf .git ran; cp -r keep .git
			strace -qq -o log -e trace=$calls \
				-e inject=link,linkat,rename,fsync:$how:when=$n \
				dver install >/dev/null 2>&1 || true
			grep -q "INJECTED\|killed by" log || going=false
			git commit -q --allow-empty -m x
			grep -qx ran ran
			dver install -q
			rm ran; git commit -q --allow-empty -m x
			[ "$(wc -l <ran)" = 1 ]
			dver install -q --remove
			cmp keep/hooks/pre-commit .git/hooks/pre-commit
			[ "$(ls .git/hooks)" = "$(ls keep/hooks)" ]
		done
		[ $n -gt 8 ]
	done
'
test_case 'core.hooksPath, in and out of the repository' '
	new_repo
	git config core.hooksPath .githooks
	mkdir sub; (cd sub; dver install)
	[ -x .githooks/pre-push ]
	[ ! -e .git/hooks/pre-push ]
	dver install --remove
	[ ! -e .githooks/pre-push ]
	git config --unset core.hooksPath
	git config --global core.hooksPath "~/hooks"
	fails_with "outside of this repository" dver install
	[ ! -e ~/hooks ]
	must_fail git config merge.dver.name
	dver install --force
	[ -x ~/hooks/pre-push ]
	git init -q ../other; cd ../other
	git commit -q --allow-empty -m "no workspace here"
	git checkout -q -b b
	git config --global --unset core.hooksPath
'
test_case 'a linked worktree shares the hooks' '
	new_repo
	echo a >a; commit one
	git worktree add -q ../w
	cd ../w
	dver install
	[ -x ../r/.git/hooks/pre-push ]
	grep -qx "[*].dver merge=dver" ../r/.git/info/attributes
'
test_case 'without dver in PATH only what guards blocks' '
	git init -q --bare hub.git
	new_repo
	git remote add origin ../hub.git
	echo a >a; commit one
	dver install
	git var GIT_EDITOR
	(
		PATH=${PATH#*:}
		! command -v dver || exit 0
		git checkout -q -b b 2>log
		grep -q "warning: no dver in PATH" log
		fails_with "git push --no-verify" git push -q origin b
		fails_with "no dver in PATH" git commit -q --allow-empty -m x
	)
'
test_case 'attributes of others stay' '
	new_repo
	mkdir -p .git/info
	printf "*.png binary\n*.txt text" >.git/info/attributes
	chmod 640 .git/info/attributes
	dver install
	git check-attr merge x.dver | grep -q ": dver$"
	git check-attr text x.txt | grep -q ": set$"
	[ "$(stat -c %a .git/info/attributes)" = 640 ]
	dver install --remove
	printf "*.png binary\n*.txt text\n" | cmp - .git/info/attributes
'
test_case 'the pre-commit framework is told what to run' '
	new_repo
	dver install --print-pre-commit >.pre-commit-config.yaml
	python3 -c "
import yaml
d = yaml.safe_load(open(\".pre-commit-config.yaml\"))
h = d[\"repos\"][0][\"hooks\"]
assert d[\"repos\"][0][\"repo\"] == \"local\"
assert sorted(x[\"entry\"] for x in h) == [
    \"dver hook \" + s for s in \"'"$hooks"'\".split()]
assert all(x[\"language\"] == \"system\" and x[\"always_run\"]
           and not x[\"pass_filenames\"] for x in h)"
'
test_case 'the pre-commit framework runs them' '
	git init -q --bare hub.git
	new_repo
	git remote add origin ../hub.git; dver remote add s ../store
	dver install --print-pre-commit >.pre-commit-config.yaml
	pre-commit install
	echo one >model; dver add model; commit one
	git push -q origin main
	dver check
	git checkout -q -b b
	echo two >model
	must_fail git commit -q --allow-empty -m x
	dver add -u; commit two
	git checkout -q main
	grep -qx one model
	git merge -q b
	grep -qx two model
	git push -q origin main
	dver check
	dver install >log
	grep -q "pre-push" log
	git commit -q --allow-empty -m "both, and it ends"
'
done_testing
