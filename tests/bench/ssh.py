"""Measure push and pull over ssh against sftp, scp and rclone.

    sh tests/server/with.sh sshd -- python3 ssh.py OUT.json
        [files=20000] [big=1024] [rounds=3]

Whole processes, login included; the data lies in memory (/dev/shm) where there
is one, at both ends.  Rounds are interleaved and the best of each is shown,
because what else a machine does only ever makes it slower.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

OUT = os.path.abspath(sys.argv[1])
ARGS = dict(a.split("=") for a in sys.argv[2:])
FILES = int(ARGS.get("files", 20000))
BIG = int(ARGS.get("big", 1024))
ROUNDS = int(ARGS.get("rounds", 3))
SIZE = 10240
ROWS = []


def server_env():
    env = {}
    with open(os.environ["DVER_SERVERS"] + "/sshd/env") as f:
        for line in f:
            name, value = line.strip().split("=", 1)
            env[name] = value.strip("'")
    return env


SSH = server_env()
CONFIG = SSH["SSH_CONFIG"]


def run(*argv, **kw):
    """Seconds and peak memory in MB of one run."""
    start = time.monotonic()
    p = subprocess.Popen(argv, stdout=subprocess.DEVNULL, **kw)
    _, status, usage = os.wait4(p.pid, 0)
    if status:
        sys.exit("failed: " + " ".join(argv))
    return time.monotonic() - start, usage.ru_maxrss / 1024


def repository(name):
    run("git", "init", "-q", name)
    os.chdir(name)
    for k, v in (("user.name", "bench"), ("user.email", "b@example.org")):
        run("git", "config", k, v)
    run("dver", "init", "-q")
    run("dver", "config", "cache.type", "hardlink")


def with_sftp(command):
    with open("batch", "w") as f:
        f.write(command + "\n")
    return "sftp", "-q", "-F", CONFIG, "-b", "batch", "dver"


def rclone(*args):
    return ("rclone", "--config", "/dev/null", "--sftp-host", "127.0.0.1",
            "--sftp-port", SSH["SSH_PORT"], "--sftp-user", SSH["SSH_USER"],
            "--sftp-key-file", SSH["SSH_KEY"], "--sftp-disable-hashcheck",
            "--transfers", "16") + args


def peers(what, folder):
    """Name, command that sends `what`, command that brings it back."""
    there = os.getcwd() + "/there"
    more = ("-r",) if folder else ()
    put = "put -r %s %s" if folder else "put %s %s"
    get = "get -r %s %s" if folder else "get %s %s"
    return [
        ("sftp", lambda: with_sftp(put % (what, there)),
         lambda: with_sftp(get % (there, "back"))),
        ("scp", lambda: ("scp", "-q", "-F", CONFIG) + more +
         (what, "dver:" + there),
         lambda: ("scp", "-q", "-F", CONFIG) + more +
         ("dver:" + there, "back")),
        ("rclone", lambda: rclone("copy" if folder else "copyto", what,
                                  ":sftp:" + there),
         lambda: rclone("copy" if folder else "copyto", ":sftp:" + there,
                        "back")),
    ]


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.unlink(path)


def note(best, key, seconds):
    best[key] = min(best.get(key, seconds), seconds)


def one_round(best, repo, what, folder, i):
    there = "%s/store%d" % (os.getcwd(), i)
    os.chdir(repo)
    run("dver", "remote", "add", "-q", "-f", "o", "dver:" + there)
    run("git", "commit", "-qam", "remote")
    s, mb = run("dver", "push", "-q")
    note(best, ("dver", "there"), s)
    os.chdir("..")
    run("git", "clone", "-q", repo, "clone")
    os.chdir("clone")
    s, mb2 = run("dver", "pull", "-q")
    note(best, ("dver", "back"), s)
    os.chdir("..")
    remove("clone")
    remove(there)
    for name, put, get in peers(what, folder):
        note(best, (name, "there"), run(*put())[0])
        note(best, (name, "back"), run(*get())[0])
        remove("there")
        remove("back")
    return max(mb, mb2)


def measure(title, repo, what, folder, megabytes):
    best = {}
    memory = max(one_round(best, repo, what, folder, i)
                 for i in range(ROUNDS))
    for way in ("there", "back"):
        ours = best["dver", way]
        for name in ("dver", "sftp", "scp", "rclone"):
            s = best[name, way]
            text = "%.0f MB/s" % (megabytes / s)
            if name == "dver":
                text += ", %d MB memory" % memory
            else:
                text += "; dver takes %.2f of it" % (ours / s)
            ROWS.append({"work": title, "way": way, "program": name,
                         "seconds": round(s, 2), "note": text})
            print("| %s, %s | %s | %.2f s | %s |" %
                  (title, way, name, s, text), flush=True)


def small_files():
    repository("small")
    for i in range(FILES):
        folder = "data/%03d" % (i // 500)
        if i % 500 == 0:
            os.makedirs(folder)
        with open("%s/%06d.bin" % (folder, i), "wb") as f:
            f.write(os.urandom(SIZE))
    run("dver", "add", "-q", "data")
    run("git", "add", "-A")
    run("git", "commit", "-qm", "data")
    os.chdir("..")
    measure("%d files of %d KiB" % (FILES, SIZE >> 10), "small",
            "small/data", True, FILES * SIZE / 1e6)
    remove("small")


def big_file():
    repository("big")
    with open("big", "wb") as f:
        for _ in range(BIG):
            f.write(os.urandom(1 << 20))
    run("dver", "add", "-q", "big")
    run("git", "add", "-A")
    run("git", "commit", "-qm", "data")
    os.chdir("..")
    measure("one file of %d MiB" % BIG, "big", "big/big", False,
            BIG * (1 << 20) / 1e6)
    remove("big")


def main():
    shm = "/dev/shm"
    work = tempfile.mkdtemp(prefix="dver-bench.",
                            dir=shm if os.access(shm, os.W_OK) else None)
    os.environ["HOME"] = work
    os.environ["GIT_SSH_COMMAND"] = "ssh -F " + CONFIG
    try:
        os.chdir(work)
        small_files()
        big_file()
    finally:
        os.chdir("/")
        shutil.rmtree(work)
    with open(OUT, "w") as f:
        json.dump({"load": os.getloadavg(), "rows": ROWS}, f, indent=1)
        f.write("\n")


main()
