#!/bin/sh
# Azure Blob Storage, as Azurite speaks it: with the account's key, with a
# SAS token, with a connection string, all from settings or the environment.
. "$(dirname "$0")/lib.sh"

use_server azurite
run_suite 'account key' -o "endpointurl=$AZURE_ENDPOINT" \
	-o "account_name=$AZURE_ACCOUNT" -o "account_key=$AZURE_KEY" \
	"azure://$AZURE_CONTAINER/$(unique)"
run_suite 'SAS token' -o "endpointurl=$AZURE_ENDPOINT" \
	-o "account_name=$AZURE_ACCOUNT" -o "sas_token=$AZURE_SAS" \
	-t missing -t small -t ranges -t names -t prefix \
	"azure://$AZURE_CONTAINER/$(unique)"

# Tokens of a stand-in for Entra ID; Azurite takes them over TLS alone.
oauth() {
	label=$1
	shift
	run_suite "$label" -o "endpointurl=$AZURE_TLS" \
		-o "ssl_verify=$AZURE_CA" -o "account_name=$AZURE_ACCOUNT" \
		-t missing -t small "$@" "azure://$AZURE_CONTAINER/$(unique)"
}
AZURE_AUTHORITY_HOST=$AZURE_LOGIN
AZURE_POD_IDENTITY_AUTHORITY_HOST=$AZURE_LOGIN
export AZURE_AUTHORITY_HOST AZURE_POD_IDENTITY_AUTHORITY_HOST
oauth 'service principal' -o tenant_id=tenant -o client_id=client \
	-o 'client_secret=s+cret/&'
oauth 'managed identity'
printf 'federated\n' >"$TEST_TMP/federated"
AZURE_TENANT_ID=tenant AZURE_CLIENT_ID=client \
	AZURE_FEDERATED_TOKEN_FILE=$TEST_TMP/federated
export AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_FEDERATED_TOKEN_FILE
oauth 'workload identity'
unset AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_FEDERATED_TOKEN_FILE

test_case 'each kind of token was asked for, and once' '
	curl -fsS "$AZURE_LOGIN/count" >count.json
	jq -e ".secret > 0 and .managed > 0 and .federated > 0" count.json
	jq -e "(.secret + .managed + .federated) < 20" count.json
'

AZURE_STORAGE_CONNECTION_STRING=$AZURE_CONNECTION_STRING
export AZURE_STORAGE_CONNECTION_STRING
run_suite 'connection string' -t missing -t small \
	"azure://$AZURE_CONTAINER/$(unique)"
done_testing
