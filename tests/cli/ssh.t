#!/bin/sh
. "${0%/*}/lib.sh"
. "$top/tests/server/use.sh"
# Remotes behind ssh: logins, and what can go wrong with them.

use_server sshd
GIT_SSH_COMMAND="ssh -F $SSH_CONFIG"
export GIT_SSH_COMMAND
server=${SSH_CONFIG%/*}

# ssh without a configuration but the host keys.
bare_ssh() {
	cat >bare_config <<-END
	UserKnownHostsFile $SSH_KNOWN_HOSTS
	GlobalKnownHostsFile /dev/null
	StrictHostKeyChecking yes
	END
	GIT_SSH_COMMAND="ssh -F $PWD/bare_config"
}

# A workspace with data and the remote o.
repo_on() {
	new_repo
	files 20 data
	head -c 3000000 /dev/urandom >big
	dver add -q data big
	dver remote add -q o "$1"
	commit
}

# Wait for something to be there.
until_there() {
	until ls $1 >/dev/null 2>&1; do
		sleep 0.05
	done
}

test_case 'push, clone, pull, check' '
	repo_on "dver:$PWD/store"
	dver push
	dver push | grep -q "nothing to do"
	cd ..
	git clone -q r c
	cd c
	dver pull
	same_tree data ../r/data
	cmp big ../r/big
	dver check
	[ -z "$(ls ../store/tmp)" ]
	echo more >data/more; dver add -q data; commit; dver push
	cd ../r; git pull -q ../c; dver pull
	grep -q more data/more
'
test_case 'each way to write where it is' '
	mkdir "with blank"
	for url in "ssh://dver$PWD/a" "sftp://dver$PWD/with%20blank/%b" \
		"ssh://$SSH_USER@127.0.0.1:$SSH_PORT$PWD/c" \
		"$SSH_USER@dver:$PWD/d" "dver:$PWD/e//"; do
		rm -rf r
		known="-o UserKnownHostsFile=$SSH_KNOWN_HOSTS"
		(GIT_SSH_COMMAND="$GIT_SSH_COMMAND -i $SSH_KEY $known"
		 repo_on "$url"; dver push)
	done
	for d in a "with blank/%b" c d e; do
		[ -f "$d/store" ]
	done
'
test_case 'below the home of the user' '
	name=.dver-test-${TEST_TMP##*.}
	home=$(getent passwd "$(id -u)" | cut -d: -f6)
	trap "rm -rf \"$home/$name\"" EXIT
	repo_on "dver:$name/x"
	dver push
	[ -f "$home/$name/x/store" ]
	dver remote set-url o "ssh://dver/~/$name/x"
	dver push | grep -q "nothing to do"
'
test_case 'the ssh that git would run' '
	repo_on "dver:$PWD/store"
	git config core.sshCommand "$GIT_SSH_COMMAND"
	unset GIT_SSH_COMMAND
	dver push
	git config --unset core.sshCommand
	git config --global core.sshCommand "X=1; ssh -F \"$SSH_CONFIG\""
	dver push | grep -q "nothing to do"
	git config --global --unset core.sshCommand
	printf "#!/bin/sh\nexec ssh -F %s \"\$@\"\n" "$SSH_CONFIG" >"../my ssh"
	chmod +x "../my ssh"
	GIT_SSH="$PWD/../my ssh" dver push | grep -q "nothing to do"
	fails_with "no host" dver push
	GIT_SSH=/none/ssh
	export GIT_SSH
	fails_with "cannot run '\''/none/ssh'\''" dver push
	fails_with "install OpenSSH" dver push
'
test_case 'nothing that is committed is run' '
	repo_on "dver:$PWD/store"
	for bad in "ssh://-oProxyCommand=touch%20pwned/x" \
		"ssh://a\$(touch pwned)/x" "ssh://h/a%0ab" \
		"-oProxyCommand=touch pwned:x"; do
		dver remote add bad "$bad" || :
		git config -f .dver/config remote.o.url "$bad"
		must_fail dver push
		must_fail dver pull
	done
	git config -f .dver/config remote.o.url "dver:$PWD/../store"
	for key in user keyfile; do
		git config -f .dver/config remote.o.$key "-oProxyCommand=touch pwned"
		must_fail dver push
		git config -f .dver/config --unset remote.o.$key
	done
	[ ! -e pwned ]
	dver push
'
test_case 'a key file, and one with a passphrase' '
	bare_ssh
	repo_on "ssh://$SSH_USER@127.0.0.1:$SSH_PORT$PWD/store"
	fails_with "refuses the login" dver push
	dver remote modify --local o keyfile "$SSH_KEY"
	dver push
	dver remote modify --local o keyfile "$SSH_KEY_LOCKED"
	fails_with "whether the key has a passphrase" dver push
	echo wrong | dver remote modify --local o passphrase -
	fails_with "refuses the login" dver push
	echo "$SSH_PASSPHRASE" | dver remote modify --local o passphrase -
	dver push | grep -q "nothing to do"
	# It is nowhere that others could read it.
	strace -f -v -s 4096 -e trace=execve,openat,rename -o log \
		dver push | grep -q "nothing to do"
	grep -q "execve.*dver-askpass" log
	lacks "$SSH_PASSPHRASE" log
	[ -z "$(find /tmp -maxdepth 1 -name "dver.??????" -newer log)" ]
	dver remote modify --local --unset o passphrase
	DVER_REMOTE_O_PASSPHRASE=$SSH_PASSPHRASE dver push |
		grep -q "nothing to do"
	dver remote modify --local o keyfile "$PWD/none"
	fails_with "cannot read the key file" dver push
'
test_case 'a passphrase is asked for at the terminal' '
	bare_ssh
	repo_on "ssh://$SSH_USER@127.0.0.1:$SSH_PORT$PWD/store"
	dver remote modify --local o keyfile "$SSH_KEY_LOCKED"
	type="$top/tests/cli/type.py"
	# No progress is written over the question.
	"$type" "Enter passphrase" "$SSH_PASSPHRASE" dver push >out
	grep -aq "id_locked'\'': .$" out
	lacks "$SSH_PASSPHRASE" out
	dver remote modify o ask_passphrase true
	"$type" "Enter passphrase" "$SSH_PASSPHRASE" dver push >out
	grep -q "nothing to do" out
	lacks "$SSH_PASSPHRASE" out
	must_fail "$type" "Enter passphrase" nonsense dver push
	# Nobody is there.
	fails_with "no terminal to ask at" setsid dver push
'
test_case 'a jump through another host' '
	repo_on "dver:$PWD/store"
	GIT_SSH_COMMAND="$GIT_SSH_COMMAND -J basic"
	dver push
	cd ..; git clone -q r c; cd c; dver pull; cmp big ../r/big
'
test_case 'host keys that are wrong or not known' '
	bare_ssh
	repo_on "ssh://$SSH_USER@127.0.0.1:$SSH_PORT$PWD/store"
	dver remote modify --local o keyfile "$SSH_KEY"
	printf "[127.0.0.1]:%s %s\n" "$SSH_PORT" \
		"$(cut -d" " -f1,2 "$SSH_KEY.pub")" >known
	GIT_SSH_COMMAND="ssh -F /dev/null -o UserKnownHostsFile=$PWD/known"
	fails_with "has changed" dver push
	fails_with "$PWD/known:1" dver push
	: >known
	fails_with "is not known here" setsid dver push
	fails_with "compare its fingerprint" setsid dver push
	"$top/tests/cli/type.py" "(yes/no" yes dver push
	grep -q "$SSH_PORT" known
	dver push | grep -q "nothing to do"
'
test_case 'servers that are not there or offer no SFTP' '
	repo_on "noisy:$PWD/store"
	fails_with "remote '\''o'\'': '\''noisy'\''" dver push
	fails_with "says '\''Welcome to this host" dver push
	fails_with "prints something at login" dver push
	dver remote set-url o "bare:$PWD/store"
	fails_with "offers no SFTP" dver push
	dver remote set-url o "ssh://no-such-host.invalid/x"
	fails_with "there is no host '\''no-such-host.invalid'\''" dver push
	dver remote set-url o "ssh://dver:9$PWD/store"
	fails_with "Connection refused" dver push
	fails_with "check host and port" dver push
'
test_case 'an account that can only read' '
	repo_on "dver:$PWD/store"
	dver push
	cd ..
	git clone -q r c
	cd c
	dver remote set-url o "ssh://readonly$PWD/../store"
	dver status
	dver ls data
	dver fetch
	dver pull
	same_tree data ../r/data
	dver check
	echo new >data/new; dver add -q data; commit
	fails_with "Permission denied" dver push
	fails_with "in '\''ssh://readonly/" dver push
	fails_with "what the user may do" dver push
'
test_case 'folders that are not there' '
	repo_on "dver:$PWD/none"
	fails_with "holds no dver store" dver pull
	dver remote set-url o "dver:/proc/none"
	fails_with "/proc/none" dver push
	mkdir ../f; echo x >../f/file
	dver remote set-url o "dver:$PWD/../f/file"
	must_fail dver push
	must_fail dver pull
'
test_case 'a session that is killed is replaced' '
	repo_on "passwords:$PWD/store"
	dver remote modify o max_rate 300k
	dver push 2>err &
	push=$!
	for i in 1 2; do
		until_there "../store/tmp/*"
		sleep 0.5
		# Of these only: other tests may use the server too.
		for session in $(pgrep -P "$(cat "$server/passwords.pid")"); do
			kill -9 "$session" || :
		done
	done
	wait $push || { cat err; false; }
	dver remote modify --unset o max_rate
	cd ..; git clone -q r c; cd c; dver pull; cmp big ../r/big
'
test_case 'a push that is killed goes on' '
	repo_on "dver:$PWD/store"
	dver remote modify o max_rate 300k
	dver push &
	push=$!
	until_there "../store/tmp/*"
	kill -9 $push
	wait $push || :
	dver remote modify --unset o max_rate
	dver push
	dver check
	cd ..; git clone -q r c; cd c; dver pull; cmp big ../r/big
'
test_case 'an interrupt leaves nothing behind' '
	repo_on "dver:$PWD/store"
	dver remote modify o max_rate 300k
	cat >int.py <<-END
	import signal, subprocess, sys, time, glob
	signal.signal(signal.SIGINT, signal.default_int_handler)
	p = subprocess.Popen(["dver", "push"])
	while not glob.glob("../store/tmp/*"):
	    time.sleep(0.05)
	p.send_signal(signal.SIGINT)
	sys.exit(p.wait())
	END
	code=0; python3 int.py 2>err || code=$?
	[ $code = 130 ]
	grep -q interrupted err
	[ -z "$(ls ../store/tmp)" ]
	dver remote modify --unset o max_rate
	dver push
'
test_case 'what is pushed is a group'\''s to use' '
	repo_on "dver:$PWD/store"
	dver config cache.shared group
	dver push
	find ../store -mindepth 2 -type d | grep -q packs
	[ -z "$(find ../store -mindepth 1 -type d ! -perm -2070)" ]
	[ -z "$(find ../store -type f ! -perm -040)" ]
'
test_case 'a quota that is used up' '
	repo_on "limited:$PWD/store"
	fails_with "the server says '\''Failure'\''" dver push
	fails_with "check quota and disk" dver push
	[ -z "$(ls ../store/tmp)" ]
'

# What needs other users and file systems needs root, as CI has it.
[ "$(id -u)" -eq 0 ] && test_case 'a disk that is full' '
	mkdir disk
	mount -t tmpfs -o size=2m dver-test disk
	trap "umount -l \"$PWD/disk\"" EXIT
	repo_on "dver:$PWD/disk/store"
	fails_with "names are free" dver push
	[ -z "$(ls ../disk/store/tmp)" ]
	mount -o remount,size=20m ../disk
	dver push
	dver check
'
[ "$(id -u)" -eq 0 ] && test_case 'a user with a password' '
	home=$(mktemp -d /tmp/dver-home.XXXXXX)
	user=dvt${home##*.}
	user=$(echo "$user" | tr A-Z a-z)
	# Its sessions end with dver, but perhaps not at once.
	trap "userdel -f $user || :; rm -rf $home" EXIT
	useradd -M -d "$home" -s /bin/sh \
		-p "$(echo "s3cret word" | openssl passwd -6 -stdin)" "$user"
	chown "$user" "$home"
	bare_ssh
	repo_on "ssh://$user@127.0.0.1:$SSH_PORT_PASSWORDS/~/store"
	fails_with "refuses the login" setsid dver push
	echo wrong | dver remote modify --local o password -
	fails_with "refuses the login" dver push
	echo "s3cret word" | dver remote modify --local o password -
	strace -f -v -s 4096 -e trace=execve -o log dver push
	lacks "s3cret" log
	[ "$(stat -c %U "$home/store/store")" = "$user" ]
	dver remote modify --local --unset o password
	dver remote modify o ask_password true
	"$top/tests/cli/type.py" "password: " "s3cret word" dver push >out
	grep -q "nothing to do" out
	lacks "s3cret" out
	# A jump host that wants one does not get it.
	echo "s3cret word" | dver remote modify --local o password -
	jump="-J $user@localhost:$SSH_PORT_PASSWORDS"
	(GIT_SSH_COMMAND="$GIT_SSH_COMMAND $jump"
	 fails_with "$user@localhost: Permission denied" setsid dver push)
	dver remote set-url o "ssh://$user@127.0.0.1:$SSH_PORT_PASSWORDS/root/x"
	echo "s3cret word" | dver remote modify --local o password -
	fails_with "Permission denied" dver push
'
done_testing
