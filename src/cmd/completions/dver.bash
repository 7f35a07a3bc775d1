# bash completion for dver
_dver()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local i cmd= opts="--help --jobs --json --progress --quiet --verbose"

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-C|-j|--jobs|--progress) ((i++)) ;;
		-*) ;;
		*) cmd=${COMP_WORDS[i]}; break ;;
		esac
	done
	case $prev in
	-r|--remote)
		COMPREPLY=($(compgen -W "$(dver remote 2>/dev/null |
			cut -f1)" -- "$cur"))
		return ;;
	--progress)
		COMPREPLY=($(compgen -W "auto plain none" -- "$cur"))
		return ;;
	esac
	case $cmd in
	'') COMPREPLY=($(compgen -W "init add status diff checkout ls cat push pull fetch check remote fsck cache config help version $opts" -- "$cur")); return ;;
	init) opts="$opts --no-git --subdir" ;;
	add) opts="$opts --update --force --allow-deletes" ;;
	status) opts="$opts --all --cloud --remote --exit-code" ;;
	diff) opts="$opts --all --exit-code --md" ;;
	checkout) opts="$opts --force --relink" ;;
	ls) opts="$opts --recursive --long" ;;
	cat) opts="$opts " ;;
	push) opts="$opts --remote --all-branches --all-tags --all-commits --dry-run" ;;
	pull) opts="$opts --remote --all-branches --all-tags --all-commits --dry-run --force" ;;
	fetch) opts="$opts --remote --all-branches --all-tags --all-commits --dry-run" ;;
	check) opts="$opts --remote --all-branches --all-tags --all-commits" ;;
	remote) opts="$opts --default --force --local --global --unset add remove rename set-url default" ;;
	fsck) opts="$opts --remote --no-restore" ;;
	cache) opts="$opts --local --global dir" ;;
	config) opts="$opts --list --unset --repo --local --global --system" ;;
	help) opts="$opts  init add status diff checkout ls cat push pull fetch check remote fsck cache config help version" ;;
	version) opts="$opts " ;;
	esac
	if [[ $cur == -* || $cmd == remote || $cmd == help || $cmd == cache ]]; then
		COMPREPLY=($(compgen -W "$opts" -- "$cur"))
	else
		compopt -o filenames 2>/dev/null
		COMPREPLY=($(compgen -f -- "$cur"))
	fi
}
complete -F _dver dver
