#!/bin/sh
# Install what building and testing need and this machine lacks (Debian 12).
# deps.sh [demo|bench]: what these need besides.
set -eu

want=
lib() { pkg-config --exists "$1" 2>/dev/null || want="$want $2"; }
tool() { command -v "$1" >/dev/null 2>&1 || want="$want $2"; }
file() { [ -e "$1" ] || want="$want $2"; }

case ${1-} in
demo)
	file /usr/share/datasets/fashion-mnist dataset-fashion-mnist
	tool python3 python3
	;;
bench)
	tool git-lfs git-lfs
	tool restic restic
	tool openssl openssl
	tool mkfs.ext4 e2fsprogs
	file /usr/bin/time time
	tool python3 python3
	;;
*)
	tool cc gcc
	tool pkg-config pkg-config
	tool prove perl
	tool git git
	tool mandoc mandoc
	tool python3 python3
	tool strace strace
	tool jq jq
	tool pre-commit pre-commit
	file /usr/sbin/mkfs.xfs xfsprogs
	tool valgrind valgrind
	lib libgit2 libgit2-dev
	lib libcrypto libssl-dev
	lib libcurl libcurl4-openssl-dev
	lib libzstd libzstd-dev
	lib yaml-0.1 libyaml-dev
	lib jansson libjansson-dev
	lib expat libexpat1-dev
	lib libutf8proc libutf8proc-dev
	lib cmocka libcmocka-dev
	;;
esac

[ -n "$want" ] || exit 0
echo "installing with apt-get:$want"
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends $want >/dev/null
