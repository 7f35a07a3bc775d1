"""Random work on a real workspace, against a model that cannot be wrong.

random_work.py [-n STEPS] SEED ... does what a seed says in a folder of its
own: edits, adds, commits, jumps, pushes, clones, gc, drops, undos, lost
caches, kills.  The model is dictionaries: what lies on the disk, what the
pointer says, what each commit has.  After each step they are compared with
what is there.  A seed that fails is shrunk: the fewest steps that still fail
are printed as the shell commands that they were.
"""
import argparse
import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

NAMES = ["a", "b.txt", "d/1", "d/2", "d/e/deep", "x y", "\u00fc/n\u00ef",
         "-dash", "it's", "d/e/b*", "big"]


class Broken(Exception):
    """dver did what it must not do."""


class World:
    """A repository, its remote, and what must be in them."""

    def __init__(self, folder):
        self.top = folder
        self.repo = os.path.join(folder, "r")
        self.log = []
        self.disk = {}
        self.pointer = None
        self.commits = []       # (id, content)
        self.pushed = set()     # of ids
        self.undo = []          # pointers before each add
        os.makedirs(self.repo)
        self.git("init", "-q", ".")
        self.dver("init", "-q")
        self.dver("remote", "add", "o", "../remote")
        self.git("config", "core.logAllRefUpdates", "false")

    def run(self, argv, ok=(0,), cwd=None):
        """Run a program and note it; its standard output."""
        cwd = cwd or self.repo
        self.log.append(f"(cd {shlex.quote(os.path.relpath(cwd, self.top))}"
                        f" && {' '.join(map(shlex.quote, argv))})")
        p = subprocess.run(argv, cwd=cwd, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
        if ok and p.returncode not in ok:
            raise Broken(f"exit {p.returncode}: {p.stderr.strip()}")
        return p.stdout

    def dver(self, *args, ok=(0,), cwd=None):
        return self.run(("dver",) + args, ok, cwd)

    def git(self, *args, ok=(0,), cwd=None):
        return self.run(("git",) + args, ok, cwd)

    def write(self, path, data):
        """Put a file, as the shell could; what is in its way goes."""
        full = os.path.join(self.repo, "data", path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as f:
            f.write(data)
        self.disk[path] = data
        self.log.append(f"# {len(data)} bytes into data/{path}")

    def remove(self, path):
        full = os.path.join(self.repo, "data", path)
        os.unlink(full)
        # An empty folder is data, too.
        while not os.listdir(os.path.dirname(full)):
            full = os.path.dirname(full)
            os.rmdir(full)
        del self.disk[path]
        self.log.append(f"(cd r && rm data/{shlex.quote(path)} and what is "
                        "empty then)")

    def on_disk(self, repo=None):
        """What lies in the folder."""
        top = os.path.join(repo or self.repo, "data")
        found = {}
        for at, _, names in os.walk(top):
            for name in names:
                full = os.path.join(at, name)
                with open(full, "rb") as f:
                    found[os.path.relpath(full, top)] = f.read()
        return found

    def clean(self):
        return self.pointer is not None and self.disk == self.pointer

    def committed(self):
        """Is the pointer that of HEAD?"""
        return bool(self.commits) and not self.git(
            "status", "--porcelain", "--untracked-files=no")

    def head(self):
        return self.git("rev-parse", "HEAD").strip()

    def expect(self, found, wanted, what):
        if found != wanted:
            odd = sorted(set(found.items()) ^ set(wanted.items()))
            raise Broken(f"{what}: differs in " +
                         ", ".join(sorted({repr(p) for p, _ in odd})))

    def check(self):
        """What must always be true."""
        self.expect(self.on_disk(), self.disk, "the workspace")
        if self.pointer is None:
            return
        st = json.loads(self.dver("status", "--json", "--all"))["outputs"]
        state = [o["state"] for o in st if o["path"] == "data"]
        if not self.disk and self.pointer:
            return
        if (state == ["clean"]) != self.clean():
            raise Broken(f"status says {state}, clean is {self.clean()}")


def do_edit(w, n):
    path = NAMES[n % len(NAMES)]
    if path in w.disk and n % 5 == 0:
        if len(w.disk) > 1:
            w.remove(path)
        return
    if path == "big":
        old = bytearray(w.disk.get("big", b""))
        if len(old) < 1500000:
            old += random.Random(n).randbytes(1600000)
        at = n % len(old)
        old[at:at + 9] = b"%09d" % (n % 10**9)
        w.write(path, bytes(old))
        return
    w.write(path, (b"text %d\n" % (n % 7)) * (n % 400))


def do_add(w, n):
    if not w.disk:
        return
    w.undo.append(w.pointer)
    w.dver("add", "-q", "--allow-deletes", "-f", "data")
    if w.pointer == w.disk:
        w.undo.pop()
    w.pointer = dict(w.disk)


def do_add_part(w, n):
    path = NAMES[n % len(NAMES)]
    if w.pointer is None or path not in w.disk:
        return
    before = w.pointer
    w.dver("add", "-q", "-f", f"./data/{path}")
    w.pointer = dict(w.pointer)
    w.pointer[path] = w.disk[path]
    if before != w.pointer:
        w.undo.append(before)


def do_commit(w, n):
    if w.pointer is None:
        return
    w.git("add", "-A")
    if not w.git("status", "--porcelain"):
        return
    w.git("commit", "-qm", f"step {n}")
    w.commits.append((w.head(), dict(w.pointer)))


def do_jump(w, n):
    """To another commit, from a clean state; and a commit goes on there."""
    if not w.clean() or not w.committed():
        return
    commit, content = w.commits[n % len(w.commits)]
    w.git("checkout", "-q", "-B", f"b{n % 4}", commit)
    keep_alive(w)
    if w.dver("checkout", "-q", ok=(0, 1)) is not None:
        w.dver("pull", "-q", ok=(0, 1) if not w.pushed else (0,))
    w.disk, w.pointer = dict(content), dict(content)
    w.undo.clear()


def keep_alive(w):
    """A tag for each commit: history is what the test is about, not git."""
    for commit, _ in w.commits:
        w.git("tag", "-f", f"t{commit[:12]}", commit)


def do_push(w, n):
    if not w.commits:
        return
    keep_alive(w)
    w.dver("push", "-q", "--all-commits")
    w.pushed |= {c for c, _ in w.commits}


def do_gc(w, n):
    args = ["--no-undo"] if n % 2 else []
    w.dver("gc", "-q", "-f", *args)
    if args:
        w.undo.clear()


def do_drop(w, n):
    if not w.clean() or not w.committed() or w.head() not in w.pushed:
        return
    w.dver("drop", "-q", "data")
    w.expect(w.on_disk(), {}, "after drop")
    if n % 3 == 0:
        w.dver("undo", "-q")
    else:
        w.dver("checkout", "-q")
        w.expect(w.on_disk(), {}, "checkout after drop")
        w.dver("pull", "-q", *(["data"] if n % 3 == 1 else []))
    w.undo.clear()


def do_undo(w, n):
    if not w.undo or not w.pointer:
        return
    before = w.undo.pop()
    w.dver("undo", "-q", "--force")
    w.pointer = before


def do_lose_cache(w, n):
    if not w.clean() or not w.committed() or not w.commits or \
       {c for c, _ in w.commits} - w.pushed:
        return
    shutil.rmtree(os.path.join(w.repo, ".dver/cache"))
    shutil.rmtree(os.path.join(w.repo, "data"))
    w.log.append("(cd r && rm -rf .dver/cache data)")
    w.dver("pull", "-q")
    w.undo.clear()


def do_clone(w, n):
    if not w.pushed:
        return
    ids = dict(w.commits)
    commit = sorted(w.pushed)[n % len(w.pushed)]
    keep_alive(w)
    other = os.path.join(w.top, "clone")
    shutil.rmtree(other, ignore_errors=True)
    w.git("clone", "-q", w.repo, other, cwd=w.top)
    w.git("checkout", "-q", commit, cwd=other)
    w.dver("pull", "-q", cwd=other)
    w.expect(w.on_disk(other), ids[commit], "a clone")
    w.dver("fsck", "-q", cwd=other)


def do_look_back(w, n):
    """Data of an old commit into the workspace, and back."""
    if not w.clean() or not w.commits:
        return
    commit, content = w.commits[n % len(w.commits)]
    if commit not in w.pushed:
        w.dver("ls", "-R", f"{commit}:data")
    for path, data in list(content.items())[:3]:
        got = subprocess.run(["dver", "cat", f"{commit}:data/{path}"],
                             cwd=w.repo, stdout=subprocess.PIPE)
        w.log.append(f"(cd r && dver cat {commit}:data/{shlex.quote(path)})")
        if got.returncode or got.stdout != data:
            raise Broken(f"cat {commit[:9]}:data/{path}: other bytes")


def do_kill(w, n):
    """An add that is killed; the next one finishes it."""
    if not w.disk:
        return
    p = subprocess.Popen(["dver", "add", "-q", "--allow-deletes", "-f",
                          "data"], cwd=w.repo, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    time.sleep((n % 50) / 5000)
    p.send_signal(signal.SIGKILL)
    p.wait()
    w.log.append("(cd r && timeout -s KILL 0.005 dver add data)")
    w.dver("add", "-q", "--allow-deletes", "-f", "data")
    w.pointer = dict(w.disk)
    w.undo.clear()


def do_touch(w, n):
    for path in list(w.disk)[:2]:
        os.utime(os.path.join(w.repo, "data", path))
    w.log.append("(cd r && find data -type f -exec touch {} +)")


STEPS = [do_edit] * 6 + [do_add] * 4 + [do_add_part, do_commit, do_commit,
         do_commit, do_jump, do_jump, do_push, do_gc, do_drop, do_undo,
         do_lose_cache, do_clone, do_look_back, do_kill, do_touch]


def final(w):
    """Every commit can be had, and the store is sound."""
    w.dver("fsck", "-q")
    if not w.clean() or not w.committed():
        return
    keep_alive(w)
    for commit, content in w.commits:
        w.git("checkout", "-q", commit)
        w.dver("checkout", "-q", ok=(0, 1))
        if w.pushed:
            w.dver("pull", "-q", ok=(0, 1))
        w.expect(w.on_disk(), content, f"commit {commit[:9]} at the end")


def play(steps):
    """None, or what went wrong and the log."""
    with tempfile.TemporaryDirectory(prefix="dver-work.") as folder:
        w = World(folder)
        try:
            for step, n in steps:
                w.log.append(f"# {step.__name__}")
                step(w, n)
                w.check()
            final(w)
        except Broken as e:
            return str(e), w.log
        finally:
            subprocess.run(["chmod", "-R", "u+w", folder], check=False)
    return None


def shrink(steps):
    """The fewest steps that still fail."""
    size = len(steps) // 2
    while size:
        i = 0
        while i < len(steps):
            fewer = steps[:i] + steps[i + size:]
            if play(fewer):
                steps = fewer
            else:
                i += size
        size //= 2
    return steps


def plan(seed, n):
    rng = random.Random(seed)
    return [(rng.choice(STEPS), rng.randrange(1 << 30)) for _ in range(n)]


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    ap.add_argument("-n", type=int, default=40, help="steps of a seed")
    ap.add_argument("seeds", type=int, nargs="+")
    args = ap.parse_args()
    for seed in args.seeds:
        steps = plan(seed, args.n)
        if not play(steps):
            continue
        steps = shrink(steps)
        failed = play(steps)
        print(f"seed {seed} fails:")
        if failed:
            print("\n".join(failed[1]))
            print(failed[0])
        sys.exit(1)
    print(f"{len(args.seeds)} seeds of {args.n} steps")


main()
