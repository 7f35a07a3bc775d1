#!/bin/sh
. "${0%/*}/lib.sh"
# The run cache of a remote: what ran once need not run again anywhere.

unset SHELL
# A pipeline in r, run for the speeds 1 and 2, of which 2 is committed.
pipeline='
	new_repo
	cat >dver.yaml <<-END
	stages:
	  prepare:
	    cmd: tr a-z A-Z <in.txt >out.txt; echo prepare >>runs
	    deps: [in.txt]
	    outs: [out.txt]
	  train:
	    cmd:
	    - mkdir model; cat out.txt >model/w; echo train >>runs
	    - "echo \${speed} >>model/w; echo speed: \${speed} >metrics.yaml"
	    deps: [out.txt]
	    params: [speed]
	    outs: [model]
	    metrics:
	    - metrics.yaml: {cache: false}
	END
	ran() { cat runs 2>/dev/null | tr "\n" " "; rm -f runs; }
	speed() { echo "speed: $1" >params.yaml; }
	git_clone() {
		cd ..
		git clone -q r "$1"
		cd "$1"
		rm -f runs
	}
	echo /runs >>.gitignore
	echo hello >in.txt
	dver remote add -q o ../store
	speed 1; dver repro -q; cp -r model ../one
	speed 2; dver repro -q; commit; ran
'
test_case 'a colleague need not run what ran once' "$pipeline"'
	dver push --run-cache >said
	grep -qx "sent 3 runs of stages" said
	git_clone c
	dver pull --run-cache >said
	grep -qx "received 3 runs of stages" said
	dver repro | grep -q "nothing to do"
	speed 1
	dver repro --dry | grep -q "train would run"
	dver repro --pull >said
	grep -q "train brought back" said
	[ -z "$(ran)" ]; same_tree model ../one
	grep -qx "speed: 1" metrics.yaml
	git diff --quiet HEAD -- .gitignore
	speed 2; dver repro --pull | grep -q "train brought back"
	[ -z "$(ran)" ]; git diff --quiet HEAD -- dver.lock metrics.yaml
	speed 1; dver repro | grep -q "train brought back"; [ -z "$(ran)" ]
	speed 3; dver repro -q; [ "$(ran)" = "train " ]
	dver push --run-cache | grep -qx "sent 1 run of stages"
	cd ../r; speed 3; dver pull --run-cache | grep -q "received 1 run"
	dver repro -q --pull; [ -z "$(ran)" ]
	same_tree model ../c/model
'
test_case 'without --pull a run whose outputs are elsewhere is told' "$pipeline"'
	dver push -q --run-cache
	git_clone c; dver pull -q --run-cache; speed 1
	dver repro 2>said; [ "$(ran)" = "train " ]
	grep -q "train.* ran before.*dver repro --pull" said
	mv ../store ../away; speed 9; dver repro -q; ran
	rm -r .dver/cache/runs; mv ../away ../store; dver fetch --run-cache
	mv ../store ../away; rm -rf .dver/cache/packs .dver/cache/meta \
		.dver/cache/index .dver/cache/loose; dver repro -q -f prepare
	ran; speed 1
	dver repro --pull 2>said; [ "$(ran)" = "train " ]
	grep -q "warning: what an earlier run made cannot be fetched" said
'
test_case 'a second push has nothing to send and asks little' "$pipeline"'
	dver push --run-cache --json >said
	jq -e ".runs == 3" said
	dver push --run-cache --json >said
	jq -e ".runs == 0 and .files == 0 and .objects == 0" said
	jq -e ".requests <= 4" said
	dver push --run-cache | grep -q "nothing to do"
	[ "$(ls ../store/runs | wc -l)" = 1 ]
	git_clone c; dver fetch -q --run-cache
	[ "$(find .dver/cache/runs -type f | wc -l)" = 3 ]
	[ -z "$(ls model 2>/dev/null)" ]
	dver fetch --run-cache --json >said
	jq -e ".runs == 0 and .requests <= 4" said
	dver push --run-cache | grep -q "nothing to do"
	[ "$(ls ../store/runs | wc -l)" = 1 ]
'
test_case 'a dry run says what and does nothing' "$pipeline"'
	dver push --run-cache --dry-run | grep -qx "would have sent 3 runs of stages"
	[ ! -e ../store ]
	dver push -q; [ ! -e ../store/runs ]
	dver push --run-cache -n | grep -qx "would have sent 3 runs of stages"
	[ ! -e ../store/runs ]; dver push -q --run-cache
	git_clone c
	dver fetch --run-cache -n | grep -q "would have received 3 runs"
	[ ! -e .dver/cache/runs ]
'
test_case 'what no remote may get stays here' "$pipeline"'
	sed -i "s/^    outs: \[model\]/    outs: [{model: {push: false}}]/" dver.yaml
	speed 7; dver repro -q; commit
	dver push --run-cache | grep -qx "sent 1 run of stages"
	git_clone c; dver fetch -q --run-cache
	lacks -r train .dver/cache/runs
'
test_case 'runs of another project in the same store are not sent' "$pipeline"'
	dver config cache.dir "$PWD/../shared"
	cd ..; git init -q other; cd other; dver init -q; dver config cache.dir "$PWD/../shared"
	cat >dver.yaml <<-END
	stages:
	  secret:
	    cmd: cp own.txt made.txt
	    deps: [own.txt]
	    outs: [made.txt]
	END
	echo private >own.txt; dver repro -q
	cd ../r; dver repro -q -f; dver push -q --run-cache
	git_clone c; dver config cache.dir "$PWD/../mine"
	dver fetch -q --run-cache
	[ "$(find ../mine/runs -type f | wc -l)" = 2 ]
	lacks -r made.txt ../mine/runs
'
# What somebody put into the remote, or into the store here, by hand.
forged='
	dver push -q --run-cache
	git_clone c; dver pull -q --run-cache
	speed 1; dver repro -q --pull; speed 2; dver repro -q --pull; ran
	# Names are used once.
	name=; n=10
	put() {
		[ -z "$name" ] || rm "../store/runs/$name"
		n=$((n + 1)); name=0-00112233445566778899aabbccddee$n
		python3 "$here/bundle.py" "../store/runs/$name" "$@"
	}
	# The entry of train with the speed 1.
	entry=$(grep -l "speed: 1" $(find .dver/cache/runs -type f))
	key=$(basename "$(dirname "$entry")")
	evil=$(echo evil | sha256sum | cut -d" " -f1)
	left_out() {
		dver pull --run-cache 2>said
		grep -q "$1" said || { cat said; return 1; }
		[ "$(find .dver/cache/runs -type f | wc -l)" = 3 ]
		dver repro -q --pull
	}
'
test_case 'an entry that names other outputs is left out' "$pipeline$forged"'
	sed "s/path: model/path: else/" "$entry" >f; put "$key=f"
	left_out "run .*remote .o.: it is not what its name says"
	sed "s/path: model/path: .git\/hooks/" "$entry" >f; put "$key=f"
	left_out "run .*remote .o."
	sed "s/path: model/path: ..\/..\/x/" "$entry" >f; put "$key=f"
	left_out "must be a path in the workspace"
	sed "s/path: model/path: \/etc\/x/" "$entry" >f; put "$key=f"
	left_out "must be a path in the workspace"
	cat "$entry" - >f <<-END
	    - path: other
	      sha256: $evil
	END
	put "$key=f"; left_out "not what its name says"
	sed "s/^  run:/  ran:/" "$entry" >f; put "$key=f"
	left_out "not one run of a stage"
	put "$key=/dev/null" "$evil=$entry" "$key=$here/lib.sh"; left_out "warning"
	dver pull --run-cache 2>&1 | grep -c "left out" | grep -qx 3
'
test_case 'nor is one used that lies here' "$pipeline$forged"'
	dir=$(dirname "$entry"); cp "$entry" ../good
	for path in other .git/hooks/x ../../x; do
		rm "$dir"/*; sed "s,path: model,path: $path," ../good >f
		cp f "$dir/$(sha256sum <f | cut -d" " -f1)"
		speed 1; dver repro -q --pull; [ "$(ran)" = "train " ]
		[ ! -e other ]; [ ! -e .git/hooks/x ]; [ ! -e ../../x ]
		speed 2; dver repro -q; ran
	done
	rm "$dir"/*; cp ../good "$entry"
	speed 1; dver repro -q; [ -z "$(ran)" ]; speed 2; dver repro -q
	echo >>"$entry"; speed 1; dver repro -q; [ "$(ran)" = "train " ]
'
test_case 'a damaged bundle is named, and the others count' "$pipeline$forged"'
	for size in 0 1 17 100; do
		put "$key=$entry"; truncate -s "$size" "../store/runs/$name"
		left_out "runs/$name.* is damaged: the runs in it are left out"
	done
	put "$key=$entry"; printf x | dd of="../store/runs/$name" bs=1 seek=90 \
		conv=notrunc status=none
	left_out "is damaged"
	head -c 70000000 /dev/zero >"../store/runs/$name"; left_out "is damaged"
	echo x >../store/runs/notes; left_out ""
	dver push --run-cache 2>said; grep -q "is damaged" said
	grep -q "delete it there, and .dver push --run-cache. by who has" said
	speed 4; dver repro -q; dver push --run-cache 2>said |
		grep -q "sent 1 run"
	rm "../store/runs/$name"; cd ../r
	dver pull --run-cache 2>said | grep -q "received 1 run"; [ ! -s said ]
'
test_case 'an entry whose outputs nobody has is of no use, and no harm' "$pipeline$forged"'
	sed "s/tree: .*/tree: $evil/" "$entry" >f; put "$key=f"
	rm -r .dver/cache/runs; dver pull -q --run-cache
	[ "$(find .dver/cache/runs -type f | wc -l)" = 4 ]
	speed 1; dver repro -q --pull; [ -z "$(ran)" ]
	same_tree model ../one
'
test_case 'gc removes entries that nobody can use' "$pipeline"'
	runs() { find .dver/cache/runs -type f | wc -l; }
	[ "$(runs)" = 3 ]
	dver gc -n --no-undo >said
	grep -q "would free 1 run of the run cache: .*would go$" said
	[ "$(runs)" = 3 ]; dver gc -n --no-undo --json | jq -e ".runs == 1"
	dver gc -f --no-undo --json | jq -e ".runs == 1"; [ "$(runs)" = 2 ]
	dver gc -f --no-undo --json | jq -e ".runs == 0 and .objects == 0"
	cp metrics.yaml ../metrics; rm -r model out.txt metrics.yaml dver.lock
	dver repro -q; [ -z "$(ran)" ]; cmp metrics.yaml ../metrics
	echo damaged >"$(find .dver/cache/runs -type f | head -n 1)"
	dver gc -f --no-undo >said; grep -q "freed 1 run.*not here$" said
	[ "$(runs)" = 1 ]
'
test_case 'gc keeps entries that a remote has' "$pipeline"'
	dver push -q --run-cache
	dver gc -f --no-undo --json | jq -e ".runs == 0"
	speed 1; dver repro -q --pull; [ -z "$(ran)" ]; same_tree model ../one
	git_clone c; dver fetch -q --run-cache
	dver gc -f --json | jq -e ".runs == 0"
	[ "$(find .dver/cache/runs -type f | wc -l)" = 3 ]
'
test_case 'two who push at once lose nothing' "$pipeline"'
	dver push -q
	for i in 1 2 3 4; do git clone -q . ../c$i; done
	for i in 1 2 3 4; do
		(cd ../c$i; speed "4$i"; dver pull -q; dver repro -q)
	done
	for i in 1 2 3 4; do
		(cd ../c$i; dver push -q --run-cache 2>../said$i) &
	done
	wait
	dver push -q --run-cache
	git_clone c; dver pull -q --run-cache
	[ "$(find .dver/cache/runs -type f | wc -l)" = 7 ]
	for i in 1 2 3 4; do
		speed "4$i"; dver repro -q --pull; [ -z "$(ran)" ]
		same_tree model ../c$i/model
	done
'
test_case 'a push that is killed is finished by the next' "$pipeline"'
	dver push -q; cp -r ../store ../pushed; cp -r .dver ../meta
	i=0; killed=1
	while [ $killed = 1 ]; do
		i=$((i + 1)); killed=0
		rm -rf ../store .dver; cp -r ../pushed ../store
		cp -r ../meta .dver
		strace -f -qq -o /dev/null \
			-e inject=renameat2,rename,linkat,link,unlink:signal=KILL:when=$i \
			dver push -q -j1 --run-cache || killed=1
		# What is told is there.
		rm -rf ../k; git clone -q . ../k; cd ../k
		dver fetch -q --run-cache; speed 1
		if [ -e .dver/cache/runs ]; then
			dver repro -q --pull; [ -z "$(ran)" ]
			same_tree model ../one
		fi
		cd ../r; dver push -q --run-cache
		rm -rf ../k; git clone -q . ../k; cd ../k
		dver fetch -q --run-cache
		[ "$(find .dver/cache/runs -type f | wc -l)" = 3 ]
		cd ../r
	done
	[ $i -gt 5 ]
'
test_case 'layout plain has them too' "$pipeline"'
	dver remote modify o layout plain; commit
	dver push --run-cache | grep -qx "sent 3 runs of stages"
	dver push --run-cache | grep -q "nothing to do"
	git_clone c; dver pull -q --run-cache
	speed 1; dver repro -q --pull; [ -z "$(ran)" ]; same_tree model ../one
	dver fsck -q -r o
'
for layout in packed plain; do
	test_case "a copy of a remote has its runs, $layout" "$pipeline"'
		layout='$layout'
		dver push -q --run-cache
		dver remote add -q -o layout=$layout copy ../copy
		dver remote copy --dry-run o copy >said
		grep -qx "would have copied 3 runs of stages" said
		[ ! -e ../copy ]
		dver remote copy o copy >said
		grep -qx "copied 3 runs of stages" said
		[ "$(ls ../copy/runs | wc -l)" -eq 1 ]
		dver remote copy o copy | grep -q "nothing to do"
		speed 3; dver repro -q; ran; dver push -q --run-cache
		dver remote copy --json o copy >json
		grep -q "\"runs\": 1" json
		# There is nothing but the copy, and it is enough.
		rm -r ../store; git_clone c
		dver remote modify --local o url "$PWD/../copy"
		dver remote modify --local o layout $layout
		dver pull --run-cache | grep -q "received 4 runs of stages"
		speed 1; dver repro --pull | grep -q "train brought back"
		[ -z "$(ran)" ]; same_tree model ../one
	'
done
test_case 'a copy leaves out damaged bundles and says so' "$pipeline"'
	dver push -q --run-cache
	dver remote add -q copy ../copy
	b=$(ls ../store/runs); rm -rf .dver/cache/remotes/*/runs
	printf x | dd of=../store/runs/$b bs=1 seek=60 conv=notrunc 2>err
	dver remote copy o copy 2>err >said
	grep -q "warning: .*$b.*left out" err
	lacks "runs" said; [ ! -e ../copy/runs ]
	rm ../store/runs/$b; dver push -q --run-cache
	dver remote copy o copy | grep -qx "copied 3 runs of stages"
'
done_testing
