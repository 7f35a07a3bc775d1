# Charts by templates that people write, and of many revisions.
import json
import sys
import time

from browser import Repo, on_page

XY = {"x": {"field": "<DVC_METRIC_X>", "type": "quantitative"},
      "y": {"field": "<DVC_METRIC_Y>", "type": "quantitative"}}
LITE = "https://vega.github.io/schema/vega-lite/v5.json"
TEMPLATES = {
    # As those of DVC are written.
    "lines": {
        "$schema": LITE,
        "data": {"values": "<DVC_METRIC_DATA>"},
        "title": "<DVC_METRIC_TITLE>", "width": 3000, "height": 300,
        "mark": {"type": "line", "tooltip": {"content": "data"}},
        "encoding": dict(XY, color={"field": "rev", "type": "nominal"}),
        "params": ["<DVC_METRIC_ZOOM_AND_PAN>"]},
    "areas": {
        "$schema": LITE,
        "data": {"values": "<DVC_METRIC_DATA>"},
        "mark": "area", "width": 900,
        "encoding": dict(XY, column={"field": "rev", "type": "nominal"})},
    "beside": {
        "$schema": LITE,
        "data": {"values": "<DVC_METRIC_DATA>"},
        "hconcat": [{"mark": "bar", "width": 800, "encoding": XY},
                    {"mark": "point", "width": 800, "encoding": XY}]},
    "vega": {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": 400, "height": 200,
        "data": [{"name": "rows", "values": "<DVC_METRIC_DATA>"}],
        "scales": [
            {"name": "x", "type": "linear", "range": "width",
             "domain": {"data": "rows", "field": "<DVC_METRIC_X>"}},
            {"name": "y", "type": "linear", "range": "height",
             "domain": {"data": "rows", "field": "<DVC_METRIC_Y>"}}],
        "marks": [{"type": "symbol", "from": {"data": "rows"}, "encode": {
            "update": {
                "x": {"scale": "x", "field": "<DVC_METRIC_X>"},
                "y": {"scale": "y", "field": "<DVC_METRIC_Y>"}}}}]},
}
NAMES = list(TEMPLATES)


def fill(repo):
    for name, t in TEMPLATES.items():
        repo.write(".dver/plots/%s.json" % name, json.dumps(t))
        repo.write("%s.csv" % name, "step,v\n0,1\n1,3\n2,2\n")
    repo.write("dver.yaml", "plots:\n" + "".join(
        "- %s.csv: {x: step, y: v, template: %s}\n" % (n, n) for n in NAMES))
    repo.commit("v1")
    for name in TEMPLATES:
        repo.write("%s.csv" % name, "step,v\n0,2\n1,4\n2,3\n")
    repo.commit("v2")
    return repo.page("v1", "v2")


def revs(b, i, kind):
    return {d["rev"] for m in b.marks(i, kind) for d in m}


def drawn(b, path):
    """they are drawn, and follow the page's switches"""
    b.open(path)
    b.drawn(len(NAMES))
    kinds = ["line", "area", "symbol", "symbol"]
    for i, kind in enumerate(kinds):
        assert revs(b, i, kind) == {"v1", "v2"}, NAMES[i]
    b.click(b.find("button[data-rev=v1]")[0])
    for i, kind in enumerate(kinds):
        b.settle(i)
        assert revs(b, i, kind) == {"v2"}, NAMES[i]
    b.click(b.find("button[data-rev=v1]")[0])
    b.quiet()


def zoomed(b, path):
    """one view is zoomed, whatever it calls its parameters"""
    for name in "lines", "vega":
        i = NAMES.index(name)
        b.see(i)
        lo, hi = b.domain(i)
        time.sleep(0.5)	# another turn of the wheel
        b.mouse("mouseWheel", *b.at(i, 0.5, 0.5), deltaX=0, deltaY=-200,
                modifiers=2)
        b.wait("dver.charts[arguments[0]].zoom.x", "a zoom", i)
        b.settle(i)
        a, z = b.domain(i)
        assert z - a < 0.9 * (hi - lo), (name, a, z)
    b.quiet()


def fits(b, path):
    """none makes the page wider"""
    for width in 1200, 360:
        b.open(path, width=width)
        b.drawn(len(NAMES))
        assert b.js("return document.documentElement.scrollWidth") == width
        for name in "lines", "areas", "vega":
            i = NAMES.index(name)
            got = b.js("const l = dver.charts[arguments[0]].live;"
                       "return [l.scrollWidth, l.clientWidth]", i)
            assert got[0] <= got[1] + 1, (name, width, got)
    b.quiet()


def broken(b, path):
    """a template that Vega cannot draw is told of, and a picture is there"""
    repo = Repo()
    try:
        bad = dict(TEMPLATES["lines"], mark="aera")
        repo.write(".dver/plots/bad.json", json.dumps(bad))
        repo.write("l.csv", "step,v\n0,1\n1,2\n")
        repo.write("dver.yaml",
                   "plots:\n- l.csv: {x: step, y: v, template: bad}\n")
        b.open(repo.page())
        b.wait("document.querySelector('.failed')", "a failure")
        told = b.find("[role=alert]")[0]
        assert told.is_displayed()
        assert told.text.startswith("The template could not be drawn: ")
        assert b.find(".still")[0].is_displayed()
        said = [e["message"] for e in b.driver.get_log("browser")]
        assert any("l.csv: The template could not" in m for m in said), said
        assert len(b.find("[role=alert]")) == 1
    finally:
        repo.remove()


def many(b, path):
    """of many revisions all or none are shown with one button"""
    repo = Repo()
    try:
        for k in range(5):
            repo.write("l.csv", "step,v\n0,%d\n1,%d\n" % (k, k + 1))
            repo.commit("v%d" % k)
        b.open(repo.page(*("v%d" % k for k in range(5)), "--", "l.csv"))
        b.drawn(1)
        button = b.find(".revs button")[-1]
        assert len(revs(b, 0, "line")) == 5
        for n in (0, 5):
            b.click(button)
            b.settle(0)
            assert len(revs(b, 0, "line")) == n
        b.click(b.find("button[data-rev=v3]")[0])
        b.settle(0)
        assert revs(b, 0, "line") == {"v0", "v1", "v2", "v4"}
        b.click(button)
        b.settle(0)
        assert len(revs(b, 0, "line")) == 5
        assert {e.get_attribute("aria-pressed")
                for e in b.find("button[data-rev]")} == {"true"}
        b.quiet()
    finally:
        repo.remove()


sys.exit(on_page(fill, [drawn, zoomed, fits, broken, many]))
