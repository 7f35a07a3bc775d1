#!/usr/bin/env python3
"""Random histories with merges: what `dver log` says against a model of it.

log_random.py SEED [COMMITS]: makes a repository in the current folder and
compares the document of several revisions with what the model finds by
looking at every commit.
"""
import json
import random
import subprocess
import sys

VALUES = [None, None, "broken", 1, 2, 3, 2.5, 0.5, -4, True, "word", 1.0]


def text_of(value):
    """The file of a commit; None: it has no such file."""
    if value is None:
        return None
    if value == "broken":
        return b"{bro"
    return json.dumps({"a": {"m": value}, "other": 1}).encode()


def make(seed, count):
    """Parents and values of commits, and the stream for git fast-import."""
    rnd = random.Random(seed)
    parents, values, out = [], [], []
    for i in range(count):
        if i == 0:
            mine = []
        elif rnd.random() < 0.25 and i > 2:
            mine = rnd.sample(range(max(0, i - 6), i), rnd.choice([2, 2, 3]))
        else:
            mine = [max(0, i - rnd.choice([1, 1, 1, 2, 3]))]
        if mine and rnd.random() < 0.6:
            value = values[rnd.choice(mine)]
        else:
            value = rnd.choice(VALUES)
        parents.append(mine)
        values.append(value)
        when = 1600000000 + i * 60
        out.append(b"commit refs/heads/main\nmark :%d\n" % (i + 1))
        out.append(b"author A <a@b> %d +0000\n" % when)
        out.append(b"committer A <a@b> %d +0000\ndata 2\nc\n\n" % when)
        for k, p in enumerate(mine):
            out.append((b"merge" if k else b"from") + b" :%d\n" % (p + 1))
        out.append(b"deleteall\n")
        out.append(b"M 644 inline dver.yaml\ndata <<E\nmetrics:\n"
                   b"- d/m.json:\n    higher_is_better: true\nE\n\n")
        out.append(b"M 644 inline x\ndata <<E\n%d\nE\n\n" % (i // 2))
        text = text_of(value)
        if text is not None:
            out.append(b"M 644 inline d/m.json\ndata %d\n%s\n" %
                       (len(text), text))
    return parents, values, b"".join(out)


def same(a, b):
    """1 is 1.0, but true is no number."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def way(parents, values, tip):
    """(commit, old, new, ago) of each change, the newest first."""
    at, ago, turns = tip, 0, []
    while True:
        agree = [p for p in parents[at] if same(values[p], values[at])]
        if agree:
            at = agree[0]
        else:
            old = values[parents[at][0]] if parents[at] else None
            if not same(old, values[at]):
                turns.append((at, old, values[at], ago))
            if not parents[at]:
                return turns
            at = parents[at][0]
        ago += 1


def line(parents, values, tip):
    """[value, commits, oldest] of each stretch, the oldest first."""
    at, out = tip, []
    while True:
        if out and same(out[-1][0], values[at]):
            out[-1][1] += 1
            out[-1][2] = at
        else:
            out.append([values[at], 1, at])
        if not parents[at]:
            return out[::-1]
        at = parents[at][0]


def value_in(doc):
    return "broken" if "error" in doc else doc.get("value")


def expect(what, got, want):
    if got != want:
        sys.exit(f"{what}: {got!r}, not {want!r}")


def compare(doc, ids, parents, values, tip):
    turns = way(parents, values, tip)
    expect("changes", [(ids.index(c["commit"]), c["commits_ago"])
                       for c in doc["changes"]],
           [(t[0], t[3]) for t in turns])
    for c, t in zip(doc["changes"], turns):
        old = "broken" if "old_error" in c else c.get("old")
        new = "broken" if "new_error" in c else c.get("new")
        expect("old and new", (same(old, t[1]), same(new, t[2])),
               (True, True))
    since = doc["since"] and ids.index(doc["since"]["commit"])
    expect("since", since, turns[0][0] if turns else None)
    expect("line", [(value_in(s), s["commits"], ids.index(s["commit"]))
                    for s in doc["line"]],
           [tuple(s) for s in line(parents, values, tip)])
    numbers = [s for s in line(parents, values, tip)
               if isinstance(s[0], (int, float)) and
               not isinstance(s[0], bool)]
    if not numbers:
        expect("best", "best" in doc, False)
        return
    best = max(s[0] for s in numbers)
    first = next(s for s in numbers if s[0] == best)
    expect("best", (doc["best"]["value"], ids.index(doc["best"]["commit"])),
           (best, first[2]))
    expect("best since", ids.index(doc["best_since"]["commit"]),
           way(parents, values, first[2])[0][0])
    expect("lowest", doc["lowest"]["value"], min(s[0] for s in numbers))


def main():
    seed = int(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    parents, values, stream = make(seed, count)
    subprocess.run(["git", "fast-import", "--quiet",
                    "--export-marks=.git/marks"], input=stream, check=True)
    with open(".git/marks", encoding="ascii") as f:
        marks = dict(word.split() for word in f)
    ids = [marks[f":{i + 1}"] for i in range(count)]
    rnd = random.Random(seed)
    for tip in rnd.sample(range(count), min(count, 8)) + [count - 1]:
        r = subprocess.run(["dver", "log", "--json", ids[tip], "--metric",
                            "d/m.json:a.m"], capture_output=True, text=True,
                           check=False)
        if any(values[p] is not None for p in ancestors(parents, tip)):
            expect(f"seed {seed}: exit code ({r.stderr})", r.returncode, 0)
            compare(json.loads(r.stdout), ids, parents, values, tip)
        else:
            expect(f"seed {seed}: exit code", r.returncode, 1)


def ancestors(parents, tip):
    """Along first parents: there a name is looked for."""
    while True:
        yield tip
        if not parents[tip]:
            return
        tip = parents[tip][0]


main()
