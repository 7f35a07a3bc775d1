#!/bin/sh
# WebDAV: nginx, Apache, lighttpd.
. "$(dirname "$0")/lib.sh"

use_server nginx
use_server apache
use_server lighttpd

dav() {	# http://HOST -> webdav://HOST
	echo "webdav${1#http}"
}
run_suite nginx -d -o "user=$HTTP_USER" -o "password=$HTTP_PASSWORD" \
	"$(dav "$HTTP_URL")/dav/$(unique)"
run_suite 'nginx, TLS and HTTP/2' -d -o "user=$HTTP_USER" \
	-o "password=$HTTP_PASSWORD" -o "ssl_verify=$HTTPS_CA" \
	"$(dav "$HTTPS_URL")/dav/$(unique)"
run_suite Apache -r -o "user=$APACHE_USER" -o "password=$APACHE_PASSWORD" \
	"$(dav "$APACHE_URL")/dav/$(unique)/not/there yet"
run_suite lighttpd -o "user=$LIGHTTPD_USER" \
	-o "password=$LIGHTTPD_PASSWORD" \
	"$(dav "$LIGHTTPD_URL")/dav/$(unique)"

# A repository that was pushed to a server, and a clone that has none of it.
published() {	# URL USER PASSWORD OPTION...
	new_repo
	files 50 data/a; files 50 data/b; head -c 3000000 /dev/urandom >big
	dver add -q data big
	url=$1
	printf '%s' "$3" >../password
	dver remote add -o "user=$2" origin "$url"
	shift 3
	for option; do
		dver remote modify --local origin "${option%%=*}" \
			"${option#*=}"
	done
	dver remote modify --local origin password - <../password
	commit one
	dver push
	dver push | grep -q "nothing to do"
	cd ..; git clone -q r c; cd c
	cp ../r/.dver/config.local .dver/config.local
}
got_all() {
	same_tree data ../r/data
	cmp big ../r/big
}

round='
	dver pull; got_all
	dver check; dver fsck -r origin
	cd ../r; echo more >>data/a/3.txt; dver add -q data; commit two
	dver push | grep -q "sent 1 file"
	cd ../c; git pull -q; dver pull; got_all
'
test_case 'nginx: push, clone, pull, and again' '
	published "$(dav "$HTTP_URL")/dav/$(unique)-a" "$HTTP_USER" \
		"$HTTP_PASSWORD"
'"$round"
test_case 'Apache: push, clone, pull, and again' '
	published "$(dav "$APACHE_TLS_URL")/dav/$(unique) b/c" "$APACHE_USER" \
		"$APACHE_PASSWORD" "ssl_verify=$APACHE_CA"
'"$round"
test_case 'Apache with a digest, which nobody had to say' '
	published "$(dav "$APACHE_URL")/digest/$(unique)-d" "$APACHE_USER" \
		"$APACHE_PASSWORD"
'"$round"
test_case 'lighttpd: push, clone, pull, and again' '
	published "$(dav "$LIGHTTPD_URL")/dav/$(unique)-l" "$LIGHTTPD_USER" \
		"$LIGHTTPD_PASSWORD"
'"$round"

here_is='
	store=$(unique)-$count
	published "$(dav "$HTTP_URL")/dav/$store" "$HTTP_USER" \
		"$HTTP_PASSWORD"
'
test_case 'what was pushed by WebDAV is read by HTTP' "$here_is"'
	dver remote modify origin url "$HTTP_URL/ro/$store"
	rm .dver/config.local
	dver pull; got_all
'
test_case 'a wrong password, and none' "$here_is"'
	echo wrong | dver remote modify --local origin password -
	fails_with "401 Unauthorized (user and password, or token, are wrong)" \
		dver pull
	cd ../r; echo more >>data/a/3.txt; dver add -q data; commit two
	echo wrong | dver remote modify --local origin password -
	fails_with "401 Unauthorized" dver push
	dver remote modify --local --unset origin password
	fails_with "it wants a user and password" dver push
'
test_case 'a server without WebDAV, and one that is gone' "$here_is"'
	rm .dver/config.local
	dver remote modify origin url "$(dav "$HTTP_URL")/list/$store"
	fails_with "PROPFIND with 405" dver pull
	dver remote modify origin url webdav://127.0.0.1:1/x
	fails_with "cannot connect to '\''127.0.0.1:1'\''" dver pull
'
test_case 'what a killed push left in tmp/ goes after a week' "$here_is"'
	tmp=$HTTP_ROOT/$store/tmp
	[ -z "$(ls "$tmp")" ]
	echo x >"$tmp/old"; touch -d "8 days ago" "$tmp/old"; echo x >"$tmp/new"
	chmod 666 "$tmp"/*
	cd ../r; echo more >>data/a/3.txt; dver add -q data; commit two
	dver push -q
	[ "$(ls "$tmp")" = new ]
'

# The same through a proxy that does wrong what RULES say (see faultproxy.py).
UPSTREAM=${HTTP_URL#http://}
export UPSTREAM
use_server proxy
rules() {
	printf '%s\n' "$@" | curl -fsS -T - "$PROXY_CONTROL/rules"
}
faults() {
	curl -fsS "$PROXY_CONTROL/counts" | jq .faults
}
by_proxy='
	store=$(unique)-$count
	rules
	published "$(dav "$PROXY_URL")/dav/$store" "$HTTP_USER" \
		"$HTTP_PASSWORD"
'
test_case 'what servers and networks do wrong now and then' "$by_proxy"'
	cd ../r
	rules "PUT * count=1 drop=upload:100" "PUT * count=1 drop=after" \
		"PUT * count=1 late=500" "PUT * count=1 status=503" \
		"MOVE * count=1 drop=after" "MOVE * count=1 late=500" \
		"MOVE * count=1 dup=1" "MKCOL * count=1 late=500" \
		"PROPFIND * count=1 trunc=300" "PROPFIND * count=1 drop=body:9"
	for i in 1 2 3; do
		head -c 3000000 /dev/urandom >big; dver add -q big; commit $i
		dver push -q
	done
	[ "$(faults)" -ge 8 ]
	rules "GET * count=1 trunc=50" "GET * count=1 drop=body:70" \
		"GET * count=1 status=503 retry_after=1" \
		"GET * count=1 drop=before" "PROPFIND * count=1 status=500"
	cd ../c; git pull -q; dver pull; got_all
	[ "$(faults)" -ge 4 ]
	[ -z "$(ls "$HTTP_ROOT/$store/tmp")" ]
	rules
	dver fsck -r origin
'
test_case 'bytes that were changed on the way do no harm' "$by_proxy"'
	rules "GET /packs/ flip=2000"
	fails_with "" dver pull
	[ ! -e big ]
	rules
	dver pull; got_all
'
test_case 'a server that goes in the middle: the rest comes later' "$by_proxy"'
	rules "GET /packs/ skip=1 drop=before"
	fails_with "cut off" dver pull
	rules; dver pull; got_all
	cd ../r
	head -c 40000000 /dev/urandom >big; dver add -q big; commit two
	rules "* * skip=6 drop=before"
	fails_with "cut off" dver push
	rules; dver push
	cd ../c; git pull -q; dver pull; got_all
'
done_testing
