#!/bin/sh
. "${0%/*}/lib.sh"

test_case 'a first stage makes dver.yaml; a second leaves it as it was' '
	new_repo
	mkdir raw
	dver stage add -n prepare -d raw -d prep.sh -o clean \
		sh prep.sh raw "a b" | grep -qx "added the stage prepare to dver.yaml"
	cat >want <<-"E"
	stages:
	  prepare:
	    cmd: sh prep.sh raw "a b"
	    deps:
	    - prep.sh
	    - raw
	    outs:
	    - clean
	E
	cmp want dver.yaml
	grep -qx /clean .gitignore
	git diff --cached --name-only | grep -qx dver.yaml
	git diff --cached --name-only | grep -qx .gitignore
	printf "# mine\nvars: [{x: 1}]   # odd\n\nstages:\n    # first\n" >new
	printf "    prepare: {cmd: x}\n\n# end\n" >>new
	cp new dver.yaml
	dver stage add --name train -p lr,epochs -p conf.toml:m.k -p all.json: \
		--desc "It: trains" --always-changed \
		-O log --outs-persist state --outs-persist-no-cache both \
		-m m.json -M n.json --plots p.csv --plots-no-cache q.csv \
		-- python train.py --fast -d x
	cat >>want2 <<-"E"
	# mine
	vars: [{x: 1}]   # odd

	stages:
	    # first
	    prepare: {cmd: x}
	    train:
	      desc: "It: trains"
	      cmd: python train.py --fast -d x
	      params:
	      - epochs
	      - lr
	      - all.json:
	      - conf.toml:
	        - m.k
	      outs:
	      - both:
	          cache: false
	          persist: true
	      - log:
	          cache: false
	      - state:
	          persist: true
	      metrics:
	      - m.json
	      - n.json:
	          cache: false
	      plots:
	      - p.csv
	      - q.csv:
	          cache: false
	      always_changed: true

	# end
	E
	cmp want2 dver.yaml
	lacks -qx /both .gitignore
	lacks -qx /n.json .gitignore
	grep -qx /state .gitignore
	grep -qx /p.csv .gitignore
'
test_case 'options end where the command begins' '
	new_repo
	dver stage add -n a -o x touch --no-create x -f
	grep -qx "    cmd: touch --no-create x -f" dver.yaml
	dver stage add -n b -- -odd --json
	grep -q "cmd: .-odd --json" dver.yaml
	dver stage add -n c "echo \"\$HOME\" >c.txt"
	dver stage add -n d echo "a b \$HOME" "" "x y"
	grep -qxF "    cmd: echo \"\$HOME\" >c.txt" dver.yaml
	sed -n "s/^    cmd: \(echo .a b.*\)/\1/p" dver.yaml >line
	[ "$(sh line)" = "a b \$HOME  x y" ]
	dver stage add -n e --json true | grep -q "\"stage\": \"e\""
'
test_case 'in a folder, and with a folder to run in' '
	new_repo
	mkdir -p sub/deep
	cd sub
	dver stage add -n a -w deep -d ../in -o out/x cp ../in out/x 2>log
	grep -q "sub/deep/out" log
	grep -qx "    wdir: deep" dver.yaml
	dver freeze a
	cd ..
	grep -qx "    frozen: true" sub/dver.yaml
	dver unfreeze sub/dver.yaml:a | grep -qx "unfroze sub/dver.yaml:a"
	lacks -q frozen sub/dver.yaml
	fails_with "is not there" dver stage add -n b -w none true
	[ ! -e dver.yaml ]
'
test_case 'what is refused changes nothing' '
	new_repo
	dver stage add -n a -o data -m m.json true
	cp dver.yaml keep
	cp .gitignore keep2
	fails_with "already: --force" dver stage add -n a true
	# The very same one is no other.
	dver stage add -n a -o data -m m.json true
	cmp dver.yaml keep; cmp .gitignore keep2
	fails_with "letters, digits" dver stage add -n a.b true
	fails_with "letters, digits" dver stage add -n "a b" true
	fails_with "letters, digits" dver stage add -n "" true
	fails_with "is missing" dver stage add -n b " "
	fails_with "m.json" dver stage add -n b -o m.json true
	fails_with "data" dver stage add -n b -o data/x true
	fails_with "data" dver stage add -n b -d data -o data/x true
	fails_with "b" dver stage add -n b -d x -o x true
	fails_with "../x" dver stage add -n b -d ../x true
	fails_with "/etc" dver stage add -n b -o /etc/x true
	fails_with "" dver stage add -n b -o .git/x true
	fails_with "UTF-8" dver stage add -n b -o "$(printf "\377")" true
	code=0; dver stage add true || code=$?
	[ $code -eq 2 ]
	code=0; dver stage add -n b || code=$?
	[ $code -eq 2 ]
	code=0; dver stage nosuch || code=$?
	[ $code -eq 2 ]
	cmp keep dver.yaml
	cmp keep2 .gitignore
	dver stage add -f -n a -o other true
	grep -qx "    - other" dver.yaml
	lacks -q m.json dver.yaml
	printf "stages: {a: {cmd: x}}\n" >dver.yaml
	fails_with "by hand" dver stage add -n b true
	grep -qx "stages: {a: {cmd: x}}" dver.yaml
	printf "stages: [\n" >dver.yaml
	fails_with "dver.yaml:2:1" dver stage add -n b true
'
test_case 'freeze and unfreeze change one line' '
	new_repo
	cat >keep <<-"E"
	# top
	stages:
	  a:   # one
	    cmd: "x"
	    outs: [o]   # out
	  b: {cmd: y}
	  f:
	    foreach: [1, 2]
	    do:
	      cmd: z ${item}
	E
	cp keep dver.yaml
	dver freeze a b a >log
	printf "froze a\nfroze b\n" | cmp - log
	diff keep dver.yaml | grep "^[<>]" >changes || true
	cat >want <<-"E"
	<   b: {cmd: y}
	>     frozen: true
	>   b: {frozen: true, cmd: y}
	E
	cmp want changes
	git diff --cached --name-only | grep -qx dver.yaml
	dver freeze a | grep -qx "already frozen: a"
	dver unfreeze --json a b | grep -c "\"changed\": true" | grep -qx 2
	sed "s/{cmd: y}/{frozen: false, cmd: y}/" keep | cmp - dver.yaml
	dver unfreeze a | grep -qx "not frozen: a"
	cp dver.yaml keep
	fails_with "there is no stage" dver freeze a none
	fails_with "by hand" dver freeze f
	fails_with "by hand" dver freeze a f@1
	cmp keep dver.yaml
'
test_case 'a disk that refuses, a file that cannot be read' '
	new_repo
	dver stage add -n a true
	cp dver.yaml keep
	chmod 0 dver.yaml
	[ "$(id -u)" -eq 0 ] || fails_with "ermission" dver stage add -n b true
	chmod 644 dver.yaml
	must_fail strace -f -o log -e trace=rename,renameat,renameat2 \
		-e inject=rename,renameat,renameat2:error=ENOSPC \
		dver stage add -n b true
	cmp keep dver.yaml
	dver stage add -n b true
	grep -qx "  b:" dver.yaml
'
test_case 'add --run runs it, too' '
	new_repo
	echo hello >in
	dver stage add --run -n one -d in -o out "cp in out" >said
	grep -qx "added the stage one to dver.yaml" said
	grep -q "one done" said; cmp in out; grep -q "one:" dver.lock
	git diff --cached --name-only | grep -qx dver.lock
	# What it needs goes first, and nothing else.
	rm out; dver stage add -q -n other -o x "touch x"
	dver stage add --run --json -n two -d out -o out2 "cp out out2" >j
	jq -e ".stage == \"two\" and .file == \"dver.yaml\" and
		.ran == 1 and .restored == 1 and
		(.events | map(select(.event == \"done\") | .stage)) ==
		[\"two\"]" j
	cmp in out2; [ ! -e x ]
	# In a folder, whose stage of that name it is.
	mkdir sub; cd sub
	dver stage add -q --run -n one -o made "echo sub >made"
	[ "$(cat made)" = sub ]; cd ..
	fails_with "exit code 3" dver stage add --run -n bad -o y "exit 3"
	grep -q "bad:" dver.yaml; lacks "bad:" dver.lock
	set +e; dver stage add --run -n bad; code=$?; set -e; [ "$code" = 2 ]
'
done_testing
