#!/bin/sh
. "${0%/*}/lib.sh"
# What lies where a stage makes something is never lost.

unset SHELL
one='
	new_repo
	cat >dver.yaml <<-END
	stages:
	  s:
	    cmd:
	    - cp p.yaml out.txt
	    - "echo a: 1 >m.yaml"
	    - test ! -e fail
	    params: [p.yaml: [x]]
	    outs: [out.txt]
	    metrics: [m.yaml: {cache: false}]
	END
	try() { echo "x: $1" >p.yaml; dver repro -q; }
'
test_case 'what was there before the first run comes back' '
	new_repo; echo mine >data.csv; mkdir -p folder/sub; echo too >folder/sub/f
	cat >dver.yaml <<-END
	stages:
	  s: {cmd: "false", outs: [data.csv, folder]}
	END
	must_fail dver repro -q; [ ! -e data.csv ]; [ ! -e folder ]
	dver undo -q; [ "$(cat data.csv)" = mine ]
	[ "$(cat folder/sub/f)" = too ]
'
test_case 'files of git are no output' '
	new_repo; mkdir src; echo "int main;" >src/a.c; commit
	echo "days of work" >>src/a.c; echo new >src/b.c
	cat >dver.yaml <<-END
	stages:
	  s: {cmd: "true", outs: [src]}
	END
	fails_with "git tracks files of its output '\''src'\''" dver repro
	[ "$(cat src/b.c)" = new ]; grep -q days src/a.c
'
test_case 'an edit after a run that failed' "$one"'
	try 1; try 2; echo "x: 3" >p.yaml; touch fail; must_fail dver repro -q
	rm fail; try 2
	rm -f out.txt; echo PRECIOUS >out.txt; try 4
	dver undo -q; [ "$(cat out.txt)" = PRECIOUS ]
'
test_case 'an edit after a run that was killed' "$one"'
	try 1; sed -i "s/test ! -e fail/touch on; while [ -e slow ]; do sleep 0.05; done/" \
		dver.yaml
	try 1; touch slow; rm -f on; echo "x: 3" >p.yaml
	dver repro -q & pid=$!
	until [ -e on ]; do sleep 0.05; done
	kill -9 $pid; wait $pid || :
	rm slow; sleep 0.5
	rm -f out.txt; echo PRECIOUS >out.txt; try 4
	dver undo -q; [ "$(cat out.txt)" = PRECIOUS ]
'
test_case 'an edit of what git keeps, when a run is brought back' "$one"'
	try 1; commit; try 2; commit
	echo PRECIOUS >m.yaml; echo "x: 1" >p.yaml
	dver repro | grep -q "s brought back"; grep -q "a: 1" m.yaml
	while [ "$(cat m.yaml)" != PRECIOUS ]; do dver undo -q; done
'
test_case 'an edit while a stage before it runs' '
	new_repo
	cat >dver.yaml <<-END
	stages:
	  a:
	    cmd: cp p.yaml a.txt; touch on; while [ -e slow ]; do sleep 0.05;
	      done
	    params: [p.yaml: [x]]
	    outs: [a.txt]
	  b: {cmd: cp a.txt b.txt, deps: [a.txt], outs: [b.txt]}
	END
	echo "x: 1" >p.yaml; dver repro -q
	echo "x: 2" >p.yaml; touch slow; rm -f on; dver repro -q & pid=$!
	until [ -e on ]; do sleep 0.05; done
	rm -f b.txt; echo EDITED >b.txt; rm slow; wait $pid
	[ "$(cat b.txt)" = "x: 2" ]
	dver undo -q; [ "$(cat b.txt)" = EDITED ]
'
test_case 'a run that lies of its outputs is none' "$one"'
	lie() {
		try 1; f=$(ls .dver/cache/runs/*/*/*)
		sed -i "$1" $f
		mv $f "${f%/*}/$(sha256sum <$f | cut -c1-64)"
		try 2; try 1; grep -q "path: out.txt" dver.lock
		[ "$(cat out.txt)" = "x: 1" ]; grep -q "a: 1" m.yaml
		must_fail grep -q "999\|77777" dver.lock
		dver status | grep -q "as its pointers say"
		rm -rf .dver/cache/runs out.txt m.yaml dver.lock
	}
	lie "s/size: 5/size: 999/"
	lie "/path: out.txt/,/size/ s/sha256:/tree:/"
	lie "/path: m.yaml/,/size/ s/sha256:/tree:/"
	lie "s/size: 5/size: 77777/"
'
done_testing
