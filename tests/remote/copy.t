#!/bin/sh
# remote copy between real servers: all layouts, each as source and as goal.
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

secret() {	# REMOTE OPTION VALUE
	printf '%s\n' "$3" | dver remote modify "$1" "$2"
}
s3() {	# NAME LAYOUT
	dver remote add -o "layout=$2" -o "endpointurl=$S3_ENDPOINT" \
		-o "access_key_id=$S3_KEY" "$1" "s3://$S3_BUCKET/$(unique)-$1"
	secret "$1" secret_access_key "$S3_SECRET"
}
azure() {
	dver remote add -o "layout=$2" -o "endpointurl=$AZURE_ENDPOINT" \
		-o "account_name=$AZURE_ACCOUNT" "$1" \
		"azure://$AZURE_CONTAINER/$(unique)-$1"
	secret "$1" account_key "$AZURE_KEY"
}
webdav() {
	dver remote add -o "layout=$2" -o "user=$HTTP_USER" "$1" \
		"webdav${HTTP_URL#http}/dav/$(unique)-$1"
	secret "$1" password "$HTTP_PASSWORD"
}
ssh_folder() {
	dver remote add -o "layout=$2" "$1" \
		"ssh://dver$TEST_TMP/sftp/$(unique)-$1"
}
# Two commits of a repository, at the remote $1.
pushed() {
	new_repo
	files 40 data; mkdir data/sub; echo s >data/sub/s; : >data/empty
	head -c 3000000 /dev/urandom >big; head -c 9000000 /dev/urandom >huge
}
push_twice() {
	dver add -q data big huge; commit one; dver push -q -r "$1"
	echo more >>data/3.txt; echo end >>big
	dver add -q data big; commit two; dver push -q -r "$1"
}
copied() {	# FROM TO
	dver remote copy "$1" "$2" | grep "^copied"
	dver remote copy "$1" "$2" | grep -q "nothing to do"
	dver check -A -r "$2"; dver fsck -r "$2"
}
all_at() {
	rm -rf .dver/cache data big huge
	dver pull -r "$1"; dver fetch -A -r "$1"
	dver fsck
	[ "$(cat data/3.txt)" = "$(echo data number 3; echo more)" ]
}
test_case 'S3, SSH, plain Azure, WebDAV, plain S3, plain SSH: round' '
	pushed
	s3 one packed; ssh_folder two packed; azure three plain
	webdav four packed; s3 five plain; ssh_folder six plain
	push_twice one
	copied one two; copied two three; copied three four; copied four five
	copied five six
	all_at six
	dver remote copy six one | grep -q "nothing to do"
'
test_case 'plain WebDAV to Azure; Azure to plain WebDAV' '
	pushed
	webdav one plain; azure two packed; webdav three plain
	push_twice one
	copied one two; copied two three
	all_at three
'
test_case 'from a web server that cannot list, by GET alone' '
	pushed
	store=$(unique)-w
	dver remote add one "$HTTP_ROOT/$store"
	dver remote add -o layout=plain flat "$HTTP_ROOT/$store-flat"
	dver remote add -o layout=plain two ../two
	push_twice one; dver push -q -A -r flat
	chmod -R a+rX "$HTTP_ROOT/$store" "$HTTP_ROOT/$store-flat"
	dver remote set-url one "$HTTP_URL/ro/$store"
	dver remote set-url flat "$HTTP_URL/ro/$store-flat"
	fails_with "must be listed to be copied" dver remote copy flat two
	copied one two
	asked_of "$store" >asked
	lacks -v "\"\(GET\|HEAD\|PROPFIND\|OPTIONS\) /ro/" asked
	dver remote add again "$HTTP_ROOT/$store-again"
	copied two again; chmod -R a+rX "$HTTP_ROOT/$store-again"
	dver remote set-url again "$HTTP_URL/ro/$store-again"
	all_at again
'
test_case 'killed on the way from S3 to Azure' '
	pushed
	s3 one packed; azure two packed; azure three plain
	push_twice one
	for to in two three; do
		for after in 0.2 0.4 0.6 0.8; do
			timeout -s KILL $after dver remote copy -q one $to || :
		done
		dver remote copy -q one $to
		dver check -A -r $to; dver fsck -r $to
	done
	all_at three
'
test_case 'a wrong secret of either is told, and nobody sees it' '
	pushed
	s3 one packed; azure two packed
	push_twice one
	secret one secret_access_key wrongwrong
	fails_with "SignatureDoesNotMatch" dver remote copy one two
	secret one secret_access_key "$S3_SECRET"
	secret two account_key d3Jvbmc=
	fails_with "403" dver remote copy one two
	secret two account_key "$AZURE_KEY"
	DVER_TRACE=2 dver -v remote copy one two >trace 2>&1
	lacks -F "$S3_SECRET" trace; lacks -F "$AZURE_KEY" trace
'
done_testing
