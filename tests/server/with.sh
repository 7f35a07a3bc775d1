#!/bin/sh
# with.sh NAME... -- COMMAND...: run it while these servers are there, and end
# as it does.  $DVER_SERVERS/NAME/env has what each one's start printed.
set -u

servers=$(cd "$(dirname "$0")" && pwd)
DVER_SERVERS=$(mktemp -d /tmp/dver-servers.XXXXXX)
chmod a+x "$DVER_SERVERS"	# Apache works as another user
export DVER_SERVERS
names=

finish() {
	for name in $names; do
		sh "$servers/$name.sh" stop "$DVER_SERVERS/$name" &
	done
	wait
	rm -rf "$DVER_SERVERS"
}
trap finish EXIT
trap 'exit 143' INT TERM HUP

pids=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	sh "$servers/$1.sh" start "$DVER_SERVERS/$1" >/dev/null &
	pids="$pids $!"
	names="$names $1"
	shift
done
shift
for pid in $pids; do
	wait "$pid" || exit 1
done
"$@"
