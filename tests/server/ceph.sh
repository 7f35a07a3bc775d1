#!/bin/sh
# A Ceph cluster of one machine with its S3 gateway on loopback: a monitor, an
# object server that keeps everything in memory ($CEPH_BYTES at most, 4 GiB if
# not set), and radosgw.
#
#	$S3_ENDPOINT	path style; bucket.localhost works on $S3_HOST_ENDPOINT
#	$S3_TLS		the same over TLS, trust $S3_CA
#	$S3_KEY, $S3_SECRET		may do all in $S3_BUCKET
#	$S3_READER_KEY, $S3_READER_SECRET	may read and list there
#	$S3_OTHER_KEY, $S3_OTHER_SECRET	may do nothing there
#	$S3_ROLE	may do all, and is assumed by $S3_OTHER_KEY (the
#			endpoint is that of the Security Token Service too)
#	$S3_FULL_BUCKET	of $S3_FULL_KEY, $S3_FULL_SECRET, whose quota is 3
#			objects
#	$CEPH_CONF	for radosgw-admin -n client.rgw
#	$CEPH_OSD_PID	stopped by a signal, it lets every request hang
#
# CEPH_RGW="rgw max concurrent requests = 2" adds lines for the gateway.
. "$(dirname "$0")/lib.sh"
ports=4

# The monitor's default intervals are for clusters; requests of radosgw that
# miss the object server while it boots are only sent again at the next tick.
write_conf() {
	cat >ceph.conf <<-END
	[global]
	fsid = $fsid
	mon host = [v2:127.0.0.1:$((port + 1)),v1:127.0.0.1:$((port + 2))]
	public addr = 127.0.0.1
	cluster addr = 127.0.0.1
	ms bind ipv6 = false
	auth cluster required = cephx
	auth service required = cephx
	auth client required = cephx
	auth allow insecure global id reclaim = false
	keyring = $dir/keyring
	run dir = $dir/run
	admin socket = $dir/run/\$name.asok
	pid file = $dir/run/\$name.pid
	log file = $dir/\$name.log
	mon cluster log file = $dir/cluster.log
	setuser match path =
	osd pool default size = 1
	osd pool default min size = 1
	osd pool default pg num = 4
	osd pool default pgp num = 4
	osd pool default pg autoscale mode = off
	osd crush chooseleaf type = 0
	osd max object name len = 1024
	osd class load list = *
	osd class default list = *
	mon allow pool size one = true
	mon max pg per osd = 5000
	mon pg warn min per osd = 0
	mon data avail warn = 1
	mon data avail crit = 1
	mon tick interval = 1
	mon lease = 30
	paxos propose interval = 0.02
	paxos min wait = 0.01
	objecter tick interval = 0.2
	[mon]
	mon data = $dir/mon
	[osd]
	osd objectstore = memstore
	osd data = $dir/osd
	memstore device bytes = ${CEPH_BYTES:-4294967296}
	[client.rgw]
	rgw data = $dir/rgw
	rgw frontends = beast endpoint=127.0.0.1:$port ssl_endpoint=127.0.0.1:$((port + 3)) ssl_certificate=$dir/tls.pem
	rgw dns name = localhost
	rgw thread pool size = 96
	rgw enable usage log = false
	rgw enable ops log = false
	rgw run sync thread = false
	rgw gc max objs = 7
	rgw enable quota threads = false
	rgw s3 auth use sts = true
	rgw s3 auth order = local, sts
	rgw sts key = sixteen bytes ok
	${CEPH_RGW:-}
	END
}

# One keyring for all of them.
write_keys() {
	ceph-authtool -C keyring -g -n mon. --cap mon 'allow *'
	ceph-authtool keyring -g -n client.admin --cap mon 'allow *' \
		--cap osd 'allow *'
	ceph-authtool keyring -g -n osd.0 --cap mon 'allow profile osd' \
		--cap osd 'allow *'
	ceph-authtool keyring -g -n client.rgw --cap mon 'allow *' \
		--cap osd 'allow *'
}

admin() {
	radosgw-admin -c "$CEPH_CONF" -n client.rgw "$@"
}

# s3 KEY SECRET METHOD PATH [CURL ARGS]
s3() {
	s3_user=$1:$2
	s3_method=$3
	s3_path=$4
	shift 4
	curl -fsS --aws-sigv4 aws:amz:us-east-1:s3 -u "$s3_user" \
		-H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' \
		-X "$s3_method" "http://127.0.0.1:$port/$s3_path" "$@"
}

make_users() {
	started=
	for user in dver:DVER reader:READER other:OTHER full:FULL; do
		name=${user%:*}
		admin user create --uid="$name" --display-name="$name" \
			--access-key="${user#*:}KEY" --secret="${name}secret" &
		started="$started $!"
	done
	for pid in $started; do
		wait "$pid"
	done
	admin quota set --uid=full --quota-scope=user --max-objects=3
	admin quota enable --uid=full --quota-scope=user
}

make_role() {
	admin role create --role-name=writer --path=/ \
		--assume-role-policy-doc='{ "Version": "2012-10-17",
		"Statement": [ { "Effect": "Allow", "Principal": { "AWS":
		[ "arn:aws:iam:::user/other" ] }, "Action": [
		"sts:AssumeRole" ] } ] }'
	admin role-policy put --role-name=writer --policy-name=all \
		--policy-doc='{ "Version": "2012-10-17", "Statement": [ {
		"Effect": "Allow", "Action": [ "s3:*" ],
		"Resource": "arn:aws:s3:::*" } ] }'
}

make_buckets() {
	s3 DVERKEY dversecret PUT bucket
	s3 FULLKEY fullsecret PUT full
	cat >policy.json <<-END
	{ "Version": "2012-10-17", "Statement": [ { "Effect": "Allow",
	"Principal": { "AWS": [ "arn:aws:iam:::user/reader" ] },
	"Action": [ "s3:GetObject", "s3:ListBucket" ],
	"Resource": [ "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*" ] } ] }
	END
	s3 DVERKEY dversecret PUT 'bucket?policy=' --data-binary @policy.json
}

start_server() {
	fsid=$(cat /proc/sys/kernel/random/uuid)
	osd=$(cat /proc/sys/kernel/random/uuid)
	CEPH_CONF=$dir/ceph.conf
	export CEPH_CONF
	mkdir mon osd rgw run
	write_conf
	make_certificate
	cat key.pem ca.pem >tls.pem
	write_keys
	monmaptool --create --fsid "$fsid" \
		--addv a "[v2:127.0.0.1:$((port + 1)),v1:127.0.0.1:$((port + 2))]" \
		monmap
	ceph-mon -i a --mkfs --monmap monmap --keyring keyring
	daemon mon.log ceph-mon -i a -f
	timeout 60 ceph --connect-timeout 50 osd new "$osd"
	ceph-osd -i 0 --mkfs --osd-uuid "$osd"
	daemon osd.log ceph-osd -i 0 -f
	osd_pid=$!
	daemon rgw.log radosgw -n client.rgw -f
	# By its own certificate: it is surely this one that answers.
	wait_for 120 curl -fsS -m 5 --cacert ca.pem \
		"https://localhost:$((port + 3))/"
	make_users
	make_role
	make_buckets
	say S3_ENDPOINT "http://127.0.0.1:$port"
	say S3_HOST_ENDPOINT "http://localhost:$port"
	say S3_TLS "https://localhost:$((port + 3))"
	say S3_CA "$dir/ca.pem"
	say S3_REGION us-east-1
	say S3_BUCKET bucket
	say S3_KEY DVERKEY
	say S3_SECRET dversecret
	say S3_READER_KEY READERKEY
	say S3_READER_SECRET readersecret
	say S3_OTHER_KEY OTHERKEY
	say S3_OTHER_SECRET othersecret
	say S3_ROLE arn:aws:iam:::role/writer
	say S3_FULL_BUCKET full
	say S3_FULL_KEY FULLKEY
	say S3_FULL_SECRET fullsecret
	say CEPH_CONF "$dir/ceph.conf"
	say CEPH_OSD_PID "$osd_pid"
}

# An object server without a monitor is deaf to anything else; there is
# nothing in memory to save.
end_server() { end_all KILL; }

server_main "$@"
