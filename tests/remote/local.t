#!/bin/sh
# Memory and folders, a path and a URL.
. "$(dirname "$0")/lib.sh"

run_suite memory memory:
run_suite folder "$TEST_TMP/folder"
run_suite file:// "file://$TEST_TMP/other"
done_testing
