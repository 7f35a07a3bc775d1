#!/bin/sh
. "${0%/*}/lib.sh"

registry='
	new_repo
	mkdir sub
	cat >dver.yaml <<-E
	vars: [{kind: model}]
	artifacts:
	  model:
	    path: model.bin
	    type: \${kind}
	    desc: what we ship
	    labels: [vision, small]
	    meta: {acc: 0.5, by: "1", n: null}
	  words: {path: data/words}
	E
	echo "artifacts: {model: {path: m.bin, labels: one}}" >sub/dver.yaml
	echo 1 >model.bin; dver add -q model.bin; commit one; c1=$(git rev-parse HEAD)
	tag() { git tag -a -m "about $1" "$@"; }
	tag model@v0.9.0; tag model@v1.0.0-rc.2; tag model@v1.0.0-rc.10
	echo 2 >model.bin; dver add -q model.bin; commit two; c2=$(git rev-parse HEAD)
	tag model@v1.0.0; git tag sub=model@v3.0.0
	echo 3 >model.bin; dver add -q model.bin; commit three; c3=$(git rev-parse HEAD)
	git tag model@v1.10.0; git tag model@v1.9.0 "$c2"
	row() { dver artifacts $2 | tail -n +2 | tr -s " " | sed "s/ *$//" >out
		grep -qxF -- "$1" out || { cat out; exit 1; }; }
'
test_case 'artifacts with type, path and newest version' "$registry"'
	dver artifacts | head -n 1 | grep -q "^Artifact *Version *Stages *Commit *Type *Path"
	row "model v1.10.0 - $(echo $c3 | cut -c1-10) model model.bin"
	row "words - - - - data/words"
	row "sub:model v3.0.0 - $(echo $c2 | cut -c1-10) - sub/m.bin"
	[ "$(wc -l <out)" -eq 3 ]
	cd sub; dver artifacts >../out2; cd ..; dver artifacts | diff - out2
'
test_case 'all versions of one, in the order of semver' "$registry"'
	git tag model@v1; git tag model@1.2.3; git tag model@v1.2.x; git tag v9.0.0
	git tag model-x@v5.0.0; git tag other@v7.0.0
	dver artifacts model | grep "^model" | tr -s " " | cut -d" " -f2 >out
	printf "v1.10.0\nv1.9.0\nv1.0.0\nv1.0.0-rc.10\nv1.0.0-rc.2\nv0.9.0\n" |
		diff - out
	dver artifacts sub:model | grep -c v3.0.0
	dver artifacts sub:model | lacks v1.10.0
	fails_with "no dver.yaml has an artifact '"'"'modle'"'"'" dver artifacts modle
'
test_case 'stages: the last one counts, and is taken back' "$registry"'
	short() { echo "$1" | cut -c1-10; }
	tag "model#dev" "$c3"; tag "model#prod#1" "$c1"
	row "model v1.10.0 dev $(short $c3) model model.bin"
	row "model v1.0.0-rc.10 prod $(short $c1) model model.bin"
	tag "model#prod#2" "$c2"; tag "model#prod#10" "$c3"
	row "model v1.10.0 dev, prod $(short $c3) model model.bin"
	lacks "rc.10" out
	tag "model#prod!#11" "$c3"
	row "model v1.9.0 prod $(short $c2) model model.bin"
	tag "model@v1.9.0!" "$c2"
	row "model v1.0.0 prod $(short $c2) model model.bin"
	tag "model@v1.0.0!#2" "$c2"
	row "model - prod $(short $c2) model model.bin"
	tag "model@v1.0.0#3" "$c2"
	row "model v1.0.0 prod $(short $c2) model model.bin"
	tag "model@deprecated"
	row "model (deprecated) v1.10.0 dev $(short $c3) model model.bin"
	tag "model@created#1"
	row "model v1.10.0 dev $(short $c3) model model.bin"
'
test_case 'all of it as JSON' "$registry"'
	tag "model#prod" "$c2"
	dver artifacts --json model >json
	cat >look.py <<-E
	import json, sys
	a, b = json.load(open("json"))["artifacts"]
	c1, c2, c3 = sys.argv[1:]
	v = a.pop("versions")
	assert [x["version"] for x in v] == ["v1.10.0", "v1.9.0", "v1.0.0",
	    "v1.0.0-rc.10", "v1.0.0-rc.2", "v0.9.0"], v
	assert v[0] == {"version": "v1.10.0", "tag": "model@v1.10.0",
	                "commit": c3}, v
	assert v[2]["commit"] == c2 and v[5]["commit"] == c1
	assert a.pop("stages") == [{"stage": "prod", "tag": "model#prod",
	                            "commit": c2, "version": "v1.9.0"}]
	assert a == {"name": "model", "file": "dver.yaml",
	    "path": "model.bin", "type": "model", "desc": "what we ship",
	    "labels": ["vision", "small"], "deprecated": False,
	    "meta": {"acc": 0.5, "by": "1", "n": None}}, a
	assert b["name"] == "sub:model" and b["labels"] == ["one"], b
	assert b["type"] is b["meta"] is None and b["path"] == "sub/m.bin"
	E
	python3 look.py $c1 $c2 $c3
'
test_case 'a version is a revision' "$registry"'
	[ "$(dver cat model@v1.0.0:model.bin)" = 2 ]
	dver export -q model@v0.9.0:model.bin ../out
	[ "$(cat ../out/model.bin)" = 1 ]
	dver checkout -q "model@v1.0.0" -- model.bin
	[ "$(cat model.bin)" = 2 ]
'
test_case 'no artifacts, no git, a broken file, names of all kinds' '
	new_repo
	dver artifacts 2>err >out; [ ! -s out ]
	grep -q "there are no artifacts" err
	echo "artifacts: {m: {type: x}}" >dver.yaml
	fails_with "must have a '"'"'path'"'"'" dver artifacts
	esc=$(printf "\033")
	echo "artifacts: {\"a\\\\e[2Jb\": {path: x, type: \"\\\\e[31m\"}}" >dver.yaml
	git commit -q --allow-empty -m x
	git tag @v1.0.0; git tag "m#"; git tag "m@v1.0.0#"; git tag "m@v1.0.0#99999999999999999999999"
	dver artifacts >out
	lacks "$esc" out
	cd ..; mkdir bare; cd bare; dver init -q --no-git
	echo "artifacts: {m: {path: x, type: y}}" >dver.yaml
	dver artifacts | grep -q "^m .* y .* x"
	dver dump-words artifacts "" | grep -qx m
'
done_testing
