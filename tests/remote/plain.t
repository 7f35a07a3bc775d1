#!/bin/sh
# Layout plain on real servers: other tools read what was pushed, dver reads
# what is there.
. "$(dirname "$0")/lib.sh"

AWS_EC2_METADATA_DISABLED=true
export AWS_EC2_METADATA_DISABLED
use_server ceph
use_server azurite
use_server nginx
use_server sshd
mkdir -p "$HOME/.ssh"
cp "$SSH_CONFIG" "$HOME/.ssh/config"
GIT_SSH_COMMAND="ssh -F $SSH_CONFIG"
export GIT_SSH_COMMAND

# pushed_to URL [OPTION=VALUE... [-- SECRET-OPTION SECRET]]: the repository r,
# and a clone c, where we are then.
pushed_to() {
	new_repo
	files 40 data; mkdir data/sub; echo s >data/sub/s; : >data/empty
	echo "odd name" >"data/sub/a b%c#d"
	head -c 3000000 /dev/urandom >big; head -c 20000000 /dev/urandom >huge
	dver add -q data big huge
	dver remote add -o layout=plain origin "$1"
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		dver remote modify --local origin "${1%%=*}" "${1#*=}"
		shift
	done
	[ $# = 0 ] || printf '%s\n' "$3" | dver remote modify origin "$2" -
	commit one
	dver push
	dver push | grep -q "nothing to do"
	cd ..; git clone -q r c; cd c
	cp ../r/.dver/config.local .dver/config.local 2>/dev/null || :
}
got_all() {
	same_tree data ../r/data
	cmp big ../r/big
	cmp huge ../r/huge
}
round='
	dver status -c | grep -q "not here"
	dver cat data/sub/s | grep -qx s
	dver pull; got_all
	dver check; dver fsck -r origin; dver fsck
	dver remote test >rights; [ "$(grep -c works rights)" = 4 ]
	cd ../r; echo more >>data/3.txt; dver add -q data; commit two
	dver push | grep -q "sent 1 file"
	cd ../c; git pull -q; dver pull; got_all
	dver drop huge; dver pull; got_all
'
test_case 'S3' '
	pushed_to "s3://$S3_BUCKET/$(unique)-a" "endpointurl=$S3_ENDPOINT" \
		"access_key_id=$S3_KEY" -- secret_access_key "$S3_SECRET"
'"$round"
test_case 'Azure' '
	pushed_to "azure://$AZURE_CONTAINER/$(unique)-a" \
		"endpointurl=$AZURE_ENDPOINT" "account_name=$AZURE_ACCOUNT" \
		-- account_key "$AZURE_KEY"
'"$round"
test_case 'WebDAV' '
	pushed_to "webdav${HTTP_URL#http}/dav/$(unique)-a" \
		"user=$HTTP_USER" -- password "$HTTP_PASSWORD"
'"$round"
test_case 'SSH' '
	pushed_to "ssh://dver$TEST_TMP/sftp/$(unique)-a"
'"$round"
test_case 'a web server that cannot list: curl and dver read by GET' '
	store=$(unique)-b
	pushed_to "$HTTP_ROOT/$store"
	chmod -R a+rX "$HTTP_ROOT/$store"
	id=$(sed -n "s/.*sha256: //p" big.dver)
	curl -fsS "$HTTP_URL/ro/$store/files/sha256/$(echo "$id" |
		sed "s,^..,&/,")" | cmp - ../r/big
	dver remote modify --local origin url "$HTTP_URL/ro/$store"
	dver pull; got_all
	asked_of "$store" >asked
	lacks -v "\"GET /ro/" asked
	rm -rf .dver/cache data
	dver pull data/sub; [ -e data/sub/s ]; [ ! -e data/1.txt ]
	dver check
	dver status -c | grep -q "not here"
'
exported='
	cd ../r; ln -s 1.txt data/link; dver add -q data; commit links
	dver export HEAD remote://origin/out >said
	grep -q "exported 45 files" said; grep -q "1 symlink left out" said
	dver export HEAD remote://origin/out | grep -q "exported 0 files, 0 B; 45"
	head -c 2000000 /dev/urandom >huge; echo mode >>data/2.txt
	dver add -q data huge
	fails_with "is something else" dver export remote://origin/out
	dver export -f remote://origin/out
	dver export -f remote://origin/out | grep -q "; 45 there already"
'
test_case 'export to S3' '
	pushed_to "s3://$S3_BUCKET/$(unique)-c" "endpointurl=$S3_ENDPOINT" \
		"access_key_id=$S3_KEY" -- secret_access_key "$S3_SECRET"
'"$exported"
test_case 'export to SSH' '
	pushed_to "ssh://dver$TEST_TMP/sftp/$(unique)-c"
'"$exported"'
	cmp huge "$TEST_TMP"/sftp/*-c/out/huge
	cmp "data/sub/a b%c#d" "$TEST_TMP"/sftp/*-c/out/data/sub/"a b%c#d"
'
test_case 'export by WebDAV, read by curl' '
	store=$(unique)-c
	pushed_to "webdav${HTTP_URL#http}/dav/$store" \
		"user=$HTTP_USER" -- password "$HTTP_PASSWORD"
'"$exported"'
	curl -fsS "$HTTP_URL/ro/$store/out/huge" | cmp - huge
	curl -fsS "$HTTP_URL/ro/$store/out/data/sub/a%20b%25c%23d" |
		cmp - "data/sub/a b%c#d"
'
done_testing
