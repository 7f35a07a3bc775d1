#!/bin/sh
# Stores that web servers serve: read by GET alone, or written by PUT.
. "$(dirname "$0")/lib.sh"

use_server nginx
use_server apache
use_server lighttpd

run_suite 'nginx, PUT' -d -o "user=$HTTP_USER" -o "password=$HTTP_PASSWORD" \
	"$HTTP_URL/dav/$(unique)"
run_suite 'nginx, TLS and a client certificate' -d \
	-o "user=$HTTP_USER" -o "password=$HTTP_PASSWORD" \
	-o "ssl_verify=$HTTPS_CA" -o "cert_path=$MTLS_CERT" \
	-o "key_path=$MTLS_KEY" -t small -t ranges -t large -t names \
	"$MTLS_URL/dav/$(unique)"
# While it replaces a file Apache sends the one at the other's length.
run_suite 'Apache, PUT' -r -o "user=$APACHE_USER" \
	-o "password=$APACHE_PASSWORD" "$APACHE_URL/dav/$(unique)"
run_suite 'Apache, digest' -r -o "user=$APACHE_USER" \
	-o "password=$APACHE_PASSWORD" -o auth=digest \
	-t small -t ranges -t names -t threads "$APACHE_URL/digest/$(unique)"
run_suite 'lighttpd, PUT' -o "user=$LIGHTTPD_USER" \
	-o "password=$LIGHTTPD_PASSWORD" "$LIGHTTPD_URL/dav/$(unique)"

# A repository whose data is in the folder $HTTP_ROOT/$store, and a clone that
# has none of it.
published='
	store=$(unique)-$count
	new_repo
	files 50 data/a; files 50 data/b; head -c 3000000 /dev/urandom >big
	dver add -q data big
	dver remote add origin "$HTTP_ROOT/$store"
	commit one
	dver push -q
	chmod -R a+rX "$HTTP_ROOT/$store"
	cd ..; git clone -q r c; cd c
'
got_all='
	same_tree data ../r/data
	cmp big ../r/big
'
test_case 'a clone pulls by GET alone' "$published"'
	dver remote modify origin url "$HTTP_URL/ro/$store"
	dver status -r origin >st
	dver check
	dver ls -R HEAD:data >/dev/null
	dver pull
	'"$got_all"'
	dver pull | grep -q "nothing to do"
	asked_of "$store" >asked
	lacks -vE "\"(GET|HEAD) /ro/" asked
	lacks "\" 40[0-35-9] " asked
	[ "$(wc -l <asked)" -lt 60 ]
'
test_case 'later pushes are seen' "$published"'
	dver remote modify origin url "$HTTP_URL/ro/$store"
	dver pull -q
	cd ../r; echo more >data/a/1.txt; dver add -q data; commit two
	dver push -q; chmod -R a+rX "$HTTP_ROOT/$store"
	cd ../c; git stash -q; git pull -q; git stash pop -q
	dver pull; '"$got_all"
test_case 'passwords, tokens, headers: the right one and a wrong one' "$published"'
	try() {	# PATH OPTION=VALUE... -- the secret OPTION VALUE WRONG
		dver remote remove t 2>/dev/null || :
		url=$1; shift
		dver remote add t "$url"
		while [ "$1" != -- ]; do
			dver remote modify t "${1%%=*}" "${1#*=}"; shift
		done
		printf "%s\n" "$4" | dver remote modify --local t "$2" -
		fails_with "$5" dver fetch -r t
		rm -rf .dver/cache
		printf "%s\n" "$3" | dver remote modify --local t "$2" -
		dver fetch -q -r t
		rm -rf .dver/cache
	}
	try "$HTTP_URL/secret/$store" "user=$HTTP_USER" -- \
		password "$HTTP_PASSWORD" wrong "401 Unauthorized"
	try "$HTTP_URL/bearer/$store" -- token "$HTTP_TOKEN" no \
		"401 Unauthorized (user and password, or token, are wrong)"
	try "$HTTP_URL/header/$store" auth=custom custom_auth_header=X-Key -- \
		password "$HTTP_TOKEN" no "403 Forbidden"
'
test_case 'a password that is not there' "$published"'
	dver remote modify origin url "$HTTP_URL/secret/$store"
	fails_with "it wants a user and password" dver pull
	dver remote modify origin ask_password true
	fails_with "no terminal" dver pull
'
test_case 'the credential helper of git is asked, once' "$published"'
	git config --global credential.helper "!f() { \
		echo \$1 >>$TEST_TMP/helper; \
		[ \$1 = get ] && { echo username=$HTTP_USER; \
		echo \"password=$HTTP_PASSWORD\"; }; :; }; f"
	dver remote modify origin url "$HTTP_URL/secret/$store"
	: >"$TEST_TMP/helper"
	dver pull; '"$got_all"'
	[ "$(cat "$TEST_TMP/helper")" = "get
store" ]
	git config --global credential.helper "!f() { \
		echo \$1 >>$TEST_TMP/helper; \
		[ \$1 = get ] && { echo username=$HTTP_USER; \
		echo password=wrong; }; :; }; f"
	rm -rf .dver/cache .dver/remotes; : >"$TEST_TMP/helper"
	fails_with "401 Unauthorized" dver fetch
	[ "$(cat "$TEST_TMP/helper")" = "get
erase" ]
	git config --global --unset credential.helper
'
test_case '~/.netrc is asked' "$published"'
	host=${HTTP_URL#http://}
	printf "machine %s login %s password \"%s\"\n" "${host%:*}" \
		"$HTTP_USER" "$HTTP_PASSWORD" >~/.netrc
	dver remote modify origin url "$HTTP_URL/secret/$store"
	dver pull; '"$got_all"'
	rm ~/.netrc
'
test_case 'certificates are looked at' "$published"'
	dver remote modify origin url "$HTTPS_URL/ro/$store"
	fails_with "it is self-signed: name its CA" dver pull
	dver remote modify --local origin ssl_verify "$HTTPS_CA"
	dver pull; '"$got_all"'
	dver remote modify origin url "https://127.0.0.1:${HTTPS_URL##*:}/ro/$store"
	rm -rf .dver/cache data
	dver pull
	dver remote modify origin url "$MTLS_URL/ro/$store"
	rm -rf .dver/cache
	fails_with "400 Bad Request" dver fetch
	dver remote modify --local origin cert_path "$MTLS_CERT"
	dver remote modify --local origin key_path "$MTLS_KEY"
	dver fetch
'
test_case 'redirects are followed' "$published"'
	dver remote modify origin url "$HTTP_URL/moved/$store"
	dver pull; '"$got_all"'
	rm -rf .dver/cache
	dver remote modify origin url "$HTTP_URL/away/$store"
	dver fetch
	dver remote modify origin url "$HTTP_URL/fault/loop/$store"
	rm -rf .dver/cache
	fails_with "more than 10 redirects" dver fetch
'
test_case 'what is no store, or has no heads, is named' "$published"'
	dver remote modify origin url "$HTTP_URL/ro/nothing"
	fails_with "holds no dver store" dver pull
	dver remote modify origin url "$HTTP_URL/ro/$store"
	mv "$HTTP_ROOT/$store/heads" kept
	fails_with "has no '\''heads'\''" dver pull
	{ head -n 1 kept; tail -n 1 kept; } >"$HTTP_ROOT/$store/heads"
	fails_with "heads'\'' is damaged" dver pull
	cp kept "$HTTP_ROOT/$store/heads"
	dver pull
	fails_with "cannot list" dver fsck -r origin
'
test_case 'a server that takes no changes' "$published"'
	dver remote modify origin url "$HTTP_URL/ro/$store"
	dver pull -q
	echo more >data/a/1.txt; dver add -q data; commit two
	fails_with "403" dver push
	dver remote modify origin url "$HTTP_URL/list/$store"
	fails_with "cannot be listed: the server answers PROPFIND with 405" \
		dver push
	dver remote modify origin url "$HTTP_URL/put/$store"
	dver remote modify origin method PUT
	dver remote modify origin read_only true
	fails_with "read-only" dver push
'
test_case 'remote test says what works' '
	new_repo
	dver remote add -o "user=$HTTP_USER" o "$HTTP_URL/dav/test-'"$(unique)"'"
	echo "$HTTP_PASSWORD" | dver remote modify o password -
	dver remote test o
	dver remote add -o method=PUT p "$HTTP_URL/put/test-'"$(unique)"'"
	dver remote test p
	dver remote add q "$HTTP_URL/ro/nothing"
	dver remote test --read-only q
	must_fail dver remote test q >out
	grep -A1 "^write  *fails" out | grep -q "403 Forbidden"
	echo wrong | dver remote modify o password -
	must_fail dver remote test o >out
	grep -A1 "^read  *fails" out | grep -q "401 Unauthorized"
'
test_case 'written by PUT and heads alone' '
	store=put-$(unique)
	new_repo
	files 20 data; dver add -q data
	dver remote add origin "$HTTP_URL/put/$store"
	commit one
	fails_with "method = PUT" dver push
	dver remote modify origin method PUT
	commit two
	dver push
	dver push | grep -q "nothing to do"
	echo more >data/1.txt; dver add -q data; commit three
	dver push
	[ "$(grep -c ^index/ "$HTTP_ROOT/$store/heads")" -eq 2 ]
	cd ..; git clone -q r c; cd c; dver pull; same_tree data ../r/data
	dver remote modify origin url "$HTTP_URL/ro/$store"
	rm -rf .dver/cache data; dver pull; same_tree data ../r/data
'
done_testing
