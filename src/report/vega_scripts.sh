#!/bin/sh
# The scripts of Vega that pages hold: one place for all clones of a user.
# vega_scripts.sh get       fetch them with npm, unless they are there
# vega_scripts.sh path      tell where they are; nothing if they are not
# vega_scripts.sh versions  tell what they are
set -eu

vega=6.4.0
vega_lite=6.5.0
vega_embed=7.3.0
sums() {
	cat <<-EOT
	8f6a3587cf8d4f42c7e08120e3eb05d067e746d554e39d2dcf52acc0bd5ba28f  vega.min.js
	83e215e84e308ee8688fa6503ba0f1cf8a3c05c0d61df2841a0b92bf86809e00  vega-lite.min.js
	b1455caba2fb1a72fb46025ba0ba1316e2dbc7f0dd40a3f6040172bf9c08ba91  vega-embed.min.js
	EOT
}
dir=${XDG_CACHE_HOME:-$HOME/.cache}/dver-build/vega-$vega-$vega_lite-$vega_embed

there() {
	[ -d "$dir" ] && (cd "$dir" && sums | sha256sum -c --status 2>/dev/null)
}

# The tarball alone: nothing that it depends on, no script of it.
fetch() {	# NAME VERSION
	tarball=$(cd "$new" && npm pack --silent --ignore-scripts "$1@$2")
	tar -xzf "$new/$tarball" -C "$new" -O "package/build/$1.min.js" \
		>"$new/$1.min.js"
	rm "$new/$tarball"
}

get() {
	there && return
	echo "getting from npm: vega@$vega vega-lite@$vega_lite" \
		"vega-embed@$vega_embed into $dir"
	mkdir -p "${dir%/*}"
	new=$(mktemp -d "$dir.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	chmod 755 "$new"
	fetch vega $vega
	fetch vega-lite $vega_lite
	fetch vega-embed $vega_embed
	(cd "$new" && sums | sha256sum -c --quiet)
	# What is there is not whole, or somebody else's that is as good.
	there || rm -rf "$dir"
	mv -T "$new" "$dir" 2>/dev/null || there
}

case $1 in
get) get ;;
path) ! there || echo "$dir" ;;
versions) echo "vega $vega, vega-lite $vega_lite, vega-embed $vega_embed" ;;
esac
