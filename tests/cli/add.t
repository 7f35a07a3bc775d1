#!/bin/sh
. "${0%/*}/lib.sh"

test_case 'a file and a folder get pointers, ignore lines and are staged' '
	new_repo
	files 5 data; echo model >model.bin
	dver add data model.bin >out
	grep -q "data: +5" out
	grep -q "next: git commit" out
	grep -q "tree: " data.dver
	grep -q "nfiles: 5" data.dver
	grep -q "sha256: $(sha256sum <model.bin | cut -c1-64)" model.bin.dver
	git diff --cached --name-only >staged
	for f in .gitignore data.dver model.bin.dver .dver/config; do
		grep -qx "$f" staged
	done
	for f in data model.bin .dver/cache/ .dver/workspace; do
		git check-ignore -q "$f"
	done
'
test_case 'adding again changes nothing' '
	new_repo
	files 5 data
	dver add data
	cp data.dver before
	dver add data | grep -q "nothing changed"
	cmp before data.dver
'
test_case 'an edit, a new file and a deletion are counted' '
	new_repo
	files 9 data
	dver add data
	echo more >>data/1.txt; echo new >data/new; rm data/2.txt
	dver add data | grep -q "data: +1 ~1 -1"
'
test_case 'add -u takes all outputs that changed' '
	new_repo
	files 3 a; files 3 b; echo c >c
	dver add a b c
	commit
	echo x >>a/1.txt; echo y >c
	dver add -u >out
	grep -q "^a: ~1" out
	grep -q "^c: ~1" out
	lacks -q "^b:" out
	git diff --name-only HEAD | sort | tr "\n" " " | grep -qx "a.dver c.dver "
'
test_case 'a part of a folder is added without the rest of it' '
	new_repo
	files 5 data/x; files 5 data/y
	dver add data
	dver remote add origin ../store
	dver push; commit
	cd ..; git clone -q r c; cd c
	mkdir -p data/x; echo replaced >data/x/1.txt; echo new >data/x/n.txt
	dver add data/x/1.txt data/x/n.txt
	[ "$(dver ls -R data | wc -l)" -eq 11 ]
	dver cat data/x/1.txt | grep -qx replaced
	dver cat data/y/3.txt | grep -q "number 3"
	dver status >st
	lacks -q changed st
'
test_case 'a pattern in quotes is expanded' '
	new_repo
	echo 1 >a.bin; echo 2 >b.bin; echo 3 >c.txt
	dver add "*.bin"
	[ -f a.bin.dver ]
	[ -f b.bin.dver ]
	[ ! -f c.txt.dver ]
'
test_case 'what is not there, or git has, or lies outside is refused' '
	new_repo
	fails_with "does not exist" dver add nothing
	echo x >tracked; commit
	fails_with "git tracks" dver add tracked
	echo x >../outside
	fails_with "outside" dver add ../outside
	fails_with "outside" dver add /etc/passwd
	fails_with ".git" dver add .git/config
	fails_with ".dver" dver add .dver/config
'
test_case 'outputs must not overlap' '
	new_repo
	files 3 data/sub
	fails_with "lies in" dver add data data/sub
	[ ! -e data.dver ]
	dver add data/sub
	mkdir data/other
	dver add data >out
	grep -q "nothing changed" out
	[ ! -e data.dver ]
'
test_case 'half of a folder gone asks for --allow-deletes' '
	new_repo
	files 10 data
	dver add data
	cp data.dver before
	rm data/[1-6].txt
	fails_with "--allow-deletes" dver add data
	cmp before data.dver
	dver add --allow-deletes data | grep -q -- "-6"
'
test_case 'a pointer that moved is not overwritten' '
	new_repo
	files 5 data
	dver add data; commit
	echo v2 >>data/1.txt
	dver add data; commit
	git checkout -q HEAD~1
	echo mine >>data/2.txt
	fails_with "moved since" dver add data
	git diff --quiet
	dver add -f data
'
test_case 'a file becomes a folder and back' '
	new_repo
	echo 1 >d
	dver add d
	rm d; files 2 d
	dver add d
	grep -q tree: d.dver
	rm -r d; echo 2 >d
	dver add --allow-deletes d
	grep -q sha256: d.dver
'
test_case 'special files are named and refused' '
	new_repo
	files 2 data
	mkfifo data/pipe
	fails_with "FIFO" dver add data
	rm data/pipe
	ln -s data link
	fails_with "symlink" dver add link
	fails_with "symlink" dver add link/1.txt
	mkdir data/.git
	fails_with "cannot be tracked" dver add data
	rmdir data/.git
	echo a >data/Name; echo b >data/name
	fails_with "fold case" dver add data
	[ ! -e data.dver ]
	dver config core.clashes allow
	dver add data
'
test_case 'odd names survive: newline, bytes, spaces, dashes' '
	new_repo
	mkdir data
	nl=$(printf "a\nb"); raw=$(printf "\377\376x")
	for n in "$nl" "$raw" "sp ace" "-dash" "q\"uote" "tab	tab" "#hash" "%25"; do
		echo "$n" >"data/$n"
		echo "$n" >"$n"
	done
	dver add data
	for n in "$nl" "$raw" "sp ace" "./-dash" "q\"uote" "tab	tab" "#hash" "%25"; do
		dver add "$n"
	done
	git commit -qm odd
	cp -r data keep
	rm -r data
	for n in "$nl" "$raw" "sp ace" "q\"uote"; do rm "$n"; done
	dver checkout
	same_tree data keep
	for n in "$nl" "$raw" "sp ace" "q\"uote"; do
		[ "$(cat "$n")" = "$n" ]
	done
	git status --porcelain >st
	[ "$(grep -vc keep st)" -le 1 ]
'
test_case '--json is one document' '
	new_repo
	files 3 data
	dver add --json data >out.json
	python3 -c "
import json
d = json.load(open(\"out.json\"))
assert d[\"outputs\"][0][\"path\"] == \"data\"
assert d[\"outputs\"][0][\"added\"] == 3"
'
done_testing
