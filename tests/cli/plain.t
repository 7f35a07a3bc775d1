#!/bin/sh
. "${0%/*}/lib.sh"
# Remotes of layout plain: one raw object a file.

plain='
	new_repo
	dver remote add -o layout=plain o ../store
	files 30 data; mkdir data/sub; echo s >data/sub/s; : >data/empty
	chmod +x data/1.txt; ln -s 1.txt data/link
	head -c 3000000 /dev/urandom >big; head -c 20000000 /dev/urandom >huge
	dver add -q data big huge; commit one
	dver push
'
key() { echo "files/sha256/$(echo "$1" | cut -c1-2)/$(echo "$1" | cut -c3-)"; }

test_case 'objects lie there as themselves' "$plain"'
	(cd ../store && find files -type f | while read -r f; do
		[ "$(sha256sum <"$f" | cut -d" " -f1)" = \
			"$(echo "$f" | cut -d/ -f3- | tr -d /)" ]
	done)
	cmp big "../store/$(key "$(sed -n "s/.*sha256: //p" big.dver)")"
	[ "$(ls ../store | tr "\n" " ")" = "files roots store " ]
	[ "$(find ../store/roots -type f | wc -l)" = 3 ]
	dver push | grep -q "nothing to do"
	dver check HEAD | grep -q "has all"
	dver status -c | grep -q "as its pointers"
'
test_case 'clone and pull: the same bytes' "$plain"'
	cd ..; git clone -q r c; cd c
	dver pull | grep -q "received 35 files"
	same_tree data ../r/data
	cmp big ../r/big; cmp huge ../r/huge
	dver fsck
	dver pull | grep -q "nothing to do"
	[ -z "$(ls .dver/tmp .dver/cache/tmp .dver/cache/partial 2>/dev/null | grep -v :)" ]
	dver config cache.looseAbove 1m
	rm -rf .dver/cache big huge
	dver pull; cmp big ../r/big; cmp huge ../r/huge
	dver fsck
'
test_case 'only what changed goes' "$plain"'
	n=$(find ../store/files -type f | wc -l)
	echo more >>data/7.txt; dver add -q data; commit two
	dver push -n | grep -q "would have sent 1 file"
	dver push | grep -q "sent 1 file"
	[ "$(find ../store/files -type f | wc -l)" = $((n + 2)) ]
	dver push --all-commits
	dver check --all-commits
'
test_case 'a part is enough; cat reads from there' "$plain"'
	cd ..; git clone -q r c; cd c
	dver cat data/sub/s | grep -qx s
	dver cat huge | cmp - ../r/huge
	dver ls -R data | grep -q data/sub/s
	dver pull data/3.txt; cmp data/3.txt ../r/data/3.txt
	[ "$(find data -type f | wc -l)" = 1 ]
	dver fetch -n | grep -q "would have received 3[0-9] files"
'
test_case 'what is missing or damaged there is told; nothing wrong arrives' "$plain"'
	one=../store/$(key "$(sha256sum <data/3.txt | cut -d" " -f1)")
	two=../store/$(key "$(sha256sum <data/4.txt | cut -d" " -f1)")
	three=../store/$(key "$(sed -n "s/.*sha256: //p" huge.dver)")
	cp -r ../store ../good
	rm -f "$one"; chmod u+w "$two" "$three"
	echo "data number X" >"$two"
	printf X | dd of="$three" bs=1 seek=12345678 conv=notrunc status=none
	must_fail dver fsck -r o >out
	grep -q "damaged" out
	rm -rf .dver/cache/remotes
	must_fail dver drop data 2>err; grep -q "data/3.txt" err
	cd ..; git clone -q r c; cd c
	must_fail dver pull 2>err
	grep -q "missing: data/3.txt" err
	grep -q "missing: data/4.txt" err
	grep -q "missing: huge" err
	[ ! -e data/3.txt ]; [ ! -e data/4.txt ]; [ ! -e huge ]
	cmp big ../r/big
	cmp data/5.txt ../r/data/5.txt
	# A repaired remote is enough.
	rm -rf ../store; mv ../good ../store
	dver pull; same_tree data ../r/data; cmp huge ../r/huge
'
test_case 'an object of another length there is not taken for it' "$plain"'
	f=../store/$(key "$(sha256sum <data/4.txt | cut -d" " -f1)")
	rm -rf ../store/roots .dver/cache/remotes; chmod u+w "$f"; : >"$f"
	must_fail dver push 2>err
	grep -q "delete it there" err
	rm -f "$f"; dver push
	cd ..; git clone -q r c; cd c; dver pull -q; same_tree data ../r/data
'
test_case 'drop and gc count on a plain remote' "$plain"'
	cp -r data ../keep
	dver drop data big
	[ ! -e data ]; [ ! -e big ]
	dver pull; same_tree data ../keep
	f=../store/$(key "$(sha256sum <data/5.txt | cut -d" " -f1)")
	rm -f "$f"
	fails_with "the remote has not" dver drop data
	[ -e data/5.txt ]
'
test_case 'the layout must be what it is' "$plain"'
	dver remote modify o layout packed
	fails_with "layout plain" dver push
	dver remote modify o layout plain
	dver remote add p ../packed; dver push -q -r p
	dver remote modify p layout plain
	fails_with "layout packed" dver push -r p
	fails_with "layout packed" dver fetch -r p
'
test_case 'a killed pull goes on where it was' '
	new_repo
	dver remote add -o layout=plain o ../store
	head -c 60000000 /dev/urandom >huge; dver add -q huge; commit; dver push -q
	cd ..; git clone -q r c; cd c
	f=$(sed -n "s/.*sha256: //p" huge.dver)
	strace -f -qq -o /dev/null -P "$PWD/../store/$(key "$f")" \
		-e trace=pread64 -e inject=pread64:signal=KILL:when=3 \
		dver pull -j 2 || true
	[ ! -e huge ]
	[ -f ".dver/cache/partial/$(sed -n "s/.*sha256: //p" huge.dver)" ]
	dver pull --json >p.json
	jq -e ".wire_bytes < 56000000" p.json
	cmp huge ../r/huge
	# Bytes that are wrong cost a second reading, no more.
	rm -rf .dver/cache huge; mkdir -p .dver/cache/partial
	head -c 60000000 /dev/zero | tr "\0" x \
		>.dver/cache/partial/$(sed -n "s/.*sha256: //p" huge.dver)
	dver pull; cmp huge ../r/huge
	dver fsck
'
test_case 'a killed push goes on; two at once agree' '
	new_repo
	dver remote add -o layout=plain o ../store
	files 200 data; head -c 5000000 /dev/urandom >big
	dver add -q data big; commit
	strace -f -qq -o /dev/null -e trace=linkat,rename \
		-e inject=linkat,rename:signal=KILL:when=20 dver push -j 2 || true
	[ "$(find ../store/files -type f | wc -l)" -gt 5 ]
	[ ! -e ../store/roots ]
	cp -r . ../other
	dver push & (cd ../other && dver push)
	wait $!
	cd ..; git clone -q r c; cd c; dver pull -q
	same_tree data ../r/data; cmp big ../r/big
'
test_case 'holes stay holes' '
	new_repo
	dver remote add -o layout=plain o ../store
	truncate -s 40m hole; echo x >>hole
	dver config cache.looseAbove 1m
	dver add -q hole; commit; dver push -q
	cd ..; git clone -q r c; cd c; dver config cache.looseAbove 1m
	dver pull; cmp hole ../r/hole
	[ "$(du -k hole | cut -f1)" -lt 10000 ]
'
done_testing
