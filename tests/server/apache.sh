#!/bin/sh
# Apache mod_dav on loopback: the strictest WebDAV.
#
#	$APACHE_URL/dav/	read and write, $APACHE_USER and $APACHE_PASSWORD
#	$APACHE_URL/digest/	the same, the password by digest
#	$APACHE_TLS_URL/...	over TLS, trust $APACHE_CA
. "$(dirname "$0")/lib.sh"
ports=2

load_modules() {
	for name in mpm_event authn_core authn_file authz_core authz_user \
		    auth_basic auth_digest dav dav_fs dav_lock alias mime \
		    dir ssl socache_shmcb; do
		echo "LoadModule ${name}_module" \
			"/usr/lib/apache2/modules/mod_$name.so"
	done
}

# Its workers do not run as root.
owner() {
	[ "$(id -u)" -eq 0 ] || return 0
	chown -R www-data:www-data root run
	echo 'User www-data'
	echo 'Group www-data'
}

# location NAME KIND
location() {
	cat <<-END
	Alias /$1/ $dir/root/
	<Location /$1/>
	  Dav On
	  DirectoryIndex disabled
	  AuthType $2
	  AuthName dver
	  AuthUserFile $dir/password.$2
	  Require valid-user
	</Location>
	END
}

start_server() {
	mkdir root run
	chmod 755 . root run
	make_certificate
	: >types
	printf 'dver:%s\n' "$(openssl passwd -apr1 'pass word')" \
		>password.Basic
	printf 'dver:dver:%s\n' "$(printf '%s' 'dver:dver:pass word' |
		md5sum | cut -c1-32)" >password.Digest
	{
		load_modules
		owner
		cat <<-END
		ServerRoot $dir
		PidFile $dir/httpd.pid
		DefaultRuntimeDir $dir/run
		Mutex file:$dir/run
		ServerName localhost
		Listen 127.0.0.1:$port
		Listen 127.0.0.1:$((port + 1)) https
		ErrorLog $dir/error.log
		DocumentRoot $dir/root
		TypesConfig $dir/types
		DAVLockDB $dir/run/locks
		DavDepthInfinity on
		AllowEncodedSlashes NoDecode
		MergeSlashes Off
		StartServers 1
		ServerLimit 2
		ThreadsPerChild 48
		MaxRequestWorkers 96
		LimitRequestBody 0
		KeepAliveTimeout 60
		MaxKeepAliveRequests 0
		<Directory $dir/root>
		  Require all denied
		</Directory>
		$(location dav Basic)
		$(location digest Digest)
		<VirtualHost 127.0.0.1:$((port + 1))>
		  SSLEngine on
		  SSLCertificateFile $dir/ca.pem
		  SSLCertificateKeyFile $dir/key.pem
		</VirtualHost>
		END
	} >httpd.conf
	daemon apache.log /usr/sbin/apache2 -d "$dir" -f "$dir/httpd.conf" \
		-DFOREGROUND
	wait_for 30 test -s "$dir/httpd.pid"
	wait_for 30 curl -sS -o /dev/null "http://127.0.0.1:$port/"
	say APACHE_URL "http://127.0.0.1:$port"
	say APACHE_TLS_URL "https://localhost:$((port + 1))"
	say APACHE_CA "$dir/ca.pem"
	say APACHE_USER dver
	say APACHE_PASSWORD 'pass word'
	say APACHE_ROOT "$dir/root"
}

server_main "$@"
