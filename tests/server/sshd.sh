#!/bin/sh
# An OpenSSH server on loopback that lets the user who starts it in by key.
#
#	ssh -F $SSH_CONFIG dver		logs in (ed25519)
#	$SSH_KEY, $SSH_KEY_RSA, $SSH_KEY_LOCKED (passphrase $SSH_PASSPHRASE)
#	$SSH_PORT, $SSH_USER, $SSH_KNOWN_HOSTS
#
# The host `readonly` of $SSH_CONFIG refuses to write.
. "$(dirname "$0")/lib.sh"
ports=2

one_sshd() {	# NAME PORT SUBSYSTEM
	cat >"$1.conf" <<-END
	Port $2
	ListenAddress 127.0.0.1
	HostKey $dir/host_ed25519
	HostKey $dir/host_ecdsa
	PidFile $dir/$1.pid
	AuthorizedKeysFile $dir/authorized_keys
	StrictModes no
	UsePAM no
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	PermitRootLogin prohibit-password
	AllowUsers $SSH_USER
	Subsystem sftp $3
	MaxStartups 100:30:200
	MaxSessions 64
	UseDNS no
	PrintMotd no
	END
	daemon "$1.log" /usr/sbin/sshd -D -e -f "$dir/$1.conf"
	for key in host_ed25519 host_ecdsa; do
		printf '[127.0.0.1]:%s,[localhost]:%s %s\n' "$2" "$2" \
			"$(cut -d' ' -f1,2 $key.pub)"
	done >>known_hosts
	cat >>config <<-END
	Host $1
	  HostName 127.0.0.1
	  Port $2
	  User $SSH_USER
	  IdentityFile $dir/id_ed25519
	  IdentitiesOnly yes
	  UserKnownHostsFile $dir/known_hosts
	  GlobalKnownHostsFile /dev/null
	  StrictHostKeyChecking yes
	END
	# Written once it has its port.
	wait_for 30 test -s "$dir/$1.pid"
}

start_server() {
	umask 077
	SSH_USER=$(id -un)
	for key in host_ed25519 host_ecdsa id_ed25519; do
		ssh-keygen -q -t "${key#*_}" -N '' -C "dver $key" -f $key
	done
	ssh-keygen -q -t rsa -b 2048 -N '' -C rsa -f id_rsa
	ssh-keygen -q -t ed25519 -N 'open sesame' -C locked -f id_locked
	cat id_*.pub >authorized_keys
	if [ "$(id -u)" -eq 0 ]; then
		mkdir -p /run/sshd	# where it drops its privileges
	fi
	one_sshd dver "$port" internal-sftp
	one_sshd readonly $((port + 1)) 'internal-sftp -R'
	say SSH_CONFIG "$dir/config"
	say SSH_PORT "$port"
	say SSH_PORT_READONLY "$((port + 1))"
	say SSH_USER "$SSH_USER"
	say SSH_KEY "$dir/id_ed25519"
	say SSH_KEY_RSA "$dir/id_rsa"
	say SSH_KEY_LOCKED "$dir/id_locked"
	say SSH_PASSPHRASE 'open sesame'
	say SSH_KNOWN_HOSTS "$dir/known_hosts"
}

server_main "$@"
