#!/bin/sh
# What completions offer; first as dver itself finds it, then with the Tab key
# of real shells (tab.py).
. "${0%/*}/lib.sh"

# offers WORDS: candidates for the last word, sorted, on one line.
offers() {
	dver dump-words -- "$@" | tail -n +2 | cut -f1 | sort | tr '\n' ' ' |
		sed 's/ $//'
}
is() {	# WANTED WORDS
	want=$1
	shift
	got=$(offers "$@")
	[ "$got" = "$want" ] || { echo "'$*': '$got', not '$want'"; return 1; }
}
tabs() {	# LINE WANTED [SHELL]
	for shell in ${3:-bash zsh fish}; do
		got=$(python3 "$here/tab.py" $shell "$1")
		[ "$got" = "$2" ] || {
			echo "$shell: '$1': $got, not $2"; return 1; }
	done
}
# Tracked: data (with folders in it), deep/er/out, "a b"; some of it not here.
tracked='
	new_repo
	files 2 data/deep; files 2 data/also; mkdir -p deep/er; echo 1 >deep/er/out
	echo 1 >"a b"
	dver add -q data deep/er/out "a b"
	dver remote add origin ../o; dver remote add other ../p
	commit; git tag v1; git branch topic
	rm -r data deep/er/out "a b"
'
test_case 'commands, options and their values' "$tracked"'
	is "check check-ignore checkout" che
	is "--update" add --up
	is "origin other" push -r ""
	is "origin other" drop -nr o
	is "--remote=origin" push --remote=or
	is "auto" --progress a
	is "plain" push --progress p
	is "github gitlab" init --ci ""
	is "main" report --base m
	is "topic" report t
	is "HEAD main topic v1" du --only ""
	is "HEAD main topic v1" metrics show --rev ""
	is "main" metrics diff v1 m
	is "v1..main" params show v1..m
	is "" metrics diff v1 main m
	is "" push -j ""
	is "" nosuch x
	is "completion config" co
	dver dump-words -- -C x | grep -qx dirs
	dver dump-words -- init x | grep -qx dirs
	dver dump-words -- gc --forget "" | grep -qx files
'
test_case 'stages' '
	new_repo
	mkdir sub
	echo "stages: {train: {cmd: x, desc: why}, f: {foreach: [a, b],
	  do: {cmd: x}}}" >dver.yaml
	echo "stages: {s: {cmd: x}}" >sub/dver.yaml
	is "f@a f@b sub/dver.yaml:s train" dag ""
	is "f@a f@b" dag f
	is "train" stage list t
	is "list" stage l
	is "show" metrics s
	is "diff" params d
	dver dump-words -- dag tr | grep -qx "train	why"
'
test_case 'tracked paths that are not on the disk, from any folder' "$tracked"'
	is "a b data/" rm ""
	is "HEAD a b data/ main topic v1" checkout ""
	is "data/" pull d
	is "data/also/ data/deep/" pull data/
	is "data/deep/1.txt data/deep/2.txt" rm data/deep/
	is "data/deep/1.txt" rm data/deep/1
	is "deep/er/out" pull deep/er/
	is "./data/also/" pull ./data/a
	mkdir -p sub/dir; cd sub/dir
	is "../../data/" pull ../../d
	is "../../data/also/" pull ../../data/a
	is "" pull ""
	is "" pull ../../../../../../d
	cd ../../deep
	is "er/out" pull er/
	is "v1:er/" cat v1:
	cd ..; is "../data/also/" -C sub pull ../data/a
	is "" -C nowhere pull ../data/a
	is "" pull dee
	dver dump-words -- pull x | grep -qx files
	echo 1 >here; dver add -q here
	is "" pull he
'
test_case 'names of all kinds; none with an end of line' "$tracked"'
	mkdir odd; echo 1 >"odd/a b"; echo 1 >"odd/*"; echo 1 >"odd/\$x"
	printf 1 >"odd/$(printf "n\nl")"; printf 1 >"odd/t	b"
	dver add -q odd; rm -r odd
	is "odd/\$x odd/* odd/a b" pull odd/
'
test_case 'revisions where they fit' "$tracked"'
	is "HEAD main topic v1" check ""
	is "topic" diff top
	is "v1..HEAD v1..main v1..topic v1..v1" check v1..
	is "main..topic" log main..t
	is "HEAD" checkout HE
	is "" checkout v1 -- HE
	is "data/also/" checkout v1 -- data/a
	is "topic:" cat to
	is "v1:data/ v1:deep/" cat v1:d
	is "v1:data/also/1.txt v1:data/also/2.txt" ls v1:data/also/
	is "v1:deep/" du v1:de
	is "" cat nosuch:
	is "" push HE
	git checkout -q --orphan empty; git rm -rq --cached .
	rm -f ./*.dver
	is "v1:data/deep/" cat v1:data/d
'
test_case 'remotes, settings and options of remotes' "$tracked"'
	is "origin other" remote default ""
	is "other" remote remove ot
	is "set-url" remote set
	is "" remote default origin ""
	is "region" remote modify origin regi
	is "cache.dir" config cache.d
	is "" config cache.dir ""
	is "dir" cache ""
	is "fsck" help fsc
	is "zsh" completion z
'
test_case 'outside of a workspace, in a broken one' '
	is "status" stat
	is "" push -r ""
	is "" pull ""
	is "--update" add --u
	new_repo; echo "[x" >.dver/config
	is "status" stat
	is "" push -r ""
	[ -z "$(dver dump-words -- push -r "" 2>&1 >/dev/null)" ]
	code=0; dver dump-words 2>/dev/null || code=$?
	[ $code = 2 ]
'
test_case 'every command and every option is offered' '
	offers "" | tr " " "\n" | sort >all
	dver dump-options | awk -F"\t" "\$1 == \"command\" { print \$2 }" |
		sort | diff - all
	for c in $(cat all); do
		offers $c -- | tr " " "\n" >opts
		dver dump-options | awk -F"\t" -v c=$c "\$1 == \"option\" &&
			\$2 == c && \$4 != \"-\" { print \"--\" \$4 }" >want
		while read -r o; do
			grep -qx -e "$o" opts || { echo "$c: no $o"; exit 1; }
		done <want
		grep -qx -e --json opts
	done
'
test_case 'a shell that is unknown is wrong usage' '
	code=0; dver completion tcsh 2>err || code=$?
	[ $code = 2 ]
	grep -q bash err
'
test_case 'Tab: commands and options' "$tracked"'
	tabs "dver unpr" "[unprotect]"
	tabs "dver drop --dry" "[drop] [--dry-run]"
	tabs "dver -C . help fsc" "[-C] [.] [help] [fsck]"
	tabs "dver completion z" "[completion] [zsh]"
'
test_case 'Tab: remotes' "$tracked"'
	tabs "dver push -r or" "[push] [-r] [origin]"
	tabs "dver push --remote ot" "[push] [--remote] [other]"
	tabs "dver push --remote=ot" "[push] [--remote=other]"
	tabs "dver remote default or" "[remote] [default] [origin]"
'
test_case 'Tab: paths on the disk and paths that are not' "$tracked"'
	tabs "dver pull data/d" "[pull] [data/deep/]"
	tabs "dver pull data/deep/1" "[pull] [data/deep/1.txt]"
	tabs "dver pull deep/er/ou" "[pull] [deep/er/out]"
	tabs "dver pull data.d" "[pull] [data.dver]"
	tabs "dver pull a" "[pull] [a b]"
	tabs "dver pull ./data/d" "[pull] [./data/deep/]"
	mkdir "my dir"; echo 1 >"my dir/new one"
	tabs "dver add my\\ dir/n" "[add] [my dir/new one]"
	cd deep; tabs "dver pull ../data/d" "[pull] [../data/deep/]"
	tabs "dver init er/../../de" "[init] [er/../../deep/]" bash
'
test_case 'Tab: revisions, and paths in them' "$tracked"'
	tabs "dver check top" "[check] [topic]"
	tabs "dver log main..top" "[log] [main..topic]"
	tabs "dver cat v1:dat" "[cat] [v1:data/]"
	tabs "dver cat v1:data/deep/2" "[cat] [v1:data/deep/2.txt]"
	tabs "dver checkout v1 -- data/als" "[checkout] [v1] [--] [data/also/]"
	tabs "dver ls top" "[ls] [topic:]"
'
test_case 'metrics, parameters and stages of log' '
	new_repo
	echo "{\"acc\": 1, \"train\": {\"loss\": 2}}" >m.json
	printf "lr: 1\nepochs: 2\n" >params.yaml
	printf "metrics: [m.json]\nstages: {fit: {cmd: x}}\n" >dver.yaml
	is "acc train.loss" log --metric ""
	is "epochs lr" log --param ""
	is "--stage=fit" log --stage=
	is "fit" log f
	is "acc" log a
	is "train.loss" log HEAD t
	is "" log -- a
'
test_case 'templates of plots' '
	new_repo
	mkdir -p .dver/plots
	echo "{}" >.dver/plots/scores.json
	is "templates" plots t
	is "scatter scatter_jitter scores" plots templates sc
	is "" plots templates linear l
	is "--template=smooth" plots show --template=sm
	dver dump-words -- plots -t x | grep -qx files
'
test_case 'bash: compgen lists several' "$tracked"'
	cat >try.bash <<-\END
		source <(dver completion bash)
		try() {
			COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
			COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
			COMPREPLY=(); _dver 2>/dev/null
			printf "%s\n" "${COMPREPLY[@]}" | sort | paste -sd " "
		}
		try dver che
		try dver push -r o
		try dver remote set
		try dver cat v1 : data/deep/
	END
	bash try.bash >out
	printf "%s\n" "check check-ignore checkout" "origin other" set-url \
		"data/deep/1.txt data/deep/2.txt" >want
	diff want out
'
done_testing
