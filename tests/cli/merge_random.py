"""Random three-way merges: dver and git against a merge of dictionaries.

merge_random.py SEED ... makes a repository for each seed in the current
folder, merges two branches with the merge driver and with dver resolve, and
compares what comes out, path by path.
"""
import json
import os
import random
import shutil
import subprocess
import sys


def run(*argv, ok=(0,), cwd=None):
    """Run a program; its standard output."""
    p = subprocess.run(argv, cwd=cwd, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, text=True)
    if p.returncode not in ok:
        sys.exit(f"{argv}: exit {p.returncode}\n{p.stdout}{p.stderr}")
    return p.stdout


def random_name(rng):
    """A path with up to three parts out of few names, so that many meet."""
    return "/".join(rng.choice("abcd") + rng.choice("12")
                    for _ in range(rng.randint(1, 3)))


def put(files, path, value):
    """Add a file; what stands in its way goes."""
    for other in list(files):
        if path.startswith(other + "/") or other.startswith(path + "/"):
            del files[other]
    files[path] = value


def edited(rng, files, who):
    """A few random changes to a copy."""
    files = dict(files)
    for i in range(rng.randint(1, 8)):
        what = rng.random()
        if files and what < 0.35:
            del files[rng.choice(sorted(files))]
        elif files and what < 0.65:
            put(files, rng.choice(sorted(files)),
                rng.choice(["both", f"{who} {i}"]))
        else:
            put(files, random_name(rng), rng.choice(["both", f"{who} {i}"]))
    put(files, "keep", "it")
    return files


def write(files, top):
    """Make the folder hold exactly these files."""
    shutil.rmtree(top, ignore_errors=True)
    for path, text in files.items():
        full = os.path.join(top, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as f:
            f.write(text)


def merged(base, ours, theirs):
    """Files of a merge, or None where the sides disagree anywhere."""
    out = {}
    for path in set(base) | set(ours) | set(theirs):
        b, o, t = base.get(path), ours.get(path), theirs.get(path)
        if o == t or b == t:
            got = o
        elif b == o:
            got = t
        else:
            return None
        if got is not None:
            out[path] = got
    for path in out:
        parts = path.split("/")
        if any("/".join(parts[:i]) in out for i in range(1, len(parts))):
            return None
    return out


def content(rev_path):
    """What dver says is in there."""
    got = json.loads(run("dver", "ls", "-R", "--json", rev_path))
    return {e["path"][5:]: e["id"] for e in got["entries"]
            if e["kind"] != "directory"}


def ids(files):
    """The same, of a dictionary."""
    import hashlib
    return {p: hashlib.sha256(t.encode()).hexdigest()
            for p, t in files.items()}


def commit(files, message):
    write(files, "data")
    run("dver", "add", "-q", "-f", "--allow-deletes", "data")
    run("git", "commit", "-q", "--allow-empty", "-am", message)


def one(seed, driver):
    """One merge; whether it had conflicts."""
    rng = random.Random(seed)
    base = edited(rng, {random_name(rng): f"base {i}" for i in range(12)},
                  "base")
    base = {p: t for p, t in base.items()
            if not any(q.startswith(p + "/") for q in base)}
    ours, theirs = edited(rng, base, "ours"), edited(rng, base, "theirs")
    want = merged(base, ours, theirs)
    write(base, "data")
    run("dver", "add", "-q", "data")
    run("git", "add", "-A")
    run("git", "commit", "-qm", "base")
    run("git", "checkout", "-qb", "side")
    commit(theirs, "theirs")
    run("git", "checkout", "-q", "main")
    commit(ours, "ours")
    run("git", "merge", "-q", "--no-edit", "side", ok=(0, 1))
    clean = not run("git", "ls-files", "-u")
    if not driver and not clean:
        run("dver", "resolve", ok=(0, 1))
        clean = not run("git", "ls-files", "-u")
    if want is None:
        if clean:
            sys.exit(f"seed {seed}: a conflict went unnoticed")
        run("dver", "resolve", "--ours")
        got = content("data")
        for path, i in ids(ours).items():
            if base.get(path) != ours[path] and got.get(path) != i:
                sys.exit(f"seed {seed}: --ours lost our {path}")
        return True
    if not clean:
        sys.exit(f"seed {seed}: a conflict where there is none")
    if content("data") != ids(want):
        sys.exit(f"seed {seed}: merged {content('data')}, not {ids(want)}")
    run("dver", "checkout", "-q")
    for path, text in want.items():
        with open(os.path.join("data", path)) as f:
            if f.read() != text:
                sys.exit(f"seed {seed}: {path} has other bytes")
    return False


def main():
    conflicts = 0
    for word in sys.argv[1:]:
        seed = int(word)
        name = f"seed{seed}"
        run("git", "init", "-q", name)
        os.chdir(name)
        run("dver", "init", "-q")
        if seed % 2:
            run("dver", "install", "-q")
            run("dver", "config", "--local", "hooks.postCheckout", "off")
            run("dver", "config", "--local", "hooks.preCommit", "off")
        conflicts += one(seed, seed % 2)
        os.chdir("..")
        shutil.rmtree(name)
    print(f"{len(sys.argv) - 1} merges, {conflicts} with conflicts")


main()
