#!/bin/sh
# Commands of pipelines, when an allocation fails.
: "${POINTS:=30}"
. "${0%/*}/pipeline.sh"

for c in first changed back add freeze resolve diff value stage; do
	test_case "$c, each allocation" "sweep $c memory 0"
done
done_testing
