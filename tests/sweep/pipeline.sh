# pipeline - what the sweeps of pipeline commands share: states to begin with,
# the command, and what must hold after it failed and after it ran again.
#
# A system call or an allocation of dver fails (fault.c), one at a time.
# POINTS of each kind are taken, spread over all; POINTS=0 takes every one, and
# GO_ON=1 does not end at the first that is not right.
. "${0%/*}/../cli/lib.sh"

: "${POINTS:=16}"
: "${GO_ON:=}"
unset SHELL
fault_lib=$TEST_TMP/fault.so
${CC:-cc} -O2 -shared -fPIC -o "$fault_lib" "$top/tests/sweep/fault.c" ||
	exit 1

act() {		# COMMAND, after the words before dver
	case $command in
	first | changed | back) "$@" dver repro -q ;;
	add) "$@" dver stage add -q -n more -d in.txt -o sub/more.txt \
		-M score.yaml "cp in.txt sub/more.txt; echo s: 1 >score.yaml" ;;
	freeze) "$@" dver freeze -q train ;;
	resolve) "$@" dver resolve -q --ours dver.lock ;;
	diff) "$@" dver metrics diff ;;
	value) "$@" dver log --param lr ;;
	stage) "$@" dver log train ;;
	esac
}

# It says something and changes nothing.
is_report() {
	case $command in diff | value | stage) ;; *) return 1 ;; esac
}

lr() { echo "lr: $1" >params.yaml; }

# The state before the command.
prepare() {
	git init -q --template= r
	cd r
	dver init -q
	cat >dver.yaml <<-END
	# mine
	stages:
	  train:
	    cmd:
	    - cp in.txt out.txt; echo ran >>../runs
	    - mkdir -p model/sub; cat in.txt params.yaml >model/a
	    - cp in.txt model/sub/b; grep lr params.yaml >metrics.yaml
	    deps: [in.txt]
	    params: [lr]
	    outs: [out.txt, model]
	    metrics:
	    - metrics.yaml: {cache: false}
	  other:
	    cmd: cp in.txt other.txt
	    deps: [in.txt]
	    outs: [other.txt]
	END
	echo hello >in.txt; mkdir sub; : >sub/keep
	lr 1; dver repro -q other; commit one
	[ "$command" != first ] || return 0
	dver repro -q; commit two
	case $command in
	changed) lr 2 ;;
	back) lr 2; dver repro -q; commit three; lr 1 ;;
	diff) lr 2; dver repro -q ;;
	value | stage) lr 2; dver repro -q; commit two ;;
	resolve)
		git checkout -q -b side; lr 2; dver repro -q; commit side
		git checkout -q main; lr 3; dver repro -q; commit main
		! git merge -q side
		git ls-files -u dver.lock | grep -q .
		lr 3; git add params.yaml
		git checkout -q --ours metrics.yaml; git add metrics.yaml ;;
	esac
	rm -f ../runs
}

# $state/old: before the command; $state/new: after it.
states() {
	rm -rf "$state"
	mkdir -p "$state/old" "$state/new"
	(cd "$state/old" && set -e && prepare) >"$state/log" 2>&1 || {
		cat "$state/log"; return 1; }
	cp -a "$state/old/." "$state/new"
	(cd "$state/new/r" && act >../said &&
		git status --porcelain >../git && cp -a . ../added &&
		cd ../added && git add -A &&
		git status --porcelain >../git+) 2>&1
}

# Files of git or dver that are not the same as in the state, are told.
same_as() {
	diff -r --exclude=.git --exclude=.dver . "$state/$1/r"
}

is_done() {
	same_as new || return 1
	# What is not staged is told, or git status tells it.
	git=git
	[ "$code" = 0 ] || { git add -A; git=git+; }
	git status --porcelain | diff - "$state/new/$git" || return 1
	case $command in
	first | changed | back)
		dver repro | grep -q "nothing to do" || {
			echo "there is more to do"; return 1; }
		begun=$(find .dver/stages -name '*.begun')
		[ -z "$begun" ] || { echo "left: $begun"; return 1; } ;;
	esac
}

# What must hold once the command failed.
old_or_new() {
	cat .gitignore sub/.gitignore 2>/dev/null |
		grep -vxF -e /other.txt -e /out.txt -e /model -e /more.txt &&
		{ echo "git ignores more"; return 1; }
	for f in dver.lock dver.yaml; do
		[ -e "$f" ] || [ ! -e "$state/old/r/$f" ] || {
			echo "$f is gone"; return 1; }
		[ ! -e "$f" ] || cmp -s "$f" "$state/old/r/$f" ||
			cmp -s "$f" "$state/new/r/$f" ||
			{ echo "$f is neither old nor new"; return 1; }
	done
	[ "$command" = resolve ] || dver dag >/dev/null || return 1
	dver fsck -q --no-restore || { echo "damage"; return 1; }
}

told() {	# STDERR
	grep -q '^dver: ' "$1" || { echo "nothing was told"; return 1; }
	! grep -q 'Success' "$1" || { echo "no reason was told"; return 1; }
	[ "$FAULT_KIND" != memory ] || grep -q 'memory' "$1" || {
		echo "memory was not told"; return 1; }
}

point() {
	rm -rf "$TEST_TMP/run"
	cp -a "$state/old" "$TEST_TMP/run"
	cd "$TEST_TMP/run/r" || return 1
	rm -f "$TEST_TMP/report"
	act env LD_PRELOAD="$fault_lib" >../said 2>../err
	code=$?
	cat "$TEST_TMP/report" ../err
	case $code in
	0)	# What a report lacks, it tells; what libgit2 cannot look at it
		# takes for what is not there.
		! is_report || cmp ../said "$state/new/said" ||
			grep -q "^dver: warning: " ../err ||
			grep -q "of a library" "$TEST_TMP/report" || return 1
		# Nor does it tell of an index that it could not look at.
		is_done || { [ "$command" = resolve ] &&
			grep -q "of a library" "$TEST_TMP/report"; } || {
			echo "exit 0, and it is not done"; return 1; } ;;
	1)	told ../err || return 1 ;;
	137)	[ "$FAULT_ERROR" = -1 ] || return 1
		# What a killed process leaves beside its files, git's lock too.
		rm -f .git/index.lock ./*.???????? sub/*.???????? \
			.gitignore.???????? sub/.gitignore.???????? ;;
	*)	echo "exit $code"; return 1 ;;
	esac
	old_or_new || return 1
	# A stage that is there is not added again; the very same one is.
	act >../said 2>&1 || {
		echo "the rerun failed"; cat ../said; return 1; }
	! is_report || cmp ../said "$state/new/said" || return 1
	is_done && dver fsck -q || return 1
	# Of a killed process a file may be left beside the one it was to be:
	# dver gc removes those of the run cache.
	litter=$([ $code -eq 137 ] || find . -name '*.????????' \
			-path './.dver/*' ! -name '*.begun'
		find .dver/tmp .dver/cache/tmp -mindepth 1 2>/dev/null)
	[ -z "$litter" ] || { echo "litter: $litter"; return 1; }
}

# COMMAND KIND ERROR: at every so many.
sweep() {
	command=$1
	export FAULT_KIND="$2" FAULT_ERROR="$3" FAULT_NTH=0
	export FAULT_REPORT="$TEST_TMP/report"
	state=$TEST_TMP/$command
	states || return 1
	(point) >"$TEST_TMP/why" 2>&1 || { cat "$TEST_TMP/why"; return 1; }
	total=$(cut -d' ' -f1 "$TEST_TMP/report")
	[ "$total" -gt 20 ] || return 1
	step=$((POINTS ? total / POINTS + 1 : 1))
	i=$(((step + 1) / 2))
	failed=
	while [ $i -le "$total" ]; do
		FAULT_NTH=$i
		(point) >"$TEST_TMP/why" 2>&1 || {
			echo "$command, $2 $i of $total, error $3:"
			cat "$TEST_TMP/why"
			failed=yes
			[ -n "$GO_ON" ] || return 1
		}
		i=$((i + step))
	done
	[ -z "$failed" ]
}
