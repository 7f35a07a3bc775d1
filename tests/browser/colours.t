# A revision has one colour on all of the page: in charts, in their legends,
# in still pictures, and at its switch.
import json
import re
import sys

from browser import Repo, on_page

LIGHT = ["#005fb1", "#b44b00", "#189560"]
DARK = ["#52b2e9", "#ff8a3d", "#5befb2"]
REVS = ["v1", "v2", "v3"]
# v1 lacks n.csv, only v3 has late.csv, own.csv is drawn by a template that
# says nothing of colours.
OWN = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": "<DVC_METRIC_DATA>"}, "width": 300, "mark": "line",
    "encoding": {"x": {"field": "<DVC_METRIC_X>", "type": "quantitative"},
                 "y": {"field": "<DVC_METRIC_Y>", "type": "quantitative"},
                 "color": {"field": "rev", "type": "nominal"}}}
WHERE = {"l.csv": REVS, "n.csv": REVS[1:], "own.csv": REVS[1:],
         "late.csv": REVS[2:]}
IDS = ["l.csv", "n.csv", "own.csv", "late.csv"]


def fill(repo):
    repo.write(".dver/plots/own.json", json.dumps(OWN))
    repo.write("dver.yaml", """plots:
- l.csv: {x: step, y: [a, b]}
- n.csv: {x: step, y: a}
- own.csv: {x: step, y: a, template: own}
- late.csv: {x: step, y: [a, b]}
""")
    for k, rev in enumerate(REVS, 1):
        for name, revs in WHERE.items():
            if rev in revs:
                repo.write(name, "step,a,b\n0,%d,2\n1,3,%d\n" % (k, k))
        repo.commit(rev)
    return repo.page(*REVS)


def strokes(b, i):
    """Of each line: revision, column, colour, dashes."""
    return b.js("""
        const out = [];
        (function walk(mark) {
            if (mark.marktype === "line" && mark.items.length &&
                mark.items[0].opacity !== 0.3) {
                const m = mark.items[0];
                out.push([m.datum.rev, m.datum.field, m.stroke,
                          String(m.strokeDash || "")]);
            }
            for (const item of mark.items || [])
                for (const m of item.items || [])
                    walk(m);
        })(dver.charts[arguments[0]].view.scenegraph().root);
        return out;""", i)


def legend(b, i):
    """The words of a legend that are in the picture."""
    return b.js("""
        const out = [];
        (function walk(mark) {
            for (const item of mark.items || []) {
                if (mark.role === "legend-label")
                    out.push(item.text);
                for (const m of item.items || [])
                    walk(m);
            }
        })(dver.charts[arguments[0]].view.scenegraph().root);
        return out;""", i)


def switches(b):
    return b.js("""return Object.fromEntries(
        [...document.querySelectorAll("button[data-rev]")].map((e) =>
            [e.dataset.rev, getComputedStyle(e.querySelector(".swatch"))
                .backgroundColor]));""")


def rgb(text):
    return "rgb(%d, %d, %d)" % tuple(int(text[k:k + 2], 16)
                                     for k in (1, 3, 5))


def same(b, path):
    """of charts, also those that lack some, and of switches"""
    b.open(path)
    b.drawn(len(IDS))
    for dark, colours in (False, LIGHT), (True, DARK):
        b.dark(dark)
        b.wait("dver.charts.every((c) => !c.near || "
               "c.view.background() === arguments[0])",
               "the other ground", "#0d1117" if dark else "#ffffff")
        want = dict(zip(REVS, colours))
        for i, name in enumerate(IDS):
            b.see(i)
            got = strokes(b, i)
            assert {g[0] for g in got} == set(WHERE[name]), (name, got)
            for rev, _, stroke, _ in got:
                assert stroke == want[rev], (name, rev, stroke)
        assert switches(b) == {r: rgb(c) for r, c in want.items()}
    b.quiet()


def told(b, path):
    """a legend names what the chart has, columns differ in their dashes"""
    b.open(path)
    b.drawn(len(IDS))
    for i in 1, 2:
        assert legend(b, i) == ["v2", "v3"], legend(b, i)
    for i in 0, 3:
        of = {}
        for _, column, _, dash in strokes(b, i):
            of.setdefault(column, set()).add(dash)
        assert len(of["a"]) == 1 and len(of["b"]) == 1, of
        assert of["a"] != of["b"], of
    b.quiet()


def still(b, path):
    """still pictures have the same colours"""
    with open(path) as f:
        page = f.read()
    for name in IDS:
        section = page[page.index(">%s</h2>" % name):]
        section = section[:section.index("</section>")]
        got = re.findall(r'class="l (c\d)( d\d)?" d="[^"]*"><title>([^<]*)<',
                         section)
        columns = 1 if name in ("n.csv", "own.csv") else 2
        # For wide and for narrow screens.
        assert len(got) == 2 * columns * len(WHERE[name]), (name, got)
        for colour, dash, title in got:
            rev = re.search(r"v\d", title + " " + WHERE[name][0]).group()
            assert colour == "c%d" % REVS.index(rev), (name, title, colour)
            assert (dash != "") == (columns == 2 and "b" in title), title


def named(b, path):
    """the title names the project and the revisions"""
    b.open(path)
    assert b.driver.title == "r: plots of v1, v2, v3", b.driver.title
    assert b.find("h1")[0].text == b.driver.title
    b.drawn(len(IDS))
    b.quiet()


def alone(b, path):
    """columns of one revision have colours of their own"""
    repo = Repo()
    try:
        repo.write("l.csv", "step,a,b\n0,1,2\n1,2,3\n")
        repo.write("dver.yaml", "plots:\n- l.csv: {x: step, y: [a, b]}\n")
        b.open(repo.page())
        b.drawn(1)
        assert [s[2] for s in strokes(b, 0)] == LIGHT[:2]
        assert not b.find("button[data-rev]")
        b.quiet()
    finally:
        repo.remove()


sys.exit(on_page(fill, [same, told, still, named, alone]))
