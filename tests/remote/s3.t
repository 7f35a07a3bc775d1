#!/bin/sh
# S3 buckets: Ceph in path and virtual-host style and over TLS, and Swift,
# which is strict about regions and headers.
. "$(dirname "$0")/lib.sh"

AWS_EC2_METADATA_DISABLED=true
export AWS_EC2_METADATA_DISABLED
use_server ceph
ceph() {
	label=$1
	shift
	run_suite "$label" -o "access_key_id=$S3_KEY" \
		-o "secret_access_key=$S3_SECRET" "$@" \
		"s3://$S3_BUCKET/$(unique)"
}
ceph 'path style' -o "endpointurl=$S3_ENDPOINT"
ceph 'TLS' -o "endpointurl=$S3_TLS" -o "ssl_verify=$S3_CA" \
	-o sign_payload=false -t missing -t small -t ranges -t large -t names
ceph "customer's key" -o "endpointurl=$S3_TLS" -o "ssl_verify=$S3_CA" \
	-o sse_customer_key=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY= \
	-o acl=private -t small -t ranges -t large -t replace
ceph 'bucket as host' -o "endpointurl=$S3_HOST_ENDPOINT" \
	-o addressing_style=virtual -t missing -t small -t names -t prefix

# libs3 knows no names that need an escape in a listing.
ceph 'signature v2' -o signature=v2 -o "endpointurl=$S3_ENDPOINT" \
	-t missing -t small -t ranges -t large -t again -t replace -t delete \
	-t files -t kept -t prefix -t many -t threads -t swap -t shrunk \
	-t cancel -t close

# One process, and not a quick one: what asks for thousands of requests has
# been tried above.
use_server swift
run_suite swift -o "endpointurl=$SWIFT_ENDPOINT" \
	-o "access_key_id=$SWIFT_KEY" -o "secret_access_key=$SWIFT_SECRET" \
	-o region=wrong-1 -t missing -t small -t ranges -t large -t again \
	-t taken -t replace -t delete -t files -t counters -t kept -t prefix \
	-t everything -t names -t stranger -t deep -t killed -t shrunk \
	-t cancel -t close "s3://$SWIFT_BUCKET/$(unique)"
done_testing
