# lib - what every server script sources.
#
#	X.sh start DIR	prints what a client needs as shell assignments
#			(kept in DIR/env too) and returns when it is ready
#	X.sh stop DIR	returns when all is gone
#
# A script sets `ports` (how many in a row it needs), defines start_server
# (called with set -e, in DIR; $dir and the first free $port are set; daemons
# are started by `daemon`) and calls server_main "$@".
#
# All state lies in DIR.  A start that fails leaves neither a process nor DIR.
# Ports are below 32768, because from there up the system picks those of
# clients; a start that meets a taken one is tried again with others.

here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8

# N ports in a row that nobody has.
free_ports() {
	while :; do
		set -- "$1" "$(od -An -N2 -tu2 /dev/urandom)"
		set -- "$1" $((10000 + $2 % 22000)) ''
		i=0
		while [ $i -lt "$1" ]; do
			set -- "$1" "$2" "$3$(printf ':%04X |' $(($2 + i)))"
			i=$((i + 1))
		done
		grep -qE "${3%|}" /proc/net/tcp /proc/net/tcp6 2>/dev/null ||
			break
	done
	echo "$2"
}

# A process is known by its number and the time it was started.
born() {
	sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

runs() {
	[ -n "$2" ] && [ "$(born "$1")" = "$2" ] &&
		! grep -qs '^State:.[ZX]' "/proc/$1/status"
}

note_pid() {
	echo "$1 $(born "$1")" >>"$dir/pids"
}

# daemon LOG COMMAND...: in the background; $! is its number.
daemon() {
	daemon_log=$1
	shift
	"$@" >"$dir/$daemon_log" 2>&1 </dev/null &
	note_pid $!
}

# wait_for SECONDS COMMAND...: until it succeeds; it fails at once when one of
# the daemons is gone.
wait_for() {
	rounds=$(($1 * 20))
	shift
	until "$@" >/dev/null 2>&1; do
		rounds=$((rounds - 1))
		[ $rounds -gt 0 ] || { echo "no answer: $*" >&2; return 1; }
		all_run || { echo "it ended by itself: $*" >&2; return 1; }
		sleep 0.05
	done
}

all_run() {
	while read -r pid since; do
		runs "$pid" "$since" || return 1
	done <"$dir/pids"
}

# Signal SIGNAL to all, then wait; who is deaf to it is killed.
end_all() {
	[ -f "$dir/pids" ] || return 0
	while read -r pid since; do
		runs "$pid" "$since" && kill -"$1" "$pid"
		i=0
		while runs "$pid" "$since"; do
			i=$((i + 1))
			[ $i -ne 200 ] || kill -9 "$pid"
			sleep 0.02
		done
	done <"$dir/pids" 2>/dev/null
	rm -f "$dir/pids"
}
end_server() { end_all TERM; }

# A certificate for localhost: ca.pem (trust it) and key.pem.
make_certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 30 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
		-keyout key.pem -out ca.pem 2>openssl.log
}

# say NAME VALUE: an assignment for whoever evals what start prints.
say() {
	printf "%s='%s'\n" "$1" "$2" >>"$dir/env"
}

try_start() {
	rm -rf "${dir:?}/"* && port=$(free_ports "$ports") && : >"$dir/pids"
	# In the background: our caller's condition is none around it there,
	# where set -e would do nothing.
	(cd "$dir" || exit 1; set -e; start_server) >"$dir/start.log" 2>&1 &
	wait $!
	status=$?
	[ $status -eq 0 ] && return
	end_server
	cp "$dir/start.log" "$dir.log"
	find "$dir" -name '*.log' ! -name start.log -size +0 \
		-exec tail -n 20 {} + >>"$dir.log" 2>/dev/null
	return 1
}

fail_start() {
	end_server
	rm -rf "${dir:?}" "$dir.log"
	exit 1
}

server_main() {
	set -u
	case ${1-} in
	start | stop) [ $# -eq 2 ] ;;
	*) false ;;
	esac || { echo "usage: ${0##*/} start|stop DIR" >&2; exit 2; }
	[ "$1" = start ] || [ -d "$2" ] || exit 0
	mkdir -p "$2" && dir=$(cd "$2" && pwd) || exit 1
	[ "$1" = start ] || { end_server; exit 0; }
	[ ! -e "$dir/pids" ] || { echo "'$2' is in use" >&2; exit 1; }
	trap fail_start INT TERM HUP
	starts=0
	until try_start; do
		starts=$((starts + 1))
		[ $starts -lt 4 ] && continue
		cat "$dir.log" >&2
		echo "${0##*/}: cannot start it" >&2
		fail_start
	done
	rm -f "$dir.log"
	cat "$dir/env"
}
