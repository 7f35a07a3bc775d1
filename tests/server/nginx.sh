#!/bin/sh
# nginx on loopback, over HTTP and TLS: WebDAV that needs a password, the same
# files read-only for everybody, and faults.
#
#	$HTTP_URL/dav/	read and write, $HTTP_USER and $HTTP_PASSWORD
#	$HTTP_URL/put/	read and write for everybody, without PROPFIND
#	$HTTP_URL/ro/	GET only, no listing; $HTTP_ROOT is the folder
#	$HTTP_URL/list/	the same with a listing in HTML
#	$HTTP_URL/secret/	the same, but needs the password
#	$HTTP_URL/bearer/	the same, but needs "Authorization: Bearer $HTTP_TOKEN"
#	$HTTP_URL/header/	the same, but needs "X-Key: $HTTP_TOKEN"
#	$HTTP_URL/moved/	redirects to /ro/;  /away/ to another port's /ro/
#	$HTTP_URL/fault/	500 503 429 403 reset loop trunc/K corrupt/K stall
#	$HTTPS_URL/...	all of it, trust $HTTPS_CA
#	$MTLS_URL/...	it wants $MTLS_CERT and $MTLS_KEY
. "$(dirname "$0")/lib.sh"
ports=3

modules() {
	m=/usr/lib/nginx/modules
	for name in ndk_http_module ngx_http_dav_ext_module \
		    ngx_http_lua_module; do
		echo "load_module $m/$name.so;"
	done
	[ "$(id -u)" -ne 0 ] || echo "user $(id -un) $(id -gn);"
}

locations() {
	cat <<-END
	location /dav/ {
		auth_basic dver;
		auth_basic_user_file $dir/htpasswd;
		alias $dir/root/;
		dav_methods PUT DELETE MKCOL COPY MOVE;
		dav_ext_methods PROPFIND OPTIONS;
		create_full_put_path on;
		min_delete_depth 0;
		dav_access user:rw group:r all:r;
	}
	location /put/ {
		alias $dir/root/;
		dav_methods PUT DELETE;
		create_full_put_path on;
	}
	location /ro/ { alias $dir/root/; limit_except GET { deny all; } }
	location /list/ { alias $dir/root/; autoindex on; }
	location /secret/ {
		auth_basic dver;
		auth_basic_user_file $dir/htpasswd;
		alias $dir/root/;
	}
	location /bearer/ {
		if (\$http_authorization != "Bearer token-of-test") {
			return 401;
		}
		alias $dir/root/;
	}
	location /header/ {
		if (\$http_x_key != "token-of-test") { return 403; }
		alias $dir/root/;
	}
	location /moved/ { rewrite ^/moved/(.*)\$ /ro/\$1 redirect; }
	location /away/ {
		rewrite ^/away/(.*)\$ http://localhost:$port/ro/\$1 redirect;
	}
	END
}

# Bodies that are not what they should be are made by Lua.
faults() {
	cat <<-END
	location /fault/500 { return 500 "out of order\n"; }
	location /fault/503 {
		add_header Retry-After 1 always;
		return 503 "too busy\n";
	}
	location /fault/429 {
		add_header Retry-After 1 always;
		return 429;
	}
	location /fault/403 { return 403; }
	location /fault/reset { return 444; }
	location /fault/loop/ { return 302 /fault/loop/; }
	location /fault/stall {
		content_by_lua_block { ngx.sleep(3600) }
	}
	location /fault/trunc/ {
		content_by_lua_block {
			ngx.header["Content-Length"] = 1000
			ngx.print(("x"):rep(100))
			ngx.flush(true)
			ngx.exit(444)
		}
	}
	location /fault/corrupt/ {
		alias $dir/root/;
		body_filter_by_lua_block {
			local b = ngx.arg[1]
			if b and #b > 0 and not ngx.ctx.done then
				ngx.ctx.done = true
				ngx.arg[1] = string.char(bit.bxor(
					b:byte(1), 1)) .. b:sub(2)
			end
		}
	}
	END
}

start_server() {
	mkdir root tmp
	chmod 755 . root
	make_certificate
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 30 -subj /CN=client -keyout client.key \
		-out client.pem 2>openssl.log
	printf 'dver:%s\n' "$(openssl passwd -apr1 'pass word')" >htpasswd
	{
		modules
		cat <<-END
		daemon off;
		worker_processes 2;
		pid $dir/nginx.pid;
		error_log $dir/error.log;
		events { worker_connections 512; }
		http {
			client_body_temp_path $dir/tmp;
			proxy_temp_path $dir/tmp;
			fastcgi_temp_path $dir/tmp;
			uwsgi_temp_path $dir/tmp;
			scgi_temp_path $dir/tmp;
			access_log $dir/access.log;
			default_type application/octet-stream;
			client_max_body_size 0;
			server {
				listen 127.0.0.1:$port;
				listen 127.0.0.1:$((port + 1)) ssl http2;
				ssl_certificate $dir/ca.pem;
				ssl_certificate_key $dir/key.pem;
				merge_slashes off;
		$(locations; faults)
			}
			server {
				listen 127.0.0.1:$((port + 2)) ssl;
				ssl_certificate $dir/ca.pem;
				ssl_certificate_key $dir/key.pem;
				ssl_client_certificate $dir/client.pem;
				ssl_verify_client on;
				merge_slashes off;
		$(locations)
			}
		}
		END
	} >nginx.conf
	daemon nginx.log nginx -p "$dir" -e "$dir/error.log" \
		-c "$dir/nginx.conf"
	# It writes its number when it has all its ports.
	wait_for 30 test -s "$dir/nginx.pid"
	wait_for 30 curl -fsS -o /dev/null "http://127.0.0.1:$port/list/"
	say HTTP_URL "http://127.0.0.1:$port"
	say HTTP_ROOT "$dir/root"
	say HTTP_USER dver
	say HTTP_PASSWORD 'pass word'
	say HTTP_TOKEN token-of-test
	say HTTPS_URL "https://localhost:$((port + 1))"
	say HTTPS_CA "$dir/ca.pem"
	say MTLS_URL "https://localhost:$((port + 2))"
	say MTLS_CERT "$dir/client.pem"
	say MTLS_KEY "$dir/client.key"
	say HTTP_LOG "$dir/access.log"
}

server_main "$@"
