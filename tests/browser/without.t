# A dver that was built without Vega writes pages of still pictures, and says
# so; one that was built with it has what it says.
import json
import os
import subprocess
import sys

import browser
from browser import Browser, Repo, main

NOVEGA = os.environ.get("DVER_NOVEGA", browser.BIN + "/tests/novega")


def said(repo, *args):
    r = subprocess.run(args, cwd=repo.dir, env=repo.env, check=True,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return r.stdout.decode(), r.stderr.decode()


def facts(repo, without):
    """version and doctor tell what there is"""
    out, _ = said(repo, "dver", "version", "--json")
    vega = json.loads(out)["vega"]
    assert vega.startswith("vega 6."), vega
    assert vega in said(repo, "dver", "doctor", "--offline")[0]
    out, _ = said(without, "dver", "version", "--json")
    assert json.loads(out)["vega"] is None
    assert "no vega" in said(without, "dver", "doctor", "--offline")[0]


def versions(repo, without):
    """Vega is of the versions that are told"""
    b = Browser()
    try:
        b.open(repo.page())
        b.drawn(1)
        got = b.js("""return ["vega " + vega.version, "vega-lite " +
            vegaLite.version, "vega-embed " + vegaEmbed.version].join(", ")""")
        told = json.loads(said(repo, "dver", "version", "--json")[0])["vega"]
        assert got == told, (got, told)
    finally:
        b.quit()


def still(repo, without):
    """a page without Vega is still, and says why"""
    out = without.root + "/page"
    _, err = said(without, "dver", "plots", "--html", out)
    assert "built without Vega" in err, err
    b = Browser()
    try:
        b.open(out + "/index.html")
        assert not b.find("script, .controls, .tools, .live")
        svg = [e for e in b.find(".still svg") if e.is_displayed()]
        assert len(svg) == 1 and svg[0].rect["width"] > 300
        b.quiet()
    finally:
        b.quit()
    _, err = said(repo, "dver", "plots", "--html", repo.root + "/page")
    assert err == "", err


def report(repo, without):
    """the page of a report is still, too"""
    out = without.root + "/report.html"
    without.commit("v1")
    without.write("l.csv", "step,loss\n0,2\n1,0.5\n")
    without.commit("v2")
    said(without, "dver", "report", "-o", out)
    b = Browser()
    try:
        b.open(out)
        assert not b.find("script, .controls, .tools, .live")
        svg = [e for e in b.find(".still svg") if e.is_displayed()]
        assert len(svg) == 1 and svg[0].rect["width"] > 300
        b.quiet()
    finally:
        b.quit()


def main_here():
    repo, without = Repo(), Repo()
    without.env["PATH"] = NOVEGA + ":" + without.env["PATH"]
    try:
        for r in repo, without:
            r.write("l.csv", "step,loss\n0,2\n1,1\n")
            r.write("dver.yaml", "plots:\n- l.csv: {x: step, y: loss}\n")
        return main([facts, versions, still, report], repo, without)
    finally:
        repo.remove()
        without.remove()


sys.exit(main_here())
