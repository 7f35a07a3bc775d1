#!/bin/sh
# Install what building and testing need and this machine lacks (Debian 12).
# deps.sh [servers|browser|vega|demo|bench|dvc ...]: what these need besides.
set -eu

here=$(dirname "$0")
want=
lib() { pkg-config --exists "$1" 2>/dev/null || want="$want $2"; }
tool() { command -v "$1" >/dev/null 2>&1 || want="$want $2"; }
file() { [ -e "$1" ] || want="$want $2"; }

# Azurite comes from npm, once for all clones of a user.
azurite() {
	. "$here/server/azurite-path.sh"
	to=$(azurite_path)
	main=node_modules/azurite/dist/src/blob/main.js
	[ -e "$to/$main" ] && return
	echo "installing with npm: azurite@$AZURITE_VERSION (370 MB) into $to"
	mkdir -p "${to%/*}"
	new=$(mktemp -d "$to.XXXXXX")
	npm install --prefix "$new" --silent --no-audit --no-fund \
		--ignore-scripts --omit=dev "azurite@$AZURITE_VERSION"
	# Somebody else's that came first is as good.
	mv -T "$new" "$to" 2>/dev/null || rm -rf "$new"
	[ -e "$to/$main" ]
}

# To measure against; from pip, into the build folder.
dvc() {
	to=$here/../build/dvc-venv
	[ -x "$to/bin/dvc" ] && return
	echo "installing with pip: dvc==$DVC_VERSION into build/dvc-venv"
	python3 -m venv "$to"
	"$to/bin/pip" install -q "dvc==$DVC_VERSION"
}
DVC_VERSION=3.67.1

wants() {	# WORD
case $1 in
servers)
	file /usr/bin/radosgw radosgw
	file /usr/bin/ceph-mon ceph-mon
	file /usr/bin/ceph-osd ceph-osd
	file /usr/bin/ceph ceph-common
	file /usr/lib/python3/dist-packages/swift python3-swift
	file /usr/sbin/nginx nginx
	file /usr/lib/nginx/modules/ngx_http_dav_ext_module.so \
		libnginx-mod-http-dav-ext
	file /usr/lib/nginx/modules/ngx_http_lua_module.so \
		libnginx-mod-http-lua
	file /usr/sbin/apache2 apache2-bin
	file /usr/sbin/lighttpd lighttpd
	file /usr/lib/lighttpd/mod_webdav.so lighttpd-mod-webdav
	tool node nodejs
	tool npm npm
	;;
browser)
	tool chromium chromium
	tool chromedriver chromium-driver
	file /usr/lib/python3/dist-packages/selenium python3-selenium
	;;
vega)
	tool npm npm
	;;
demo)
	file /usr/share/datasets/fashion-mnist dataset-fashion-mnist
	tool python3 python3
	;;
bench)
	tool git-lfs git-lfs
	tool restic restic
	tool rclone rclone
	file /usr/bin/aws awscli
	tool openssl openssl
	tool mkfs.ext4 e2fsprogs
	file /usr/bin/time time
	tool python3 python3
	;;
dvc)
	tool python3 python3
	file /usr/lib/python3/dist-packages/pip python3-pip
	file /usr/lib/python3.11/ensurepip python3-venv
	;;
build)
	tool cc gcc
	tool pkg-config pkg-config
	tool prove perl
	tool git git
	tool mandoc mandoc
	tool man man-db
	tool python3 python3
	file /usr/lib/python3/dist-packages/jsonschema python3-jsonschema
	file /usr/lib/python3/dist-packages/yaml python3-yaml
	tool openssl openssl
	tool strace strace
	tool faketime faketime
	tool jq jq
	tool cmark-gfm cmark-gfm
	tool zsh zsh
	tool fish fish
	tool pre-commit pre-commit
	file /usr/sbin/mkfs.xfs xfsprogs
	tool valgrind valgrind
	file /usr/sbin/sshd openssh-server
	tool ssh openssh-client
	tool curl curl
	lib libgit2 libgit2-dev
	lib libcrypto libssl-dev
	lib libcurl libcurl4-openssl-dev
	lib libzstd libzstd-dev
	lib yaml-0.1 libyaml-dev
	lib jansson libjansson-dev
	lib expat libexpat1-dev
	lib libutf8proc libutf8proc-dev
	file /usr/include/libs3.h libs3-dev
	lib cmocka libcmocka-dev
	;;
esac
}
[ $# -gt 0 ] || set -- build
for what; do
	wants "$what"
done

# No package may start its daemon: the tests start servers of their own.
quiet() {
	deny=/usr/sbin/policy-rc.d
	[ ! -e $deny ] || deny=
	if [ "$deny" ]; then
		printf '#!/bin/sh\nexit 101\n' | $sudo tee $deny >/dev/null
		$sudo chmod 755 $deny
	fi
	status=0
	"$@" || status=$?
	[ -z "$deny" ] || $sudo rm -f $deny
	return $status
}

if [ -n "$want" ]; then
	echo "installing with apt-get:$want"
	sudo=
	[ "$(id -u)" -eq 0 ] || sudo=sudo
	$sudo apt-get update -qq
	# shellcheck disable=SC2086
	quiet $sudo env DEBIAN_FRONTEND=noninteractive \
		apt-get -o DPkg::Lock::Timeout=600 install -y -qq \
		--no-install-recommends $want >/dev/null
fi
for what; do
	case $what in
	servers) azurite ;;
	vega) sh "$here/../src/report/vega_scripts.sh" get ;;
	# It does without.
	demo)
		! command -v npm >/dev/null 2>&1 ||
			sh "$here/../src/report/vega_scripts.sh" get ||
			echo "without Vega: pages hold still pictures"
		;;
	dvc) dvc ;;
	esac
done
