#!/bin/sh
# The protocols of a store, for some hundred seeds (make simulate: more); each
# rule that is broken on purpose must be noticed.
: "${DVER_BIN:?}"
dir=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)/dver.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' INT TERM HUP
"$DVER_BIN/tests/simulate-store" -n 300 "$dir/sim"
