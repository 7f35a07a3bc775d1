#!/bin/sh
# Each command is run again and again; every time another system call that
# changes something fails (EIO, ENOSPC) or is the last one (SIGKILL).
# Afterwards: old state or new, fsck clean, the rerun works, no litter.
# STEP=1 takes every call; the default takes some of each.
. "${0%/*}/../cli/lib.sh"

: "${STEP:=7}"
calls=openat,write,pwrite64,rename,renameat,link,linkat,unlink,unlinkat
calls=$calls,mkdir,mkdirat,fsync,syncfs,ftruncate,fchmod,copy_file_range
calls=$calls,symlinkat,ioctl

# A base state to copy: a repository with two versions, a remote, a clone.
mkdir "$TEST_TMP/base"
(
	set -e
	cd "$TEST_TMP/base"
	new_repo r
	dver config cache.looseAbove 1m
	files 6 data/a; files 6 data/b; mkdir data/empty
	head -c 1500000 /dev/urandom >big
	dver add data big; dver remote add origin ../store; commit one
	dver push; cd ..
	git clone -q r c; cd c; dver pull; cd ../r
	echo edited >>data/a/1.txt; rm data/b/2.txt; echo new >data/b/n
	head -c 1600000 /dev/urandom >big
	cp -r data ../two.data; cp big ../two.big
) >/dev/null 2>&1 || exit 1

prepare() {	# COMMAND: the state before it
	rm -rf "$TEST_TMP/run"
	cp -a "$TEST_TMP/base" "$TEST_TMP/run"
	cd "$TEST_TMP/run/r"
	case $1 in
	add) ;;
	push) dver add -q data big && git commit -qam two ;;
	pull | checkout)
		dver add -q data big && git commit -qam two && dver push -q
		cd ../c && git remote set-url origin ../r && git pull -q
		[ "$1" = pull ] || dver fetch -q ;;
	esac >/dev/null
}

act() {
	case $1 in
	add) dver add -q -j2 data big ;;
	push) dver push -q -j2 ;;
	pull) dver pull -q -j2 ;;
	checkout) dver checkout -q -j2 ;;
	esac
}

# The state must be right after the rerun.
settle() {
	act "$1" || { echo "the rerun failed"; return 1; }
	case $1 in
	add)
		dver status --exit-code >/dev/null || return 1
		same_tree data ../two.data && cmp big ../two.big || return 1 ;;
	push) dver check >/dev/null || return 1
		dver fsck -q -r origin || return 1 ;;
	*) same_tree data ../two.data && cmp big ../two.big || return 1
		dver status --exit-code >/dev/null || return 1 ;;
	esac
	dver fsck -q || { echo "fsck found damage"; return 1; }
	litter=$(find .dver/tmp .dver/cache/tmp ../store/tmp -mindepth 1 \
		2>/dev/null; find . -name '*.tmp' -o -name '*.????????' \
		-path './.dver/*' -prune 2>/dev/null | grep '\.dver/' )
	[ -z "$litter" ] || { echo "litter: $litter"; return 1; }
}

# Before the rerun: what is there is the old state or the new one.
half_way() {
	dver fsck -q --no-restore || { echo "damage"; return 1; }
	for f in data/a/1.txt data/b/1.txt; do
		[ ! -e $f ] || cmp -s $f ../two.$f || cmp -s $f "../one/$f" ||
			{ echo "$f is neither old nor new"; return 1; }
	done
	[ ! -e big ] || cmp -s big ../two.big ||
		cmp -s big "$TEST_TMP/base/c/big" ||
		{ echo "big is neither old nor new"; return 1; }
}

# CALL COUNT lines: the most that one thread of the command makes of each.
# strace counts for each thread, so each call is swept on its own.
totals() {
	prepare "$1"
	# shellcheck disable=SC2046
	strace -f -qq -e trace=$calls -o "$TEST_TMP/trace" $(act_words "$1") \
		>/dev/null 2>&1
	awk '$2 ~ /^[a-z0-9_]+\(/ { sub(/\(.*/, "", $2); n[$1 " " $2]++ }
		END { for (k in n) { split(k, f, " ");
			if (n[k] > max[f[2]]) max[f[2]] = n[k] }
		for (c in max) print c, max[c] }' "$TEST_TMP/trace" | sort
}
act_words() {
	case $1 in
	add) echo dver add -q -j2 data big ;;
	*) echo "dver $1 -q -j2" ;;
	esac
}

one() {		# COMMAND CALL FAULT N
	prepare "$1"
	mkdir -p ../one; cp -r "$TEST_TMP/base/c/data" ../one/
	# shellcheck disable=SC2046
	strace -f -qq -o /dev/null -e trace="$2" \
		-e "inject=$2:$3:when=$4" $(act_words "$1") \
		>"$TEST_TMP/out" 2>&1
	code=$?
	case $3:$code in
	signal*) ;;
	*:0 | *:1) ;;
	*) echo "exit $code"; cat "$TEST_TMP/out"; return 1 ;;
	esac
	half_way && settle "$1"
}

sweep() {	# COMMAND FAULT
	totals "$1" >"$TEST_TMP/totals"
	at=$((STEP / 2))
	while read -r call n; do
		i=1
		while [ $i -le "$n" ]; do
			at=$((at + 1))
			[ $((at % STEP)) -eq 0 ] || { i=$((i + 1)); continue; }
			one "$1" "$call" "$2" $i >"$TEST_TMP/why" 2>&1 || {
				echo "$call, $i of $n:"
				cat "$TEST_TMP/why" "$TEST_TMP/out"
				return 1
			}
			i=$((i + 1))
		done
	done <"$TEST_TMP/totals"
}

for c in add push pull checkout; do
	for fault in signal=KILL error=EIO error=ENOSPC; do
		test_case "$c, each call: $fault" "sweep $c $fault"
	done
done
done_testing
