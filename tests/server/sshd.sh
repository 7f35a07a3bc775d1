#!/bin/sh
# An OpenSSH server on loopback that lets the user who starts it in by key.
#
#	ssh -F $SSH_CONFIG dver		logs in (ed25519)
#	$SSH_KEY, $SSH_KEY_RSA, $SSH_KEY_LOCKED (passphrase $SSH_PASSPHRASE)
#	$SSH_PORT, $SSH_USER, $SSH_KNOWN_HOSTS
#
# Other hosts of $SSH_CONFIG: `readonly` refuses to write, `basic` has none of
# OpenSSH's extensions, `noisy` has a shell that greets, `bare` has no SFTP,
# `passwords` takes them (of any user; its port is $SSH_PORT_PASSWORDS),
# `limited` writes 1 MB a file.
. "$(dirname "$0")/lib.sh"
ports=7
extensions=limits,fsync,statvfs,posix-rename,hardlink
sftp_server=/usr/lib/openssh/sftp-server

one_sshd() {	# NAME PORT SETTING...
	name=$1
	at=$2
	shift 2
	cat >"$name.conf" <<-END
	$(printf '%s\n' "$@")
	Port $at
	ListenAddress 127.0.0.1
	HostKey $dir/host_ed25519
	HostKey $dir/host_ecdsa
	PidFile $dir/$name.pid
	AuthorizedKeysFile $dir/authorized_keys
	StrictModes no
	UsePAM no
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	PermitRootLogin prohibit-password
	MaxStartups 100:30:200
	MaxSessions 64
	UseDNS no
	PrintMotd no
	END
	daemon "$name.log" /usr/sbin/sshd -D -e -f "$dir/$name.conf"
	for key in host_ed25519 host_ecdsa; do
		printf '[127.0.0.1]:%s,[localhost]:%s %s\n' "$at" "$at" \
			"$(cut -d' ' -f1,2 $key.pub)"
	done >>known_hosts
	cat >>config <<-END
	Host $name
	  HostName 127.0.0.1
	  Port $at
	  User $SSH_USER
	  IdentityFile $dir/id_ed25519
	  IdentitiesOnly yes
	  UserKnownHostsFile $dir/known_hosts
	  GlobalKnownHostsFile /dev/null
	  StrictHostKeyChecking yes
	END
	# Written once it has its port.
	wait_for 30 test -s "$dir/$name.pid"
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
	us="AllowUsers $SSH_USER"
	one_sshd dver "$port" "$us" 'Subsystem sftp internal-sftp'
	one_sshd readonly $((port + 1)) "$us" 'Subsystem sftp internal-sftp -R'
	one_sshd basic $((port + 2)) "$us" \
		"Subsystem sftp $sftp_server -P $extensions"
	echo 'echo Welcome to this host' >greeting
	one_sshd noisy $((port + 3)) "$us" "Subsystem sftp \
		env BASH_ENV=$dir/greeting bash -c $sftp_server"
	one_sshd bare $((port + 4)) "$us"
	one_sshd passwords $((port + 5)) 'PasswordAuthentication yes' \
		'Subsystem sftp internal-sftp'
	printf 'trap "" XFSZ\nulimit -f 2000\nexec %s\n' $sftp_server >limits
	one_sshd limited $((port + 6)) "$us" "Subsystem sftp sh $dir/limits"
	say SSH_CONFIG "$dir/config"
	say SSH_PORT "$port"
	say SSH_PORT_READONLY "$((port + 1))"
	say SSH_PORT_PASSWORDS "$((port + 5))"
	say SSH_USER "$SSH_USER"
	say SSH_KEY "$dir/id_ed25519"
	say SSH_KEY_RSA "$dir/id_rsa"
	say SSH_KEY_LOCKED "$dir/id_locked"
	say SSH_PASSPHRASE 'open sesame'
	say SSH_KNOWN_HOSTS "$dir/known_hosts"
}

server_main "$@"
