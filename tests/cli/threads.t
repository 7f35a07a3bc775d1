#!/bin/sh
# Enough folders and files that the thread that walks and those that write are
# at it at the same time.
. "${0%/*}/lib.sh"

test_case 'many changes in many folders, back and forth' '
	new_repo
	for d in $(seq 60); do files 40 data/$d; done
	dver add -j4 data; commit one
	cp -r data ../one
	for d in $(seq 60); do
		echo x >>data/$d/1.txt; rm data/$d/2.txt; mkdir data/$d/n
		echo new >data/$d/n/x
		mv data/$d/3.txt data/$d/moved
	done
	dver add -j4 data; commit two
	cp -r data ../two
	for i in 1 2 3; do
		git checkout -q HEAD~1; dver checkout -j4; same_tree data ../one
		git checkout -q main; dver checkout -j4; same_tree data ../two
	done
	dver remote add o ../store; commit three
	dver push -j4 --all-commits; dver check --all-commits
	cd ..; git clone -q r c; cd c; dver pull -j4; same_tree data ../two
	echo more >>data/7/7.txt; dver add -j4 data; commit; dver push -j4
	cd ../r; git pull -q ../c main; dver pull -j4; same_tree data ../c/data
'
done_testing
