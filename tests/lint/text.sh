#!/bin/sh
# Lines over 80 columns, white space at line ends, functions that are banned.
set -eu

files=$(git ls-files '*.c' '*.h')
bad=0
for f in $files $(git ls-files '*.js' '*.py' 'tests/browser/*.t'); do
	expand -t8 "$f" | awk -v f="$f" '
		length > 80 { print f ":" NR ": over 80 columns"; bad = 1 }
		END { exit bad }' || bad=1
done
# A table of README has a line a row, however long.
expand -t8 README.md | awk 'length > 80 && !/^\|/ {
	print "README.md:" NR ": over 80 columns"; bad = 1 } END { exit bad }' ||
	bad=1
if git grep -nIE '[[:space:]]$'; then
	echo "white space at the end"
	bad=1
fi
# Where packages come from is for the settings of who installs them.
if git grep -nIE 'https?://(registry|index|mirror|proxy|pypi)[.-]' -- \
	. ':!man'; then
	echo "the host of a package registry"
	bad=1
fi
banned='(strcpy|strcat|sprintf|vsprintf|strncpy|strtok|gets|atoi|localtime|'
banned="${banned}gmtime|ctime|mktemp|system|alloca)"
# shellcheck disable=SC2086
if grep -nE "(^|[^_a-zA-Z0-9>.])$banned\(" $files; then
	echo "banned function"
	bad=1
fi
# What stands in a script of a page must not seem to end it.
if grep -niE '</script|<!--' $(git ls-files '*.js'); then
	echo "words that a page's script may not have"
	bad=1
fi
exit $bad
