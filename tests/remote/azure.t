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
AZURE_STORAGE_CONNECTION_STRING=$AZURE_CONNECTION_STRING
export AZURE_STORAGE_CONNECTION_STRING
run_suite 'connection string' -t missing -t small \
	"azure://$AZURE_CONTAINER/$(unique)"
done_testing
