#!/bin/sh
# What a person does with an S3 remote, and what goes wrong: against Ceph, and
# for credentials against the stand-in of AWS's services that hand them out.
. "$(dirname "$0")/lib.sh"

use_server ceph
for name in $(env | sed -n 's/^\(AWS_[A-Z0-9_]*\)=.*/\1/p'); do
	unset "$name"
done
AWS_EC2_METADATA_DISABLED=true
export AWS_EC2_METADATA_DISABLED

python3 "$top/tests/server/aws.py" "$TEST_TMP/port" "$S3_KEY" "$S3_SECRET" &
aws_pid=$!
trap 'kill $aws_pid; end_servers; rm -rf "$TEST_TMP"' EXIT
while [ ! -e "$TEST_TMP/port" ]; do sleep 0.05; done
aws=http://127.0.0.1:$(cat "$TEST_TMP/port")

# A remote with the right keys; arguments of `remote add` go before.
remote() {
	dver remote add -o "endpointurl=$S3_ENDPOINT" "$@"
	keys "$S3_KEY" "$S3_SECRET"
}
keys() {
	dver remote modify --local o access_key_id "$1"
	printf '%s\n' "$2" | dver remote modify --local o secret_access_key -
}
# A repository whose data is not pushed yet.
some='
	new_repo
	files 50 data/a; files 50 data/b; head -c 9000000 /dev/urandom >big
	dver add -q data big
'
pushed="$some"'
	url=s3://$S3_BUCKET/$(unique)-$count
	remote o "$url"
	commit one
	dver push
'
copy() {
	git clone -q ../r ../c
	cd ../c
	keys "${1:-$S3_KEY}" "${2:-$S3_SECRET}"
}

test_case 'push, clone, pull: the same bytes' "$pushed"'
	dver push | grep -q "nothing to do"
	copy
	dver pull | grep -q "received 101 files"
	same_tree data ../r/data
	cmp big ../r/big
	dver pull | grep -q "nothing to do"
	dver check
'
test_case 'nobody sees the secret' "$pushed"'
	echo more >>data/a/1.txt; dver add -q data; commit two
	dver -vv push >trace 2>&1
	grep -q "PUT http://.*: 200" trace
	lacks -F "$S3_SECRET" trace
	lacks -iE "signature=|authorization|credential=" trace
	dver remote -v >v; dver config --list >>v
	lacks -F "$S3_SECRET" v
	lacks -F "$S3_SECRET" .dver/config
	git log -p >log; lacks -F "$S3_SECRET" log
'
test_case 'the wrong secret, key, bucket, endpoint' "$some"'
	remote o "s3://$S3_BUCKET/x"
	keys "$S3_KEY" wrong
	fails_with "403 SignatureDoesNotMatch (check secret_access_key)" \
		dver push
	keys NOBODY "$S3_SECRET"
	fails_with "403 InvalidAccessKeyId (check access_key_id)" dver push
	dver remote add -o "endpointurl=$S3_ENDPOINT" p "s3://no-such-bucket/x"
	AWS_ACCESS_KEY_ID=$S3_KEY AWS_SECRET_ACCESS_KEY=$S3_SECRET
	export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	fails_with "404 NoSuchBucket" dver push -r p
	fails_with "s3://no-such-bucket" dver push -r p
	dver remote add -o endpointurl=http://127.0.0.1:1 q "s3://$S3_BUCKET/x"
	fails_with "cannot connect to" dver push -r q
'
test_case 'no right to do anything there' "$some"'
	remote o "s3://$S3_BUCKET/x"
	keys "$S3_OTHER_KEY" "$S3_OTHER_SECRET"
	fails_with "403 AccessDenied (these credentials may not" dver push
	dver remote modify o allow_anonymous_login true
	fails_with "unset allow_anonymous_login" dver push
'
test_case 'a key that may read is enough to read' "$pushed"'
	copy "$S3_READER_KEY" "$S3_READER_SECRET"
	dver fetch data
	dver pull
	same_tree data ../r/data
	dver status | grep -q "as its pointers"
	dver ls data | grep -q a
	dver check
	echo more >>data/a/1.txt; dver add -q data; commit two
	fails_with "403 AccessDenied (these credentials may not write" \
		dver push
	fails_with "not in the remote" dver check
	dver drop -f data 2>/dev/null || true
	keys "$S3_KEY" "$S3_SECRET"
	dver push
'
test_case 'the quota is used up, and then raised' '
	new_repo
	files 20 data; dver add -q data
	remote o "s3://$S3_FULL_BUCKET/$(unique)-$count"
	keys "$S3_FULL_KEY" "$S3_FULL_SECRET"
	commit one
	quota() {
		radosgw-admin -c "$CEPH_CONF" -n client.rgw quota set \
			--uid=full --quota-scope=user --max-objects="$1" >/dev/null
	}
	quota 0
	fails_with "QuotaExceeded" dver push
	fails_with "the quota of the user or the bucket is used up" dver push
	quota 1000
	# The gateway believes for a while what it knew.
	i=0
	until dver push; do
		i=$((i + 1)); [ $i -lt 100 ]; sleep 1
	done
	dver check
'
test_case 'a clock that is wrong by hours' "$some"'
	remote o "s3://$S3_BUCKET/$(unique)-$count"
	commit one
	FAKETIME_DONT_FAKE_MONOTONIC=1
	export FAKETIME_DONT_FAKE_MONOTONIC
	faketime -f +7h dver -v push >out 2>err || { cat err; false; }
	grep -q "clock is 2[0-9]* seconds ahead" err
	copy
	faketime -f -3h dver pull
	same_tree data ../r/data
'
test_case 'a prefix of blanks and Unicode' "$some"'
	remote o "s3://$S3_BUCKET/$(unique) für % + # ? & =/日本/"
	commit one
	dver push
	copy
	dver pull
	same_tree data ../r/data
'
test_case 'TLS: with the certificate, and not without' "$some"'
	dver remote add -o "endpointurl=$S3_TLS" o \
		"s3://$S3_BUCKET/$(unique)-$count"
	keys "$S3_KEY" "$S3_SECRET"
	commit one
	fails_with "certificate" dver push
	AWS_CA_BUNDLE=$S3_CA dver push
	copy
	fails_with "certificate" dver pull
	dver remote modify --local o ssl_verify "$S3_CA"
	printf "%s\n" "$S3_SECRET" |
		dver remote modify --local o secret_access_key -
	dver pull
	same_tree data ../r/data
'
test_case 'killed again and again, a push comes to its end' '
	new_repo
	for i in 1 2 3 4 5 6; do files 40 data/$i; done
	head -c 60000000 /dev/urandom >big
	dver add -q data big
	remote o "s3://$S3_BUCKET/$(unique)-$count"
	commit one
	for ms in 05 10 15 20 30 40 60; do
		timeout -s KILL 0.$ms dver push >/dev/null 2>&1 || true
	done
	dver push
	dver check
	copy
	dver pull
	same_tree data ../r/data
	cmp big ../r/big
'
test_case 'nothing but the environment' "$some"'
	dver remote add o "s3://$S3_BUCKET/$(unique)-$count"
	commit one
	fails_with "there are no credentials" \
		env "AWS_ENDPOINT_URL=$S3_ENDPOINT" dver push
	AWS_ENDPOINT_URL_S3=$S3_ENDPOINT AWS_ACCESS_KEY_ID=$S3_KEY
	AWS_SECRET_ACCESS_KEY=$S3_SECRET
	export AWS_ENDPOINT_URL_S3 AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	dver push
	git clone -q ../r ../c; cd ../c
	dver pull
	same_tree data ../r/data
'
# A profile in a home of its own, and its config file on stdin.
profile() {
	HOME=$PWD/../home
	export HOME
	mkdir -p "$HOME/.aws"
	cat >"$HOME/.aws/config"
	dver push
	rm -r "$HOME/.aws"
	must_fail dver push --all-commits 2>/dev/null
}
for_profiles="$some"'
	dver remote add o "s3://$S3_BUCKET/$(unique)-$count"
	commit one
	AWS_ENDPOINT_URL_S3=$S3_ENDPOINT
	export AWS_ENDPOINT_URL_S3
'
test_case 'nothing but a profile' "$some"'
	dver remote add -o profile=work o "s3://$S3_BUCKET/$(unique)-$count"
	commit one
	fails_with "there is no profile '\''work'\''" dver push
	profile <<-END
	[profile work]
	endpoint_url = $S3_ENDPOINT
	region = us-east-1
	aws_access_key_id = $S3_KEY
	aws_secret_access_key = $S3_SECRET
	s3 =
	  addressing_style = path
	END
'
test_case 'a profile that runs a command' "$for_profiles"'
	cat >../keys.sh <<-END
	#!/bin/sh
	echo "{\"Version\": 1, \"AccessKeyId\": \"$S3_KEY\","
	echo "\"SecretAccessKey\": \"$S3_SECRET\"}"
	END
	chmod +x ../keys.sh
	profile <<-END
	[default]
	credential_process = $PWD/../keys.sh
	END
'
test_case 'a role, assumed at the STS of Ceph' "$for_profiles"'
	AWS_ENDPOINT_URL_STS=$S3_ENDPOINT
	export AWS_ENDPOINT_URL_STS
	profile <<-END
	[default]
	role_arn = $S3_ROLE
	source_profile = other
	region = us-east-1
	[profile other]
	aws_access_key_id = $S3_OTHER_KEY
	aws_secret_access_key = $S3_OTHER_SECRET
	END
'
test_case 'a login by SSO' "$for_profiles"'
	AWS_ENDPOINT_URL_SSO=$aws
	export AWS_ENDPOINT_URL_SSO
	mkdir -p ../home/.aws/sso/cache
	name=$(printf corp | sha1sum | cut -d" " -f1)
	echo "{\"accessToken\": \"sso token\",
		\"expiresAt\": \"2099-01-01T00:00:00Z\"}" \
		>"../home/.aws/sso/cache/$name.json"
	profile <<-END
	[default]
	sso_session = corp
	sso_account_id = 123456789012
	sso_role_name = a role
	[sso-session corp]
	sso_region = us-east-1
	sso_start_url = https://corp.awsapps.com/start
	END
'
test_case 'a container, an instance' "$for_profiles"'
	AWS_CONTAINER_CREDENTIALS_FULL_URI=$aws/container
	AWS_CONTAINER_AUTHORIZATION_TOKEN="container token"
	export AWS_CONTAINER_CREDENTIALS_FULL_URI
	export AWS_CONTAINER_AUTHORIZATION_TOKEN
	dver push
	unset AWS_CONTAINER_CREDENTIALS_FULL_URI
	unset AWS_EC2_METADATA_DISABLED
	AWS_EC2_METADATA_SERVICE_ENDPOINT=$aws
	export AWS_EC2_METADATA_SERVICE_ENDPOINT
	git clone -q ../r ../c; cd ../c
	dver pull
	same_tree data ../r/data
'
test_case 'signature version 2' "$some"'
	dver remote add -o "endpointurl=$S3_ENDPOINT" -o signature=v2 o \
		"s3://$S3_BUCKET/$(unique)-$count"
	keys "$S3_KEY" wrong
	commit one
	fails_with "SignatureDoesNotMatch" dver push
	keys "$S3_KEY" "$S3_SECRET"
	dver push
	copy
	dver pull
	same_tree data ../r/data
	dver remote add -o "endpointurl=$S3_TLS" -o signature=v2 p \
		"s3://$S3_BUCKET/p"
	fails_with "does not verify certificates" dver push -r p
'
done_testing
