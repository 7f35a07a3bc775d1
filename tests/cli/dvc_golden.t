#!/bin/sh
# What DVC 3.67.1 said of metrics, parameters and plots, dver says, too:
# "make dvc-golden" asks it again.
. "${0%/*}/lib.sh"

here=$(cd "${0%/*}" && pwd)
export here
test_case 'values and points are those of DVC' '
	python3 "$here/dvc_golden.py" check "$here/dvc_golden.json" >&2
'
test_case 'a value that differs is found' '
	sed "s/0\\.75/0.8/" "$here/dvc_golden.json" >other.json
	must_fail python3 "$here/dvc_golden.py" check other.json
'
done_testing
