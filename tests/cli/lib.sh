# lib - what every CLI test sources: a clean home, dver in PATH, TAP.
#
#	. "${0%/*}/lib.sh"
#	test_case 'title' 'script'	a subshell in an empty folder, sh -e
#	done_testing
#
# In a script: new_repo (a git repository with a workspace), must_fail CMD,
# fails_with TEXT CMD, lacks GREP-ARGS, same_tree A B, files N DIR, commit.
# set -e does not see a failure behind "!" nor before the last "&&" of a line:
# write lacks, and a line for each thing that must hold.

here=$(cd "${0%/*}" && pwd)
top=$(cd "$here/../.." && pwd)
: "${DVER_BIN:=$top/build/release-cc}"
PATH=$DVER_BIN:$PATH
LSAN_OPTIONS=suppressions=$top/tests/lsan.supp:print_suppressions=0
TEST_TMP=$(mktemp -d /tmp/dver-cli.XXXXXX)
trap 'rm -rf "$TEST_TMP"' EXIT
HOME=$TEST_TMP/home
XDG_CONFIG_HOME=$HOME/.config
GIT_CONFIG_GLOBAL=$HOME/gitconfig
GIT_CONFIG_NOSYSTEM=1
LC_ALL=C.UTF-8
export PATH LSAN_OPTIONS HOME XDG_CONFIG_HOME GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM LC_ALL
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE NO_COLOR
umask 022
mkdir -p "$HOME"
git config --global user.name tester
git config --global user.email tester@example.org
git config --global init.defaultBranch main
git config --global protocol.file.allow always
git config --global advice.detachedHead false

count=0
bad=0

test_case() {
	count=$((count + 1))
	mkdir -p "$TEST_TMP/$count"
	# No condition around it: set -e would do nothing there.
	(cd "$TEST_TMP/$count" || exit 1; set -e; eval "$2") \
		>"$TEST_TMP/log" 2>&1
	if [ $? -eq 0 ]; then
		echo "ok $count - $1"
	else
		bad=$((bad + 1))
		echo "not ok $count - $1"
		sed 's/^/# /' "$TEST_TMP/log"
	fi
	chmod -R u+w "$TEST_TMP/$count" 2>/dev/null
	rm -rf "${TEST_TMP:?}/$count"
}

done_testing() {
	echo "1..$count"
	[ "$bad" -eq 0 ]
}

# The exit code must be 1: an error that was told, no crash.
must_fail() {
	set +e
	"$@"
	code=$?
	set -e
	[ "$code" -eq 1 ] || { echo "exit $code, not 1: $*"; return 1; }
}

# must_fail, and its stderr has the text.
fails_with() {
	want=$1
	shift
	must_fail "$@" 2>err.txt >out.txt || { cat err.txt; return 1; }
	grep -qF -- "$want" err.txt || {
		echo "no '$want' in:"; cat err.txt; return 1; }
	rm -f err.txt out.txt
}

# The leak checker of a sanitizer build cannot run under ptrace.
strace() {
	ASAN_OPTIONS=detect_leaks=0 command strace "$@"
}

# grep must find nothing.
lacks() {
	if grep "$@"; then
		return 1
	fi
}

new_repo() {
	git init -q "${1:-r}"
	cd "${1:-r}"
	dver init -q
}

# N files with contents of their own in DIR.
files() {
	mkdir -p "$2"
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		echo "$2 number $i" >"$2/$i.txt"
	done
}

commit() {
	git add -A
	git commit -qm "${1:-commit}"
}

# Names, kinds, modes, symlink targets and bytes.
listing() {
	(cd "$1" && find . -printf '%P %y %l %m\n' | sort &&
	 find . -type f -exec sha256sum {} + | sort)
}

same_tree() {
	listing "$1" >"$TEST_TMP/a.txt"
	listing "$2" >"$TEST_TMP/b.txt"
	diff "$TEST_TMP/a.txt" "$TEST_TMP/b.txt"
}
