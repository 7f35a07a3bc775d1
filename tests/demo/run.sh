#!/bin/sh
# The main job on real data: Fashion-MNIST, 70,000 images, from Debian's
# package dataset-fashion-mnist.  Each command is shown as it runs, with its
# time.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$DVER_BIN:$PATH
work=${1:-$(mktemp -d /tmp/dver-demo.XXXXXX)}
mkdir -p "$work"
HOME=$work/home
GIT_CONFIG_GLOBAL=$HOME/gitconfig
export PATH HOME GIT_CONFIG_GLOBAL
mkdir -p "$HOME"
git config --global user.name demo
git config --global user.email demo@example.org
git config --global init.defaultBranch main
git config --global advice.detachedHead false

say() { printf '\n# %s\n' "$*"; }
now() { date +%s%N; }
run() {
	printf '$ %s\n' "$*"
	start=$(now)
	"$@"
	ms=$((($(now) - start) / 1000000))
	printf '  [%d.%03d s]\n' $((ms / 1000)) $((ms % 1000))
}

say "70,000 images, a folder a class"
cd "$work"
git init -q fashion
cd fashion
run python3 "$top/tests/demo/unpack.py" /usr/share/datasets/fashion-mnist \
	images

say "version them beside git"
run dver init
run dver add images
run git commit -qm "Fashion-MNIST as published"
git tag v1

say "publish the data to a folder; any number of people can pull from it"
run dver remote add origin "$work/store"
run git commit -qam "Name the remote"
run dver push
run dver push

say "somebody else: clone, pull"
cd "$work"
run git clone -q fashion colleague
cd colleague
run dver pull
run dver status

say "they relabel 300 pullovers as coats and drop 200 bags"
for f in $(ls images/pullover | head -300); do
	mv "images/pullover/$f" "images/coat/$f"
done
for f in $(ls images/bag | head -200); do
	rm "images/bag/$f"
done
run dver status
run dver add images
run git commit -qm "Relabel 300 pullovers, drop 200 bags"
run dver push
run git push -q origin HEAD:refs/heads/relabel

say "what changed"
run dver diff v1 HEAD
run dver ls HEAD:images
run sh -c "dver cat v1:images/bag/00023.pgm | sha256sum"

say "back to what it was, and forth again"
run git checkout -q v1
run dver checkout
run dver status
run git checkout -q -
run dver checkout

say "is everything there, and sound?"
run dver check
run dver fsck
cd "$work/fashion"
run git merge -q relabel
run dver pull
diff -r images "$work/colleague/images"
printf '\nboth have the same %d files; all of it lies in %s\n' \
	"$(find images -type f | wc -l)" "$work"
