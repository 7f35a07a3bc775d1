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

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../model"))
from merging import conflicts, deciding, merge, merged, put  # noqa: E402


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


def decide(rng, seed, odd, base, ours, theirs):
    """Take sides of some of the files, then of the rest; what it is then."""
    listed = json.loads(run("dver", "resolve", "--list", "--json", ok=(1,)))
    listed = sorted(c["path"][5:] for c in listed["conflicts"])
    if listed != odd:
        sys.exit(f"seed {seed}: conflicts {listed}, not {odd}")
    rest = rng.choice(["ours", "theirs"])
    sides = {}
    for path in rng.sample(odd, rng.randint(0, len(odd))):
        # A folder may have decided the files in it.
        if not run("git", "ls-files", "-u"):
            break
        sides[path] = rng.choice(["ours", "theirs"])
        run("dver", "resolve", "-q", "--" + sides[path], "data/" + path,
            ok=(0, 1))
    run("dver", "resolve", "-q", "--" + rest)
    if run("git", "ls-files", "-u"):
        sys.exit(f"seed {seed}: all is decided and git does not know")
    return merge(base, ours, theirs, deciding(sides, rest))


def one(seed, driver):
    """One merge; whether it had conflicts."""
    rng = random.Random(seed)
    base = edited(rng, {random_name(rng): f"base {i}" for i in range(12)},
                  "base")
    base = {p: t for p, t in base.items()
            if not any(q.startswith(p + "/") for q in base)}
    ours, theirs = edited(rng, base, "ours"), edited(rng, base, "theirs")
    want = merged(base, ours, theirs)
    odd = conflicts(base, ours, theirs)
    if (want is None) != bool(odd):
        sys.exit(f"seed {seed}: the models disagree on {odd}")
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
        want = decide(rng, seed, odd, base, ours, theirs)
    elif not clean:
        sys.exit(f"seed {seed}: a conflict where there is none")
    if content("data") != ids(want):
        sys.exit(f"seed {seed}: merged {content('data')}, not {ids(want)}")
    run("dver", "checkout", "-q")
    for path, text in want.items():
        with open(os.path.join("data", path)) as f:
            if f.read() != text:
                sys.exit(f"seed {seed}: {path} has other bytes")
    return bool(odd)


def main():
    count = 0
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
        count += one(seed, seed % 2)
        os.chdir("..")
        shutil.rmtree(name)
    print(f"{len(sys.argv) - 1} merges, {count} with conflicts")


if __name__ == "__main__":
    main()
