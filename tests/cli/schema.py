"""Does the schema that editors use say what dver says?

schema.py SCHEMA: judges each text below by both, in the current workspace.
The system's own packages are used: jsonschema and yaml.
"""
import json
import subprocess
import sys

import jsonschema
import yaml

STAGE = "stages:\n  s:\n    cmd: x\n    "
GOOD = [
    "",
    "null",
    "stages: {}",
    "stages: {s: {cmd: x}, a b/c.d: {cmd: [x, y]}, t: {cmd: []}}",
    STAGE + "deps: [a, b/c]\n    params: [k, p.yaml: [l.m], q.json: ]",
    STAGE + "outs: [a, b: {cache: false, persist: true, remote: r, push: "
    "true, desc: d, type: t, labels: [l], meta: {x: [1]}}, c: ]",
    STAGE + "metrics: [m.json: {cache: false}]\n    plots: [p.csv: {x: a, y: "
    "b, x_label: c, y_label: d, title: e, template: f, header: true}]",
    STAGE + "wdir: sub\n    desc: d\n    frozen: true\n    "
    "always_changed: false\n    meta: 3\n    vars: [a: 1]",
    "vars: [t: true, l: [a, b], o: {cache: false}]\n" + STAGE +
    "frozen: '${t}'\n    deps: '${l}'\n    outs: [c: '${o}']",
    "stages: {f: {foreach: [1, a], do: {cmd: 'x ${item}'}}}",
    "stages: {f: {foreach: {a: 1}, do: {cmd: 'x ${key}', deps: ['${key}']}}}",
    "vars: [l: [1]]\nstages: {f: {foreach: '${l}', do: {cmd: x}}}",
    "vars: [l: [1]]\nstages: {m: {matrix: {a: [1, {b: 2}], c: '${l}'}, "
    "cmd: x}}",
    "params: [p.yaml]\nmetrics: [m.json]\nplots: [a.csv, b: {x: c, y: [d, e]},"
    " id: {x: {f.csv: a}, y: {f.csv: [b]}}]",
    "metrics: [a.json: , b.json: {higher_is_better: true}]",
    "metrics: [m.json: {higher_is_better: {acc: true, loss: false}}]",
    "plots: {a.csv: , b.csv: {title: t}}",
    "artifacts: {m: {path: m.pt, type: t, desc: d, labels: [a], meta: {}}}",
    "datasets: [{name: a, type: url, url: 'https://x/y', path: z}]",
]
BAD = [
    "a",
    "[1]",
    "stage: {}",
    "stages: ",
    "stages: [s]",
    "stages: {s: }",
    "stages: {s: {}}",
    "stages: {s: {cmd: 1}}",
    "stages: {s: {cmd: }}",
    "stages: {s: {cmd: {a: b}}}",
    "stages: {s@t: {cmd: x}}",
    "stages: {'s:t': {cmd: x}}",
    "stages: {'': {cmd: x}}",
    STAGE + "dep: [a]",
    STAGE + "deps: a",
    STAGE + "deps: [1]",
    STAGE + "deps: ['']",
    STAGE + "deps: [/a]",
    STAGE + "outs: ['s3://a/b']",
    STAGE + "outs: [[a]]",
    STAGE + "outs: [a: {cach: true}]",
    STAGE + "outs: [a: {cache: 'yes'}]",
    STAGE + "outs: [a: {x: b}]",
    STAGE + "plots: [a: {z: b}]",
    STAGE + "plots: [a: {x: [b]}]",
    STAGE + "params: [p: 3]",
    STAGE + "params: [p: [{}]]",
    STAGE + "params: k",
    STAGE + "frozen: 'true'",
    STAGE + "desc: [a]",
    STAGE + "wdir: /a",
    STAGE + "vars: {a: 1}",
    STAGE + "vars: [1]",
    STAGE + "vars: ['${a}']",
    STAGE + "matrix: [a]",
    STAGE + "matrix: {a: 1}",
    "stages: {f: {foreach: [1]}}",
    "stages: {f: {do: {cmd: x}}}",
    "stages: {f: {foreach: 1, do: {cmd: x}}}",
    "stages: {f: {foreach: [1], cmd: x, do: {cmd: x}}}",
    "stages: {f: {foreach: [1], do: {cmd: x, matrix: {a: [1]}}}}",
    "params: {a: b}",
    "metrics: [/a]",
    "metrics: [a.json: {cache: false}]",
    "metrics: [a.json: {higher_is_better: {acc: 1}}]",
    "plots: [p: {z: 1}]",
    "plots: [p: {x: [a]}]",
    "artifacts: {m: {type: a}}",
    "artifacts: {m: {path: a, x: 1}}",
    "datasets: [{name: a}]",
]

with open(sys.argv[1]) as f:
    schema = json.load(f)
jsonschema.Draft7Validator.check_schema(schema)
judge = jsonschema.Draft7Validator(schema)
wrong = 0
for text, good in [(t, True) for t in GOOD] + [(t, False) for t in BAD]:
    with open("dver.yaml", "w") as f:
        f.write(text + "\n")
    dver = subprocess.run(["dver", "stage", "list", "--all"],
                          capture_output=True, text=True)
    says = judge.is_valid(yaml.safe_load(text))
    if dver.returncode != (0 if good else 1) or says != good:
        wrong += 1
        print(f"{text}\nis {'good' if good else 'bad'}; dver: "
              f"{dver.returncode} {dver.stderr}, schema: {says}")
sys.exit(wrong > 0)
