#!/bin/sh
# OpenStack Swift's S3 interface on loopback: strict about regions and headers,
# and without conditional requests.
#
#	$SWIFT_ENDPOINT (path style), $SWIFT_REGION, $SWIFT_BUCKET
#	$SWIFT_KEY (there is a colon in it), $SWIFT_SECRET
. "$(dirname "$0")/lib.sh"
ports=1

start_server() {
	# -P: this folder's swift.py is not the package of that name.
	daemon swift.log /usr/bin/python3 -P "$here/swift.py" "$dir" "$port" \
		test:tester=testing
	wait_for 60 grep -q ready "$dir/swift.log"
	(
		umask 077
		echo machine 127.0.0.1 login test:tester password testing
	) >netrc
	curl -fsS --aws-sigv4 aws:amz:us-east-1:s3 --netrc-file netrc \
		-H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -X PUT \
		"http://127.0.0.1:$port/bucket"
	say SWIFT_ENDPOINT "http://127.0.0.1:$port"
	say SWIFT_REGION us-east-1
	say SWIFT_BUCKET bucket
	say SWIFT_KEY test:tester
	say SWIFT_SECRET testing
}

server_main "$@"
