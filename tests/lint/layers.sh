#!/bin/sh
# Who may include whom: the rooms' table.  An outside library's header may be
# included by its one door only.
set -eu

bad=0
rooms() {
	case $1 in
	base) echo base dver ;;
	format) echo base format dver ;;
	store) echo base store dver ;;
	net) echo base format net dver ;;
	repo) echo base format store repo dver ;;
	transfer) echo base format store net transfer dver ;;
	remotes) echo base format store net remotes dver ;;
	pipeline) echo base format store net repo transfer workspace pipeline dver ;;
	workspace) echo base format store net repo transfer workspace dver ;;
	plot) echo base format plot ;;
	report) echo base format store net repo transfer workspace pipeline \
		plot report dver ;;
	cmd) echo base format cmd dver ;;
	*) echo "?" ;;
	esac
}
check() {	# FILE ROOM
	allowed=$(rooms "$2")
	for to in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$1" | sort -u); do
		case " $allowed " in
		*" $to "*) ;;
		*) echo "$1: $2/ may not include $to/"; bad=1 ;;
		esac
	done
}
for f in src/*/*.[ch]; do
	room=${f#src/}
	check "$f" "${room%%/*}"
done
for f in remotes/*.[ch]; do
	check "$f" remotes
	for h in $(sed -n 's/^#include "\(store\/.*\)"/\1/p' "$f"); do
		case $h in store/transport.h | store/transport_config.h) continue
		esac
		echo "$f: of store/ only the transport is for remotes"
		bad=1
	done
done
for f in include/dver/*.h; do
	if grep -n '^#include "' "$f" | grep -v '"dver/'; then
		echo "$f: a public header includes only its like"
		bad=1
	fi
done
door() {	# PATTERN ALLOWED-FILES
	for f in $(grep -lE "^#include <($1)" -r src remotes include); do
		case " $2 " in
		*" $f "*) ;;
		*) echo "$f: <$1> has another door"; bad=1 ;;
		esac
	done
}
git_doors=$(echo src/repo/git*.[ch])
door 'git2' "$git_doors"
door 'openssl' src/base/hash.c
door 'zstd' src/store/codec.c
door 'yaml' src/format/yaml.c
door 'libs3' 'remotes/s3_libs3.c remotes/s3_libs3.h'
door 'curl' 'src/net/http.c src/net/http_easy.c src/net/http_fault.c'
door 'jansson' src/format/json_read.c
door 'expat' src/format/xml.c
door 'utf8proc' src/base/utf8.c
exit $bad
