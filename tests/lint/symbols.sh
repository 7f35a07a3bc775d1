#!/bin/sh
# The shared library shows what the headers declare and nothing else.
set -eu

shown=$(nm -D --defined-only "$1" | awk '{ print $3 }' | sort)
meant=$(cat include/dver/*.h | grep -v '^#define' | tr '\n' ' ' | grep -o 'DVER_API [^(]*(' |
	sed 's/.*[ *]\([a-z_0-9]*\)($/\1/' | sort)
[ "$shown" = "$meant" ] && exit 0
echo "exported symbols and public headers differ:"
echo "$shown" >/tmp/dver-shown.$$
echo "$meant" | diff /tmp/dver-shown.$$ - || true
rm -f /tmp/dver-shown.$$
exit 1
