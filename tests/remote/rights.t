#!/bin/sh
# What a user may do at a remote: `remote test` tells, and who only reads sends
# nothing that writes.
. "$(dirname "$0")/lib.sh"

AWS_EC2_METADATA_DISABLED=true
export AWS_EC2_METADATA_DISABLED
use_server ceph
UPSTREAM=${S3_ENDPOINT#http://} use_server proxy
export S3_ENDPOINT PROXY_URL PROXY_CONTROL
log() { curl -fsS "$PROXY_CONTROL/log"; }
forget() { curl -fsS -X DELETE "$PROXY_CONTROL/log"; }

# bucket ENDPOINT KEY SECRET NAME: the remote `o`
bucket() {
	dver remote add -f -o "endpointurl=$1" -o "access_key_id=$2" o \
		"s3://$S3_BUCKET/$4"
	echo "$3" | dver remote modify o secret_access_key -
}
test_case 'remote test: all rights' '
	new_repo
	bucket "$S3_ENDPOINT" "$S3_KEY" "$S3_SECRET" '"$(unique)"'
	dver remote test >out
	[ "$(grep -c "works" out)" = 4 ]
	dver remote test o --json | jq -e ".ok and (.rights | length == 4) and
		all(.rights[]; .state == \"works\" and .milliseconds >= 0)"
	dver remote test --read-only --json o | jq -e ".ok and
		([.rights[].state] == [\"works\", \"works\", \"not tried\",
		\"not tried\"])"
	dver remote modify o read_only true
	dver remote test o | grep "^write" | grep -q "not tried"
'
test_case 'remote test: who may only read' '
	new_repo
	bucket "$S3_ENDPOINT" "$S3_READER_KEY" "$S3_READER_SECRET" '"$(unique)"'
	fails_with "cannot be pushed to" dver remote test o
	must_fail dver remote test o >out
	grep -A2 "^write  *fails" out | grep -q "check the right s3:PutObject"
	grep -q "^list  *works" out
	grep -q "^delete  *not tried" out
	must_fail dver remote test o --json >json
	jq -e "(.ok | not) and .rights[2].state == \"fails\" and
		.rights[2].needed and (.rights[2].problem | length > 9)" json
	dver remote test --read-only o
'
test_case 'remote test: wrong keys, no bucket, nobody there' '
	new_repo
	bucket "$S3_ENDPOINT" "$S3_OTHER_KEY" "$S3_OTHER_SECRET" x
	must_fail dver remote test o >out
	grep -A2 "^read  *fails" out | grep -q "s3:GetObject"
	lacks -F "$S3_OTHER_SECRET" out
	bucket "$S3_ENDPOINT" "$S3_KEY" wrong x
	must_fail dver remote test o >out
	grep -A2 "^read  *fails" out | grep -q "check the credentials"
	bucket http://127.0.0.1:9 "$S3_KEY" "$S3_SECRET" x
	must_fail dver remote test --read-only o >out
	grep -A2 "^read  *fails" out | grep -q "check the URL"
'
test_case 'pull, fetch, status, ls and check only read' '
	new_repo
	name='"$(unique)"'
	bucket "$PROXY_URL" "$S3_KEY" "$S3_SECRET" $name
	files 30 data; head -c 3000000 /dev/urandom >big
	dver add data big; commit one
	dver push
	echo more >>data/1.txt; dver add data; commit two
	dver push
	cd ..; git clone -q r c; cd c
	echo "$S3_READER_SECRET" | dver remote modify o secret_access_key -
	dver remote modify --local o access_key_id "$S3_READER_KEY"
	forget
	dver ls >/dev/null
	dver ls -R data >/dev/null
	dver cat HEAD~1:data/1.txt | grep -qx "data number 1"
	dver fetch data/2.txt
	dver pull
	same_tree data ../r/data
	dver status -c
	dver check HEAD
	dver check --all-commits
	dver diff HEAD~1 HEAD >/dev/null
	dver du >/dev/null
	dver drop data
	dver pull
	dver fsck
	dver remote test --read-only o
	log | cut -f1 | sort | uniq -c
	[ "$(log | wc -l)" -gt 10 ]
	log | lacks -vE "^(GET|HEAD)"
	# And what cannot be: told, and nothing is lost.
	echo x >>data/2.txt; dver add data
	fails_with "" dver push
	dver status -c | grep -q "to push"
'
done_testing
