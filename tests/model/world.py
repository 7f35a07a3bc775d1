"""Clones of one repository, and what must be in them.

The model is dictionaries.  Of each output of a clone it knows what the
pointer says (`p`), of which version the data here is (`b`), what lies on the
disk (`d`) and which files of `b` are not here (`a`); of each commit what its
pointers say.  A file's path in a folder is its name there, a single file has
the path "".
"""
import copy
import hashlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import time

from merging import in_the_way

OUTPUTS = ["data", "m", "o"]    # a folder, a file, a file that comes and goes


class Broken(Exception):
    """dver did what it must not do."""


class Output:
    """One output of one clone."""

    def __init__(self):
        self.p = None           # None: it has no pointer
        self.b = None           # None: it was never checked out
        self.over = None        # b was chosen while the pointer was that
        self.d = {}
        self.a = set()
        self.partial = False    # some of it was dropped or never fetched

    def full(self):
        """What lies here, with what is not here."""
        return {**{p: self.b[p] for p in self.a}, **self.d}

    def moved(self):
        return self.b is None or (self.p != self.b and self.over != self.p)

    def state(self):
        """What dver status has to say, or a few such words."""
        if self.p is None:
            return ["behind"] if self.b is not None and self.d else [None]
        if not self.d:
            return ["not here"]
        if self.full() == self.p:
            return ["clean"]
        return ["behind", "conflict"] if self.moved() else ["changed"]

    def whole(self, content):
        """Pointer and disk are the same."""
        self.p = self.b = content
        self.over = None

    def edits(self):
        """Paths that a checkout would lose."""
        p, b = self.p or {}, self.b
        if b is None:
            odd = [f for f in self.d if f in p and self.d[f] != p[f]]
        else:
            odd = [f for f in self.d
                   if self.d[f] not in (p.get(f), b.get(f)) and
                   b.get(f) != p.get(f)]
        return odd + [f for f in self.d
                      if self.d[f] != (b or {}).get(f) and in_the_way(p, f)]


class Clone:
    """A clone, run through the commands that people type."""

    def __init__(self, world, name):
        self.w = world
        self.name = name
        self.top = os.path.join(world.top, name)
        self.out = {name: Output() for name in OUTPUTS}
        self.undo = {}          # number -> (before, after)
        self.last = 0           # the newest number
        self.before = None      # what was before the last command
        self.hooks = self.driver = False

    def dver(self, *args, ok=(0,)):
        return self.w.run(("dver",) + args, ok, self.top).stdout

    def git(self, *args, ok=(0,)):
        return self.w.run(("git",) + args, ok, self.top).stdout.strip()

    def ask(self, *argv):
        """A program that only looks: it is no step of the log."""
        p = subprocess.run(argv, cwd=self.top, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, env=self.w.env)
        if p.returncode:
            raise Broken(f"{argv}: exit {p.returncode}: {p.stderr.strip()}")
        return p.stdout.strip()

    def ask_quietly(self, *argv):
        """The exit code of a program that only looks."""
        return subprocess.run(argv, cwd=self.top, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL,
                              env=self.w.env).returncode

    def head(self):
        return self.ask("git", "rev-parse", "HEAD")

    def committed(self):
        """Are the pointers those of HEAD?"""
        return not self.ask("git", "status", "--porcelain",
                            "--untracked-files=no")

    def content(self):
        return {name: o.p for name, o in self.out.items()
                if o.p is not None}

    def snapshot(self):
        return copy.deepcopy(self.out)

    # The disk, as the shell could change it.

    def full_path(self, name, path):
        return os.path.join(self.top, name, path) if path else \
            os.path.join(self.top, name)

    def write(self, name, path, data):
        full = self.full_path(name, path)
        o = self.out[name]
        for other in in_the_way(o.d, path):
            self.remove(name, other)
        if os.path.isdir(full):
            shutil.rmtree(full)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as f:
            f.write(data)
        o.d[path] = data
        o.a.discard(path)
        self.w.note(f"# {self.name}: {len(data)} bytes into {name}/{path}")

    def remove(self, name, path):
        full = self.full_path(name, path)
        os.unlink(full)
        # An empty folder is data, too.
        while path and not os.listdir(os.path.dirname(full)):
            full = os.path.dirname(full)
            os.rmdir(full)
            if full == os.path.join(self.top, name):
                break
        del self.out[name].d[path]
        self.w.note(f"(cd {self.name} && rm {name}/{shlex.quote(path)} and "
                    "what is empty then)")

    def disk(self, name):
        """What lies there."""
        top = os.path.join(self.top, name)
        if os.path.isfile(top):
            with open(top, "rb") as f:
                return {"": f.read()}
        found = {}
        for at, _, names in os.walk(top):
            for one in names:
                full = os.path.join(at, one)
                with open(full, "rb") as f:
                    found[os.path.relpath(full, top)] = f.read()
        return found

    # What must be true.

    def must_be(self, found, wanted, what):
        if found != wanted:
            odd = {p for p, _ in set(found.items()) ^ set(wanted.items())}
            raise Broken(f"{self.name}: {what}: differs in " +
                         ", ".join(sorted(map(repr, odd))))

    def check(self):
        """The disk is as it should be, and status knows."""
        for name, o in self.out.items():
            self.must_be(self.disk(name), o.d, f"{name} on the disk")
        said = json.loads(self.ask("dver", "status", "--json", "--all"))
        said = {s["path"]: s for s in said["outputs"]}
        for name, o in self.out.items():
            s = said.get(name, {"state": None, "absent": 0})
            if s["state"] not in o.state():
                raise Broken(f"{self.name}: status of {name}: {s['state']}, "
                             f"not {' or '.join(map(str, o.state()))}")
            if s["state"] == "clean" and s["absent"] != len(o.a):
                raise Broken(f"{self.name}: {s['absent']} files of {name} "
                             f"not here, not {len(o.a)}")

    def check_pointers(self, rev=None):
        """Have the pointers what they should have?"""
        for name, o in self.out.items():
            want = o.p if rev is None else self.w.commits[rev].get(name)
            if want is None:
                continue
            at = name if rev is None else f"{rev}:{name}"
            got = json.loads(self.ask("dver", "ls", "-R", "--json", at))
            got = {e["path"][len(name) + 1:]: e["id"] for e in got["entries"]
                   if e["kind"] == "file"}
            self.must_be(got, {p: hashlib.sha256(c).hexdigest()
                               for p, c in want.items()}, f"pointer of {at}")

    # What git did to the pointers, and what follows.

    def take(self, content):
        """The pointers are these now."""
        for name, o in self.out.items():
            o.p = content.get(name)

    def see(self, made):
        """
        A checkout was done: the disk may be so, and is what it is from now
        on.  `made`: nothing may be lacking.
        """
        for name, o in self.out.items():
            now = self.disk(name)
            self.must_be_brought(name, o, now, made)
            o.d = now
            if o.p is None:
                o.b, o.a, o.partial = None, set(), False
            else:
                o.a = {f for f in o.p if f not in now and
                       not in_the_way(now, f)}
                o.partial = bool(o.a) or (o.partial and not made)
                o.b = o.p
            o.over = None

    def must_be_brought(self, name, o, now, made):
        p, b = o.p or {}, o.b or {}
        gone = o.p is None

        def wrong(path, what):
            raise Broken(f"{self.name}: {name}/{path}: {what}")

        for path in set(p) | set(b) | set(o.d) | set(now):
            was, is_ = o.d.get(path), now.get(path)
            want, base = p.get(path), b.get(path)
            if want is None and base is None and was is not None and \
               is_ is None and not in_the_way(p, path):
                wrong(path, "nobody added it, and it is gone")
            if is_ == want and not gone:
                continue
            if was is not None and was != base and is_ == was and \
               (want == base or o.b is None or gone):
                continue        # an edit, or a file that nobody added
            if gone and (is_ is None if base is not None else is_ == was):
                continue
            if is_ is None and want is not None and not made and \
               (path in o.a or (o.partial and base is None)):
                continue        # not here, and nobody asked for it
            if is_ is None and was is not None and in_the_way(p, path):
                continue
            if is_ is None and was is None and want == base and \
               in_the_way(now, path):
                continue        # an edit stands there
            wrong(path, "is neither the old nor the new")

    def see_forced(self):
        """As see(), after a forced pull."""
        for name, o in self.out.items():
            o.d = self.disk(name)
            o.b, o.over, o.a, o.partial = o.p, None, set(), False

    def sync(self, how="checkout", ok=(0,)):
        """Checkout or pull; True: it was done."""
        self.before = self.snapshot()
        p = self.w.run(("dver", how, "-q"), (0, 1), self.top)
        stops = any(o.edits() for o in self.out.values())
        if p.returncode == 0:
            self.see(how == "pull")
            self.remember()
            return True
        if "would be lost" in p.stderr and stops:
            return False
        if how == "checkout" and "not in the local store" in p.stderr:
            return self.sync("pull")
        raise Broken(f"{self.name}: dver {how}: {p.stderr.strip()}")

    # undo

    def newest(self):
        got = json.loads(self.ask("dver", "undo", "--list", "--json"))
        return max([e["number"] for e in got["commands"]], default=0)

    def remember(self):
        """Note what one command changed, if it can be taken back."""
        now = self.newest()
        if now == self.last + 1:
            self.undo[now] = (self.before, self.snapshot())
        elif now > self.last:
            self.undo.clear()   # several: nobody knows which did what
        self.last = now


class World:
    """A bare git repository, a remote for data, and clones."""

    def __init__(self, folder, shape):
        self.top = folder
        self.log = []
        self.commits = {}       # id -> content
        self.pushed = set()     # ids whose data is in the remote
        self.clones = []
        self.env = dict(os.environ, HOME=folder, GIT_CONFIG_NOSYSTEM="1",
                        XDG_CONFIG_HOME=folder, GIT_EDITOR="true",
                        GIT_CONFIG_GLOBAL=os.path.join(folder, "gitconfig"))
        for key, value in (("user.name", "w"), ("user.email", "w@x"),
                           ("init.defaultBranch", "main"),
                           ("advice.detachedHead", "false"),
                           ("merge.renames", "false"), ("gc.auto", "0"),
                           ("core.logAllRefUpdates", "false"),
                           ("protocol.file.allow", "always")):
            self.run(("git", "config", "--global", key, value))
        self.run(("git", "init", "-q", "--bare", "hub.git"))
        self.run(("git", "clone", "-q", "hub.git", "first"))
        self.first(Clone(self, "first"))
        for i in range(2 + shape % 2):
            self.add_clone(f"c{i}", shape >> (1 + 3 * i), i < 2 and
                           shape >> 20 & 1)

    def first(self, c):
        """The commit that all of them start from."""
        c.dver("init", "-q")
        c.dver("config", "core.fsync", "false")
        c.dver("remote", "add", "r", os.path.join(self.top, "remote"))
        for path in ("a", "b.txt", "d/1", "d/2"):
            c.write("data", path, b"first %s\n" % path.encode())
        c.write("m", "", b"first\n")
        c.dver("add", "-q", "data", "m")
        c.git("add", "-A")
        c.git("commit", "-qm", "first")
        for name in ("data", "m"):
            c.out[name].p = c.out[name].d
        self.commits[c.head()] = c.content()
        c.dver("push", "-q")
        c.git("push", "-q", "origin", "main")
        self.pushed.add(c.head())

    def add_clone(self, name, shape, shared):
        self.run(("git", "clone", "-q", "hub.git", name))
        c = Clone(self, name)
        if shared:
            c.dver("cache", "-q", "--local", "dir",
                   os.path.join(self.top, "cache"))
        c.shared = shared
        c.hooks = shape & 3 == 3
        c.driver = shape & 1
        if c.driver:
            c.dver("install", "-q")
            c.dver("config", "--local", "hooks.preCommit", "off")
        if c.driver and not c.hooks:
            c.dver("config", "--local", "hooks.postCheckout", "off")
            c.dver("config", "--local", "hooks.prePush", "off")
        c.take(self.commits[c.head()])
        c.sync("pull")
        c.last = c.newest()
        self.clones.append(c)

    def note(self, line):
        self.log.append(line)

    def run(self, argv, ok=(0,), cwd=None):
        """Run a program and note it."""
        cwd = cwd or self.top
        self.note(f"(cd {shlex.quote(os.path.relpath(cwd, self.top))} && "
                  f"{' '.join(map(shlex.quote, argv))})")
        p = subprocess.run(argv, cwd=cwd, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, env=self.env)
        if p.returncode not in ok:
            raise Broken(f"exit {p.returncode}: {p.stderr.strip()}")
        return p

    def kill(self, argv, cwd, seconds):
        """Run a program that is killed soon."""
        p = subprocess.Popen(argv, cwd=cwd, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, env=self.env)
        time.sleep(seconds)
        p.send_signal(signal.SIGKILL)
        p.wait()
        self.note(f"(cd {os.path.basename(cwd)} && timeout -s KILL "
                  f"{seconds} {' '.join(map(shlex.quote, argv))})")
