#!/bin/sh
# The schema of dver.yaml for editors, against what dver itself takes.
. "${0%/*}/lib.sh"

test_case 'the schema and dver agree' '
	new_repo
	/usr/bin/python3 "$here/schema.py" "$top/src/pipeline/dver.schema.json"
'
done_testing
