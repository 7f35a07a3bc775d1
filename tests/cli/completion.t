#!/bin/sh
. "${0%/*}/lib.sh"

test_case 'bash completes commands, options, remotes and tracked paths' '
	new_repo
	files 2 data/deep; dver add data; commit; rm -r data
	dver remote add origin ../o; dver remote add other ../p
	cat >try.bash <<-\END
		source <(dver completion bash)
		try() {
			COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
			COMPREPLY=(); _dver 2>/dev/null; echo "${COMPREPLY[*]}"
		}
		try dver che
		try dver add --up
		try dver push -r o
		try dver checkout data/de
		try dver checkout data/deep/1
		try dver remote set
		try dver help fsc
	END
	bash try.bash >out
	printf "%s\n" "checkout check check-ignore" --update "origin other" data/deep/ \
		data/deep/1.txt set-url fsck >want
	diff want out
'
test_case 'a shell that is unknown is wrong usage' '
	code=0; dver completion tcsh 2>err || code=$?
	[ $code = 2 ]
	grep -q bash err
'
test_case 'every command and option is in each script' '
	for shell in bash zsh fish; do
		dver completion $shell >script
		dver dump-options | while IFS="	" read -r kind c _ name _; do
			case $kind in
			command) grep -qw -- "$c" script ;;
			option) [ "$name" = - ] || grep -qw -- "$name" script ;;
			esac || { echo "$shell: $kind $c $name"; exit 1; }
		done
	done
'
done_testing
