#!/bin/sh
. "${0%/*}/lib.sh"

base='
	new_repo
	files 4 data; mkdir data/sub; echo s >data/sub/x; echo one >model
	dver add data model; commit one
'
clean='dver status | grep -q "as its pointers"'
test_case 'an output gets another name; nothing is read again' "$base"'
	cp -r data keep
	dver mv data other
	same_tree other keep
	[ ! -e data ]
	[ ! -e data.dver ]
	grep -qx /other .gitignore
	lacks -qx /data .gitignore
	dver status | grep -q "as its pointers"
	git diff --cached --name-status | grep -q "other.dver"
	strace -f -e trace=openat -o log dver status
	lacks -q other/1.txt log
'
test_case 'into a folder, and several' "$base"'
	mkdir models
	dver mv data model models
	[ -f models/data/1.txt ]
	[ -f models/model.dver ]
	grep -qx /model models/.gitignore
	[ ! -e .gitignore ] || lacks -q model .gitignore
	'"$clean"'
'
test_case 'inside an output' "$base"'
	dver mv data/1.txt data/sub/one.txt
	dver mv data/sub data/deep
	[ -f data/deep/one.txt ]
	dver ls -R data | grep -qx data/deep/one.txt
	'"$clean"'
'
test_case 'a part becomes an output, an output a part' "$base"'
	dver mv data/sub sub
	[ -f sub/x ]
	[ -f sub.dver ]
	dver mv model data/model
	[ -f data/model ]
	[ ! -e model.dver ]
	dver ls data | grep -qx data/model
	'"$clean"'
	commit; git stash list
	rm -r data sub; dver checkout
	[ -f data/model ]
	[ -f sub/x ]
'
test_case 'edits move along and stay edits' "$base"'
	echo edit >>data/1.txt; echo new >data/new
	dver mv data other
	dver status | grep -q "^changed *other +1 ~1"
	dver undo
	dver status | grep -q "^changed *data +1 ~1"
	grep -q edit data/1.txt
'
test_case 'data that is not here is renamed in the pointers' "$base"'
	dver remote add o ../o; dver push; commit remote
	git clone -q . ../c; cd ../c
	dver mv data other
	dver mv other/1.txt other/one
	dver pull
	[ -f other/one ]
	[ ! -e other/1.txt ]
	'"$clean"'
'
test_case 'nothing is overwritten' "$base"'
	echo x >free
	fails_with "exists" dver mv data/1.txt free
	fails_with "exists" dver mv data/1.txt data/2.txt
	fails_with "exists" dver mv model data/1.txt
	rm data/2.txt
	fails_with "tracked" dver mv data/1.txt data/2.txt
	fails_with "into itself" dver mv data data/sub
	fails_with "not tracked" dver mv free other
	fails_with "no folder" dver mv model nowhere/
	fails_with "outside" dver mv model ../model
	[ -f model ]
'
test_case 'undo puts everything back' "$base"'
	cp data.dver keep.dver; listing . | grep -v "^undo\|dver/" >before || true
	dver mv data/sub sub
	dver mv data other
	dver undo; dver undo
	cmp data.dver keep.dver
	[ -f data/sub/x ]
	[ ! -e sub ]
	[ ! -e sub.dver ]
	[ ! -e other.dver ]
	git diff --quiet HEAD
	'"$clean"'
'
test_case 'stages that read it follow' '
	new_repo; files 3 data; mkdir sub; dver add -q data
	cat >dver.yaml <<-END
	# a person wrote this
	stages:
	  one: {cmd: "ls data", deps: [ ./data, "dver.yaml" ]}	# here
	  two:
	    cmd: cat data/1.txt
	    deps:
	    - data/1.txt	# and here
	  three:
	    foreach: [1, 2]
	    do:
	      cmd: "cat data/\${item}.txt"
	      deps: ["data", "data/\${item}.txt"]
	END
	printf "stages:\n  s:\n    cmd: x\n    deps:\n    - ../data/2.txt\n" \
		>sub/dver.yaml
	git add -A
	dver mv data "new data" 2>said
	grep -q "one@\|three@1.*data/1.txt.*by hand" said
	grep -qF "deps: [ \"new data\", \"dver.yaml\" ]}	# here" dver.yaml
	grep -qx "    - \"new data/1.txt\"	# and here" dver.yaml
	grep -qF "deps: [\"new data\", \"data/\${item}.txt\"]" dver.yaml
	grep -qF "../new data/2.txt" sub/dver.yaml
	head -1 dver.yaml | grep -qx "# a person wrote this"
'
staged='
	new_repo; files 3 data; mkdir sub dir; echo 1 >other; dver add -q data other
	printf "stages:\n  s:\n    cmd: cat data/1.txt other\n    deps: [data/1.txt, other]\n" \
		>dver.yaml
	printf "stages:\n  s:\n    cmd: x\n    deps:\n    - ../data\n" >sub/dver.yaml
	commit; cp dver.yaml top; cp sub/dver.yaml below
'
test_case 'undo of a move takes back its words in dver.yaml' "$staged"'
	dver mv data new
	grep -q "new/1.txt" dver.yaml; grep -q "../new" sub/dver.yaml
	git add -A; dver undo
	cmp dver.yaml top; cmp sub/dver.yaml below
	git diff --quiet HEAD -- dver.yaml sub
	git diff --cached --quiet HEAD -- dver.yaml sub
	# Several at once, each undone alone; also of what is not here.
	rm -r data; dver mv data other dir/
	grep -q "\[\"\{0,1\}dir/data/1.txt\"\{0,1\}, \"\{0,1\}dir/other\"\{0,1\}\]" dver.yaml
	dver undo; grep -q "dir/data/1.txt\"\{0,1\}, other\]" dver.yaml
	dver undo; cmp dver.yaml top; cmp sub/dver.yaml below
	dver undo -l >list; [ ! -s list ] || lacks "mv" list
	# By the name of the pointer.
	dver mv data.dver new; grep -q "new/1.txt" dver.yaml
	dver undo; cmp dver.yaml top
'
test_case 'a dver.yaml that was edited since a move stays' "$staged"'
	dver mv data new
	echo "# mine" >>dver.yaml; cp dver.yaml mine
	dver undo 2>err
	grep -q "warning: .*dver.yaml.*changed since" err
	cmp dver.yaml mine; cmp sub/dver.yaml below
	[ -d data ]; [ ! -e new ]; [ -f data.dver ]
	git checkout -q HEAD -- dver.yaml
	dver mv data new; echo "# mine" >>dver.yaml; cp dver.yaml mine
	dver undo --force 2>err; grep -q "changed since" err
	cmp dver.yaml mine
	git checkout -q HEAD -- dver.yaml; dver mv data new; rm dver.yaml
	dver undo 2>err; grep -q "changed since" err; [ ! -e dver.yaml ]
'
done_testing
