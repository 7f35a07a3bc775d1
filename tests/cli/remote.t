#!/bin/sh
. "${0%/*}/lib.sh"
# Options of remotes: what may be set, where, and who sees it.

# A bucket at a port where nobody listens.
bucket='
	new_repo
	dver remote add -o endpointurl=http://127.0.0.1:9 \
		-o access_key_id=me o s3://bucket/data
	files 1 data; dver add data
'
test_case 'options are set, listed and unset, with "_" or "-"' '
	new_repo
	dver remote add o ../store
	dver remote modify o jobs 7
	dver remote modify --local o read_only true
	dver remote modify o layout packed
	grep -q "jobs = 7" .dver/config
	grep -q "read-only = true" .dver/config.local
	dver remote -v | grep -q "jobs = 7"
	[ "$(dver config remote.o.read_only)" = true ]
	[ "$(dver config remote.o.read-only)" = true ]
	dver config --list | grep -q "^remote.o.read_only=true"
	dver remote list --json >j
	python3 -c "
import json
o = json.load(open(\"j\"))[\"remotes\"][0][\"options\"]
v = {x[\"name\"]: x for x in o}
assert v[\"read_only\"][\"value\"] == \"true\", o
assert v[\"read_only\"][\"file\"].endswith(\"config.local\"), o
assert v[\"jobs\"][\"value\"] == \"7\", o"
	dver remote modify --unset o jobs
	must_fail dver remote modify --unset o jobs
	lacks jobs .dver/config
'
test_case 'an option that there is not names near ones' '
	new_repo
	dver remote add o ../store
	fails_with "did you mean '\''endpointurl'\''" dver remote modify o endpoint x
	fails_with "did you mean '\''layout'\''" dver remote modify o layuot plain
	fails_with "dver-remote(7)" dver remote modify o zzzzzzzz 1
	fails_with "no option" dver config remote.o.regoin x
	fails_with "packed or plain" dver remote modify o layout odd
	fails_with "takes a number" dver remote modify o jobs many
	fails_with "s3 remotes, and '\''o'\'' is a folder" dver remote modify o region x
	printf "[remote \"o\"]\n\tjosb = 3\n" >>.dver/config
	files 1 data; dver add data
	fails_with ".dver/config" dver push
	fails_with "did you mean '\''jobs'\''" dver push
'
test_case 'remote add takes options, all or nothing' '
	new_repo
	dver remote add -o jobs=3 --option read_only=true o ../store
	[ "$(dver config remote.o.jobs)" = 3 ]
	[ "$(dver config remote.o.read_only)" = true ]
	fails_with "no option" dver remote add -o jobs=3 -o nope=1 p ../p
	dver remote | lacks -q "^p"
	lacks nope .dver/config
	code=0; dver remote add -o jobs p ../p || code=$?
	[ $code = 2 ]
'
test_case 'settings that are committed are staged as pointers are' '
	new_repo
	staged() { git status --porcelain .dver/config; }
	[ "$(staged)" = "A  .dver/config" ]
	dver remote add o ../store; [ "$(staged)" = "A  .dver/config" ]
	commit
	dver remote modify o jobs 3; [ "$(staged)" = "M  .dver/config" ]
	commit; dver remote set-url o ../s2; [ "$(staged)" = "M  .dver/config" ]
	commit; dver remote rename o p; [ "$(staged)" = "M  .dver/config" ]
	commit; dver config core.clashes allow
	[ "$(staged)" = "M  .dver/config" ]
	commit; dver config --unset core.clashes
	[ "$(staged)" = "M  .dver/config" ]
	commit; dver remote modify --local p jobs 4; [ -z "$(staged)" ]
	dver config --global core.jobs 2; [ -z "$(staged)" ]
	mkdir sub; dver -C sub remote remove p
	[ "$(staged)" = "M  .dver/config" ]
	commit; touch .git/index.lock
	dver remote add q ../q 2>err; grep -q "written and not staged" err
	dver remote | grep -q "^q"
	rm .git/index.lock; git reset -q --hard
	dver config core.autostage false; [ "$(staged)" = " M .dver/config" ]
	dver remote add q ../q; [ "$(staged)" = " M .dver/config" ]
'
test_case 'a workspace below the top of git, and one that git ignores' '
	git init -q r; mkdir r/w; cd r/w; dver init -q --subdir
	commit; dver remote add o ../store
	[ "$(git status --porcelain)" = "M  w/.dver/config" ]
	git rm -rq --cached .dver; echo /.dver >.gitignore; commit
	dver remote add q ../q; [ -z "$(git status --porcelain)" ]
'
test_case 'rename and remove take options along' '
	new_repo
	dver remote add o ../store
	dver remote modify o jobs 3
	dver remote modify --local o read_only true
	dver remote rename o p
	[ "$(dver config remote.p.jobs)" = 3 ]
	[ "$(dver config remote.p.read_only)" = true ]
	dver config --list | lacks "remote.o"
	dver remote remove p
	dver remote | lacks .
	dver config --list | lacks "remote.p"
'
test_case 'a remote below another inherits its options' '
	new_repo
	mkdir ../base
	dver remote add base ../base; dver remote modify base jobs 5
	dver remote add sub remote://base/a/b
	files 3 data; dver add data
	dver push -r sub
	[ -f ../base/a/b/store ]
	[ ! -e ../base/store ]
	dver remote -v | grep -A1 "^sub" | grep -q "jobs = 5"
	dver remote set-url sub remote://nope/a
	fails_with "there is none" dver push -r sub
	dver remote set-url sub remote://base/../x
	fails_with "leads out" dver push -r sub
	dver remote set-url sub remote://sub/x
	fails_with "itself" dver push -r sub
'
test_case 'unknown schemes and odd URLs are refused' '
	new_repo
	fails_with "gopher" dver remote add o gopher://host/x
	fails_with "no host" dver remote add o ssh:///x
	fails_with "starts with" dver remote add o ssh://-oProxyCommand=x/y
	dver remote | lacks .
'
test_case 'a secret is no word of a command line' "$bucket"'
	fails_with "command line" dver remote modify o secret_access_key hunter2
	fails_with "command line" dver remote modify --local o session-token hunter2
	fails_with "command line" dver config --local remote.o.secret_access_key hunter2
	fails_with "command line" dver remote add -o secret_access_key=hunter2 p s3://b
	fails_with "leave the password out" dver remote add p ssh://me:hunter2@host/x
	fails_with "leave the password out" dver config --local remote.p.url \
		ssh://me:hunter2@host/x
	lacks -r hunter2 .dver
'
test_case 'a secret goes to a file for its owner alone, and is not shown' "$bucket"'
	umask 000
	echo hunter2 | dver remote modify o secret_access_key -
	[ "$(stat -c %a .dver/config.local)" = 600 ]
	grep -q "secret-access-key = hunter2" .dver/config.local
	lacks hunter2 .dver/config
	git check-ignore -q .dver/config.local
	printf "hunter3\r\n" | dver config --local remote.o.session_token -
	for c in "remote -v" "remote list --json" "config --list" \
	    "config --list --json" "config remote.o.session_token" \
	    "config remote.o.session_token --json"; do
		dver $c >out 2>&1
		lacks hunter out
	done
	dver config remote.o.secret-access-key | grep -qxF "***"
	dver remote -v | grep -qF "secret_access_key = ***"
	must_fail dver -v push 2>out
	lacks hunter out
	chmod 644 .dver/config.local
	echo hunter4 | dver remote modify o secret_access_key
	[ "$(stat -c %a .dver/config.local)" = 600 ]
	grep -q "secret-access-key = hunter4" .dver/config.local
	fails_with "nothing was entered" dver remote modify o session_token - </dev/null
	echo hunter5 | dver remote modify --global o secret_access_key -
	[ "$(stat -c %a "$XDG_CONFIG_HOME/dver/config")" = 600 ]
'
test_case 'another setting leaves a file with secrets to its owner' "$bucket"'
	echo hunter2 | dver remote modify --global o secret_access_key -
	mode() { stat -c %a "$XDG_CONFIG_HOME/dver/config"; }
	[ "$(mode)" = 600 ]
	dver config --global core.jobs 2; [ "$(mode)" = 600 ]
	dver config --global --unset core.jobs; [ "$(mode)" = 600 ]
	rm "$XDG_CONFIG_HOME/dver/config"
'
test_case 'a secret in a committed file is refused, with the name of the file' "$bucket"'
	cp .dver/config was
	echo hunter2 >secret
	fails_with "use --local" dver config --repo remote.o.secret_access_key - <secret
	cat >>.dver/config <<-END
	[remote "o"]
		secret-access-key = hunter2
	END
	must_fail dver push 2>err
	grep -q "\.dver/config. has the secret_access_key" err
	grep -q "remote modify --local" err
	lacks hunter2 err
	cp was .dver/config
	dver remote add p ssh://host/x
	sed -i s,ssh://host,ssh://me:hunter2@host, .dver/config
	must_fail dver push -r p 2>err
	grep -q "has the password" err
	lacks hunter2 err
	dver remote -v | lacks hunter2
	dver config --list | lacks hunter2
	dver config remote.p.url | lacks hunter2
	dver remote --json | lacks hunter2
	cp was .dver/config
	for o in credentialpath configpath; do
		fails_with "use --local" dver config --repo remote.o.$o /x
		printf "[remote \"o\"]\n\t%s = ../x\n" $o >>.dver/config
		fails_with "must not stand in" dver push
		cp was .dver/config
	done
'
test_case 'config.local that was committed is no place for secrets' "$bucket"'
	echo hunter2 | dver remote modify o secret_access_key -
	git add -f .dver/config.local
	fails_with "is in git" dver push
	git rm -q --cached .dver/config.local
	fails_with "127.0.0.1" dver push
'
test_case 'a secret does not follow a committed URL or endpoint' "$bucket"'
	echo hunter2 | dver remote modify o secret_access_key -
	commit
	fails_with "127.0.0.1" dver push
	# What a colleague may commit.
	cp .dver/config was
	sed -i s,127.0.0.1:9,127.0.0.1:10, .dver/config
	must_fail dver push 2>err
	grep -q "was given for .s3://bucket/data endpointurl=http://127.0.0.1:9" err
	grep -q "not sent to .s3://bucket/data endpointurl=http://127.0.0.1:10" err
	grep -q "dver remote trust o" err
	fails_with "not sent to" dver status -c
	fails_with "not sent to" dver fetch
	dver remote trust o
	fails_with "127.0.0.1:10" dver push
	cp was .dver/config
	fails_with "not sent to" dver push
	echo hunter3 | dver remote modify o secret_access_key -
	fails_with "127.0.0.1:9" dver push
	sed -i s,s3://bucket,s3://other, .dver/config
	fails_with "not sent to" dver push
	cp was .dver/config
	sed -i "s,.*endpointurl.*,& \n	ssl-verify = false," .dver/config
	fails_with "ssl_verify=false" dver push
	sed -i "s,ssl-verify = false,ssl-verify = true," .dver/config
	fails_with "127.0.0.1:9" dver push
'
test_case 'a secret that nothing says the place of waits to be trusted' "$bucket"'
	printf "[remote \"o\"]\n\tsecret-access-key = hunter2\n" >.dver/config.local
	must_fail dver push 2>err
	grep -q "dver remote trust o" err
	lacks hunter2 err
	dver remote trust o
	[ "$(stat -c %a .dver/config.local)" = 600 ]
	fails_with "127.0.0.1" dver push
	# Where all of it is our own choice, nothing is to be trusted.
	dver remote remove o
	dver remote add --local -o endpointurl=http://127.0.0.1:9 \
		-o access_key_id=me p s3://bucket/x
	printf "[remote \"p\"]\n\tsecret-access-key = hunter2\n" >>.dver/config.local
	fails_with "127.0.0.1" dver push
'
test_case 'another secret is not taken along unasked' "$bucket"'
	echo hunter2 | dver remote modify o secret_access_key -
	dver remote modify o endpointurl http://127.0.0.1:10
	echo hunter3 >new
	fails_with "other secrets" dver remote modify o session_token - <new
	lacks hunter3 .dver/config.local
	dver remote modify --local --unset o secret_access_key
	lacks secrets-for .dver/config.local
	dver remote modify o session_token - <new
	dver remote modify o secret_access_key - <new
	fails_with "127.0.0.1:10" dver push
'
test_case 'a secret inherited from another remote is bound to that' "$bucket"'
	echo hunter2 | dver remote modify o secret_access_key -
	dver remote add sub remote://o/deep
	fails_with "127.0.0.1:9" dver push -r sub
	dver remote modify sub endpointurl http://127.0.0.1:11
	fails_with "not sent to" dver push -r sub
	fails_with "127.0.0.1:9" dver push -r o
'
test_case 'the environment has options and secrets' "$bucket"'
	export DVER_REMOTE_O_SECRET_ACCESS_KEY=hunter2
	fails_with "127.0.0.1:9" dver push
	DVER_REMOTE_O_ENDPOINTURL=http://127.0.0.1:12 fails_with "127.0.0.1:12" dver push
	DVER_REMOTE_O_JOBS=many fails_with "DVER_REMOTE_O_JOBS" dver push
	dver remote -v | lacks hunter2
	DVER_REMOTE_O_URL=../store fails_with "is a folder" dver push
	dver remote add p ../nowhere
	DVER_REMOTE_P_URL=$PWD/../store dver push -r p
	[ -f ../store/store ]
'
test_case 'values with control characters and odd users are refused' "$bucket"'
	dver remote add p ssh://host/x
	printf "[remote \"p\"]\n\tuser = -oProxyCommand=x\n" >>.dver/config
	fails_with "starts with" dver push -r p
	printf "[remote \"o\"]\n\tregion = \"a\\\\nb\"\n" >>.dver/config
	fails_with "control characters" dver push -r o
'
test_case 'remote test on folders' '
	new_repo
	dver remote add o ../store
	fails_with "cannot be pulled from" dver remote test --read-only
	[ ! -e ../store ]
	dver remote test >out
	[ "$(grep -c works out)" = 4 ]
	[ -z "$(find ../store -type f)" ]
	dver remote test --read-only o
	echo x >../file; dver remote set-url o ../file
	must_fail dver remote test o >out
	grep -q "no folder" out
	fails_with "no remote" dver remote test nope
	must_fail dver remote test o --json >json
	jq -e "(.ok | not) and .rights[0].state == \"fails\"" json
'
test_case 'a FIFO in a folder of a remote is not waited for' '
	new_repo
	dver remote add -d o ../store
	files 3 data; dver add data
	dver push
	commit one
	rm -rf .dver/cache
	for f in ../store/store $(find ../store/packs -type f); do
		mv "$f" kept
		mkfifo "$f"
		rm -rf data
		fails_with "is no regular file" timeout -k 1 60 dver pull
		rm "$f"
		mv kept "$f"
	done
	dver pull
	[ -e data ]
'
test_case 'a secret is asked for at the terminal, without echo' "$bucket"'
	cat >type.py <<-\END
	import os, pty, sys
	pid, fd = pty.fork()
	if pid == 0:
	    os.execvp("dver", ["dver", "remote", "modify", "o", "secret_access_key"])
	seen = b""
	while b": " not in seen:
	    seen += os.read(fd, 100)
	os.write(fd, b"hunter2\n")
	try:
	    while True:
	        more = os.read(fd, 100)
	        if not more:
	            break
	        seen += more
	except OSError:
	    pass
	print(seen)
	assert b"hunter2" not in seen
	sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
	python3 type.py
	grep -q "secret-access-key = hunter2" .dver/config.local
'
done_testing
