#!/bin/sh
# A folder behind ssh; one connection for all; a server that can do no more
# than the draft says.
. "$(dirname "$0")/lib.sh"

use_server sshd
GIT_SSH_COMMAND="ssh -F $SSH_CONFIG"
export GIT_SSH_COMMAND
run_suite ssh "ssh://dver$TEST_TMP/store"
run_suite 'one session' -o max_sessions=1 -t threads -t swap -t flood \
	"sftp://dver$TEST_TMP/a store"
run_suite 'no extensions' "basic:$TEST_TMP/basic"
done_testing
