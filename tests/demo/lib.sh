# lib - show commands as they run, with their times, and check what they said.

say() { printf '\n# %s\n' "$*"; }
now() { date +%s%N; }

# Something is not as this demonstration says.
broken() {
	printf '\ndemo: not as it should be: %s\n' "$*" >&2
	exit 1
}

# A command as it could be typed, in lines of 80 columns if its words allow;
# an option stays with the word behind it.
show() {
	line='$'
	held=
	for word in "$@"; do
		case $word in
		*[!a-zA-Z0-9_./:=@%+,~-]*) word="'$word'" ;;
		esac
		held=${held:+$held }$word
		case $word in -*) continue ;; esac
		if [ $((${#line} + ${#held})) -gt 76 ]; then
			printf '%s \\\n' "$line"
			line='   '
		fi
		line="$line $held"
		held=
	done
	printf '%s\n' "$line${held:+ $held}"
}

# Run a command; what it prints is in $work/said too.
run() {
	show "$@"
	start=$(now)
	{
		code=0
		"$@" || code=$?
		echo $code >"$work/code"
	} | tee "$work/said"
	ms=$((($(now) - start) / 1000000))
	printf '  [%d.%03d s]\n' $((ms / 1000)) $((ms % 1000))
	[ "$(cat "$work/code")" -eq 0 ] ||
		broken "exit code $(cat "$work/code") of: $*"
}

# The last command said this, or a line that matches.
said() {
	grep -q -- "$1" "$work/said" || broken "nothing said '$1'"
}

# `dver repro` said of these stages, and of no others, that they did this.
stages() {	# "done in" or "brought back", NAMES
	got=$(sed -n "s/^\([a-z]*\) $1.*/\1/p" "$work/said" | tr '\n' ' ')
	[ "$got" = "${2:+$2 }" ] || broken "'$1' of '$2', but it was '$got'"
}

# A number of metrics.json.
metric() {
	sed -n "s/^ *\"$1\": \([0-9.]*\),\{0,1\}$/\1/p" metrics.json
}

# at_least NUMBER LEAST
at_least() {
	[ "$1" ] && awk "BEGIN { exit !($1 >= $2) }" ||
		broken "'$1' is not $2 or more"
}

same() {
	[ "$1" = "$2" ] || broken "'$1' is not '$2'"
}
