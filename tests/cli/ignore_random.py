"""Random .dverignore files: is what dver says what git says?

ignore_random.py SEED ... makes a tree of odd names and odd patterns for each
seed, once for git and once for dver.  All verdicts of check-ignore must be
the same, byte for byte.  Then both add everything, some ignored files by
force, rules and files change, and both add again: they must track the same.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

LETTERS = "aab b.-[]*?!#\\\u00fc"
PIECES = ["a", "b", "*", "**", "?", "/", "/", "[ab]", "[!a]", "[^b-z]", "\\",
          "[a-c", "[]a]", "[[:alpha:]]", "[[:punct:]]", "[[:nope:]]", ".",
          " ", "#", "!", "-", "[", "]", "**/", "/**", "/**/", "[a/b]",
          "[\\]]", "[a-]", "[--0]", "[[:upper:", "\\*", "\\ ", "a*b", "*.b",
          "***", "\u00fc", "[\u00fc]", "\\/", "d", "d/", "[[:a]"]


def name(r):
    while True:
        n = "".join(r.choice(LETTERS) for _ in range(r.randint(1, 4)))
        if r.random() < 0.3:
            n = r.choice(["a", "b", "d", "ab", "a.b", "build"])
        if n not in (".", "..") and n.lower() != ".git":
            return n


def pattern(r):
    p = "".join(r.choice(PIECES) for _ in range(r.randint(1, 5)))
    kind = r.random()
    if kind < 0.15:
        p = "!" + p
    elif kind < 0.25:
        p = "/" + p
    elif kind < 0.35:
        p = p + "/"
    elif kind < 0.4:
        p = p + r.choice(["  ", "\\ ", "\t", "\\\\ ", "\r"])
    elif kind < 0.43:
        p = r.choice(["", "#" + p, "\\#a", "\\!b", "/", "!", "//", "a//b"])
    elif kind < 0.5:
        p = r.choice(["*.b", "build/", "d", "/d/a", "**/a", "a/**", "d/*",
                      "!d/a", "*", "a*", "!a"])
    return p


def rules(r):
    text = "\n".join(pattern(r) for _ in range(r.randint(1, 6)))
    head = "\ufeff" if r.random() < 0.1 else ""
    return (head + text + r.choice(["\n", ""])).encode()


class Pair:
    """The same tree twice."""

    def __init__(self, top, r):
        self.r = r
        self.git = os.path.join(top, "g")
        self.dver = os.path.join(top, "d")
        self.files = set()
        self.folders = {"data"}
        for d in (self.git, self.dver):
            os.makedirs(d)
            run(["git", "init", "-q"], d)
        run(["dver", "init", "-q"], self.dver)
        run(["dver", "config", "core.fsync", "false"], self.dver)
        if os.path.exists(os.path.join(self.dver, ".dverignore")):
            os.unlink(os.path.join(self.dver, ".dverignore"))

    def put(self, path, text):
        for d, base in ((self.git, ".gitignore"), (self.dver, ".dverignore")):
            full = os.path.join(d, path.replace("@ignore", base))
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as f:
                f.write(text)

    def grow(self, files):
        r = self.r
        for _ in range(r.randint(1, 3)):
            path = os.path.join(r.choice(sorted(self.folders)), name(r))
            if path not in self.files:
                self.folders.add(path)
        for _ in range(files):
            path = os.path.join(r.choice(sorted(self.folders)), name(r))
            if path not in self.folders:
                self.files.add(path)
                self.put(path, path.encode())

    def change_rules(self):
        for d in self.r.sample(sorted(self.folders | {""}),
                               min(3, len(self.folders))):
            self.put(os.path.join(d, "@ignore"), rules(self.r))

    def tracked(self):
        g = run(["git", "ls-files", "-z", "data"], self.git)
        g = set(g.split(b"\0")) - {b""}
        d = json.loads(run(["dver", "ls", "-R", "--json", "data"], self.dver))
        d = {e["path"].encode() for e in d["entries"]
             if e["kind"] != "directory"}
        # The files of rules have names of their own, which patterns match.
        return ({p for p in g if not p.endswith(b"/.gitignore")},
                {p for p in d if not p.endswith(b"/.dverignore")})


def run(argv, cwd, ok=(0,), stdin=b""):
    p = subprocess.run(argv, cwd=cwd, input=stdin, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    if p.returncode not in ok:
        raise SystemExit(f"{argv} in {cwd}: exit {p.returncode}: "
                         f"{p.stderr.decode()}")
    return p.stdout


def root_is_ignored(pair):
    """Of an output that is ignored itself everything may be tracked."""
    return subprocess.run(["git", "check-ignore", "-q", "--no-index", "data"],
                          cwd=pair.git).returncode == 0


def verdicts(pair, seed):
    if os.path.exists(os.path.join(pair.dver, "data.dver")) and \
            root_is_ignored(pair):
        return
    paths = sorted(pair.files | pair.folders)
    paths += [os.path.join(p, name(pair.r)) for p in sorted(pair.folders)]
    text = "\0".join(paths).encode() + b"\0"
    argv = ["check-ignore", "--no-index", "-v", "-n", "-z", "--stdin"]
    g = run(["git"] + argv, pair.git, (0, 1), text).split(b"\0")
    d = run(["dver"] + argv, pair.dver, (0, 1), text).split(b"\0")
    for i in range(0, max(len(g), len(d)), 4):
        want = [x.replace(b".gitignore", b".dverignore") for x in g[i:i + 4]]
        if want != d[i:i + 4]:
            raise SystemExit(f"seed {seed}: git says {want}, dver says "
                             f"{d[i:i + 4]}")


def both_add(pair, seed):
    if root_is_ignored(pair):
        return
    run(["git", "add", "data"], pair.git)
    run(["dver", "add", "-q", "--allow-deletes", "data"], pair.dver)
    g, d = pair.tracked()
    if g != d:
        raise SystemExit(f"seed {seed}: only git tracks {g - d}, only dver "
                         f"{d - g}")


def force_some(pair):
    g, d = pair.tracked()
    rest = sorted(p for p in pair.files if p.encode() not in d)
    for p in pair.r.sample(rest, min(3, len(rest))):
        run(["git", "--literal-pathspecs", "add", "-f", "--", p], pair.git)
        run(["dver", "add", "-q", "-f", "--", p], pair.dver)


def one(seed, top):
    r = random.Random(seed)
    pair = Pair(os.path.join(top, str(seed)), r)
    pair.grow(12)
    pair.change_rules()
    verdicts(pair, seed)
    both_add(pair, seed)
    if os.path.exists(os.path.join(pair.dver, "data.dver")):
        force_some(pair)
        both_add(pair, seed)
        for _ in range(2):
            pair.grow(5)
            pair.change_rules()
            both_add(pair, seed)
            verdicts(pair, seed)


def main():
    with tempfile.TemporaryDirectory(prefix="dver-ignore.") as top:
        for seed in map(int, sys.argv[1:]):
            one(seed, top)


main()
