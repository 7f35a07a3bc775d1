#!/bin/sh
# Values that are NaN or infinite: no point shows them, so words do.
. "${0%/*}/lib.sh"

# A run that goes well, then one that ends in NaN.
history='
	new_repo
	printf "plots:\n- l.csv: {x: step, y: loss}\n" >dver.yaml
	printf "%s\n" step,loss 1,0.3 2,0.2 3,0.1 >l.csv
	commit one
	printf "%s\n" step,loss 1,0.3 2,inf 3, 4,nan >l.csv
	commit two
'
test_case 'a chart says how many values it does not show' "$history"'
	dver plots show l.csv >got
	tail -n 1 got | grep -qx " *2 of 3 values not finite"
	dver plots show --ascii l.csv | tail -n 1 | grep -q "2 of 3 values"
	COLUMNS=40 dver plots show l.csv >got
	[ "$(wc -l <got)" -le 20 ]
	dver plots show HEAD~1 l.csv >got
	lacks finite got
	dver plots show -o l.svg l.csv >out
	grep -q ">2 of 3 values not finite</text>" l.svg
	python3 -c "import xml.dom.minidom as m; m.parse(\"l.svg\")"
	dver plots show HEAD~1 -o l.svg l.csv >out
	lacks finite l.svg
	dver plots show -o l.html l.csv >out
	grep -q "<p class=\"note\">2 of 3 values not finite</p>" l.html
	grep -q "<td>0.3</td><td>0.3</td><td>nan</td><td>4</td>" l.html
	dver plots show --json l.csv >got
	jq -e ".data[\"l.csv\"][0].series[0] |
		.not_finite == 2 and .values == 3 and .rows == 4" got
'
test_case 'the last value is told as it is' "$history"'
	dver report --base HEAD~1 >got
	want="| \`l.csv\` | \`loss\` (**2 of 3 values not finite**) |"
	grep -F "$want 0.1 to nan | 0.1 to 0.3 | 0.3 |" got
	dver report --base HEAD~1 --json >got
	jq -e ".plots[0].series | map({side, last, not_finite, lowest}) | . == [
		{side: \"old\", last: 0.1, not_finite: 0, lowest: 0.1},
		{side: \"new\", last: {float: \"nan\"}, not_finite: 2,
			lowest: 0.3}]" got
	# All of them: nothing is lowest.
	printf "%s\n" step,loss 1,nan 2,-inf >l.csv
	dver report -w --base HEAD >got
	grep -F " (**2 of 2 values not finite**) | nan to -inf | 0.3 |" got
	# It came back: the last one is a number, the others are told.
	printf "%s\n" step,loss 1,nan 2,7 >l.csv
	dver report -w --base HEAD >got
	grep -F " (**1 of 2 values not finite**) | nan to 7 | 0.3 to 7 |" got
	# The last one of rows in no order is that of the highest x.
	printf "%s\n" step,loss 2,nan 1,7 >l.csv
	dver report -w --base HEAD --json | jq -e ".plots[0].series[1].last ==
		{float: \"nan\"}"
'
test_case 'every kind of file, every kind of chart' "$history"'
	told() { dver plots show --json "$@" | jq -c ".data[][0].series[0] |
		[.not_finite, .values]"; }
	echo "[{\"a\": NaN}, {\"a\": 1}, {\"a\": null}, {\"a\": \"-inf\"}]" >j.json
	[ "$(told j.json)" = "[2,3]" ]
	printf "%s\n" "- a: .nan" "- a: .Inf" "- a: 3" "- b: 1" >y.yaml
	[ "$(told -y a y.yaml)" = "[2,3]" ]
	printf "a,b\n1,nan\n2,n/a\n3,1e999\n4,Infinity\n5,0\n" >c.csv
	[ "$(told c.csv)" = "[3,4]" ]
	[ "$(told -t scatter -x a -y b c.csv)" = "[3,4]" ]
	dver plots show -t scatter -x a -y b c.csv | grep "3 of 4 values not"
	[ "$(told -t bar_horizontal -x b -y a c.csv)" = "[3,4]" ]
	dver plots show -t bar_horizontal -x b -y a c.csv |
		grep "3 of 4 values not"
	dver plots show -t bar_horizontal -x b -y a -o b.svg c.csv
	grep ">3 of 4 values not finite</text>" b.svg
	dver plots show -t confusion -x b -y a c.csv >got
	lacks finite got
'
done_testing
