#!/bin/sh
# lighttpd mod_webdav on loopback.
#
#	$LIGHTTPD_URL/dav/	read and write, $LIGHTTPD_USER and
#				$LIGHTTPD_PASSWORD
. "$(dirname "$0")/lib.sh"
ports=1

start_server() {
	mkdir root up
	printf 'dver:%s\n' "$(openssl passwd -apr1 'pass word')" >htpasswd
	# Without a type it sends neither ETag nor Last-Modified.
	cat >lighttpd.conf <<-END
	server.modules = ( "mod_auth", "mod_authn_file", "mod_alias",
			   "mod_webdav" )
	server.document-root = "$dir/root"
	server.bind = "127.0.0.1"
	server.port = $port
	server.errorlog = "$dir/error.log"
	server.upload-dirs = ( "$dir/up" )
	server.max-keep-alive-requests = 100000
	mimetype.assign = ( "" => "application/octet-stream" )
	auth.backend = "htpasswd"
	auth.backend.htpasswd.userfile = "$dir/htpasswd"
	alias.url = ( "/dav/" => "$dir/root/" )
	\$HTTP["url"] =~ "^/dav/" {
	  webdav.activate = "enable"
	  webdav.is-readonly = "disable"
	  webdav.sqlite-db-name = "$dir/locks.db"
	  webdav.opts = ( "propfind-depth-infinity" => "enable" )
	  auth.require = ( "" => ( "method" => "basic", "realm" => "dver",
				   "require" => "valid-user" ) )
	}
	END
	daemon lighttpd.log lighttpd -D -f "$dir/lighttpd.conf"
	# Its own word: another server could answer on the port.
	wait_for 30 grep -q 'server started' "$dir/error.log"
	say LIGHTTPD_URL "http://127.0.0.1:$port"
	say LIGHTTPD_USER dver
	say LIGHTTPD_PASSWORD 'pass word'
	say LIGHTTPD_ROOT "$dir/root"
}

server_main "$@"
