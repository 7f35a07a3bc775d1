#!/bin/sh
# An S3 server behind a network that does everything wrong: nothing is lost,
# nothing wrong is returned, what can be healed by trying again is, and killed
# at any request the same command goes on where it was.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/faults.sh"

use_server ceph
UPSTREAM=${S3_ENDPOINT#http://}
export UPSTREAM
use_server proxy
AWS_EC2_METADATA_DISABLED=true
AWS_ACCESS_KEY_ID=$S3_KEY
AWS_SECRET_ACCESS_KEY=$S3_SECRET
AWS_ENDPOINT_URL_S3=$PROXY_URL
export AWS_EC2_METADATA_DISABLED AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY \
	AWS_ENDPOINT_URL_S3

# Packs go in parts here.
mkdir -p "$HOME/.aws"
cat >"$HOME/.aws/config" <<END
[default]
s3 =
  multipart_threshold = 5MB
  multipart_chunksize = 5MB
END

# One repository for all.
make_source() (
	cd "$TEST_TMP"
	new_repo source
	files 30 data/a; files 30 data/b
	head -c 14000000 /dev/urandom >big
	dver add -q data big
	dver remote add -o read_timeout=2 o s3://unset/x
	commit one
)
make_source

# A copy of it with a place of its own.
copy='
	cp -a "$TEST_TMP/source" r; cd r
	dver remote modify o url "s3://$S3_BUCKET/$(unique)-$count"
	commit place
'
# Whatever happened: the same command ends it, and all is there.
whole='
	rules
	dver push
	dver check
	git clone -q . ../c; cd ../c
	dver pull
	same_tree data ../r/data
	cmp big ../r/big
'

# heals push|pull WHAT RULE...: no person hears of it, and each rule was used.
heals() {
	verb=$1
	title=$2
	shift 2
	printf '%s\n' "$@" >"$TEST_TMP/rules"
	if [ "$verb" = push ]; then
		test_case "push heals $title" "$copy"'
			rules "$(cat "$TEST_TMP/rules")"
			dver push
			all_used
		'"$whole"
	else
		test_case "pull heals $title" "$copy"'
			rules
			dver push
			git clone -q . ../d; cd ../d
			rules "$(cat "$TEST_TMP/rules")"
			dver pull
			all_used
			same_tree data ../r/data
			cmp big ../r/big
		'
	fi
}
all_used() {
	[ "$(log | cut -f6 | grep . | sort -u | wc -l)" -eq \
		"$(wc -l <"$TEST_TMP/rules")" ] || { log; return 1; }
}

heals push 'servers that are busy or broken' \
	'GET * status=503 code=SlowDown retry_after=1 count=2' \
	'PUT (packs|meta)/ status=429 retry_after=1 count=1' \
	'POST * status=500 code=InternalError count=2' \
	'PUT index/ status=503 count=2'
heals push 'answers that get lost' \
	'PUT packs/ late=500 count=2' \
	'POST * late=500 count=1' \
	'PUT index/ drop=after count=2' \
	'POST * drop=after count=1'
heals push 'uploads that are cut off or damaged' \
	'GET * drop=before count=2' \
	'PUT packs/ drop=upload:5000 count=2' \
	'PUT packs/ flip_up=3000 count=2' \
	'PUT index/ flip_up=3000 count=1' \
	'POST partNumber|uploadId flip_up=60 count=1'
heals push 'listings that are cut off' \
	'GET list-type trunc=20 count=2' \
	'GET list-type drop=body:20 count=2'
heals push 'requests that come twice, and wrong dates' \
	'PUT,POST * dup=1' '* * date=86400'
heals push 'a server that falls silent' \
	'PUT * stall=head count=1' 'GET * stall=body:10 skip=2 count=1'
heals push 'a bad day' \
	'* * p=0.1 seed=7 drop=after' '* * p=0.1 seed=8 status=503'
heals pull 'servers that are busy or broken' \
	'GET * status=503 code=SlowDown retry_after=1 count=2' \
	'GET packs/ status=429 retry_after=1 count=1' \
	'GET * status=500 count=2'
heals pull 'answers that are cut off' \
	'GET * drop=before count=2' \
	'GET * trunc=100 count=2' \
	'GET packs/ drop=body:100000 count=2' \
	'GET packs/ trunc=100000 count=2'
heals pull 'bytes that are not what was stored' \
	'GET packs/ flip=50 count=1' 'GET packs/ short=50 count=1'
heals pull 'a server that falls silent' \
	'GET packs/ stall=body:100 count=1' 'GET meta/ stall=head count=1'
heals pull 'a bad day on a slow line' \
	'* * p=0.2 seed=9 drop=body:1000' '* * rate=20000000'

# A lie in what says where things are is told, and forgotten.
told() {
	test_case "pull is told $1, and goes on" "$copy"'
		rules
		dver push
		git clone -q . ../d; cd ../d
		rules "'"$2"'"
		fails_with "'"$3"'" dver pull
		rules
		dver pull
		same_tree data ../r/data
		cmp big ../r/big
	'
}
told 'of a damaged index' 'GET index/ flip=200 count=1' \
	'a checksum does not match'
told 'of a shortened index' 'GET index/ short=50 count=1' 'is cut off'
told 'of a server that says no' '* * status=403 code=AccessDenied' '403'
told 'of connections that are never made' '* * drop=before' 'was cut off'

# Several slices, and requests one after the other: so each is a boundary.
# Packs go in one piece, as they do where nobody says otherwise.
for_kills='
	AWS_CONFIG_FILE=/dev/null
	export AWS_CONFIG_FILE
	new_repo
	dver config transfer.slice 1m; dver config cache.looseAbove 1m
	files 20 data
	head -c 5500000 /dev/urandom >big
	for i in 1 2; do head -c 1200000 /dev/urandom >big$i; done
	dver add -q data big big1 big2
	dver remote add o "s3://$S3_BUCKET/$(unique)-$count"; commit one
	rules; dver -j1 push; log >../clean
'
# Bytes of packs that arrived, and the other side knew: up (4) or down (5).
pack_bytes() {
	awk -F"\t" -v at="$1" "\$2 ~ /\/(packs|meta)\// && \$3 ~ /^2/ {
		n += \$at } END { print n + 0 }" "$2"
}

# killed_at_each KIND METHODS VERB: `prepare` before each, `check` after it was
# ended by the same command, until a run needs so few requests that it is not
# killed.
killed_at_each() {
	kind=$1
	i=0
	while :; do
		prepare
		rules "$2 * skip=$i count=1 $kind=$TEST_TMP/pid"
		echo "$kind at $i"
		status=0
		killed_by_proxy dver -j1 "$3" || status=$?
		log >../first
		rules
		dver -j1 "$3"
		log >../second
		cat ../first ../second >../both
		check
		[ $status -ne 0 ] || break
		[ $status -eq 137 ]
		i=$((i + 1))
	done
	[ $i -ge 5 ]
}

test_case 'push, killed at each request, sends nothing again' "$for_kills"'
	prepare() {
		dver remote modify o url \
			"s3://$S3_BUCKET/$(unique)-$count-$kind-$i"
		rm -rf .dver/cache/remotes
	}
	check() {
		# What the killed one heard of is not sent again.
		[ "$(pack_bytes 4 ../both)" -le \
			$(($(pack_bytes 4 ../clean) + 2000)) ]
		dver check
	}
	killed_at_each kill '\''*'\'' push
	killed_at_each late_kill PUT,POST push
	git clone -q . ../c; cd ../c
	dver pull
	for f in big big1 big2; do cmp $f ../r/$f; done
'
test_case 'pull, killed at each request, gets little again' "$for_kills"'
	head -c 20000000 /dev/urandom >large
	dver add -q large; commit large; dver push
	git clone -q . ../d; cd ../d
	dver config transfer.slice 16m
	rules; dver -j1 pull; log >../clean
	prepare() {
		rm -rf data big big1 big2 large .dver/cache
	}
	check() {
		# But for small files and what was on its way.
		[ "$(pack_bytes 5 ../both)" -le \
			$(($(pack_bytes 5 ../clean) + 14000000)) ]
		same_tree data ../r/data
		for f in big big1 big2 large; do cmp $f ../r/$f; done
	}
	killed_at_each kill '\''*'\'' pull
'

test_case 'who only reads sends GET and HEAD alone' "$copy"'
	rules; dver push
	git clone -q . ../c; cd ../c
	AWS_ACCESS_KEY_ID=$S3_READER_KEY AWS_SECRET_ACCESS_KEY=$S3_READER_SECRET
	export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	rules
	dver ls data/a | grep -q 1.txt
	dver fetch data
	dver pull
	dver status
	dver check
	log | cut -f1 | sort -u >methods
	cat methods
	grep -qx GET methods
	lacks -vxE "GET|HEAD" methods
'
done_testing
