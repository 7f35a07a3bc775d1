# The page of plots for all readers: a phone, the dark, a keyboard, fingers,
# no scripts.
import math
import sys

from browser import Keys, on_page


def fill(repo):
    repo.write("dver.yaml", """plots:
- a long name of a plot that does not fit into a line.csv: {x: step, y: loss}
- conf.csv: {template: confusion, x: actual, y: predicted}
- bars.csv: {template: bar_horizontal_sorted, x: weight, y: name}
""")
    for k in (1, 2):
        repo.write("a long name of a plot that does not fit into a line.csv",
                   "step,loss\n" + "".join(
                       "%d,%.4f\n" % (i, 1 + 3 * math.exp(-i * k / 30))
                       for i in range(100)) + "100,\n")
        repo.write("conf.csv", "actual,predicted\n" + "".join(
            "a word of length,%s\n" % w
            for w in ("a word of length", "b", "c")) * k)
        repo.write("bars.csv", "name,weight\na long name of a bar,1\nb,%d\n"
                   % k)
        repo.commit("v%d" % k)
    return repo.page("v2", "v1")


def scrolls(b):
    return b.js("""return document.documentElement.scrollWidth >
        document.documentElement.clientWidth;""")


def phone(b, path):
    """360 pixels are wide enough"""
    b.open(path, width=360, height=740)
    b.drawn(3)
    assert not scrolls(b)
    beyond = b.js("""return [...document.querySelectorAll("body *")]
        .filter((e) => e.checkVisibility() &&
            e.getBoundingClientRect().right > innerWidth + 1)
        .map((e) => e.outerHTML.slice(0, 200));""")
    assert beyond == [], beyond
    for e in b.find(".live canvas"):
        assert e.rect["width"] > 250
    # The line has a gap, which is no number below 0.
    assert "Log y" in b.js("return dver.charts[0].bar.innerText")
    b.quiet()


def turns(b, path):
    """a page that becomes wider, or narrower, is drawn anew"""
    b.open(path, width=1200)
    b.drawn(3)
    wide = b.find(".live canvas")[0].rect["width"]
    b.cdp("Emulation.setDeviceMetricsOverride", width=360, height=740,
          deviceScaleFactor=1, mobile=False)
    b.wait("dver.charts.every((c) => c.width < 360)", "narrower charts")
    for i in range(3):
        b.see(i)
    assert b.find(".live canvas")[0].rect["width"] < wide
    assert not scrolls(b)
    b.quiet()


def luminance(colour):
    def part(c):
        c /= 255
        return c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
    r, g, b = map(part, colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    a, b = sorted((luminance(a), luminance(b)))
    return (b + 0.05) / (a + 0.05)


def rgb(text):
    if text[0] == "#":
        return tuple(int(text[k:k + 2], 16) for k in (1, 3, 5))
    return tuple(int(float(t)) for t in
                 text[text.index("(") + 1:-1].split(",")[:3])


def grounds(b):
    """Of the page and of a chart's picture."""
    return (rgb(b.js("return getComputedStyle(document.body)"
                     ".backgroundColor")),
            tuple(b.js("""const c = document.querySelector(".live canvas");
                return [...c.getContext("2d").getImageData(1, 1, 1, 1).data]
                    .slice(0, 3);""")))


def colours(b):
    """Of texts and lines in a chart."""
    return b.js("""
        const out = new Set();
        (function walk(mark) {
            for (const item of mark.items || []) {
                if (mark.marktype === "text" && item.text !== "")
                    out.add(item.fill);
                if (mark.marktype === "line" && item.opacity !== 0.3)
                    out.add(item.stroke);
                for (const m of item.items || [])
                    walk(m);
            }
        })(dver.charts[0].view.scenegraph().root);
        return [...out].filter((c) => c);""")


def dark(b, path):
    """the dark is dark, can be read, and comes and goes while it is open"""
    b.open(path)
    b.drawn(3)
    b.js("dver.charts[0].area.focus()")
    b.key("+")
    b.settle(0)
    zoomed = b.domain(0)
    assert grounds(b) == ((255, 255, 255),) * 2
    before = colours(b)
    seen = {}
    for on in (True, False):
        b.dark(on)
        b.wait("dver.charts.every((c) => c.view.background() === "
               "arguments[0])", "charts on another ground",
               "#0d1117" if on else "#ffffff")
        for i in range(3):
            b.see(i)
        page, chart = grounds(b)
        assert page == chart
        assert (luminance(page) < 0.05) == on
        seen[on] = colours(b)
        for c in seen[on]:
            assert contrast(rgb(c), chart) >= 3, (c, chart)
        text = rgb(b.js("return getComputedStyle(document.querySelector("
                        "'button')).color"))
        assert contrast(text, page) >= 4.5
        assert b.domain(0) == zoomed
    assert sorted(seen[False]) == sorted(before)
    assert not set(seen[True]) & set(seen[False])
    b.quiet()


def focused(b):
    return b.js("""const e = document.activeElement;
        return [e.className, e.textContent.trim().slice(0, 40),
                getComputedStyle(e).outlineStyle, e.type || ""];""")


def tab_to(b, what, more=40):
    """Press Tab until the focus, which must be seen, is there."""
    for _ in range(more):
        b.key(Keys.TAB)
        at = focused(b)
        assert at[2] != "none", at
        if what(at):
            return
    raise AssertionError("Tab does not lead there")


def keyboard(b, path):
    """all can be done with keys alone"""
    b.open(path)
    b.drawn(3)
    tab_to(b, lambda at: at[1] == "v1")
    b.key(Keys.SPACE)
    b.settle(0)
    assert b.js("return [...dver.hidden]") == ["v1"]
    b.key(Keys.SPACE)
    tab_to(b, lambda at: at[3] == "range")
    for _ in range(10):
        b.key(Keys.ARROW_RIGHT)
    assert abs(b.js("return dver.smoothing") - 0.1) < 1e-9
    tab_to(b, lambda at: "area" in at[0])
    b.settle(0)
    lo, hi = b.domain(0)
    label = b.js("return document.activeElement.getAttribute('aria-label')")
    assert "line.csv" in label and "zoom" in label, label

    def press(key):
        b.key(key)
        b.settle(0)
        return b.domain(0), b.domain(0, "y")
    (a, z), y0 = press("+")
    assert lo < a < z < hi
    (a1, z1), _ = press(Keys.ARROW_RIGHT)
    assert a1 > a and z1 > z
    (a2, z2), _ = press(Keys.ARROW_LEFT)
    assert abs(a2 - a) < 1e-9
    _, y1 = press(Keys.ARROW_UP)
    assert y1[0] > y0[0]
    (a3, z3), _ = press("-")
    assert z3 - a3 > z2 - a2
    assert press("0")[0] == [lo, hi]
    b.key("+")
    b.settle(0)
    tab_to(b, lambda at: at[1] == "Reset zoom")
    b.key(Keys.ENTER)
    b.settle(0)
    assert b.domain(0) == [lo, hi]
    b.key(Keys.ESCAPE)
    assert focused(b)[0] == ""
    b.quiet()


def fingers(b, path):
    """two fingers zoom, one that moves up scrolls the page"""
    b.cdp("Emulation.setTouchEmulationEnabled", enabled=True,
          maxTouchPoints=2)
    b.open(path, width=360, height=600)
    b.drawn(3)
    b.see(0)
    lo, hi = b.domain(0)
    x, y = b.at(0, 0.5, 0.5)

    def touch(kind, *points):
        b.cdp("Input.dispatchTouchEvent", type=kind, touchPoints=[
            {"x": p, "y": q, "id": n} for n, (p, q) in enumerate(points)])
    touch("touchStart", (x - 20, y), (x + 20, y))
    for d in (25, 30, 35, 40):
        touch("touchMove", (x - d, y), (x + d, y))
    touch("touchEnd")
    b.settle(0)
    a, z = b.domain(0)
    assert (z - a) < 0.6 * (hi - lo), (a, z, lo, hi)
    assert abs((a + z) / 2 - (lo + hi) / 2) < 0.05 * (hi - lo)
    top = b.js("return scrollY")
    touch("touchStart", (x, y))
    for d in range(10, 110, 10):
        touch("touchMove", (x, y - d))
    touch("touchEnd")
    b.wait("scrollY > arguments[0] + 20", "a page that scrolls", top)
    b.cdp("Emulation.setTouchEmulationEnabled", enabled=False)
    b.quiet()


def legend(b, path):
    """a click on a name in a legend hides a series, or shows it alone"""
    b.open(path)
    b.drawn(3)
    b.see(0)
    at = b.js("""
        const out = [];
        (function walk(mark, x, y) {
            for (const item of mark.items || []) {
                if (mark.role === "legend-label")
                    out.push([item.text,
                        x + (item.bounds.x1 + item.bounds.x2) / 2,
                        y + (item.bounds.y1 + item.bounds.y2) / 2]);
                const group = mark.marktype === "group";
                for (const m of item.items || [])
                    walk(m, x + (group ? item.x || 0 : 0),
                         y + (group ? item.y || 0 : 0));
            }
        })(dver.charts[0].view.scenegraph().root, 0, 0);
        const r = dver.charts[0].live.querySelector("canvas")
            .getBoundingClientRect(), o = dver.charts[0].view.origin();
        return out.map(([t, x, y]) => [t, r.left + o[0] + x,
                                       r.top + o[1] + y]);""")
    assert [t for t, x, y in at] == ["v2", "v1"], at

    def shown():
        b.settle(0)
        return {m[0]["rev"] for m in b.marks(0, "line")
                if m[0]["opacity"] != 0.3}
    assert shown() == {"v1", "v2"}
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        b.mouse(kind, *at[0][1:], clickCount=1)
    assert len(shown()) == 1
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        b.mouse(kind, *at[0][1:], clickCount=1)
    assert shown() == {"v1", "v2"}
    b.quiet()


def no_scripts(b, path):
    """without scripts there are still pictures"""
    b.open(path, scripts=False)
    b.wait("document.querySelectorAll('.still').length === 3", "a page")
    shown = b.js("""return [...document.querySelectorAll(".still svg")]
        .filter((e) => e.getBoundingClientRect().height > 100).length;""")
    assert shown == 3, shown
    assert not b.find(".live, .controls, .tools")
    b.open(path)
    b.drawn(3)


sys.exit(on_page(fill, [phone, turns, dark, keyboard, fingers, legend,
                        no_scripts]))
