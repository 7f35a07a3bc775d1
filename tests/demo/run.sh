#!/bin/sh
# The main job on real data: Fashion-MNIST, 70,000 images, from Debian's
# package dataset-fashion-mnist, and a model that is trained with them.  Each
# command is shown as it runs, with its time.  What is said is checked: this
# ends with an error when something is not so.
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
. "$top/tests/demo/lib.sh"
. "$top/tests/demo/stages.sh"

# The accuracy of the model that is here, as dver prints numbers.
accuracy() { metric accuracy | awk '{ print $1 + 0 }'; }
digest() { sha256sum <"$1"; }

say "70,000 images, a folder a class"
cd "$work"
git init -q fashion
cd fashion
run python3 "$top/tests/demo/unpack.py" /usr/share/datasets/fashion-mnist \
	images
same "$(find images -name '*.pgm' | wc -l)" 70000

say "version them beside git"
run dver init
run dver add images
said '^images: +70000'
run git commit -qm "Fashion-MNIST as published"

say "a pipeline: a small program in C, and what it makes of the images"
cp -r "$top/tests/demo/classify" src
parameters "${CC:-cc} -O2" 60000
run cat params.yaml
add_stages
run dver dag
run dver repro
stages 'done in' 'build prepare train evaluate'
# As others have them for these images.
said 'mean 0.2860, deviation 0.3530'
first=$(accuracy)
at_least "$first" 0.8
run git add .
run git commit -qm "A first model: $first of the test images are right"
git tag v1
model=$(digest model.bin)

say "nothing changed: nothing runs"
run dver repro
said 'nothing to do'
run dver status
said 'as its pointers say'

say "would it learn better in larger steps?"
run sed -i 's/lr: .*/lr: 0.1/' params.yaml
run dver status
said 'to run *train: .*lr: 0.01 -> 0.1'
run dver repro
stages 'done in' 'train evaluate'
run dver params diff
said ' train.lr  *0.01  *0.1$'
run dver metrics diff
larger=$(accuracy)
said " accuracy  *$first  *$larger "
at_least "$first" "$larger"
[ "$(digest model.bin)" != "$model" ] || broken "the model is the same"

say "no; back to small ones: what was made with them is still in the store"
run git checkout params.yaml
run dver repro
stages 'done in' ''
stages 'brought back' 'train evaluate'
same "$(digest model.bin)" "$model"
same "$(accuracy)" "$first"
run git status --short
same "$(cat "$work/said")" ''

say "publish all of it to a folder; any number of people can pull from it"
run dver remote add origin "$work/store"
run git commit -qam "Name the remote"
run dver push
said '^sent 70005 files'
run dver push
said 'nothing to do'

say "somebody else: clone, pull; there is nothing to run"
cd "$work"
run git clone -q fashion colleague
cd colleague
run dver pull
said '^received 70005 files'
run dver status
said 'as its pointers say'
run dver repro
said 'nothing to do'
same "$(digest model.bin)" "$model"

say "what ran at one place need not run at another"
cd "$work/fashion"
run dver push --run-cache
cd "$work/colleague"
run dver pull --run-cache
run sed -i 's/lr: .*/lr: 0.1/' params.yaml
run dver repro --pull
stages 'done in' ''
stages 'brought back' 'train evaluate'
same "$(accuracy)" "$larger"
run git checkout params.yaml
run dver repro --pull
stages 'done in' ''
same "$(digest model.bin)" "$model"

say "they relabel 300 pullovers as coats and drop 200 bags"
for f in $(ls images/pullover | head -300); do
	mv "images/pullover/$f" "images/coat/$f"
done
for f in $(ls images/bag | head -200); do
	rm "images/bag/$f"
done
run dver status
run dver add images
said '^images: +300 -500'

say "and train with what is left; the program is not built again"
run dver repro
stages 'done in' 'prepare train evaluate'
said '59800 images to train with, 10000 to test with'
at_least "$(accuracy)" 0.8
relabelled=$(digest model.bin)
run git commit -qam "Relabel 300 pullovers, drop 200 bags, train again"
run dver push
run git push -q origin HEAD:refs/heads/relabel

say "what changed"
run dver diff v1 HEAD
said '^images: 200 deleted 300 renamed'
run dver metrics diff v1 HEAD
said " accuracy  *$first  *$(accuracy) "
run dver ls HEAD:images
[ ! -e images/bag/00023.pgm ] || broken "the first bag is still there"
run sh -c "dver cat v1:images/bag/00023.pgm | sha256sum"
same "$(cat "$work/said")" "$(digest "$work/fashion/images/bag/00023.pgm")"

say "back to what it was, model and all, and forth again"
run git checkout -q v1
run dver checkout
run dver status
said 'as its pointers say'
run dver repro
said 'nothing to do'
same "$(digest model.bin)" "$model"
run git checkout -q -
run dver checkout
same "$(digest model.bin)" "$relabelled"

say "is everything there, and sound?"
run dver check
said 'the remote has all of it'
run dver fsck
said ': 0 damaged, 0 missing'
cd "$work/fashion"
run git merge -q relabel
run dver pull
run dver repro
said 'nothing to do'
same "$(digest model.bin)" "$relabelled"
for made in images prepared classify confusion.csv metrics.json; do
	diff -r $made "$work/colleague/$made"
done
printf '\nboth have the same %d images and the same model; all lies in %s\n' \
	"$(find images -type f | wc -l)" "$work"
