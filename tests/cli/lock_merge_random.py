"""Random three-way merges of lock files against a merge of dictionaries.

lock_merge_random.py SEED ... runs in a new workspace.  Each seed makes three
lock files, lets the merge driver merge them and compares its text with what a
merge of dictionaries says; every tenth is merged by git itself and the clashes
are decided by dver resolve.
"""
import json
import os
import random
import subprocess
import sys


def run(*argv, ok=(0,)):
    """Run a program; its exit code and standard output."""
    p = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       text=True)
    if p.returncode not in ok:
        sys.exit(f"{argv}: exit {p.returncode}\n{p.stdout}{p.stderr}")
    return p.returncode, p.stdout


def random_stage(rng):
    """A stage out of few, so that some come twice."""
    pick = lambda *of: rng.choice(of)  # noqa: E731
    return {"cmd": pick("make all", ["make fit", "make plot"]),
            "deps": pick({}, {"input": pick("1", "2")}),
            "params": pick({}, {"lr": pick("0.1", "0.2")}),
            "outs": {"model": pick("3", "4"), **pick({}, {"metrics": "5"})}}


def edited(rng, stages):
    stages = dict(stages)
    for _ in range(rng.randint(0, 4)):
        name = rng.choice(NAMES)
        if rng.random() < 0.3:
            stages.pop(name, None)
        elif name in stages and rng.random() < 0.3:
            # The same inputs, and something else came out.
            was = stages[name]
            stages[name] = {**was, "outs": {**was["outs"],
                                            "model": rng.choice("67")}}
        else:
            stages[name] = random_stage(rng)
    return stages


NAMES = ["eval", "fit", "fit@1", "fit@2", "plot", "prepare"]


def stage_text(name, s):
    """As dver writes it."""
    out = [f"  {quoted(name)}:"]
    if isinstance(s["cmd"], list):
        out += ["    cmd:"] + [f'    - {quoted(c)}' for c in s["cmd"]]
    else:
        out.append(f'    cmd: {quoted(s["cmd"])}')
    for part in ("deps", "params", "outs"):
        if not s[part]:
            continue
        out.append(f"    {part}:")
        if part == "params":
            out.append("      params.yaml:")
            out += [f"        {k}: {v}" for k, v in sorted(s[part].items())]
            continue
        for path, digit in sorted(s[part].items()):
            out += [f"    - path: {quoted(name + '-' + path)}",
                    f"      sha256: {digit * 64}", f"      size: {digit}"]
    return "".join(line + "\n" for line in out)


def quoted(s):
    plain = all(c.isalnum() or c in "-.@" for c in s) and s[0].isalpha()
    return s if plain else f'"{s}"'


def text(stages, clashes=None):
    """A lock file, with markers around what clashes."""
    clashes = clashes or {}
    body = ""
    for name in sorted(set(stages) | set(clashes)):
        if name not in clashes:
            body += stage_text(name, stages[name])
            continue
        ours, theirs = (s and stage_text(name, s) or ""
                        for s in clashes[name])
        body += (f"<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n")
    return "schema: 1\n" + ("stages:\n" + body if body else "")


def merge(base, ours, theirs):
    """What is merged, and both versions of what clashes."""
    out, clashes = {}, {}
    for name in set(base) | set(ours) | set(theirs):
        b, o, t = base.get(name), ours.get(name), theirs.get(name)
        if o == t or b == t:
            got = o
        elif b == o:
            got = t
        else:
            clashes[name] = o, t
            continue
        if got is not None:
            out[name] = got
    return out, clashes


def put(path, s):
    with open(path, "w") as f:
        f.write(s)


def get(path):
    with open(path) as f:
        return f.read()


def by_driver(seed, base, ours, theirs):
    put("O", text(base) if base is not None else "")
    put("A", text(ours))
    put("B", text(theirs))
    out, clashes = merge(base or {}, ours, theirs)
    code, _ = run("dver", "merge-driver", "O", "A", "B", "dver.lock",
                  ok=(0, 1))
    if code != bool(clashes):
        sys.exit(f"seed {seed}: exit {code}, but {sorted(clashes)} clash")
    if get("A") != text(out, clashes):
        sys.exit(f"seed {seed}: merged\n{get('A')}\nnot\n"
                 f"{text(out, clashes)}")


def commit(stages, message):
    put("dver.lock", text(stages))
    run("git", "add", "dver.lock")
    run("git", "commit", "-q", "--allow-empty", "-m", message)


def by_git(rng, seed, base, ours, theirs):
    run("git", "checkout", "-q", "--orphan", f"base{seed}")
    commit(base, "base")
    run("git", "checkout", "-q", "-b", f"side{seed}")
    commit(theirs, "theirs")
    run("git", "checkout", "-q", f"base{seed}")
    commit(ours, "ours")
    out, clashes = merge(base, ours, theirs)
    code, _ = run("git", "merge", "-q", "--no-edit", f"side{seed}", ok=(0, 1))
    if code:
        _, listed = run("dver", "resolve", "--list", "--json", ok=(0, 1))
        names = [c["stage"] for c in json.loads(listed)["conflicts"]]
        if names != sorted(clashes):
            sys.exit(f"seed {seed}: {names} are listed, not "
                     f"{sorted(clashes)}")
    sides = {}
    for name in rng.sample(sorted(clashes), len(clashes)):
        # A group decides for all of its stages that are left.
        if name in sides:
            continue
        sides[name] = rng.choice([0, 1])
        run("dver", "resolve", "-q", ("--ours", "--theirs")[sides[name]],
            name, ok=(0, 1))
        for other in clashes:
            if other.startswith(name + "@"):
                sides[other] = sides[name]
        if set(sides) == set(clashes):
            break
    if code and not clashes:
        run("dver", "resolve", "-q")
    if run("git", "ls-files", "-u")[1]:
        sys.exit(f"seed {seed}: all is decided and git does not know")
    for name, side in sides.items():
        if clashes[name][side] is not None:
            out[name] = clashes[name][side]
    if get("dver.lock") != text(out):
        sys.exit(f"seed {seed}: resolved\n{get('dver.lock')}\nnot\n"
                 f"{text(out)}")
    run("git", "commit", "-q", "--allow-empty", "-m", "merged")


def main():
    run("dver", "install", "-q")
    run("dver", "config", "--local", "hooks.postCheckout", "off")
    run("dver", "config", "--local", "hooks.preCommit", "off")
    count = 0
    for word in sys.argv[1:]:
        seed = int(word)
        rng = random.Random(seed)
        base = edited(rng, {n: random_stage(rng) for n in NAMES
                            if rng.random() < 0.7})
        ours, theirs = edited(rng, base), edited(rng, base)
        count += bool(merge(base, ours, theirs)[1])
        by_driver(seed, base, ours, theirs)
        by_driver(seed, None, ours, theirs)
        if seed % 10 == 0:
            by_git(rng, seed, base, ours, theirs)
    print(f"{len(sys.argv) - 1} merges, {count} with clashes")


if __name__ == "__main__":
    main()
