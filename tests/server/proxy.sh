#!/bin/sh
# faultproxy.py in front of $UPSTREAM (host:port); PROXY_MODE=--tcp passes bytes
# on as they are.
#
#	$PROXY_URL, $PROXY_PORT
#	$PROXY_CONTROL/rules, /log, /counts
. "$(dirname "$0")/lib.sh"
ports=2

start_server() {
	# shellcheck disable=SC2086
	daemon proxy.log python3 "$here/faultproxy.py" ${PROXY_MODE:-} \
		"$port" "$UPSTREAM"
	wait_for 60 grep -q ready "$dir/proxy.log"
	say PROXY_URL "http://127.0.0.1:$port"
	say PROXY_PORT "$port"
	say PROXY_CONTROL "http://127.0.0.1:$((port + 1))"
}

server_main "$@"
