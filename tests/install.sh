#!/bin/sh
# Install into an empty folder, build a small program against it, and let it
# read a tracked file of an old revision.
set -eu

cc=$1
make=$2
top=$(pwd)
tmp=$(mktemp -d /tmp/dver-install.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
$make --no-print-directory -s install DESTDIR= PREFIX="$tmp/usr" \
	>"$tmp/log" 2>&1 || { cat "$tmp/log"; exit 1; }
for f in bin/dver lib/libdver.a lib/libdver.so lib/libdver.so.0 \
	lib/pkgconfig/libdver.pc include/dver/repo.h share/man/man1/dver.1 \
	share/man/man5/dver-store.5 share/dver/dver.schema.json \
	share/bash-completion/completions/dver; do
	[ -e "$tmp/usr/$f" ] || { echo "not installed: $f"; exit 1; }
done

PKG_CONFIG_PATH=$tmp/usr/lib/pkgconfig
LD_LIBRARY_PATH=$tmp/usr/lib
PATH=$tmp/usr/bin:$PATH
HOME=$tmp GIT_CONFIG_GLOBAL=$tmp/gitconfig
export PKG_CONFIG_PATH LD_LIBRARY_PATH PATH HOME GIT_CONFIG_GLOBAL
# shellcheck disable=SC2046
$cc -Wall -Werror -o "$tmp/reader" tests/reader.c \
	$(pkg-config --cflags --libs libdver)
# The static library needs what it names itself.
# shellcheck disable=SC2046
$cc -o "$tmp/static" tests/reader.c -I"$tmp/usr/include" \
	"$tmp/usr/lib/libdver.a" \
	$(pkg-config --static --libs libdver | sed 's/-ldver//')

git config --global user.name t
git config --global user.email t@example.org
git init -q "$tmp/repo"
cd "$tmp/repo"
dver init -q
mkdir data
echo old >data/f
dver add -q data
git commit -qm one
echo new >data/f
dver add -q data
git commit -qm two
rm -r data
for reader in reader static; do
	[ "$("$tmp/$reader" HEAD~1 data/f)" = old ]
	[ "$("$tmp/$reader" HEAD data/f)" = new ]
done
cd "$top"
echo "installed, linked and read: ok"
