#!/bin/sh
# The run cache on real servers: what ran once need not run again elsewhere.
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

# pushed_to URL [OPTION=VALUE... [-- SECRET-OPTION SECRET]]: two runs, the
# second of which is committed, and a clone c, where we are then.
pushed_to() {
	new_repo
	cat >dver.yaml <<-END
	stages:
	  train:
	    cmd:
	    - mkdir model; cat in.txt >model/w; echo \${speed} >>model/w
	    - echo train >>runs
	    deps: [in.txt]
	    params: [speed]
	    outs: [model]
	END
	echo /runs >.gitignore
	echo hello >in.txt; echo "speed: 1" >params.yaml
	dver repro -q; cp -r model ../one
	echo "speed: 2" >params.yaml; dver repro -q
	dver remote add origin "$1"
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		dver remote modify --local origin "${1%%=*}" "${1#*=}"
		shift
	done
	[ $# = 0 ] || printf '%s\n' "$3" | dver remote modify origin "$2" -
	commit one
	dver push --run-cache | grep -qx "sent 2 runs of stages"
	dver push --run-cache --json >said
	jq -e ".runs == 0 and .objects == 0" said
	cd ..; git clone -q r c; cd c
	cp ../r/.dver/config.local .dver/config.local 2>/dev/null || :
}
got_runs='
	dver pull --run-cache | grep -qx "received 2 runs of stages"
	dver fetch --run-cache --json | jq -e ".runs == 0"
	echo "speed: 1" >params.yaml
	dver repro --pull | grep -q "train brought back"
	[ ! -e runs ]; same_tree model ../one
'
round="$got_runs"'
	# 17 more pushes: bundles are put together.
	if [ -n "$many" ]; then
		for i in $(seq 11 27); do
			echo "speed: $i" >params.yaml; dver repro -q
			dver push --run-cache | grep -qx "sent 1 run of stages"
		done
		cd ..; git clone -q r d; cd d
		cp ../r/.dver/config.local .dver/config.local 2>/dev/null || :
		dver fetch -q; dver fetch --run-cache --json >said
		jq -e ".runs == 19 and .requests < 10" said
		echo "speed: 27" >params.yaml
		dver repro --pull | grep -q "train brought back"
		same_tree model ../c/model
	fi
'
for layout in packed plain; do
	[ $layout = plain ] && as=layout=plain || as=jobs=4
	[ $layout = plain ] && many= || many=1
	test_case "S3, $layout" '
		pushed_to "s3://$S3_BUCKET/$(unique)-'$layout'" '$as' \
			"endpointurl=$S3_ENDPOINT" "access_key_id=$S3_KEY" \
			-- secret_access_key "$S3_SECRET"
	'"$round"
	test_case "Azure, $layout" '
		pushed_to "azure://$AZURE_CONTAINER/$(unique)-'$layout'" \
			'$as' "endpointurl=$AZURE_ENDPOINT" \
			"account_name=$AZURE_ACCOUNT" \
			-- account_key "$AZURE_KEY"
	'"$round"
	test_case "WebDAV, $layout" '
		pushed_to "webdav${HTTP_URL#http}/dav/$(unique)-'$layout'" \
			'$as' "user=$HTTP_USER" -- password "$HTTP_PASSWORD"
	'"$round"
	test_case "SSH, $layout" '
		pushed_to "ssh://dver$TEST_TMP/sftp/$(unique)-'$layout'" '$as'
	'"$round"
	test_case "a web server that cannot list, $layout" '
		store=$(unique)-'$layout'-get
		pushed_to "$HTTP_ROOT/$store" '$as'
		chmod -R a+rX "$HTTP_ROOT/$store"
		dver remote modify --local origin url "$HTTP_URL/ro/$store"
	'"$got_runs"
	test_case "and has no runs, $layout" '
		store=$(unique)-'$layout'-none
		pushed_to "$HTTP_ROOT/$store" '$as'
		rm -r "$HTTP_ROOT/$store/runs"
		sed -i "/^runs/d" "$HTTP_ROOT/$store/heads"
		[ '$layout' = plain ] && rm "$HTTP_ROOT/$store/heads" ||
			(cd ../r; echo x >x; dver add -q x; dver push -q x)
		chmod -R a+rX "$HTTP_ROOT/$store"
		dver remote modify --local origin url "$HTTP_URL/ro/$store"
		dver pull --run-cache --json | jq -e ".runs == 0"
	'
done
test_case 'written by PUT and heads alone' '
	store=$(unique)-put
	pushed_to "$HTTP_URL/put/$store" method=PUT
	[ "$(grep -c "^runs/0-" "$HTTP_ROOT/$store/heads")" = 1 ]
'"$got_runs"'
	echo "speed: 5" >params.yaml; dver repro -q
	dver push --run-cache | grep -qx "sent 1 run of stages"
	cd ../r; dver fetch --run-cache | grep -q "received 1 run"
'
done_testing
