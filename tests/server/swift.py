#!/usr/bin/python3
"""All of OpenStack Swift in one process: account, container and object server
behind the proxy with its S3 interface.

	swift.py DIR PORT ACCOUNT:USER=SECRET...

Prints "ready" and serves until it is ended.  Needs Debian's python3-swift, so
it is run by /usr/bin/python3; neither /etc/swift nor memcached nor root.
"""
import os
import sys
import warnings

warnings.simplefilter("ignore")

import eventlet

from swift.common import utils

CONF = """[swift-hash]
swift_hash_path_prefix = dver
swift_hash_path_suffix = dver
[storage-policy:0]
name = only
default = yes
"""

DEFAULT = """[DEFAULT]
swift_dir = {dir}/etc
devices = {dir}/srv
mount_check = false
fallocate_reserve = 0
disable_fallocate = true
log_level = ERROR
log_address = {dir}/no-such-socket
workers = 0
bind_port = {port}
"""

PIPELINE = ("catch_errors gatekeeper healthcheck listing_formats bulk s3api "
            "tempauth copy slo dlo versioned_writes symlink")

OPTIONS = {
    "s3api": "location = us-east-1\nmax_upload_part_num = 10000\n",
    "slo": "max_manifest_segments = 10000\n",
}


def prepare(folder):
    """Write what Swift wants to find and let it look there."""
    for name in ("etc", "srv/disk", "recon"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    path = os.path.join(folder, "etc", "swift.conf")
    with open(path, "w") as out:
        out.write(CONF)
    # Set before anything of Swift reads it.
    utils.SWIFT_CONF_FILE = path
    utils.HASH_PATH_PREFIX = utils.HASH_PATH_SUFFIX = b"dver"
    utils.FALLOCATE_RESERVE = 0
    utils.eventlet_monkey_patch()


def listen(port):
    # With SO_REUSEPORT two servers would share a port unseen.
    return eventlet.listen(("127.0.0.1", port), backlog=1024,
                           reuse_port=False)


def make_ring(folder, name, port):
    from swift.common.ring import RingBuilder

    builder = RingBuilder(4, 1, 0)
    builder.add_dev({
        "region": 1, "zone": 1, "weight": 1, "device": "disk", "meta": "",
        "ip": "127.0.0.1", "port": port,
        "replication_ip": "127.0.0.1", "replication_port": port})
    builder.rebalance(seed=1)
    builder.get_ring().save("%s/etc/%s.ring.gz" % (folder, name))


class Cache:
    """Stands in for memcached: one process needs none."""

    def __init__(self):
        self.values = {}

    def get(self, key, raise_on_error=False):
        return self.values.get(key)

    def set(self, key, value, **_):
        self.values[key] = value

    def incr(self, key, delta=1, time=0):
        self.values[key] = self.values.get(key, 0) + delta
        return self.values[key]

    def decr(self, key, delta=1, time=0):
        return self.incr(key, -delta)

    def delete(self, key, server_key=None):
        self.values.pop(key, None)

    def set_multi(self, values, server_key=None, **_):
        self.values.update(values)

    def get_multi(self, keys, server_key=None):
        return [self.values.get(key) for key in keys]


class NoLog:
    def write(self, *_):
        pass

    def info(self, *_, **__):
        pass

    debug = error = warning = exception = info


def storage_app(folder, name, port):
    from swift.common.wsgi import ConfigString, loadapp

    text = DEFAULT + ("[pipeline:main]\npipeline = app\n[app:app]\n"
                      "use = egg:swift#{name}\n"
                      "recon_cache_path = {dir}/recon\n")
    return loadapp(ConfigString(text.format(dir=folder, port=port,
                                            name=name)),
                   allow_modify_pipeline=False)


def proxy_app(folder, port, users):
    from swift.common.wsgi import ConfigString, loadapp

    text = DEFAULT.format(dir=folder, port=port)
    text += ("[pipeline:main]\npipeline = %s proxy-server\n"
             "[app:proxy-server]\nuse = egg:swift#proxy\n"
             "account_autocreate = true\nnode_timeout = 60\n"
             "recoverable_node_timeout = 60\nconn_timeout = 10\n" % PIPELINE)
    OPTIONS["tempauth"] = "".join(
        "user_%s = %s .admin\n" % (user.split("=")[0].replace(":", "_"),
                                   user.split("=")[1]) for user in users)
    for name in PIPELINE.split():
        text += "[filter:%s]\nuse = egg:swift#%s\n%s" % (
            name, name, OPTIONS.get(name, ""))
    app = loadapp(ConfigString(text), allow_modify_pipeline=False)
    cache = Cache()

    def with_cache(env, start):
        env["swift.cache"] = cache
        return app(env, start)
    return with_cache


def main(folder, port, users):
    folder = os.path.abspath(folder)
    prepare(folder)
    from eventlet import wsgi
    from swift.common import storage_policy
    from swift.common.wsgi import SwiftHttpProtocol

    storage_policy.reload_storage_policies()
    sockets = {"proxy": listen(port)}
    for name in ("account", "container", "object"):
        sockets[name] = listen(0)
        make_ring(folder, name, sockets[name].getsockname()[1])
    apps = {name: storage_app(folder, name, s.getsockname()[1])
            for name, s in sockets.items() if name != "proxy"}
    apps["proxy"] = proxy_app(folder, port, users)
    for name, app in apps.items():
        eventlet.spawn(wsgi.server, sockets[name], app, log=NoLog(),
                       log_output=False, protocol=SwiftHttpProtocol,
                       custom_pool=eventlet.GreenPool(1024),
                       capitalize_response_headers=False)
    print("ready", flush=True)
    while True:
        eventlet.sleep(3600)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
