#!/bin/sh
. "${0%/*}/lib.sh"

# Clones that share a store and a remote.
clones='
	git init -q --bare up.git
	git init -q base; cd base; dver init -q
	dver cache dir "$PWD/../cache"; dver remote add o "$PWD/../remote"
	files 40 data; head -c 2000000 /dev/urandom >data/big
	dver add -q data; commit base; dver push -q
	git push -q ../up.git main; cd ..
	for i in 1 2 3 4 5 6 7 8; do
		git clone -q up.git c$i; (cd c$i && dver checkout -q)
	done
'
# All at once; each exit code must be 0.
all() {
	pids=
	for i in 1 2 3 4 5 6 7 8; do
		(cd c$i; eval "$1") >log$i 2>&1 &
		pids="$pids $!"
	done
	(cd base; dver gc -f --no-undo) >loggc 2>&1 &
	pids="$pids $!"
	bad=0
	for p in $pids; do wait "$p" || bad=1; done
	[ $bad = 0 ] || { cat log*; return 1; }
}
test_case 'adds, pushes, pulls, checkouts and a gc at once' "$clones"'
	all "echo mine \$i >data/\$i.txt; head -c 300000 /dev/urandom >data/new
		dver add -q data; git commit -qam \$i"
	all "dver push -q; dver status >/dev/null"
	all "cp -r data ../keep\$i; rm -r data; dver checkout -q"
	all "dver drop -q data; dver pull -q"
	for i in 1 2 3 4 5 6 7 8; do
		same_tree c$i/data keep$i
		(cd c$i; dver fsck -q; dver check)
	done
'
test_case 'who waits says for whom' "$clones"'
	python3 - cache/lock <<E &
import fcntl, os, struct, sys, time
f = open(sys.argv[1], "r+")
F_OFD_SETLK = 37
fcntl.fcntl(f, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
f.truncate(0); f.write("host somewhere pid 4711\n"); f.flush()
open("held", "w").close()
time.sleep(2)
E
	while [ ! -e held ]; do sleep 0.05; done
	(cd c1; echo more >>data/1.txt; dver add data) >out 2>err
	cat err
	grep -qi "waiting" err
	wait
	(cd c1; dver fsck -q)
'
test_case 'a lock holds between pid and network namespaces' "$clones"'
	unshare --pid --net --fork python3 - cache/lock <<E &
import fcntl, os, struct, sys, time
f = open(sys.argv[1], "r+")
F_OFD_SETLK = 37
fcntl.fcntl(f, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
f.truncate(0); f.write("host somewhere pid 4711\n"); f.flush()
open("held", "w").close()
time.sleep(2)
E
	while [ ! -e held ]; do sleep 0.05; done
	(cd c1; echo more >>data/1.txt; dver add data) >out 2>err
	cat err
	grep -qi "waiting" err
	wait
	(cd c1; dver fsck -q)
'
done_testing
