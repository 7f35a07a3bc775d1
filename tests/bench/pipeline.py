"""Measure pipelines, metrics and plots against DVC.

    python3 pipeline.py OUT.json [only=WORD,WORD] [stages=100] [files=1000]
        [commits=1000] [rows=1000000] [plots=100] [rounds=3] [limit=600]

Whole processes; the best of the rounds, because what else a machine does only
ever makes it slower, and the processor time (user and system) of that round,
which other work disturbs less.  DVC is the one at build/dvc-venv.  What takes
it over ten seconds runs once; after `limit` seconds it is ended, and its row
says so.  With 1,000 stages it takes a quarter of an hour.  The same pipeline
is a dver.yaml and a dvc.yaml.  `only` are words of: stages, list, metrics,
commits, params, points, plots.
"""
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

OUT = os.path.abspath(sys.argv[1])
ARGS = dict(a.split("=") for a in sys.argv[2:])
STAGES = int(ARGS.get("stages", 100))
FILES = int(ARGS.get("files", 1000))
COMMITS = int(ARGS.get("commits", 1000))
POINTS = int(ARGS.get("rows", 1000000))
PLOTS = int(ARGS.get("plots", 100))
LIMIT = float(ARGS.get("limit", 600))
ONLY = ARGS.get("only", "stages,list,metrics,commits,params,points,plots")
ROUNDS = int(ARGS.get("rounds", 3))
DVC = os.path.abspath("build/dvc-venv/bin/dvc")
ROWS = []


class Took:
    """How long a process took; seconds is None: too long, it was ended."""
    def __init__(self, seconds, cpu):
        self.seconds, self.cpu = seconds, cpu


def run(*argv):
    start = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # A file, not a pipe: who waits for the process reads nothing.
    with tempfile.TemporaryFile() as err:
        p = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=err,
                             start_new_session=True)
        try:
            p.wait(LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            p.wait()
            return Took(None, None)
        if p.returncode:
            err.seek(0)
            sys.exit("failed: %s\n%s" % (" ".join(argv),
                                         err.read().decode()))
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(seconds, after.ru_utime + after.ru_stime -
                before.ru_utime - before.ru_stime)


def best(*argv):
    took = run(*argv)
    for _ in range(ROUNDS - 1):
        if took.seconds is None or took.seconds > 10:
            break
        took = min(took, run(*argv), key=lambda t: t.seconds)
    return took


def show(took):
    if took is None:
        return ""
    if took.seconds is None:
        return "over %d s" % LIMIT
    return "%.3f s (%.2f)" % (took.seconds, took.cpu)


def row(what, dver, dvc, each=0):
    ROWS.append({"work": what, "dver": dver.seconds, "dver_cpu": dver.cpu,
                 "dvc": dvc and dvc.seconds, "dvc_cpu": dvc and dvc.cpu,
                 "each": each})
    more = " (%.1f ms each)" % (1000 * dver.seconds / each) if each else ""
    times = ""
    if dvc:
        times = (" %.0f times" % (dvc.seconds / dver.seconds) if dvc.seconds
                 else " more than %.0f times" % (LIMIT / dver.seconds))
    print("| %s | %s%s | %s%s |" % (what, show(dver), more, show(dvc), times),
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
    return best(tool, "stage", "list"),


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
    return best(tool, "metrics", "show", "--all-commits"),


def bench_params(tool, file):
    write(file, "params:\n" + "".join("- p%d.yaml\n" % i
                                      for i in range(100)))
    for kind in 1, 2:
        for i in range(100):
            write("p%d.yaml" % i, "".join(
                "k%d: {lr: %g, n: [%d, %d], name: x}\n" %
                (k, kind / (k + 1), k, kind) for k in range(20)))
        commit("parameters %d" % kind)
    return best(tool, "params", "diff", "HEAD~1", "HEAD"),


def table(rows, kind):
    return "step,loss,acc\n" + "".join(
        "%d,%.6f,%.6f\n" % (i, kind * 10 / (i + 1) + i % 7 * .01,
                            1 - kind / (i + 2)) for i in range(rows))


def bench_points(tool, file):
    write(file, "plots:\n- big.csv: {x: step, y: loss}\n")
    write("big.csv", table(POINTS, 1))
    write(".gitignore", "/big.csv\n")
    commit("a plot")
    if tool == DVC:
        return best(tool, "plots", "show", "-o", "page"),
    return best(tool, "plots", "show", "--html", "page"),


def bench_plots(tool, file):
    write(file, "plots:\n" + "".join(
        "- p%d.csv: {x: step, y: loss}\n" % i for i in range(PLOTS)))
    for kind in 1, 2:
        for i in range(PLOTS):
            write("p%d.csv" % i, table(100 + i, kind))
        commit("plots %d" % kind)
    if tool == DVC:
        return best(tool, "plots", "diff", "-o", "page", "HEAD~1", "HEAD"),
    return best(tool, "plots", "diff", "--html", "page", "HEAD~1", "HEAD"),


def commands_alone(n):
    start = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for i in range(n):
        subprocess.run(["/bin/bash", "--noprofile", "--norc", "-c",
                        "echo %d >o%d" % (i, i)], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Took(time.monotonic() - start, after.ru_utime + after.ru_stime -
                before.ru_utime - before.ru_stime)


def measure(word):
    if word == "stages":
        first, again, status = both("stages", bench_stages)
        row("%d stages run, each an `echo`" % STAGES, *first, each=STAGES)
        row("the commands of these alone", commands_alone(STAGES), None,
            each=STAGES)
        row("`repro` of them, nothing to do", *again)
        row("`status` of them", *status)
        return
    what, work = {
        "list": ("`stage list` of 10,000 stages", bench_list),
        "metrics": ("`metrics diff` of two commits, %d files" % FILES,
                    bench_files),
        "commits": ("`metrics show` of %d commits, 10 files" % COMMITS,
                    bench_commits),
        "params": ("`params diff` of two commits, 100 files of 60 values",
                   bench_params),
        "points": ("a plot of %d rows as a page" % POINTS, bench_points),
        "plots": ("`plots diff` of two commits, %d plots" % PLOTS,
                  bench_plots),
    }[word]
    row(what, *both(word, work)[0])


def main():
    work = tempfile.mkdtemp(prefix="dver-bench-pipeline.",
                            dir=ARGS.get("dir", "/tmp"))
    os.environ["HOME"] = work
    os.environ["DVC_NO_ANALYTICS"] = "1"
    os.chdir(work)
    try:
        print("load: %.2f %.2f %.2f" % os.getloadavg())
        print("| work | dver (processor time) | DVC |\n| --- | --- | --- |")
        for word in ONLY.split(","):
            measure(word)
        print("load: %.2f %.2f %.2f" % os.getloadavg())
    finally:
        shutil.rmtree(work)
    write(OUT, json.dumps(ROWS, indent=1) + "\n")


main()
