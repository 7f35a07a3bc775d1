#!/bin/sh
# The program and the pipeline of the demo, on 300 small images.
. "${0%/*}/lib.sh"

unset SHELL
cc=${DEMO_CC:-cc -O2 -Wall -Wextra -Werror}
run() { "$@"; }
. "$top/tests/demo/stages.sh"
classify=$TEST_TMP/classify
$cc -o "$classify" "$top"/tests/demo/classify/*.c -lm || exit 1

# Three classes of noise, brighter above, on the left, or in two quarters;
# those from 240 on are to test with.
images() {
	mkdir -p "$1/above" "$1/left" "$1/two"
	LC_ALL=C awk -v dir="$1" 'BEGIN {
		srand(1); split("above left two", names, " ")
		for (k = 0; k < 300; k++) {
			class = k % 3
			path = sprintf("%s/%s/%05d.pgm", dir, names[class + 1],
				k)
			printf "P5\n8 8\n255\n" >path
			for (i = 0; i < 64; i++) {
				up = i < 32; left = i % 8 < 4
				on[0] = up; on[1] = left; on[2] = up == left
				printf "%c", 10 + int(rand() * 60) + \
					50 * on[class] >path
			}
			close(path)
		}
	}'
}
pipeline='
	new_repo
	cp -r "$top/tests/demo/classify" src
	images images
	dver add -q images
	parameters "$cc" 240
	add_stages
	dver repro
'
test_case 'a model is learnt, and its figures are right' "$pipeline"'
	jq -e ".images == 60 and .accuracy >= 0.9" metrics.json
	[ "$(wc -l <confusion.csv)" -eq 61 ]
	awk -F, "NR > 1 { n++; of[\$1]++; if (\$1 == \$2) { r++; hit[\$1]++ } }
		END { printf \"%.4f\n\", r / n
		for (c in of) printf \"%s %.3f\n\", c, hit[c] / of[c] }" \
		confusion.csv | sort >counted
	jq -r ".accuracy, (.recall | to_entries[] | \"\\(.key) \\(.value)\")" \
		metrics.json | awk "NF == 1 { printf \"%.4f\n\", \$1 }
		NF == 2 { printf \"%s %.3f\n\", \$1, \$2 }" | sort >told
	[ "$(wc -l <told)" -eq 4 ]; diff counted told
	awk -F, "NR == 2 { first = \$2 } END { exit !(NR == 6 &&
		\$2 < first / 2) }" curve.csv
	cp dver.lock ../lock
	dver repro -q -f --downstream prepare
	cmp dver.lock ../lock
'
test_case 'what changed runs, what was made before is brought back' \
	"$pipeline"'
	commit; dver repro | grep -q "nothing to do: 4 stages"
	cp model.bin ../model
	sed -i "s/lr: .*/lr: 0.001/" params.yaml
	dver repro >said; cat said
	[ "$(grep -c "done in" said)" -eq 2 ]
	grep -q "^train done" said; grep -q "^evaluate done" said
	must_fail cmp model.bin ../model
	git checkout -q params.yaml
	dver repro | grep -q "0 ran, 2 brought back, 2 unchanged"
	cmp model.bin ../model
	cp -r prepared ../prepared
	mv images/left/00001.pgm images/left/00004.pgm images/two
	dver add -q images
	dver repro | grep -q "3 ran, 0 brought back, 1 unchanged"
	cmp prepared/test.bin ../prepared/test.bin
	[ "$(cmp -l prepared/train.bin ../prepared/train.bin | wc -l)" -eq 2 ]
'
test_case 'the program says what is wrong' '
	code=0; "$classify" || code=$?; [ "$code" -eq 2 ]
	fails_with "cannot read '\''i'\''" "$classify" prepare i p 240
	images i
	fails_with "is no number" "$classify" prepare i p 2x
	fails_with "300 images to train with, 0 to test" \
		"$classify" prepare i p 300
	"$classify" prepare i p 240
	t="$classify train p m curve"
	fails_with "0 to 1000, not '\''-1'\''" $t --lr -1
	fails_with "0 to 1000, not '\''nan'\''" $t --lr nan
	fails_with "a whole number from 1 on" $t --batch 1.5
	fails_with "unrecognized option" $t --rate 1
	fails_with "cannot open '\''q/train.bin'\''" "$classify" train q m c
	$t --epochs 2
	e="$classify evaluate p m"
	$e metrics confusion
	fails_with "cannot write '\''/dev/full'\''" $e /dev/full confusion
	fails_with "cannot write '\''/dev/full'\''" $e metrics /dev/full
	fails_with "is no model" "$classify" evaluate p p/test.bin a b
	head -c 200 m >short
	fails_with "'\''short'\'' ends too early" \
		"$classify" evaluate p short a b
	head -c 200 p/test.bin >short; cp short p/test.bin
	fails_with "ends too early" $e metrics confusion
	mkdir "i/a b"
	fails_with "is no good name" "$classify" prepare i p 240
	mv "i/a b" i/ab; printf "P5\n4 4\n255\n0123456789abcdef" >i/ab/00300.pgm
	fails_with "is 4 by 4, not like the others" \
		"$classify" prepare i p 240
	printf "P5\n8 8\n255\n012" >i/ab/00300.pgm
	fails_with "ends too early" "$classify" prepare i p 240
	echo "P2 8 8 255" >i/ab/00300.pgm
	fails_with "is no PGM image" "$classify" prepare i p 240
	mv i/ab/00300.pgm i/ab/300.png
	fails_with "is not called" "$classify" prepare i p 240
'
done_testing
