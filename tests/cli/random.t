#!/bin/sh
. "${0%/*}/lib.sh"

test_case 'random work, ten seeds' '
	python3 '"$top"'/tests/model/random_work.py -n 25 \
		1 2 3 4 5 6 7 8 9 10
'
# Would it notice?  A dver whose undo does nothing must fail, and be shrunk.
test_case 'a dver that is broken is found' '
	real=$(command -v dver)
	mkdir bin
	printf "#!/bin/sh\n[ \"\$*\" = \"undo -q\" ] || exec %s \"\$@\"\n" "$real" >bin/dver
	chmod +x bin/dver
	set +e
	PATH=$PWD/bin:$PATH python3 '"$top"'/tests/model/random_work.py -n 15 \
		$(seq 1 20) >out
	code=$?
	set -e
	cat out
	[ "$code" = 1 ]
	grep -q "dver undo" out
	[ "$(grep -c "^# do_" out)" -le 8 ]
'
done_testing
