#!/bin/sh
. "${0%/*}/lib.sh"
# All of a remote into another: layouts, damage, kills, refusals.

# A repository with every kind of data, pushed to `a` of layout $1 (two
# commits, so that large files share chunks), and an empty `b` of layout $2.
# The file `part` is one chunk of `huge`, and a file of its own.
two_remotes() {
	new_repo
	files 60 data; mkdir data/sub; echo s >data/sub/s; : >data/empty
	cp /bin/sh data/tool; ln -s 1.txt data/link
	head -c 3000000 /dev/urandom >big
	dver remote add -o layout="$1" a ../a
	dver remote add -o layout="$2" b ../b
	dver add -q data big; commit one; dver push -q -r a
	echo more >>data/3.txt; echo end >>big
	dver add -q data big; commit two; dver push -q -r a
}
# Everything of all commits comes from b, and nothing else is asked.
whole_at_b() {
	rm -rf ../away; mv ../a ../away
	dver fsck -r b
	dver check -A -r b
	git clone -q . ../c; (
		cd ../c
		dver remote modify --local b url "$PWD/../b"
		dver fetch -q -A -r b
		dver checkout -q
		same_tree data ../r/data; cmp big ../r/big
		git checkout -q HEAD~1; dver checkout -q
		[ "$(stat -c %s big)" = 3000000 ]
		dver fsck
	)
	rm -rf ../c; mv ../away ../a
}
for from in packed plain; do
for to in packed plain; do
	test_case "$from to $to" '
		two_remotes '$from' '$to'
		find ../a -type f | sort | xargs sha256sum >before
		dver remote copy a b -n | grep -q "^would have copied"
		[ ! -e ../b/store ]
		dver remote copy a b | tee said | grep -q "^copied"
		find ../a -type f | sort | xargs sha256sum | cmp - before
		dver remote copy a b | grep -q "^nothing to do"
		find ../b -type f | sort >b1
		dver remote copy --json a b >j
		python3 -c "
import json
j = json.load(open(\"j\"))
assert j[\"objects\"] == 0 and j[\"bytes\"] == 0, j
assert j[\"missing\"] == 0 and j[\"requests\"] > 0, j"
		find ../b -type f | sort | cmp - b1
		whole_at_b
		# What the pushes recorded.
		dver remote add -o layout=plain again ../again
		dver remote copy -q b again
		[ "$(ls ../again/roots | wc -l)" = 4 ]
		echo new >new; dver add -q new; commit three; dver push -q -r a
		dver remote copy -n a b | grep -q "have copied 1 object"
		dver remote copy a b | grep -q "^copied 1 object,"
		dver push -r b | lacks "sent 1"
	'
done
done
test_case 'from packed to plain only objects come, also what is a chunk, too' '
	new_repo
	head -c 8000000 /dev/urandom >huge
	dver remote add a ../a
	dver remote add -o layout=plain b ../b
	dver add -q huge; commit one; dver push -q -r a
	dver remote copy -q a b
	[ "$(find ../b/files -type f | wc -l)" = 1 ]
	# The first chunk as a file: nothing new is sent to a but a tree.
	python3 - <<EOF
import glob, struct
data = open("huge", "rb").read()
import hashlib, os
ids = set()
for f in glob.glob("../a/packs/*/*"):
    b = open(f, "rb").read()
    n, = struct.unpack("<I", b[-48:-44])
    foot = b[-48 - 44 * n:-48]
    for i in range(n):
        ids.add((foot[44*i:44*i+32],
                 struct.unpack("<I", foot[44*i+40:44*i+44])[0] & 0xffffff))
for length in {l for _, l in ids}:
    if (hashlib.sha256(data[:length]).digest(), length) in ids:
        os.mkdir("d")
        open("d/part", "wb").write(data[:length])
EOF
	[ -s d/part ]
	dver add -q d; commit two; dver push -q -r a
	dver remote copy a b
	[ "$(find ../b/files -type f | wc -l)" = 3 ]
	rm -rf ../a .dver/cache d huge
	dver pull -q -r b; [ -s d/part ]; dver fsck -r b
'
test_case 'a large folder: its tree is cut, and comes' '
	new_repo
	mkdir d; (cd d; seq -f "%0200g" 6000 | xargs touch)
	dver remote add -o layout=packed a ../a
	dver remote add -o layout=plain b ../b
	dver remote add -o layout=packed c ../c
	dver add -q d; commit one; dver push -q -r a
	dver remote copy -q a b; dver remote copy -q b c
	dver fsck -r b; dver fsck -r c
	find ../c/packs -type f -size +2k | lacks .
	rm -rf ../a ../b .dver/cache d
	dver pull -q -r c; [ "$(ls d | wc -l)" = 6000 ]
'
test_case 'refusals: one place, read-only, no store, another layout' '
	two_remotes packed packed
	dver remote add same ../a/
	fails_with "same place" dver remote copy a a
	fails_with "same place" dver remote copy a same
	fails_with "cannot open store" dver remote copy b a
	mkdir ../b; fails_with "holds no dver store" dver remote copy b a
	rmdir ../b
	fails_with "no remote" dver remote copy a nowhere
	dver remote modify b read_only true
	fails_with "read-only" dver remote copy a b
	[ ! -e ../b ]
	dver remote modify --unset b read_only
	dver remote copy -q a b
	dver remote modify b layout plain
	fails_with "has the layout packed" dver remote copy a b
	code=0; dver remote copy a || code=$?; [ $code = 2 ]
'
test_case 'from a read-only remote; where nothing is pushed' '
	two_remotes packed plain
	dver remote modify a read_only true
	dver remote copy -q a b; whole_at_b
'
test_case 'who was killed before the heads were written is made good' '
	two_remotes packed packed
	dver remote copy -q a b
	cp ../b/heads heads; rm -f ../b/heads
	dver remote copy a b | grep -q "nothing to do"
	cmp heads ../b/heads
	{ head -n 1 heads; tail -n 1 heads; } >../b/heads
	dver remote copy -q a b; cmp heads ../b/heads
'
test_case 'an upload without its index is not sent again' '
	two_remotes packed packed
	head -c 50000000 /dev/urandom >huge; dver add -q huge; commit three
	dver push -q -r a
	# The index is linked into the cache before it is put.
	strace -f -qq -o /dev/null -e inject=link:signal=KILL:when=1 \
		dver remote copy -q a b || :
	[ -z "$(ls ../b/index 2>/dev/null)" ]
	find ../b/packs -type f | sort >packs; [ -s packs ]
	dver remote copy -q a b
	find ../b/packs -type f | sort >now; [ "$(comm -23 packs now | wc -l)" = 0 ]
	[ "$(du -sk ../b/packs | cut -f1)" -lt 60000 ]
	dver fsck -r b; dver check -A -r b
'
for to in packed plain; do
	test_case "what is damaged is told, the rest comes, to $to" '
		two_remotes packed '$to'
		pack=$(find ../a/packs -type f -size +2000k | head -n 1)
		chmod u+w "$pack"
		printf XXXXXXXX | dd of="$pack" bs=1 seek=200000 conv=notrunc 2>/dev/null
		fails_with "cannot be read" dver remote copy a b
		dver remote copy --json a b >j || :
		python3 -c "
import json
assert json.load(open(\"j\"))[\"missing\"] > 0"
		dver fsck -r b
		lacks -rq . ../b/roots 2>/dev/null
		# Sound again, the rest comes.
		rm -rf ../a; dver push -q -r a -A
		dver remote copy -q a b; whole_at_b
	'
	test_case "a small file that is damaged is not copied, to $to" '
		new_repo
		head -c 300000 /dev/urandom >small; echo other >other
		dver remote add a ../a; dver remote add -o layout='$to' b ../b
		dver add -q small other; commit one; dver push -q -r a
		pack=$(find ../a/packs -type f -size +200k); chmod u+w "$pack"
		cp "$pack" ../sound
		printf XXXX | dd of="$pack" bs=1 seek=100000 conv=notrunc 2>/dev/null
		fails_with "1 object of" dver remote copy a b
		dver remote copy --json a b >j || :
		grep -q "\"missing\": 1" j
		dver fsck -r b
		must_fail dver check -r b
		cp ../sound "$pack"; dver remote copy -q a b; dver check -r b
	'
	test_case "a plain object that is damaged is not copied, to $to" '
		two_remotes plain '$to'
		id=$(sed -n "s/.*sha256: //p" big.dver)
		f=../a/files/sha256/$(echo "$id" | sed "s,^..,&/,")
		cp "$f" ../sound; chmod u+w "$f"
		printf XX | dd of="$f" bs=1 seek=2000000 conv=notrunc 2>/dev/null
		fails_with "cannot be read" dver remote copy a b
		[ ! -e "../b/files/sha256/$(echo "$id" | sed "s,^..,&/,")" ]
		dver fsck -r b
		cp ../sound "$f"; dver remote copy -q a b; whole_at_b
	'
done
for from in packed plain; do
for to in packed plain; do
	test_case "killed at any call, the next run ends it: $from to $to" '
		two_remotes '$from' '$to'
		dver config transfer.slice 1m 2>/dev/null || :
		for call in write rename fsync; do
		for nth in 1 3 6 12 25; do
			rm -rf ../b
			strace -f -qq -o /dev/null \
				-e inject=$call:signal=KILL:when=$nth \
				dver remote copy -q a b || :
			[ ! -e ../b/store ] || dver fsck -q -r b
			dver remote copy -q a b
			dver fsck -q -r b; dver check -q -A -r b
		done
		done
		whole_at_b
		find .dver/cache/tmp -type f | lacks .
	'
done
done
done_testing
