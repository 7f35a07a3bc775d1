# lib - what every test of a remote sources: all of tests/cli/lib.sh, servers
# (`use_server NAME`, see tests/server/use.sh), and
#
#	run_suite LABEL ARGS...		the conformance suite, its tests among
#					the others of this file

. "$(dirname "$0")/../cli/lib.sh"
. "$top/tests/server/use.sh"

# A URL of its own for each use: this run of tests and a number.
unique() {
	fresh=$((${fresh:-0} + 1))
	echo "${TEST_TMP##*.}-$fresh"
}

run_suite() {
	suite_label=$1
	shift
	"$DVER_BIN/tests/suite" -l "$suite_label" "$@" >"$TEST_TMP/suite.out" \
		2>"$TEST_TMP/suite.err"
	# Numbered on; without its plan, which it has if it came to its end.
	grep -q '^1\.\.' "$TEST_TMP/suite.out" ||
		echo "not ok 0 - $suite_label: it ended early" \
			>>"$TEST_TMP/suite.out"
	sed "s/^\(not ok\|ok\) [0-9]*/\1/; s/^Bail out! /# /; /^1\.\./d" \
		"$TEST_TMP/suite.out" >"$TEST_TMP/suite.tap"
	while read -r line; do
		case $line in
		'ok '*)
			count=$((count + 1))
			line="ok $count${line#ok}"
			;;
		'not ok '*)
			count=$((count + 1))
			bad=$((bad + 1))
			line="not ok $count${line#not ok}"
			;;
		esac
		printf '%s\n' "$line"
	done <"$TEST_TMP/suite.tap"
	sed 's/^#* */# /' "$TEST_TMP/suite.err" | head -n 100
}

# The web server's log of requests for the store NAME; others use it, too.
asked_of() {
	grep -F "/$1/" "$HTTP_LOG"
}
