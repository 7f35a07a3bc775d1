# faults - for tests that go through tests/server/faultproxy.py (sourced after
# lib.sh; the proxy runs):
#
#	rules LINE...	what it does from now on; its log begins anew
#	log		what it was asked: method, path, status, up, down, rule
#	tried		how many requests a rule was applied to
#	killed_by_proxy COMMAND...	its number goes to $TEST_TMP/pid first

rules() {
	printf '%s\n' "$@" | curl -fsS -X PUT --data-binary @- \
		"$PROXY_CONTROL/rules"
	curl -fsS -X DELETE "$PROXY_CONTROL/log"
}

log() {
	curl -fsS "$PROXY_CONTROL/log"
}

tried() {
	log | awk -F'\t' '$6 != ""' | wc -l
}

killed_by_proxy() {
	sh -c 'echo $$ >"$0"; exec "$@"' "$TEST_TMP/pid" "$@" 2>/dev/null \
		>/dev/null
}
