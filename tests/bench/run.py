"""Measure dver against cp, find, openssl, git-lfs and restic.

Whole processes, warm page cache, each set of rows on a fresh ext4 image (with
a journal) mounted over a loop device when run as root, else in a folder of
the current directory.  Prints a table and writes it as JSON.

    run.py OUT.json [files=200000] [big=3072] [million=1000000] [peers=1]
"""
import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

OUT = os.path.abspath(sys.argv[1])
ARGS = dict(a.split("=") for a in sys.argv[2:])
FILES = int(ARGS.get("files", 200000))
BIG = int(ARGS.get("big", 3072))
MILLION = int(ARGS.get("million", 1000000))
PEERS = ARGS.get("peers", "1") == "1"
ROWS = []
RSS = 0


class Disk:
    """A fresh file system."""

    def __init__(self, gib):
        self.dir = tempfile.mkdtemp(prefix="dver-bench.", dir="/tmp")
        self.image = None
        if os.geteuid() == 0:
            self.image = self.dir + ".img"
            with open(self.image, "wb") as f:
                f.truncate(gib << 30)
            sh("mkfs.ext4", "-q", "-N", str(4000000), self.image)
            sh("mount", "-o", "loop", self.image, self.dir)

    def close(self):
        os.chdir("/")
        if self.image:
            sh("umount", self.dir)
            os.unlink(self.image)
            os.rmdir(self.dir)
        else:
            shutil.rmtree(self.dir)


def sh(*argv, **kw):
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, **kw)


def timed(*argv, stdout=subprocess.DEVNULL, settle=True):
    """Seconds of one run; the peak memory of dver runs is kept."""
    global RSS
    if settle:
        os.sync()
    start = time.monotonic()
    p = subprocess.Popen(argv, stdout=stdout, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - start
    if p.returncode:
        raise SystemExit("failed: " + " ".join(argv))
    if argv[0] == "dver":
        RSS = max(RSS, usage.ru_maxrss)
    return seconds


def row(work, dver, peer, bar, ok, unit="s"):
    ROWS.append({"work": work, "dver": round(dver, 4), "peer": peer,
                 "bar": bar, "met": ok, "unit": unit})
    print("| %s | %.3f %s | %s | %s | %s |" %
          (work, dver, unit, peer, bar, "yes" if ok else "NO"), flush=True)


def report(*argv):
    return json.loads(subprocess.check_output(("dver",) + argv))


def make_files(root, count, per=1000, size=1024):
    for i in range(count):
        if i % per == 0:
            folder = "%s/%05d" % (root, i // per)
            os.makedirs(folder)
        with open("%s/%04d.bin" % (folder, i % per), "wb") as f:
            f.write(os.urandom(size) if size > 64 else b"%d\n" % i)


def make_big(path, mib):
    with open(path, "wb") as f:
        for _ in range(mib):
            f.write(os.urandom(1 << 20))


def du(path):
    out = subprocess.check_output(["du", "-sk", path]).split()[0]
    return int(out) * 1024


def mb(n):
    return "%.0f MB" % (n / 1e6)


def repo(name="r"):
    sh("git", "init", "-q", name)
    os.chdir(name)
    sh("dver", "init", "-q")


def small_files():
    disk = Disk(8)
    os.chdir(disk.dir)
    repo()
    make_files("data", FILES)
    cp = timed("cp", "-r", "data", "../cp1")
    add = timed("dver", "add", "data")
    row("add, %d files of 1 KiB" % FILES, add, "cp -r %.2f s" % cp,
        "2x faster than cp -r", add * 2 <= cp)
    used = du(".dver/cache")
    if PEERS:
        peers(add)
    find = min(timed("find", "data", "-printf", "%s %T@ %i\n")
               for _ in range(3))
    status = min(timed("dver", "status", settle=False) for _ in range(3))
    again = min(timed("dver", "add", "data", settle=False) for _ in range(3))
    row("status", status, "find %.3f s" % find, "no slower than find",
        status <= find)
    row("add again, nothing changed", again, "find %.3f s" % find,
        "no slower than find", again <= find)
    sh("git", "commit", "-qm", "one")
    sh("dver", "remote", "add", "o", disk.dir + "/store")
    sh("git", "commit", "-qam", "remote")
    push = timed("dver", "push")
    row("push to a folder", push, "cp -r %.2f s" % cp, "faster than cp -r",
        push < cp)
    push2 = min(timed("dver", "push", settle=False) for _ in range(3))
    row("push again", push2 * 1000, "", "under 50 ms", push2 < 0.05, "ms")
    with open("data/00100/0500.bin" if FILES > 100500 else
              "data/00000/0001.bin", "a") as f:
        f.write("edit")
    one = timed("dver", "add", "data", settle=False)
    row("one file changed: add", one, "status %.3f s" % status,
        "under 1.5 x status", one < 1.5 * status)
    before = du(disk.dir + "/store")
    t = timed("dver", "push", settle=False)
    sent = du(disk.dir + "/store") - before
    row("one file changed: push", t, mb(sent) + " sent",
        "under 1.5 x status, 1 MB", t < 1.5 * status and sent < 1000000)
    sh("git", "commit", "-qam", "two")
    os.chdir(disk.dir)
    sh("git", "clone", "-q", "r", "c")
    os.chdir("c")
    sh("dver", "fetch", "-q")
    out = timed("dver", "checkout")
    cp2 = timed("cp", "-r", "data", "../cp2")
    row("checkout into an empty workspace", out, "cp -r %.2f s" % cp2,
        "no slower than cp -r", out <= cp2)
    print("disk: data %s, cache after add %s, after checkout %s; "
          "cp needs %s again" % (mb(du("../r/data")), mb(used),
                                 mb(du(".dver/cache") + du("data")),
                                 mb(du("../cp1"))))
    disk.close()


def peers(add):
    sh("git", "init", "-q", "../lfs")
    sh("cp", "-r", "data", "../lfs/data")
    here = os.getcwd()
    os.chdir("../lfs")
    sh("git", "lfs", "install", "--local")
    sh("git", "lfs", "track", "*.bin")
    lfs = timed("git", "add", "data")
    row("add", add, "git lfs %.1f s" % lfs, "20x faster than git-lfs",
        add * 20 <= lfs)
    print("disk: git-lfs %s" % mb(du(".git")))
    os.chdir(here)
    shutil.rmtree("../lfs")
    os.environ["RESTIC_PASSWORD"] = "bench"
    sh("restic", "init", "-r", "../restic")
    restic = timed("restic", "-r", "../restic", "backup", "data")
    row("add", add, "restic %.1f s" % restic, "5x faster than restic",
        add * 5 <= restic)
    unchanged = timed("restic", "-r", "../restic", "backup", "data")
    again = timed("dver", "status")
    row("status", again, "restic unchanged %.2f s" % unchanged,
        "10x faster", again * 10 <= unchanged)
    print("disk: restic %s" % mb(du("../restic")))


def big_file():
    disk = Disk(3 * BIG // 1024 + 12)
    os.chdir(disk.dir)
    repo()
    make_big("big", BIG)
    sh("cat", "big")
    hashing = min(timed("openssl", "dgst", "-sha256", "big")
                  for _ in range(2))
    cp = timed("cp", "big", "../cp.bin")
    os.unlink("../cp.bin")
    os.sync()
    start = time.monotonic()
    sh("cp", "big", "../cp.bin")
    sh("sync", "../cp.bin")
    durable = time.monotonic() - start
    os.unlink("../cp.bin")
    add = timed("dver", "add", "big")
    slower = max(cp, hashing)
    row("add, one file of %d MiB, copy" % BIG, add,
        "cp %.2f s, cp and sync %.2f s, openssl %.2f s" %
        (cp, durable, hashing),
        "within 15% of the slower of cp and openssl", add <= 1.15 * slower)
    sh("dver", "config", "core.fsync", "false")
    shutil.rmtree(".dver/cache")
    fast = timed("dver", "add", "-f", "big")
    row("the same, core.fsync=false", fast, "", "within 15%",
        fast <= 1.15 * slower)
    sh("dver", "config", "--unset", "core.fsync")
    sh("git", "commit", "-qm", "one")
    sh("dver", "remote", "add", "o", disk.dir + "/store")
    sh("dver", "push", "-q")
    with open("big", "rb") as f, open("new", "wb") as g:
        left = BIG // 2
        for _ in range(left):
            g.write(f.read(1 << 20))
        g.write(os.urandom(1 << 20))
        shutil.copyfileobj(f, g, 1 << 20)
    os.rename("new", "big")
    sh("dver", "add", "-q", "big")
    before = du(disk.dir + "/store")
    t = timed("dver", "push")
    sent = du(disk.dir + "/store") - before
    row("1 MiB inserted in its middle: push sends", sent / 1e6,
        "in %.1f s" % t, "under 4 MiB", sent < 4 << 20, "MB")
    shutil.rmtree(".dver/cache")
    for kind in ("hardlink", "symlink"):
        sh("dver", "config", "cache.type", kind)
        shutil.rmtree(".dver/cache", ignore_errors=True)
        os.chmod("big", 0o644)
        shutil.copy("big", "fresh")
        os.rename("fresh", "big")
        sh("cat", "big")
        t = timed("dver", "add", "-f", "big")
        row("add, the same, " + kind, t, "openssl %.2f s" % hashing,
            "within 15%", t <= 1.15 * hashing)
    disk.close()


def million():
    disk = Disk(14)
    os.chdir(disk.dir)
    repo()
    make_files("data", MILLION, size=16)
    t = timed("dver", "add", "data")

    row("add, %d small files" % MILLION, t, "", "-", True)
    sh("dver", "remote", "add", "o", disk.dir + "/store")
    sh("git", "add", "-A")
    sh("git", "commit", "-qm", "one")
    timed("dver", "push")
    row("peak memory, %d paths" % MILLION, RSS / 1e3, "",
        "under 600 MB", RSS < 600000, "MB")
    os.chdir(disk.dir)
    sh("git", "clone", "-q", "r", "c")
    os.chdir("c")
    st = report("fetch", "--json", "data/00777/0042.bin"
                if MILLION > 777042 else "data/00000/0042.bin")
    row("pull one file of %d: requests" % MILLION, st["requests"],
        mb(st["wire_bytes"]) + " read", "under 10, 2 MB",
        st["requests"] < 10 and st["wire_bytes"] < 2000000, "")
    disk.close()


def start_up():
    disk = Disk(2)
    os.chdir(disk.dir)
    repo()
    for i in range(10):
        with open("f%d" % i, "w") as f:
            f.write("%d\n" % i)
    sh("dver", "add", "-q", *["f%d" % i for i in range(10)])
    for words, bar in ((("version",), 0.010), (("status",), 0.020)):
        t = min(timed("dver", *words, settle=False) for _ in range(10))
        row("dver " + words[0] + (" of ten files" if words[0] == "status"
                                  else ""), t * 1000, "",
            "under %d ms" % (bar * 1000), t < bar, "ms")
    disk.close()
    git_million()


def git_million():
    """A git index of a million entries, 3,000 of them pointers."""
    disk = Disk(4)
    os.chdir(disk.dir)
    repo()
    for i in range(3000):
        folder = "p%02d" % (i // 100)
        os.makedirs(folder, exist_ok=True)
        with open("%s/%d.bin" % (folder, i), "w") as f:
            f.write("%d\n" % i)
    sh("dver", "add", "-q", *["p%02d/%d.bin" % (i // 100, i)
                              for i in range(3000)])
    blob = subprocess.check_output(["git", "hash-object", "-w", "--stdin"],
                                   input=b"x").decode().strip()
    lines = "".join("100644 %s\tsrc/d%03d/f%07d.c\n" % (blob, i // 1000, i)
                    for i in range(MILLION))
    subprocess.run(["git", "update-index", "--index-info"],
                   input=lines.encode(), check=True)
    t = min(timed("dver", "status", settle=False) for _ in range(3))
    row("status, git index of %d with 3000 pointers" % MILLION, t * 1000, "",
        "under 300 ms", t < 0.3, "ms")
    disk.close()


def history(name, commits, files):
    """A repository whose commits change all their files of metrics."""
    sh("git", "init", "-q", name)
    os.chdir(name)
    git = subprocess.Popen(["git", "fast-import", "--quiet"],
                           stdin=subprocess.PIPE)
    text = "metrics:\n" + "".join("- m/%d.json\n" % i for i in range(files))
    for c in range(commits):
        blobs = [("dver.yaml", text)] if c == 0 else []
        for i in range(files):
            blobs.append(("m/%d.json" % i, json.dumps(
                {"acc": random.random(), "loss": random.random(),
                 "train": {"f1": random.random(), "step": c}})))
        lines = ["commit refs/heads/main",
                 "committer b <b@example.org> %d +0000" % (1.7e9 + 60 * c),
                 "data 0"]
        for path, body in blobs:
            lines += ["M 100644 inline " + path, "data %d" % len(body), body]
        git.stdin.write(("\n".join(lines) + "\n").encode())
    git.stdin.close()
    if git.wait():
        raise SystemExit("git fast-import failed")
    sh("git", "reset", "-q", "--hard")
    sh("dver", "init", "-q")


def metrics():
    disk = Disk(2)
    os.chdir(disk.dir)
    history("wide", 2, 1000)
    t = min(timed("dver", "metrics", "diff", "HEAD~1", "HEAD", settle=False)
            for _ in range(5))
    row("metrics diff, 1000 files", t * 1000, "", "under 50 ms", t < 0.05,
        "ms")
    os.chdir(disk.dir)
    history("long", 1000, 10)
    t = min(timed("dver", "metrics", "show", "-A", settle=False)
            for _ in range(3))
    row("metrics show, 1000 commits of 10 files", t, "", "under 1 s", t < 1)
    disk.close()


def main():
    global RSS
    cpu = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    machine = "%s, %d cores, %d GB, Linux %s" % (
        cpu.group(1) if cpu else platform.machine(), os.cpu_count(),
        os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30,
        platform.release())
    home = tempfile.mkdtemp(prefix="dver-bench-home.")
    os.environ.update(HOME=home, GIT_CONFIG_GLOBAL=home + "/gitconfig",
                      GIT_CONFIG_NOSYSTEM="1")
    for k, v in (("user.name", "b"), ("user.email", "b@example.org"),
                 ("init.defaultBranch", "main")):
        sh("git", "config", "--global", k, v)
    print(machine)
    print("| work | dver | beside | at least | met |\n"
          "| --- | --- | --- | --- | --- |")
    start_up()
    metrics()
    small_files()
    big_file()
    row("peak memory, all of the above", RSS / 1e3, "", "under 300 MB",
        RSS < 300000, "MB")
    RSS = 0
    million()
    with open(OUT, "w") as f:
        json.dump({"machine": machine, "rows": ROWS}, f, indent=1)
    shutil.rmtree(home)
    met = sum(r["met"] for r in ROWS)
    print("%d of %d bars met; load %.2f" % (met, len(ROWS),
                                            os.getloadavg()[0]))


main()
