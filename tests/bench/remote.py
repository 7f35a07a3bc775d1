"""Measure push and pull over S3 against aws and rclone, on one Ceph.

    sh tests/server/with.sh ceph -- python3 remote.py OUT.json
        [files=100000] [peer_files=10000] [big=2048] [many=1000000]
        [delay=0.05]

Whole processes; the data lies in memory (/dev/shm) where there is one, so that
the network's side is measured.  The peers copy the first `peer_files` of the
same files; what is compared is files a second.  Requests and bytes are those
that a proxy in front of the server saw.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.abspath(sys.argv[1])
ARGS = dict(a.split("=") for a in sys.argv[2:])
FILES = int(ARGS.get("files", 100000))
PEER_FILES = int(ARGS.get("peer_files", 10000))
MANY = int(ARGS.get("many", 1000000))
BIG = int(ARGS.get("big", 2048)) << 20
DELAY = ARGS.get("delay", "0.05")
SIZE = 10240
ROWS = []


def server_env():
    env = {}
    with open(os.environ["DVER_SERVERS"] + "/ceph/env") as f:
        for line in f:
            name, value = line.strip().split("=", 1)
            env[name] = value.strip("'")
    return env


S3 = server_env()
BUCKET = S3["S3_BUCKET"]
for name in list(os.environ):
    if name.startswith("AWS_"):
        del os.environ[name]
os.environ.update(AWS_ACCESS_KEY_ID=S3["S3_KEY"],
                  AWS_SECRET_ACCESS_KEY=S3["S3_SECRET"],
                  AWS_EC2_METADATA_DISABLED="true", AWS_REGION="us-east-1")


def run(*argv, **kw):
    """Seconds and peak memory in MB of one run."""
    start = time.monotonic()
    p = subprocess.Popen(argv, stdout=subprocess.DEVNULL, **kw)
    _, status, usage = os.wait4(p.pid, 0)
    if status:
        sys.exit("failed: " + " ".join(argv))
    return time.monotonic() - start, usage.ru_maxrss / 1024


def row(work, seconds, note=""):
    ROWS.append({"work": work, "seconds": round(seconds, 2), "note": note})
    print("| %s | %.2f s | %s |" % (work, seconds, note), flush=True)


class Proxy:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="dver-proxy.", dir="/tmp")
        self.script = os.path.join(HERE, "..", "server", "proxy.sh")
        env = dict(os.environ, UPSTREAM=S3["S3_ENDPOINT"].split("//")[1])
        text = subprocess.check_output(
            ["sh", self.script, "start", self.dir + "/p"], env=env, text=True)
        self.env = dict(line.replace("'", "").split("=", 1)
                        for line in text.splitlines())
        self.url = self.env["PROXY_URL"]

    def ask(self, method, what, body=None):
        rq = urllib.request.Request(self.env["PROXY_CONTROL"] + what,
                                    data=body, method=method)
        with urllib.request.urlopen(rq) as reply:
            return reply.read()

    def counts(self):
        seen = json.loads(self.ask("GET", "/counts"))
        self.ask("DELETE", "/log")
        return seen

    def close(self):
        subprocess.run(["sh", self.script, "stop", self.dir + "/p"])
        shutil.rmtree(self.dir)


def make_files(n, size=SIZE):
    for i in range(n):
        folder = "data/%04d" % (i // 500)
        if i % 500 == 0:
            os.makedirs(folder)
        with open("%s/%06d.bin" % (folder, i), "wb") as f:
            f.write(os.urandom(size))


def repository(name):
    run("git", "init", "-q", name)
    os.chdir(name)
    for k, v in (("user.name", "bench"), ("user.email", "b@example.org")):
        run("git", "config", k, v)
    run("dver", "init", "-q")


def remote(prefix, url):
    run("dver", "remote", "add", "-q", "-f", "-o", "endpointurl=" + url, "o",
        "s3://%s/%s" % (BUCKET, prefix))
    run("git", "add", "-A")
    run("git", "commit", "-qm", "data")


def clone(frm, to):
    run("git", "clone", "-q", frm, to)
    os.chdir(to)


def requests(seen):
    return "%d requests" % seen["requests"]


def small_files(proxy):
    repository("small")
    make_files(FILES)
    run("dver", "add", "-q", "data")
    what = "%d files of %d KiB" % (FILES, SIZE >> 10)
    seconds = {}
    for label, delay in (("", 0), (", %s s more a request" % DELAY, DELAY)):
        proxy.ask("PUT", "/rules",
                  b"* . delay=%s" % delay.encode() if delay else b"")
        remote("small%s" % delay, proxy.url)
        proxy.counts()
        s, mb = run("dver", "push", "-q")
        seconds["push", delay] = s
        row("push, %s%s" % (what, label), s,
            "%s, %d MB memory" % (requests(proxy.counts()), mb))
        s, _ = run("dver", "push", "-q")
        row("push again%s" % label, s, requests(proxy.counts()))
        clone("../small", "../c%s" % delay)
        proxy.counts()
        s, mb = run("dver", "pull", "-q")
        seconds["pull", delay] = s
        row("pull, %s%s" % (what, label), s,
            "%s, %d MB memory" % (requests(proxy.counts()), mb))
        os.chdir("../small")
        shutil.rmtree("../c%s" % delay)
        one_of_many(proxy, FILES, label)
    proxy.ask("PUT", "/rules", b"")
    peers_small(seconds)
    os.chdir("..")
    shutil.rmtree("small")


def compare(name, verb, s, ours):
    times = ours / FILES and (s / PEER_FILES) / (ours / FILES)
    row("%s, %s of %d files" % (name, verb, PEER_FILES), s,
        "%.0f files/s; dver is %.0f times as fast" % (PEER_FILES / s, times))


def one_of_many(proxy, n, label):
    """In a clone of the repository that we are in."""
    here = os.getcwd()
    clone(here, "../one")
    proxy.counts()
    s, _ = run("dver", "pull", "-q", "data/0000/000123.bin")
    seen = proxy.counts()
    row("pull of one file of %d%s" % (n, label), s, "%s, %.2f MB" %
        (requests(seen), seen["down"] / 1e6))
    os.chdir(here)
    shutil.rmtree("../one")


def one_of_a_million(proxy):
    repository("many")
    make_files(MANY, 64)
    run("dver", "add", "-q", "data")
    remote("many", proxy.url)
    s, mb = run("dver", "push", "-q")
    row("push, %d files of 64 B" % MANY, s, "%s, %d MB memory" %
        (requests(proxy.counts()), mb))
    one_of_many(proxy, MANY, "")
    os.chdir("..")
    shutil.rmtree("many")


def peers_small(seconds):
    os.makedirs("../peer")
    for i in range(0, PEER_FILES, 500):
        shutil.copytree("data/%04d" % (i // 500), "../peer/%04d" % (i // 500))
    aws = ["/usr/bin/aws", "--endpoint-url", S3["S3_ENDPOINT"], "s3", "cp",
           "--recursive", "--only-show-errors"]
    rclone = ["rclone", "copy", "--config", "/dev/null", "--s3-env-auth",
              "--s3-provider", "Ceph", "--transfers", "16", "--s3-endpoint",
              S3["S3_ENDPOINT"]]
    for name, argv, url in (("aws s3 cp", aws, "s3://%s/aws" % BUCKET),
                            ("rclone copy", rclone, ":s3:%s/rc" % BUCKET)):
        s, _ = run(*argv, "../peer", url)
        compare(name, "push", s, seconds["push", 0])
        s, _ = run(*argv, url, "../back")
        compare(name, "pull", s, seconds["pull", 0])
        shutil.rmtree("../back")
    shutil.rmtree("../peer")


def big_file():
    repository("big")
    run("dver", "config", "cache.type", "hardlink")
    with open("big", "wb") as f:
        for _ in range(BIG >> 20):
            f.write(os.urandom(1 << 20))
    run("dver", "add", "-q", "big")
    remote("big", S3["S3_ENDPOINT"])
    gb = "%d MiB" % (BIG >> 20)
    up, mb = run("dver", "push", "-q")
    row("push, one file of " + gb, up, "%d MB memory" % mb)
    clone("../big", "../c")
    down, mb = run("dver", "pull", "-q")
    row("pull of it", down, "%d MB memory" % mb)
    os.chdir("..")
    shutil.rmtree("c")
    aws = ["/usr/bin/aws", "--endpoint-url", S3["S3_ENDPOINT"], "s3", "cp",
           "--only-show-errors"]
    url = "s3://%s/aws-big" % BUCKET
    s, _ = run(*aws, "big/big", url)
    row("aws s3 cp, there", s, "dver takes %.2f of it" % (up / s))
    s, _ = run(*aws, url, "back")
    row("aws s3 cp, back", s, "dver takes %.2f of it" % (down / s))
    os.unlink("back")
    run(*aws[:-2], "rm", url)
    shutil.rmtree("big")


def main():
    shm = "/dev/shm"
    work = tempfile.mkdtemp(prefix="dver-bench.",
                            dir=shm if os.access(shm, os.W_OK) else None)
    os.environ["HOME"] = work
    proxy = Proxy()
    try:
        os.chdir(work)
        if FILES:
            small_files(proxy)
        if MANY:
            one_of_a_million(proxy)
        if BIG:
            big_file()
    finally:
        proxy.close()
        os.chdir("/")
        shutil.rmtree(work)
    with open(OUT, "w") as f:
        json.dump({"load": os.getloadavg(), "rows": ROWS}, f, indent=1)
        f.write("\n")


main()
