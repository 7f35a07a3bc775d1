#!/bin/sh
# Each command has a page, each option of it is in the page and the reverse,
# -h fits into 80 columns.
set -eu

dver=$1
bad=0
say() { echo "$*"; bad=1; }
tab=$(printf '\t')
for c in $("$dver" dump-options | sed -n "s/^command$tab\([^$tab]*\).*/\1/p")
do
	page=man/dver-$c.1
	[ -f "$page" ] || { say "$c has no page"; continue; }
	grep -q "Xr dver-$c 1" man/dver.1 || say "dver.1 does not name $c"
	"$dver" "$c" -h | awk -v c="$c" 'length > 80 {
		print c " -h: over 80 columns: " $0; bad = 1 } END { exit bad }' ||
		bad=1
	"$dver" dump-options | awk -F'\t' -v c="$c" \
		'$1 == "option" && $2 == c && $4 != "-" { print $4 }' |
		sort >/tmp/dver-help.$$
	sed -n 's/^\.It .*Fl -\([a-z-]*\).*/\1/p' "$page" | sort |
		diff /tmp/dver-help.$$ - || say "$page: other options than $c -h"
done
rm -f /tmp/dver-help.$$
exit $bad
