"""Values of metrics, parameters and plots that DVC has, too.

    dvc_golden.py make FILE.json DVC    ask DVC, write the file
    dvc_golden.py check FILE.json       ask dver, compare

A case is the files of a commit, and those of the workspace that differ from
them; "@" is the pipeline file.  What dver means to do in another way (NaN,
null, truth values in differences, empty mappings, texts of lists, tables of
metrics) is not in them.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

TABLE = "step,loss,acc\n0,1.5,0.1\n1,1.25,0.3\n2,0.5,0.75\n"
OTHER = "step,loss,acc\n0,2.5,0.2\n1,2.25,0.4\n2,1.5,0.5\n3,1,0.625\n"
CASES = [
    ("json", {"@": "metrics: [m.json]\n", "m.json":
              '{"a": 0.5, "n": {"x": 1, "d": {"y": "t", "l": [1]}}, "s": "x",'
              ' "num": "5", "big": 123456789012345678901234567890, "e": 1e-7,'
              ' "u": "\\u00e9", "a.b": 1, "gone": 2}'},
     {"m.json": '{"a": 0.75, "n": {"x": 2, "d": {"y": "u"}}, "s": "x", '
      '"num": 5, "big": 123456789012345678901234567890, "e": 2e-7, '
      '"u": "\\u00e9", "a.b": 3, "new": 1}'}),
    ("yaml", {"@": "metrics: [m.yaml]\n", "m.yaml":
              "b: &b {c: 1e-3, d: 1E5, e: 0x1F, f: 0o17, g: 017}\n"
              "h: 1_000\ni: yes\nj: +5\nk: .5\nl: 5.\nm: |\n  t\n"
              "n: {<<: *b, c: 2}\n3: int\n'w k.x': 2\no: 12:30:45\n"},
     {"m.yaml": "b: &b {c: 2e-3, d: 1E4, e: 0x1A, f: 0o16, g: 018}\n"
      "h: 2_000\ni: no\nj: +6\nk: .75\nl: 6.\nm: |\n  u\n"
      "n: {<<: *b, c: 3}\n3: in\n'w k.x': 3\no: 12:30:46\n"}),
    ("toml", {"@": "metrics: [m.toml]\nparams: [m.toml]\n", "m.toml":
              'l = 1.25\ni = 1_000\nh = 0xff\no = 0o17\nb = 0b11\ns = "x"\n'
              'e = 1e6\n[t]\nk = 1\n[t.u]\nv = [1, 2]\n'},
     {"m.toml": 'l = 2.25\ni = 1_001\nh = 0xfe\no = 0o16\nb = 0b10\n'
      's = "y"\ne = 1e5\n[t]\nk = 2\n[t.u]\nv = [1, 3]\n'}),
    ("python", {"@": "params: [p.py]\n", "p.py":
                'A = 1\nB: float = 2.5\nC = "a" "b"\nD = -1\nE = 1 + 2\n'
                'F = f(1)\nG = {"a": {"b": 1}}\nclass X:\n    a = 1\n'
                '    class Y:\n        c = "q"\n    def __init__(self):\n'
                '        self.z = 5\n        n = 3\nA = 7\n'},
     {"p.py": 'A = 2\nB: float = 3.5\nC = "a" "c"\nD = -2\nE = 1 + 3\n'
      'F = f(2)\nG = {"a": {"b": 2}}\nclass X:\n    a = 2\n'
      '    class Y:\n        c = "r"\n    def __init__(self):\n'
      '        self.z = 6\n        n = 4\nA = 8\n'}),
    ("params", {"@": "stages:\n  s:\n    cmd: echo\n    wdir: w\n    params:\n"
                "    - a\n    - b.c\n    - p.json: [x.y]\n    - q.toml:\n"
                "    outs: [o]\n", "params.yaml": "r: 1\nl: [1, [2, 4]]\n",
                "w/params.yaml": "a: 1\nb: {c: 2, d: 3}\n",
                "w/p.json": '{"x": {"y": 1, "w": 3}, "z": 1}',
                "w/q.toml": "k = 1\n"},
     {"params.yaml": "r: 2\nl: [1, [3, 4]]\n",
      "w/params.yaml": "a: 2\nb: {c: 3, d: 4}\n",
      "w/p.json": '{"x": {"y": 2, "w": 4}, "z": 2}', "w/q.toml": "k = 2\n"}),
    ("templates", {"@": "vars: [{d: out, n: [a, b]}]\nmetrics:\n- ${d}/t.json\n"
                   "stages:\n  s:\n    foreach: ${n}\n    do:\n      cmd: x\n"
                   "      metrics: ['${d}/${item}.json': {cache: false}]\n"
                   "  m:\n    matrix: {x: [1, 2], y: [p, {q: z}]}\n    cmd: x\n"
                   "    metrics: ['m-${key}.json': {cache: false}]\n",
                   "out/t.json": '{"t": 1}', "out/a.json": '{"v": 1}',
                   "out/b.json": '{"v": 2}', "m-1-p.json": '{"w": 1}',
                   "m-2-p.json": '{"w": 2}', "m-1-y1.json": '{"w": 3}',
                   "m-2-y1.json": '{"w": 4}'},
     {"out/a.json": '{"v": 5}', "m-1-y1.json": '{"w": 7}',
      "out/t.json": None}),
    ("places", {"@": "metrics: [d, o/m.json]\n", "d/a.json": '{"a": 1}',
                "d/s/b.yaml": "b: 2\n", "o/m.json": '{"o": 1}',
                "s/@": "metrics: [m.json, ../up.json]\nparams: [p.json]\n",
                "s/m.json": '{"m": 1}', "up.json": '{"u": 1}',
                "s/p.json": '{"p": 1}'},
     {"d/a.json": '{"a": 2}', "d/s/b.yaml": None, "d/n.json": '{"n": 1}',
      "s/m.json": '{"m": 2}', "up.json": '{"u": 2}', "s/p.json": '{"p": 2}'}),
    ("renamed", {"@": "metrics: [a.json]\n", "a.json": '{"x": 1}'},
     {"@": "metrics: [b.json]\n", "a.json": None, "b.json": '{"x": 2}'}),
    ("charts", {"@": "plots:\n- l.csv: {x: step, y: loss, title: T}\n- m.csv\n"
                "- n.csv: {x: acc}\n- A: {x: step, y: {l.csv: [loss, acc]}}\n"
                "- B: {x: step, y: {l.csv: loss, d/m.csv: acc}}\n"
                "- C: {x: {l.csv: step}, y: {d/m.csv: loss}}\n- d\n",
                "l.csv": TABLE, "m.csv": TABLE, "n.csv": TABLE,
                "d/m.csv": TABLE, "d/t.tsv": "s\tv\n0\t1\n1\t2\n"},
     {"l.csv": OTHER, "m.csv": OTHER, "d/m.csv": OTHER, "n.csv": None}),
    ("trees", {"@": "plots:\n- a.json\n- b.json\n- c.json: {x: p, y: q}\n"
               "- e.yaml: {x: u, y: v}\n- d.json: {y: v}\n",
               "a.json": '{"train": [{"l": 1}, {"l": 2}]}',
               "b.json": '{"x": {"y": [{"a": 1, "b": 5}]}, "s": 3}',
               "c.json": '{"o": [{"p": 1}, {"p": 2}], "t": [{"q": 3}, '
               '{"q": 4}]}', "e.yaml": "- {u: 1, v: 2}\n- {u: 3, v: 4.5}\n",
               "d.json": '{"o": [{"v": 1}, {"v": 2}], "t": [{"w": 3}]}'},
     {"a.json": '{"train": [{"l": 1}, {"l": 3}]}'}),
    ("stages", {"@": "stages:\n  s:\n    cmd: echo\n    plots:\n"
                "    - a.csv: {cache: false, header: false}\n"
                "    - b.csv: {cache: false, x: s, y: v, template: scatter}\n",
                "a.csv": "1,2\n3,4\n", "b.csv": "s,v,w\n1,2,3\n4,5,6\n"},
     {"a.csv": "1,5\n3,6\n"}),
]


def run(cwd, *argv):
    p = subprocess.run(argv, cwd=cwd, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE)
    return p.stdout.decode()


def write(root, files, pipeline):
    for path, text in files.items():
        path = os.path.join(root, path.replace("@", pipeline))
        if text is None:
            os.remove(path)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)


def load(text):
    return json.loads(text) if text.strip() else {}


def number(v):
    try:
        return float(v)
    except (TypeError, ValueError):
        return v


def flat(v, name=""):
    if not isinstance(v, dict):
        return {name: v}
    out = {}
    for k, x in v.items():
        out.update(flat(x, name + "." + k if name else k))
    return out


def axis(spec, name):
    """The field of an axis, wherever the specification has it."""
    for v in spec.values() if isinstance(spec, dict) else spec:
        if not isinstance(v, (dict, list)):
            continue
        if isinstance(spec, dict) and v is spec.get("encoding"):
            if "field" in v.get(name, {}):
                return v[name]["field"]
        found = axis(v, name)
        if found:
            return found
    return None


def by_dvc(root, tool):
    show = load(run(root, tool, "metrics", "show", "--json"))
    files = show.get("", {}).get("data", {})
    out = {"show": {p: flat(f["data"]) for p, f in files.items()
                    if "data" in f}}
    for what in "metrics", "params":
        got = load(run(root, tool, what, "diff", "--json"))
        out[what] = {p: {n: [c.get("old"), c.get("new"), c.get("diff")]
                         for n, c in f.items()} for p, f in got.items()}
    out["plots"] = {}
    got = load(run(root, tool, "plots", "diff", "--json"))
    for name, charts in got.get("data", {}).items():
        for c in charts:
            spec = c["content"]
            x, y = axis(spec, "x"), axis(spec, "y")
            out["plots"][name] = sorted(
                [v["rev"], number(v.get(x)), number(v.get(y))]
                for v in spec["data"]["values"])
    return out


def by_dver(root, tool):
    got = load(run(root, tool, "metrics", "show", "--json"))
    out = {"show": {f["path"]: f["values"]
                    for f in got["revisions"][0]["files"]
                    if "values" in f} if got["revisions"] else {}}
    for what in "metrics", "params":
        files = out[what] = {}
        for c in load(run(root, tool, what, "diff", "--json"))["changes"]:
            files.setdefault(c["path"], {})[c["name"]] = [
                c.get("old"), c.get("new"), c.get("diff")]
    out["plots"] = {}
    got = load(run(root, tool, "plots", "diff", "--json"))
    for name, charts in got["data"].items():
        for c in charts:
            points = out["plots"][name] = []
            for v in c["content"]["data"]["values"]:
                keys = [k for k in v if k not in (
                    "rev", "filename", "field", "filename::field")]
                points.append([v["rev"]] + [v[k] for k in keys[:2]])
            points.sort()
    return out


def ask(case, tool, pipeline, answer):
    name, commit, now = case
    root = tempfile.mkdtemp(prefix="dver-golden.")
    try:
        run(root, "git", "init", "-q")
        run(root, tool, "init", "-q")
        write(root, commit, pipeline)
        run(root, "git", "add", "-A")
        run(root, "git", "-c", "user.name=a", "-c", "user.email=a@b",
            "commit", "-qm", name)
        write(root, now, pipeline)
        return answer(root, tool)
    finally:
        shutil.rmtree(root)


def check(facts):
    bad = 0
    for case in CASES:
        want = facts[case[0]]
        got = ask(case, "dver", "dver.yaml", by_dver)
        for what in want:
            for path in sorted(set(want[what]) | set(got[what])):
                a, b = want[what].get(path), got[what].get(path)
                if a != b:
                    bad += 1
                    print("%s: %s of %s:\n  DVC  %s\n  dver %s" %
                          (case[0], what, path, a, b))
    return bad


def main():
    if sys.argv[1] == "check":
        with open(sys.argv[2]) as f:
            facts = json.load(f)
        assert sorted(facts) == sorted(c[0] for c in CASES)
        sys.exit(check(facts) > 0)
    tool = os.path.abspath(sys.argv[3])
    facts = {c[0]: ask(c, tool, "dvc.yaml", by_dvc) for c in CASES}
    with open(sys.argv[2], "w") as f:
        rows = [json.dumps(name) + ": " + json.dumps(facts[name],
                                                     sort_keys=True)
                for name in facts]
        f.write("{\n" + ",\n".join(rows) + "\n}\n")


main()
