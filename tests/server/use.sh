# use - for tests in shell: `use_server NAME` has NAME run and its variables
# set (see NAME.sh).  One that with.sh started is taken; else one is started
# and ends with the test.  Wants $TEST_TMP and $top; sets the EXIT trap.

own_servers=
end_servers() {
	for own in $own_servers; do
		sh "$top/tests/server/$own.sh" stop "$TEST_TMP/server-$own"
	done
	own_servers=
}

use_server() {
	if [ -e "${DVER_SERVERS:-/none}/$1/env" ]; then
		. "$DVER_SERVERS/$1/env"
		return
	fi
	own_servers="$own_servers $1"
	trap 'end_servers; rm -rf "$TEST_TMP"' EXIT
	trap 'exit 143' INT TERM HUP
	# Apache works as another user, who must get there.
	chmod a+x "$TEST_TMP"
	sh "$top/tests/server/$1.sh" start "$TEST_TMP/server-$1" >/dev/null ||
		{ echo "Bail out! no server '$1'"; exit 1; }
	. "$TEST_TMP/server-$1/env"
}
