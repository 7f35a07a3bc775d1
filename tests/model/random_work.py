"""Random work in clones of one repository, against a model that cannot err.

random_work.py [-n STEPS] SEED ... does what a seed says in a folder of its
own: two or three clones, with hooks, the merge driver or neither, that share
a store or do not, edit, add, commit, merge, rebase, stash, push, pull, drop,
undo, lose their stores, and are killed.  After each step disk, status and
pointers are compared with the model (world.py).  A seed that fails is shrunk:
the fewest steps that still fail are printed as the shell commands that they
were.
"""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

from merging import conflicts, deciding, in_the_way, merge, put
from world import OUTPUTS, Broken, World

NAMES = ["a", "b.txt", "d/1", "d/2", "d/e/deep", "x y", "\u00fc/n\u00ef",
         "-dash", "it's", "d/e/b*", "big", "d/e", "x y/z"]


def do_edit(w, c, n):
    o = c.out["data"]
    path = NAMES[n // 3 % len(NAMES)]
    if n % 7 == 0:
        c.write("m", "", b"model %d\n" % (n % 11))
    elif n % 23 == 0:
        c.write("o", "", b"other %d\n" % (n % 5))
    elif path in o.d and n % 5 == 0:
        # What is removed where parts are not here counts as not here.
        if len(o.d) > 1 and not o.partial:
            c.remove("data", path)
    elif o.partial and in_the_way(o.full(), path):
        return
    elif path == "big":
        old = bytearray(o.d.get("big", b""))
        if len(old) < 1500000:
            old += random.Random(n).randbytes(1600000)
        at = n % len(old)
        old[at:at + 9] = b"%09d" % (n % 10**9)
        c.write("data", path, bytes(old))
    else:
        c.write("data", path, (b"text %d\n" % (n % 7)) * (n % 400))


def added(o):
    """Would an add be refused?  Else what the pointer is then."""
    full = o.full()
    if o.p is not None and full != o.p and o.moved():
        return None
    return full


def do_add(w, c, n):
    """One output, or with -u all that changed."""
    if n % 2:
        outs = [o for o in c.out.values() if o.p is not None and o.d]
        outs = [o for o in outs if o.b is None or not o.moved() or
                o.full() not in (o.b, o.p)]
        args = ["-u"]
    else:
        name = OUTPUTS[n // 2 % 3]
        outs, args = [c.out[name]], [name]
        if not outs[0].d:
            return
    refused = any(added(o) is None for o in outs)
    c.dver("add", "-q", "--allow-deletes", *args, ok=(int(refused),))
    if not refused:
        for o in outs:
            o.whole(o.full())


def do_add_part(w, c, n):
    o = c.out["data"]
    path = NAMES[n % len(NAMES)]
    if o.p is None or path not in o.d or (o.a and in_the_way(o.p, path)):
        return
    refused = o.b is not None and o.moved()
    c.dver("add", "-q", f"./data/{path}", ok=(int(refused),))
    if refused:
        return
    fresh = o.b is None
    new = dict(o.p)
    put(new, path, o.d[path])
    if fresh:
        o.partial = True
    o.a = {p for p in (new if fresh else o.a) if p not in o.d}
    o.whole(new)


def do_add_folder(w, c, n):
    """A folder of which some may not be here."""
    o = c.out["data"]
    inside = [p for p in o.d if p.startswith("d/")]
    if o.p is None or o.b is None or not inside:
        return
    refused = o.moved()
    c.dver("add", "-q", "--allow-deletes", "data/d", ok=(int(refused),))
    if refused:
        return
    new = {p: v for p, v in o.p.items()
           if not p.startswith("d/") and p != "d"}
    new.update({p: v for p, v in o.full().items() if p.startswith("d/")})
    o.whole(new)


def do_commit(w, c, n):
    if c.ask("git", "ls-files", "-u"):
        return
    if c.committed():
        return
    c.git("commit", "-qam", f"step {n}")
    w.commits[c.head()] = c.content()


def do_work(w, c, n):
    """What people do all day: edit, add, commit."""
    rng = random.Random(n)
    if c.out["data"].moved():
        c.sync("pull")
    for _ in range(rng.randint(1, 3)):
        do_edit(w, c, rng.randrange(1 << 30))
    c.before = c.snapshot()
    do_add(w, c, n % 2)
    if n % 3:
        do_commit(w, c, n)


def brought(w, c, n):
    """git moved the pointers: often the data follows."""
    if c.hooks:
        # They did already what could be done.
        if not c.sync("pull"):
            # Or stopped at once; what else a pull fetched is no harm.
            pass
    elif n % 5 == 0:
        c.sync()
    elif n % 5 < 3:
        c.sync("pull")


def do_switch(w, c, n):
    if not c.committed():
        return
    # What no reference reaches any more, gc may have freed.
    reached = set(c.ask("git", "rev-list", "--all", "HEAD").split())
    known = [k for k in w.commits if k in reached]
    commit = known[n % len(known)]
    if n % 3:
        c.git("checkout", "-q", "-B", f"{c.name}-{n % 3}", commit)
    else:
        c.git("checkout", "-q", "-B", "main", "origin/main")
        commit = c.head()
    c.take(w.commits[commit])
    brought(w, c, n)


def do_push(w, c, n):
    """Data and commits, as far as nobody was faster."""
    branch = c.ask("git", "branch", "--show-current")
    if not branch or c.ask("git", "ls-files", "-u"):
        return
    if not c.hooks:
        c.dver("push", "-q")
    p = w.run(("git", "push", "-q", "origin", f"HEAD:{branch}"), (0, 1),
              c.top)
    if p.returncode and "rejected" not in p.stderr:
        raise Broken(f"git push: {p.stderr.strip()}")
    if p.returncode == 0 or not c.hooks:
        w.pushed |= set(c.ask("git", "rev-list", "HEAD").split())


def merge_all(base, ours, theirs, sides, rest):
    """Contents of a merge; sides[name] decides in an output."""
    out = {}
    for name in OUTPUTS:
        v = [s.get(name) or {} for s in (base, ours, theirs)]
        got = merge(*v, deciding(sides.get(name, {}), rest))
        if got:
            out[name] = got
    return out


def all_conflicts(base, ours, theirs):
    """Paths with their outputs, as dver resolve names them."""
    found = {}
    for name in OUTPUTS:
        v = [s.get(name) or {} for s in (base, ours, theirs)]
        odd = conflicts(*v)
        if odd:
            found[name] = odd
    return found


def mend_ignore(c, content):
    """git's own conflict, which is not what this is about."""
    if not c.ask("git", "ls-files", "-u", ".gitignore"):
        return
    with open(os.path.join(c.top, ".gitignore"), "w") as f:
        f.write("".join(f"/{name}\n" for name in sorted(content)))
    c.git("add", ".gitignore")


def resolve(c, base, ours, theirs, n):
    """Decide what is in conflict; what the pointers are then."""
    rng = random.Random(n)
    odd = all_conflicts(base, ours, theirs)
    listed = json.loads(c.dver("resolve", "--list", "--json", ok=(0, 1)))
    want = sorted(f"{name}/{p}" if p else name
                  for name, v in odd.items() for p in v)
    got = sorted(x["path"] for x in listed["conflicts"])
    if got != want:
        raise Broken(f"{c.name}: conflicts {got}, not {want}")
    sides, rest = {}, rng.choice(["ours", "theirs"])
    c.dver("resolve", "-q", ok=(0, 1))
    for path in rng.sample(want, rng.randint(0, len(want))):
        name, _, sub = path.partition("/")
        if not c.ask("git", "ls-files", "-u", name + ".dver"):
            continue
        side = rng.choice(["ours", "theirs"])
        c.dver("resolve", "-q", "--" + side, path, ok=(0, 1))
        sides.setdefault(name, {})[sub] = side
    c.dver("resolve", "-q", "--" + rest, ok=(0, 1))
    content = merge_all(base, ours, theirs, sides, rest)
    mend_ignore(c, content)
    if c.ask("git", "ls-files", "-u"):
        raise Broken(f"{c.name}: conflicts are left when all is decided")
    return content


def after_git(w, c, n, base, ours, theirs):
    """git merged or stopped: resolve; what the pointers are."""
    if not c.ask("git", "ls-files", "-u"):
        if all_conflicts(base, ours, theirs):
            raise Broken(f"{c.name}: a conflict went unnoticed")
        return merge_all(base, ours, theirs, {}, "ours")
    if c.driver and not all_conflicts(base, ours, theirs) and \
       c.ask("git", "ls-files", "-u", "*.dver"):
        raise Broken(f"{c.name}: the driver did not merge")
    return resolve(c, base, ours, theirs, n)


def do_merge(w, c, n):
    if not c.committed():
        return
    c.git("fetch", "-q", "origin")
    refs = c.ask("git", "for-each-ref", "--format=%(refname:short)",
                 "refs/remotes/origin", "refs/heads").split("\n")
    refs = [r for r in refs if r not in ("origin", "origin/HEAD")]
    ref = "origin/main" if n % 2 else refs[n // 2 % len(refs)]
    head, other = c.head(), c.ask("git", "rev-parse", ref)
    bases = c.ask("git", "merge-base", "--all", head, other).split()
    if len(bases) != 1 or bases[0] == other:
        return
    ours, theirs = w.commits[head], w.commits[other]
    if bases[0] == head:
        c.git("merge", "-q", "--ff-only", ref)
        c.take(theirs)
        return brought(w, c, n)
    base = w.commits[bases[0]]
    c.git("merge", "-q", "--no-edit", "-m", f"merge {n}", ref, ok=(0, 1))
    stopped = bool(c.ask("git", "ls-files", "-u"))
    content = after_git(w, c, n, base, ours, theirs)
    if stopped:
        c.git("commit", "-q", "--no-edit")
    c.take(content)
    w.commits[c.head()] = c.content()
    c.check_pointers()
    brought(w, c, n)


def do_rebase(w, c, n):
    """One commit of one's own goes onto what others pushed."""
    if not c.committed():
        return
    c.git("fetch", "-q", "origin")
    ahead = c.ask("git", "rev-list", "origin/main..HEAD").split()
    behind = c.ask("git", "rev-list", "HEAD..origin/main").split()
    parents = c.ask("git", "rev-list", "--parents", "-1", "HEAD").split()[1:]
    if len(ahead) != 1 or not behind or len(parents) != 1:
        return
    base, theirs = w.commits[parents[0]], w.commits[ahead[0]]
    ours = w.commits[c.ask("git", "rev-parse", "origin/main")]
    p = w.run(("git", "rebase", "-q", "origin/main"), (0, 1), c.top)
    if p.returncode and all_conflicts(base, ours, theirs) and n % 3 == 0:
        c.git("rebase", "--abort")
        return
    content = after_git(w, c, n, base, ours, theirs)
    if p.returncode:
        c.git("rebase", "--continue", ok=(0, 1))
        if os.path.isdir(os.path.join(c.top, ".git/rebase-merge")):
            c.git("rebase", "--skip")   # it became nothing
    c.take(content)
    w.commits.setdefault(c.head(), c.content())
    c.check_pointers()
    brought(w, c, n)


def do_stash(w, c, n):
    """Pointers that are not committed go away and come back."""
    if c.committed() or c.ask("git", "ls-files", "-u"):
        return
    then = c.content()
    c.git("stash", "-q")
    c.take(w.commits[c.head()])
    if n % 2:
        c.sync()
    c.check()
    c.git("stash", "pop", "-q")
    c.take(then)
    if n % 3:
        c.sync()


def do_sync(w, c, n):
    c.sync("pull" if n % 2 else "checkout")


def do_force(w, c, n):
    """Take the pointers' data, whatever lies here."""
    edited = {name: dict(o.d) for name, o in c.out.items()}
    c.dver("pull", "-q", "--force")
    for name, o in c.out.items():
        if o.p is None:
            continue
        keep = {p: v for p, v in edited[name].items()
                if p not in (o.b or {}) and not in_the_way(o.p, p)}
        c.must_be(c.disk(name), {**keep, **o.p}, f"{name}, forced")
    c.see_forced()


def do_old(w, c, n):
    """Data of another commit; the pointer stays."""
    o = c.out["data"]
    ids = [k for k in w.commits if "data" in w.commits[k] and
           not c.ask_quietly("git", "cat-file", "-e", k + "^{commit}")]
    commit = ids[n % len(ids)]
    if o.p is None or o.full() != o.p or o.moved() or o.a:
        return
    p = w.run(("dver", "checkout", "-q", commit, "--", "data"), (0, 1), c.top)
    if p.returncode:
        if "not in the local store" not in p.stderr:
            raise Broken(f"checkout of {commit}: {p.stderr.strip()}")
        c.dver("checkout", "-q", ok=(0, 1))
        c.sync("pull")
        return
    o.over, o.b = o.p, w.commits[commit]["data"]
    o.d, o.partial = dict(o.b), False


def do_gc(w, c, n):
    c.dver("gc", "-q", "-f", *(["--no-undo"] if n % 2 else []))
    for k in w.clones:
        if n % 2 and (k is c or (c.shared and k.shared)):
            k.undo.clear()


def in_remote(w, content):
    """Does some pushed commit have it?"""
    return any(w.commits[k].get("data") == content for k in w.pushed)


def do_drop(w, c, n):
    o = c.out["data"]
    parts = [["data"], ["data/d"], ["data/a"], ["data/d/1", "data/b.txt"]]
    what = parts[n % len(parts)]
    if o.p is None or not o.d:
        return
    if o.full() != o.p or o.moved():
        return
    inside = [p for p in o.p if what == ["data"] or any(
        f"data/{p}" == q or f"data/{p}".startswith(q + "/") for q in what)]
    if any(not any(f"data/{p}" == q or f"data/{p}".startswith(q + "/")
                   for p in o.p) for q in what if q != "data"):
        return
    p = w.run(("dver", "drop", "-q", *what), (0, 1), c.top)
    if p.returncode:
        if "has not" in p.stderr and not in_remote(w, o.p):
            return
        raise Broken(f"drop: {p.stderr.strip()}")
    for path in inside:
        o.d.pop(path, None)
        o.a.add(path)
    o.partial = True
    c.check()
    c.remember()
    if n % 4 == 0:
        c.sync()
    if n % 4 == 1:
        c.sync("pull")


def do_rm(w, c, n):
    o = c.out["data"]
    path = NAMES[n % len(NAMES)]
    if o.p is None or o.b is None or path not in o.p or len(o.p) < 3:
        return
    if n % 4 == 0 and c.out["o"].p is not None:
        return do_rm_other(w, c)
    # The empty folder that is left would be at odds with the file there.
    if any(path.startswith(q + "/") for q in o.d):
        return
    p = w.run(("dver", "rm", "-q", f"./data/{path}"), (0, 1), c.top)
    if p.returncode:
        if "moved" in p.stderr and o.p != o.b:
            return
        if "would be lost" in p.stderr and o.d.get(path) != o.b.get(path):
            return
        raise Broken(f"rm: {p.stderr.strip()}")
    if o.p != o.b:
        raise Broken("rm of a part of what is behind was not refused")
    o.p = {k: v for k, v in o.p.items() if k != path}
    o.b = o.p
    o.over = None
    o.d.pop(path, None)
    o.a.discard(path)


def do_rm_other(w, c):
    o = c.out["o"]
    p = w.run(("dver", "rm", "-q", "o"), (0, 1), c.top)
    if p.returncode:
        if "would be lost" not in p.stderr or o.d == o.b:
            raise Broken(f"rm o: {p.stderr.strip()}")
        return
    o.p = o.b = o.over = None
    o.d, o.a, o.partial = {}, set(), False


def do_mv(w, c, n):
    o = c.out["data"]
    path, to = NAMES[n % len(NAMES)], f"moved{n % 3}"
    if o.p is None or o.p != o.b or o.p.get(path) is None or o.a or \
       o.d.get(path) != o.p[path] or to in o.p or to in o.d:
        return
    c.dver("mv", "-q", f"./data/{path}", f"data/{to}")
    value = o.p[path]
    o.p = {k: v for k, v in o.p.items() if k != path}
    o.p[to] = value
    o.b, o.over = o.p, None
    full = os.path.dirname(c.full_path("data", path))
    del o.d[path]
    o.d[to] = value
    # The model's folders vanish with their last file.
    empty = not os.listdir(full)
    while not os.listdir(full):
        os.rmdir(full)
        full = os.path.dirname(full)
    if empty:
        c.dver("add", "-q", "--allow-deletes", "data")
        o.whole(o.full())
        c.undo.clear()


def do_undo(w, c, n):
    last = c.last
    if last not in c.undo:
        return
    before, after = c.undo[last]
    p = w.run(("dver", "undo", "-q"), (0, 1), c.top)
    moved = any(c.out[k].p not in (after[k].p, before[k].p) and
                before[k].p != after[k].p for k in OUTPUTS)
    lost = any(c.out[k].d.get(f) != after[k].d.get(f)
               for k in OUTPUTS for f in set(before[k].d) | set(after[k].d) |
               set(c.out[k].d))
    if p.returncode:
        if moved and "was changed since" in p.stderr:
            return
        if lost and ("would be lost" in p.stderr or "again" in p.stderr):
            return
        raise Broken(f"{c.name}: undo: {p.stderr.strip()}")
    if moved:
        raise Broken(f"{c.name}: an undo over pointers that moved")
    del c.undo[last]
    for name in OUTPUTS:
        undone(c, name, before[name], after[name])


def undone(c, name, before, after):
    """One output after an undo."""
    o = c.out[name]
    now = c.disk(name)
    touched = before.d != after.d
    for path in set(now) | set(o.d) | set(before.d):
        was, is_ = o.d.get(path), now.get(path)
        old, new = before.d.get(path), after.d.get(path)
        fine = is_ == (old if touched and old != new else was)
        if old == new and is_ == old and (touched or was is None):
            fine = True         # an edit that was stored, or a deletion
        if not fine:
            raise Broken(f"{c.name}: {name}/{path} after an undo")
    if before.p != after.p:
        o.p = before.p
    # Of an output that lay there as it should, nothing was noted.
    if (before.p, before.a, before.d) != (after.p, after.a, after.d):
        o.b, o.over, o.partial = before.b, before.over, before.partial
        o.a = {p for p in before.a if p not in now}
    o.d = now


def do_lose_store(w, c, n):
    """The store is gone; all that is committed was pushed."""
    group = [k for k in w.clones if k is c or (c.shared and k.shared)]
    for k in group:
        ids = set(k.ask("git", "rev-list", "--all").split())
        if ids - w.pushed or not k.committed() or \
           k.ask("git", "stash", "list"):
            return
        if any(o.full() != o.p or (o.p != o.b)
               for o in k.out.values() if o.p is not None):
            return
        if any(o.p is None and (o.b or o.d) for o in k.out.values()):
            return
    top = os.path.join(w.top, "cache") if c.shared else \
        os.path.join(c.top, ".dver/cache")
    shutil.rmtree(top, ignore_errors=True)
    w.note(f"rm -rf {os.path.relpath(top, w.top)}")
    for k in group:
        k.undo.clear()
        shutil.rmtree(os.path.join(k.top, ".dver/undo"), ignore_errors=True)
        if n % 2:
            shutil.rmtree(os.path.join(k.top, "data"), ignore_errors=True)
            k.out["data"].d = {}
            w.note(f"rm -rf {k.name}/data {k.name}/.dver/undo")
        k.sync("pull")


def do_look_back(w, c, n):
    """Bytes of any commit that this clone knows, wherever they are."""
    # What no reference reaches any more, gc may have freed.
    reached = set(c.ask("git", "rev-list", "--all", "HEAD").split())
    known = [k for k in w.commits if k in reached]
    commit = known[n % len(known)]
    c.check_pointers(commit)
    content = w.commits[commit].get("data", {})
    for path, data in sorted(content.items())[n % 3:n % 3 + 2]:
        got = subprocess.run(["dver", "cat", f"{commit}:data/{path}"],
                             cwd=c.top, stdout=subprocess.PIPE, env=w.env)
        w.note(f"(cd {c.name} && dver cat '{commit}:data/{path}')")
        if got.returncode or got.stdout != data:
            raise Broken(f"cat {commit[:9]}:data/{path}: other bytes")


def do_kill(w, c, n):
    """An add or a pull that is killed; the next one finishes it."""
    o = c.out["data"]
    if n % 2 and o.d and added(o) is not None:
        w.kill(["dver", "add", "-q", "--allow-deletes", "data"], c.top,
               (n % 50) / 5000)
        c.dver("add", "-q", "--allow-deletes", "data")
        o.whole(o.full())
    elif not any(k.edits() for k in c.out.values()):
        w.kill(["dver", "pull", "-q"], c.top, (n % 50) / 3000)
        c.dver("status", "-q")
        c.sync("pull")
    c.undo.clear()


def do_touch(w, c, n):
    for path in list(c.out["data"].d)[:2]:
        os.utime(c.full_path("data", path))
    w.note(f"(cd {c.name} && find data -type f -exec touch {{}} +)")


STEPS = [do_work] * 10 + [do_edit] * 5 + [do_add] * 3 + [do_commit] * 2 + [
    do_merge] * 6 + [do_push] * 6 + [do_switch] * 2 + [do_undo] * 4 + [
    do_sync, do_sync, do_add_part, do_add_folder, do_rebase, do_stash,
    do_force, do_old, do_gc, do_drop, do_drop, do_rm, do_mv, do_lose_store,
    do_look_back, do_kill, do_touch]


def final(w):
    """Each commit can be had by a new clone, and the stores are sound."""
    for c in w.clones:
        c.dver("fsck", "-q")
        if c.sync("pull"):
            c.check()
    ids = set(w.run(("git", "rev-list", "--all"),
                    cwd=os.path.join(w.top, "hub.git")).stdout.split())
    w.add_clone("last", 0, False)
    c = w.clones.pop()
    for commit in sorted(ids)[:6]:
        c.git("checkout", "-q", commit)
        c.take(w.commits[commit])
        if not c.sync("pull"):
            raise Broken("a new clone has edits")
        c.check()


def play(steps, shape):
    """None, or what went wrong and the log."""
    with tempfile.TemporaryDirectory(prefix="dver-work.") as folder:
        w = None
        try:
            w = World(folder, shape)
            c = w.clones[0]
            for step, n in steps:
                if n // 1000 % 3 == 0:
                    c = w.clones[n // 3000 % len(w.clones)]
                w.note(f"# {step.__name__} in {c.name}")
                c.before = c.snapshot()
                step(w, c, n)
                c.remember()
                c.check()
            final(w)
        except Broken as e:
            return str(e), w.log if w else []
        finally:
            subprocess.run(["chmod", "-R", "u+w", folder], check=False)
    return None


def shrink(steps, shape):
    """The fewest steps that still fail, as far as ten minutes go."""
    size = len(steps) // 2
    end = time.monotonic() + 600
    while size:
        i = 0
        while i < len(steps) and time.monotonic() < end:
            fewer = steps[:i] + steps[i + size:]
            if play(fewer, shape):
                steps = fewer
            else:
                i += size
        size //= 2
    return steps


def plan(seed, n):
    rng = random.Random(seed)
    shape = rng.randrange(1 << 30)
    return [(rng.choice(STEPS), rng.randrange(1 << 30))
            for _ in range(n)], shape


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    ap.add_argument("-n", type=int, default=40, help="steps of a seed")
    ap.add_argument("seeds", type=int, nargs="+")
    args = ap.parse_args()
    for seed in args.seeds:
        steps, shape = plan(seed, args.n)
        failed = play(steps, shape)
        if not failed:
            continue
        first = failed
        steps = shrink(steps, shape)
        failed = play(steps, shape) or first
        print(f"seed {seed} fails:")
        print("\n".join(failed[1]))
        print(failed[0])
        sys.exit(1)
    print(f"{len(args.seeds)} seeds of {args.n} steps")


if __name__ == "__main__":
    main()
