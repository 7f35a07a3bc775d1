# Columns whose names are paths to Vega.
import sys

from browser import on_page

NAME = "val.loss[0]"


def smooths(b, path):
    """a column with dots in its name is smoothed"""
    b.open(path)
    b.drawn(1)
    assert [d["__raw"] for m in b.marks(0, "line") for d in m] == \
        [1 + i % 2 for i in range(20)]
    b.js("""const s = document.querySelector("input[type=range]");
        s.value = 0.8;
        s.dispatchEvent(new Event("input", {bubbles: true}));""")
    b.settle(0)
    rows = b.js("return dver.charts[0].shown()")
    assert [r["__raw"] for r in rows] == [1 + i % 2 for i in range(20)]
    assert all(1 < r[NAME] < 2 for r in rows[1:]), rows
    assert not b.js("""return dver.charts[0].rows.some(
        (r) => "undefined" in r)""")
    b.quiet()


def fill(repo):
    repo.write("l.csv", "step,%s\n" % NAME + "".join(
        "%d,%d\n" % (i, 1 + i % 2) for i in range(20)))
    repo.commit("v1")
    return repo.page("-x", "step", "-y", NAME, "l.csv")


sys.exit(on_page(fill, [smooths]))
