#!/bin/sh
# Commands of pipelines, when a system call fails or is the last one.
. "${0%/*}/pipeline.sh"

for c in first changed back add freeze resolve diff value stage; do
	test_case "$c, each call: EIO" "sweep $c call 5"
	test_case "$c, each call: ENOSPC" "sweep $c call 28"
	test_case "$c, each call: killed" "sweep $c call -1"
done
done_testing
