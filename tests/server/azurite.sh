#!/bin/sh
# Azurite, Microsoft's own stand-in for Azure Blob Storage, on loopback.
#
#	$AZURE_ENDPOINT (with the account), $AZURE_ACCOUNT, $AZURE_KEY,
#	$AZURE_CONTAINER, $AZURE_CONNECTION_STRING
#	$AZURE_SAS	may do all in the container
#	$AZURE_SAS_READ	may read and list there
#
# tests/deps.sh installs it.
. "$(dirname "$0")/lib.sh"
. "$here/azurite-path.sh"
ports=1

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

# call METHOD QUERY-TO-SIGN URL
call() {
	now=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
	text="$1











x-ms-date:$now
x-ms-version:2018-11-09
/$account/$account/container
$2"
	curl -fsS -X "$1" -H "x-ms-date: $now" -H 'Content-Length: 0' \
		-H 'x-ms-version: 2018-11-09' \
		-H "Authorization: SharedKey $account:$(hmac "$key" "$text")" \
		"$3"
}

start_server() {
	account=testaccount
	key=$(printf 'a key for tests, which is no secret' | base64 -w0)
	mkdir data
	daemon azurite.log env AZURITE_ACCOUNTS="$account:$key" \
		node "$(azurite_path)/node_modules/azurite/dist/src/blob/main.js" \
		--blobHost 127.0.0.1 --blobPort "$port" -l "$dir/data" \
		--silent --disableTelemetry
	# Its own word: another server could answer on the port.
	wait_for 120 grep -q 'successfully listens' "$dir/azurite.log"
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
