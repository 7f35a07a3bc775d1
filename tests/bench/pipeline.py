"""Measure pipelines and tables of metrics against DVC.

    python3 pipeline.py OUT.json [stages=100] [files=300] [commits=100]
        [rounds=3]

Whole processes; the best of the rounds, because what else a machine does only
ever makes it slower.  DVC is the one at build/dvc-venv; where it takes long,
it runs once.  With 1,000 stages it takes a quarter of an hour.  The same pipeline is a dver.yaml and a dvc.yaml.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

OUT = os.path.abspath(sys.argv[1])
ARGS = dict(a.split("=") for a in sys.argv[2:])
STAGES = int(ARGS.get("stages", 100))
FILES = int(ARGS.get("files", 300))
COMMITS = int(ARGS.get("commits", 100))
ROUNDS = int(ARGS.get("rounds", 3))
DVC = os.path.abspath("build/dvc-venv/bin/dvc")
ROWS = []


def run(*argv):
    start = time.monotonic()
    p = subprocess.run(argv, stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE)
    if p.returncode:
        sys.exit("failed: %s\n%s" % (" ".join(argv), p.stderr.decode()))
    return time.monotonic() - start


def best(*argv, rounds=ROUNDS):
    return min(run(*argv) for _ in range(rounds))


def row(what, dver, dvc, each=0):
    ROWS.append({"work": what, "dver": dver, "dvc": dvc, "each": each})
    show = ["%.3f s" % x if x is not None else "" for x in (dver, dvc)]
    more = " (%.1f ms each)" % (1000 * dver / each) if each else ""
    times = " %.0f times" % (dvc / dver) if dvc else ""
    print("| %s | %s%s | %s%s |" % (what, show[0], more, show[1], times),
          flush=True)


def repository(name, tool):
    run("git", "init", "-q", name)
    os.chdir(name)
    for k, v in (("user.name", "bench"), ("user.email", "b@example.org")):
        run("git", "config", k, v)
    run(tool, "init", "-q")
    if tool == DVC:
        run(tool, "config", "core.analytics", "false")


def commit(message):
    run("git", "add", "-A")
    run("git", "commit", "-qm", message)


def write(path, text):
    with open(path, "w") as f:
        f.write(text)


def stages(n):
    out = "stages:\n"
    for i in range(n):
        out += ("  s%05d:\n    cmd: echo %d >o%d\n    deps: [in]\n"
                "    outs: [o%d]\n" % (i, i, i, i))
    return out


def metrics(n, kind):
    """A file of five numbers a metric, kept by git."""
    for i in range(n):
        write("m%d.json" % i, json.dumps(
            {"acc": i * kind, "loss": {"train": 1 / (i + kind), "test": kind},
             "n": i, "name": "m"}))


def both(name, work):
    """Do the same in a repository of each; what took how long."""
    here, took = os.getcwd(), []
    for tool, file in (("dver", "dver.yaml"), (DVC, "dvc.yaml")):
        repository("%s-%s" % (name, os.path.basename(tool)), tool)
        took.append(work(tool, file))
        os.chdir(here)
    return list(zip(*took))


def bench_stages(tool, file):
    write(file, stages(STAGES))
    write("in", "0\n")
    first = run(tool, "repro", "-q")
    commit("ran")
    return first, best(tool, "repro", "-q"), best(tool, "status")


def bench_list(tool, file):
    write(file, stages(10000))
    write("in", "0\n")
    return best(tool, "stage", "list", rounds=1 if tool == DVC else ROUNDS),


def bench_files(tool, file):
    write(file, "metrics:\n" + "".join("- m%d.json\n" % i
                                       for i in range(FILES)))
    for kind in 1, 2:
        metrics(FILES, kind)
        commit("metrics %d" % kind)
    return best(tool, "metrics", "diff", "HEAD~1", "HEAD"),


def bench_commits(tool, file):
    write(file, "metrics:\n" + "".join("- m%d.json\n" % i for i in range(10)))
    for kind in range(1, COMMITS + 1):
        metrics(10, kind)
        commit("metrics %d" % kind)
    return best(tool, "metrics", "show", "--all-commits",
                rounds=1 if tool == DVC else ROUNDS),


def commands_alone(n):
    start = time.monotonic()
    for i in range(n):
        subprocess.run(["/bin/bash", "--noprofile", "--norc", "-c",
                        "echo %d >o%d" % (i, i)], check=True)
    return time.monotonic() - start


def main():
    work = tempfile.mkdtemp(prefix="dver-bench-pipeline.",
                            dir=ARGS.get("dir", "/tmp"))
    os.environ["HOME"] = work
    os.environ["DVC_NO_ANALYTICS"] = "1"
    os.chdir(work)
    try:
        print("| work | dver | DVC |\n| --- | --- | --- |")
        first, again, status = both("stages", bench_stages)
        row("%d stages run, each an `echo`" % STAGES, *first, each=STAGES)
        row("the commands of these alone", commands_alone(STAGES), None,
            each=STAGES)
        row("`repro` of them, nothing to do", *again)
        row("`status` of them", *status)
        row("`stage list` of 10,000 stages", *both("list", bench_list)[0])
        row("`metrics diff` of two commits, %d files" % FILES,
            *both("files", bench_files)[0])
        row("`metrics show` of %d commits, 10 files" % COMMITS,
            *both("commits", bench_commits)[0])
    finally:
        shutil.rmtree(work)
    write(OUT, json.dumps(ROWS, indent=1) + "\n")


main()
