#!/bin/sh
# Runs of TensorBoard: files of a folder, of other names each time.
. "${0%/*}/lib.sh"

# events FILE TAG STEP:VALUE... - as a writer of TensorBoard writes it.
events() {
	mkdir -p "$(dirname "$1")"
	python3 -c '
import struct, sys

def crc(b):
    c = 0xffffffff
    for x in b:
        c ^= x
        for _ in range(8):
            c = c >> 1 ^ (0x82f63b78 if c & 1 else 0)
    c ^= 0xffffffff
    return struct.pack("<I", ((c >> 15 | c << 17) + 0xa282ead8) & 0xffffffff)

def part(n, b):
    return bytes([n << 3 | 2, len(b)]) + b

def record(b):
    n = struct.pack("<Q", len(b))
    return n + crc(n) + b + crc(b)

def event(step, more):
    return record(b"\x09" + struct.pack("<d", 1.7e9 + step) +
                  b"\x10" + bytes([step]) + more)

out = event(0, part(3, b"brain.Event:2"))
for at in sys.argv[3:]:
    step, value = at.split(":")
    v = part(1, sys.argv[2].encode()) + b"\x15" + struct.pack("<f", float(value))
    out += event(int(step), part(5, part(1, v)))
open(sys.argv[1], "ab").write(out)' "$@"
}
# Two runs of a folder that git keeps, at two commits.
history='
	new_repo
	name=events.out.tfevents
	printf "plots: [runs]\n" >dver.yaml
	events runs/a/$name.1700000000.h.1 loss 0:4 1:3 2:2
	events runs/b/$name.1700000000.h.1 loss 0:8 1:7
	echo "step,loss" >runs/x.csv
	echo "1,2" >>runs/x.csv
	commit one
	rm -r runs/a
	events runs/a/$name.1700000100.h.2 loss 0:4 1:2 2:1
	commit two
'
test_case 'a run is a chart, whatever its files are called' "$history"'
	dver plots show HEAD~1 HEAD --json >got
	jq -e "(.data | keys) == [\"runs/a\", \"runs/b\", \"runs/x.csv\"]" got
	jq -e ".data[\"runs/a\"][0].series | map([.name, .path, .field]) | . == [
		[\"HEAD~1\", \"runs/a\", \"loss\"], [\"HEAD\", \"runs/a\", \"loss\"]]" got
	jq -e ".data[\"runs/a\"][0].content.data.values | map(.loss) |
		. == [4, 3, 2, 4, 2, 1]" got
	[ "$(dver plots show runs/a --json | jq -c ".data | keys")" = "[\"runs/a\"]" ]
	# A file of it for itself.
	f=runs/a/$name.1700000100.h.2
	[ "$(dver plots show $f --json | jq -r ".data | keys[]")" = $f ]
	cd runs/a
	[ "$(dver plots show . --json | jq -c ".data | keys")" = "[\"runs/a\"]" ]
'
test_case 'a report tells what a run was before' "$history"'
	dver report --base HEAD~1 >got
	grep -F "| \`runs/a\` | \`loss\` | 2 to 1 | 2 to 1 | 4 |" got
	lacks "runs/b" got
	lacks "removed" got
	dver report --base HEAD~1 --json | jq -e "[.plots[] | .id, .status] ==
		[\"runs/a\", \"changed\"]"
'
test_case 'a run that went on in another file' '
	new_repo
	name=events.out.tfevents
	events runs/$name.1700000000.h.1 loss 0:9 1:8 2:7 3:nan 4:nan
	events runs/$name.1700000000.h.1 acc 0:0.25 1:0.5
	# From 2 on again, what came after it is given up; acc goes on.
	events runs/$name.1700000200.h.2 loss 2:6 3:5
	events runs/$name.1700000200.h.2 acc 5:0.5
	dver plots show runs --json >got
	jq -e "(.data | keys) == [\"runs\"]" got
	jq -e "[.data.runs[0].content.data.values[] | select(.field == \"loss\") |
		[.step, .value]] == [[0, 9], [1, 8], [2, 6], [3, 5]]" got
	jq -e "[.data.runs[0].content.data.values[] | select(.field == \"acc\") |
		[.step, .value]] == [[0, 0.25], [1, 0.5], [5, 0.5]]" got
	jq -e "[.data.runs[0].series[].not_finite] == [0, 0]" got
	# Over time both are seen.
	dver plots show runs -x wall_time -y loss --json |
		jq -e ".data.runs[0].content.data.values | length == 7"
	fails_with "runs: no scalar of tag '"'lr'"'" dver plots show runs -y lr
'
test_case 'a damaged file of a run is told, the others are drawn' '
	new_repo
	name=events.out.tfevents
	events $name.1.h loss 0:9 1:8
	printf "%s" "no event file, but long enough" >$name.2.h
	events $name.3.h loss 2:7
	dver plots show . --json >out 2>told
	grep -q "$name.2.h: no event file" told
	jq -e "(.data | keys) == [\".\"] and (.errors | length) == 1" out
	jq -e ".data[\".\"][0].series[0].path == \".\"" out
	jq -e "[.data[\".\"][0].content.data.values[].loss] == [9, 8, 7]" out
	rm $name.1.h $name.3.h
	must_fail dver plots show . --json >out 2>told
	grep -q "$name.2.h: no event file" told
	jq -e "(.errors | length) == 1" out
'
test_case 'runs that the store keeps, in a chart of a name' '
	new_repo
	name=events.out.tfevents
	events runs/a/$name.1.h loss 0:9 1:8
	events runs/a/$name.2.h loss 2:7
	events runs/b/$name.1.h loss 0:5
	dver add -q runs
	printf "plots:\n- all: {y: {runs: loss}}\n" >dver.yaml
	commit one
	rm -r runs
	dver plots show HEAD --json >got
	jq -e ".data.all[0].series | map([.path, .points]) | . ==
		[[\"runs/a\", 3], [\"runs/b\", 1]]" got
'
done_testing
