#!/bin/sh
# Azurite, Microsoft's own stand-in for Azure Blob Storage, on loopback.
#
#	$AZURE_ENDPOINT (with the account), $AZURE_ACCOUNT, $AZURE_KEY,
#	$AZURE_CONTAINER, $AZURE_CONNECTION_STRING
#	$AZURE_SAS	may do all in the container
#	$AZURE_SAS_READ	may read and list there
#	$AZURE_TLS	the same over TLS and with access tokens, trust
#			$AZURE_CA; $AZURE_LOGIN gives such tokens
#
# tests/deps.sh installs it.
. "$(dirname "$0")/lib.sh"
. "$here/azurite-path.sh"
ports=2

# hmac KEY-IN-BASE64 TEXT: HMAC-SHA256 in Base64.
hmac() {
	printf '%s' "$2" | openssl dgst -sha256 -mac HMAC -macopt \
		"hexkey:$(printf %s "$1" | base64 -d | od -An -v -tx1 |
			tr -d ' \n')" -binary | base64 -w0
}

escape() {
	printf %s "$1" | sed 's/%/%25/g; s/+/%2B/g; s|/|%2F|g; s/=/%3D/g'
}

# sas PERMISSIONS: a token for the container, till tomorrow.
sas() {
	end=$(date -u -d tomorrow +%Y-%m-%dT%H:%M:%SZ)
	version=2018-11-09
	text="$1

$end
/blob/$account/container


https,http
$version
c





"
	printf 'sv=%s&sr=c&sp=%s&se=%s&spr=https,http&sig=%s' $version "$1" \
		"$(printf %s "$end" | sed 's/:/%3A/g')" \
		"$(escape "$(hmac "$key" "$text")")"
}

# call METHOD QUERY-TO-SIGN URL CURL-OPTION...
call() {
	method=$1
	query=$2
	shift 2
	now=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
	text="$method











x-ms-date:$now
x-ms-version:2018-11-09
/$account/$account/container
$query"
	curl -fsS -X "$method" -H "x-ms-date: $now" -H 'Content-Length: 0' \
		-H 'x-ms-version: 2018-11-09' \
		-H "Authorization: SharedKey $account:$(hmac "$key" "$text")" \
		"$@"
}

# azurite LOG PORT FOLDER OPTION...
azurite() {
	log=$1
	at=$2
	data=$3
	shift 3
	daemon "$log" env AZURITE_ACCOUNTS="$account:$key" \
		node "$(azurite_path)/node_modules/azurite/dist/src/blob/main.js" \
		--blobHost 127.0.0.1 --blobPort "$at" -l "$dir/$data" \
		--silent --disableTelemetry "$@"
}

start_server() {
	account=testaccount
	key=$(printf 'a key for tests, which is no secret' | base64 -w0)
	mkdir data
	mkdir data-tls
	make_certificate
	azurite azurite.log "$port" data
	azurite azurite-tls.log $((port + 1)) data-tls --oauth basic \
		--cert "$dir/ca.pem" --key "$dir/key.pem"
	daemon login.log python3 "$here/azure_login.py" "$dir/login-port"
	# Its own word: another server could answer on the port.
	for log in azurite azurite-tls; do
		wait_for 120 grep -q 'successfully listens' "$dir/$log.log"
	done
	wait_for 20 test -s "$dir/login-port"
	tls=https://localhost:$((port + 1))/$account
	call PUT restype:container "$tls/container?restype=container" \
		--cacert "$dir/ca.pem"
	say AZURE_TLS "$tls"
	say AZURE_CA "$dir/ca.pem"
	say AZURE_LOGIN "http://127.0.0.1:$(cat login-port)"
	endpoint=http://127.0.0.1:$port/$account
	call PUT restype:container "$endpoint/container?restype=container"
	say AZURE_ENDPOINT "$endpoint"
	say AZURE_ACCOUNT "$account"
	say AZURE_KEY "$key"
	say AZURE_CONTAINER container
	say AZURE_CONNECTION_STRING "DefaultEndpointsProtocol=http;AccountName=$account;AccountKey=$key;BlobEndpoint=$endpoint;"
	say AZURE_SAS "$(sas racwdl)"
	say AZURE_SAS_READ "$(sas rl)"
}

server_main "$@"
