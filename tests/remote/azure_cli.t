#!/bin/sh
# What a person does with an Azure remote, and what goes wrong: against
# Azurite.
. "$(dirname "$0")/lib.sh"

use_server azurite
for name in $(env | sed -n 's/^\(AZURE_[A-Z0-9_]*\)=.*/\1/p'); do
	case $name in AZURE_STORAGE_* | AZURE_CLIENT_*) unset "$name" ;; esac
done

remote() {
	dver remote add -o "endpointurl=$AZURE_ENDPOINT" \
		-o "account_name=$AZURE_ACCOUNT" "$@"
	secret account_key "$AZURE_KEY"
}
secret() {
	printf '%s\n' "$2" | dver remote modify --local o "$1" -
}
some='
	new_repo
	files 50 data/a; files 50 data/b; head -c 9000000 /dev/urandom >big
	dver add -q data big
'
pushed="$some"'
	remote o "azure://$AZURE_CONTAINER/$(unique)-$count"
	commit one
	dver push
'

test_case 'push, clone, pull: the same bytes' "$pushed"'
	dver push | grep -q "nothing to do"
	git clone -q ../r ../c
	cd ../c
	secret account_key "$AZURE_KEY"
	dver pull | grep -q "received 101 files"
	same_tree data ../r/data
	cmp big ../r/big
	dver check
'
test_case 'nobody sees the secret' "$pushed"'
	echo more >>data/a/1.txt; dver add -q data; commit two
	dver -vv push >trace 2>&1
	grep -q "PUT http" trace
	lacks -F "$AZURE_KEY" trace
	lacks -iE "sharedkey|authorization" trace
	lacks -F "$AZURE_KEY" .dver/config
'
test_case 'the wrong key, container, endpoint' "$some"'
	remote o "azure://$AZURE_CONTAINER/x"
	secret account_key d3Jvbmc=
	fails_with "403 Auth" dver push
	secret account_key "not base64!"
	fails_with "no Base64" dver push
	dver remote add -o "endpointurl=$AZURE_ENDPOINT" \
		-o "account_name=$AZURE_ACCOUNT" p azure://no-such/x
	AZURE_STORAGE_KEY=$AZURE_KEY
	export AZURE_STORAGE_KEY
	fails_with "there is no such container" dver push -r p
	dver remote add -o endpointurl=http://127.0.0.1:1 \
		-o "account_name=$AZURE_ACCOUNT" q azure://c/x
	fails_with "cannot connect to" dver push -r q
	fails_with "is no URL of a remote" dver remote add bad azure:///x
'
test_case 'no credentials at all' "$some"'
	dver remote add -o "endpointurl=$AZURE_ENDPOINT" \
		-o "account_name=$AZURE_ACCOUNT" \
		-o exclude_managed_identity_credential=true o \
		"azure://$AZURE_CONTAINER/x"
	must_fail dver push 2>err
	grep -qE "no token is sent|no credentials" err
'
test_case 'a token that may only read: pull and check work' "$pushed"'
	git clone -q ../r ../c
	cd ../c
	dver remote modify --local o endpointurl "$AZURE_ENDPOINT"
	secret sas_token "$AZURE_SAS_READ"
	dver pull -q
	same_tree data ../r/data
	dver check
	echo more >>data/a/1.txt; dver add -q data; commit two
	fails_with "no right to do this" dver push
'
test_case 'a token goes to no host that somebody committed' "$some"'
	dver remote add -o "endpointurl=$AZURE_ENDPOINT" \
		-o "account_name=$AZURE_ACCOUNT" o "azure://$AZURE_CONTAINER/x"
	AZURE_STORAGE_SAS_TOKEN=$AZURE_SAS
	export AZURE_STORAGE_SAS_TOKEN
	fails_with "no token is sent there" dver push
'
test_case 'a wrong secret of a service principal' "$some"'
	dver remote add --local -o "endpointurl=$AZURE_TLS" \
		-o "ssl_verify=$AZURE_CA" -o "account_name=$AZURE_ACCOUNT" \
		-o tenant_id=tenant -o client_id=client o \
		"azure://$AZURE_CONTAINER/x"
	secret client_secret wrong
	AZURE_AUTHORITY_HOST=$AZURE_LOGIN
	export AZURE_AUTHORITY_HOST
	fails_with "AADSTS7000215" dver push
	secret client_secret "s+cret/&"
	commit one
	dver push -q
	dver -vv check >trace 2>&1
	lacks -F "s+cret" trace
	lacks -i "bearer" trace
'
test_case 'a value of more than 64 MB goes in blocks' "$some"'
	remote o "azure://$AZURE_CONTAINER/$(unique)-$count"
	dver remote modify o layout plain
	head -c 70000000 /dev/urandom >large; dver add -q large
	dver -vv push >trace 2>&1
	grep -q "blockid=" trace
	sum=$(sha256sum <large)
	dver drop -q large
	dver pull -q large
	[ "$(sha256sum <large)" = "$sum" ]
	dver status
'
done_testing
