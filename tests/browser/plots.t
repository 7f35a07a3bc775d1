# The page of plots in Chromium: drawn, looked at closer, toggled, smoothed.
import csv
import math
import os
import random
import struct
import sys
import tempfile
import time
import xml.dom.minidom
import zlib

from browser import LIMIT, Browser, on_page

STEPS = 120
REVS = ["v1", "v2", "v3"]
LOSS, ACC, SCATTER, CONFUSION, BARS = range(5)


def png(red):
    raw = b"".join(b"\0" + bytes([red, x * 4, y * 4][k] for x in range(64)
                                 for k in range(3)) for y in range(64))

    def part(name, data):
        return (struct.pack(">I", len(data)) + name + data +
                struct.pack(">I", zlib.crc32(name + data)))
    return (b"\x89PNG\r\n\x1a\n" +
            part(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)) +
            part(b"IDAT", zlib.compress(raw)) + part(b"IEND", b""))


def loss(k, i):
    """Revision k's at step i, and of the validation."""
    v = 2 * math.exp(-i * k / 40) + 0.2 + 0.05 * ((i * 7 + k) % 5)
    return round(v, 4), round(v + 0.1, 4)


def fill(repo):
    repo.write("dver.yaml", """plots:
- w/loss.csv: {x: step, y: [loss, val_loss], title: Loss}
- w/acc.csv: {x: step, y: acc, y_label: accuracy}
- w/sc.csv: {template: scatter, x: a, y: b}
- w/conf.csv: {template: confusion, x: actual, y: predicted}
- w/bars.csv: {template: bar_horizontal, x: weight, y: name}
- w/pic.png
""")
    for k in (1, 2, 3):
        rnd = random.Random(k)
        words = ["cat", "dog", "bird"]
        repo.write("w/loss.csv", "step,loss,val_loss\n" + "".join(
            "%d,%s,%s\n" % (i, *loss(k, i)) for i in range(STEPS)))
        repo.write("w/acc.csv", "step,acc\n" + "".join(
            "%d,%.3f\n" % (i, 1 - math.exp(-i * k / 9)) for i in range(20)))
        repo.write("w/sc.csv", "a,b\n" + "".join(
            "%.3f,%.3f\n" % (rnd.gauss(k, 1), rnd.gauss(0, 1))
            for i in range(50)))
        repo.write("w/conf.csv", "actual,predicted\n" + "".join(
            "%s,%s\n" % (w, w if rnd.random() < .7 else rnd.choice(words))
            for w in words * 30))
        repo.write("w/bars.csv", "name,weight\nage,%d\nheight,2\nrest,1\n"
                   % k)
        repo.write("w/pic.png", png(60 * k))
        repo.commit("v%d" % k)
    return repo.page(*REVS)


def lines(b, i, raw=False):
    """Of each series its values, by revision and column."""
    out = {}
    for m in b.marks(i, "line"):
        if (m[0]["opacity"] == 0.3) == raw:
            out[m[0]["rev"], m[0]["field"]] = m
    return out


def draws(b, path):
    """all kinds of charts are drawn, with their points"""
    b.open(path)
    b.drawn(b.js("return document.querySelectorAll('.chart script').length"))
    got = lines(b, LOSS)
    assert sorted(got) == [(r, c) for r in REVS
                           for c in ("loss", "val_loss")], sorted(got)
    for (rev, column), points in got.items():
        want = [loss(int(rev[1]), i)[column != "loss"] for i in range(STEPS)]
        assert [p["step"] for p in points] == list(range(STEPS))
        assert [p["value"] for p in points] == want, (rev, column)
    assert len(lines(b, ACC)) == 3
    dots = [m for m in b.marks(SCATTER, "symbol") if "a" in m[0]]
    assert max(map(len, dots)) == 150, list(map(len, dots))
    cells = [m for m in b.marks(CONFUSION, "rect") if "actual" in m[0]]
    assert sum(map(len, cells)) >= 3 * 3, list(map(len, cells))
    bars = [d for m in b.marks(BARS, "rect") for d in m if "weight" in d]
    assert sorted(d["weight"] for d in bars if d["name"] == "age") == \
        [1, 2, 3], bars
    assert len(b.find(".drawn")) == 5
    assert not any(e.is_displayed() for e in b.find(".still"))
    assert len([e for e in b.find("figure img") if e.is_displayed()]) == 3
    b.quiet()


def tooltip(b):
    return b.js("""const t = document.getElementById("vg-tooltip-element");
        return t && t.classList.contains("visible") ? t.innerText : "";""")


def hovers(b, path):
    """a tooltip tells all series where the pointer is"""
    b.see(LOSS)
    b.mouse("mouseMoved", *b.at(LOSS, 0.3, 0.5))
    lo, hi = b.domain(LOSS)
    x, y = b.at(LOSS, (40 - lo) / (hi - lo), 0.5)
    b.mouse("mouseMoved", x, y)
    b.wait("""(() => {
        const t = document.getElementById("vg-tooltip-element");
        return t && t.classList.contains("visible") &&
            /step\\s+(39|40|41)\\s/.test(t.innerText); })()""", "a tooltip")
    said = [t.strip() for t in tooltip(b).split("\n") if t.strip()]
    said = dict(zip(said[::2], said[1::2]))
    step = int(said.pop("step"))
    assert said == {"v%d: %s" % (k, c): "%g" % loss(k, step)[c != "loss"]
                    for k in (1, 2, 3) for c in ("loss", "val_loss")}, said
    b.mouse("mouseMoved", 2, 2)
    b.wait("""!document.getElementById("vg-tooltip-element")
        .classList.contains("visible")""", "no tooltip")
    b.quiet()


def reset_button(b, i):
    return b.js("return dver.charts[arguments[0]].resetButton", i)


def zooms(b, path):
    """the wheel zooms about the pointer, a button shows all again"""
    b.see(LOSS)
    x0, y0 = b.domain(LOSS, "x"), b.domain(LOSS, "y")
    assert not reset_button(b, LOSS).is_displayed()
    at = b.at(LOSS, 0.25, 0.5)
    b.js("scrollBy(0, 0)")
    top = b.js("return scrollY")
    b.mouse("mouseWheel", *at, deltaX=0, deltaY=-200, modifiers=2)
    b.wait("dver.charts[0].zoom.x", "a zoom")
    b.settle(LOSS)
    x1, y1 = b.domain(LOSS, "x"), b.domain(LOSS, "y")
    assert x1[1] - x1[0] < 0.9 * (x0[1] - x0[0]), (x0, x1)
    assert y1[1] - y1[0] < 0.9 * (y0[1] - y0[0]), (y0, y1)
    fixed = x0[0] + 0.25 * (x0[1] - x0[0])
    now = x1[0] + 0.25 * (x1[1] - x1[0])
    assert abs(fixed - now) < 0.02 * (x0[1] - x0[0]), (fixed, now)
    assert b.js("return scrollY") == top
    b.click(reset_button(b, LOSS))
    b.settle(LOSS)
    assert b.domain(LOSS, "x") == x0 and b.domain(LOSS, "y") == y0
    assert not reset_button(b, LOSS).is_displayed()
    b.quiet()


def scrolls(b, path):
    """the wheel alone scrolls the page, and zooms where it was clicked"""
    b.open(path, height=500)
    b.drawn(5)
    b.see(LOSS)
    b.js("document.activeElement.blur()")
    top = b.js("return scrollY")
    at = b.at(LOSS, 0.5, 0.5)
    b.mouse("mouseMoved", *at)
    b.mouse("mouseWheel", *at, deltaX=0, deltaY=100)
    b.wait("scrollY > arguments[0]", "a page that scrolls", top)
    assert not b.js("return dver.charts[0].zoom.x")
    assert "wheel zooms" in b.find(".hint")[0].get_attribute("textContent")
    b.wait("!document.querySelector('.hint')", "no more hint")
    b.see(LOSS)
    at = b.at(LOSS, 0.5, 0.5)
    b.mouse("mousePressed", *at, clickCount=1)
    b.mouse("mouseReleased", *at, clickCount=1)
    b.mouse("mouseWheel", *at, deltaX=0, deltaY=-100)
    b.wait("dver.charts[0].zoom.x", "a zoom")
    b.open(path)
    b.drawn(5)
    b.quiet()


def drags(b, path):
    """dragging pans, with Shift it chooses, a double click shows all"""
    b.see(LOSS)
    x0, y0 = b.domain(LOSS, "x"), b.domain(LOSS, "y")

    def drag(a, z, **more):
        b.mouse("mouseMoved", *a, **more)
        b.mouse("mousePressed", *a, clickCount=1, **more)
        for k in range(1, 6):
            b.mouse("mouseMoved", *(p + (q - p) * k / 5
                                    for p, q in zip(a, z)),
                    button="left", buttons=1, **more)
        b.mouse("mouseReleased", *z, clickCount=1, **more)
        b.settle(LOSS)
    drag(b.at(LOSS, 0.8, 0.5), b.at(LOSS, 0.3, 0.5))
    x1 = b.domain(LOSS, "x")
    moved = (x1[0] - x0[0]) / (x0[1] - x0[0])
    assert abs(moved - 0.5) < 0.05, (x0, x1)
    assert abs((x1[1] - x1[0]) - (x0[1] - x0[0])) < 1e-6
    at = b.at(LOSS, 0.5, 0.5)
    for n in (1, 2):
        b.mouse("mousePressed", *at, clickCount=n)
        b.mouse("mouseReleased", *at, clickCount=n)
    b.wait("!dver.charts[0].zoom.x", "all of it again")
    b.settle(LOSS)
    assert b.domain(LOSS, "x") == x0
    drag(b.at(LOSS, 0.2, 0.2), b.at(LOSS, 0.6, 0.7), modifiers=8)
    x2, y2 = b.domain(LOSS, "x"), b.domain(LOSS, "y")
    for d0, d2, lo, hi in ((x0, x2, 0.2, 0.6), (y0, y2, 0.2, 0.7)):
        size = d0[1] - d0[0]
        assert abs((d2[0] - d0[0]) / size - lo) < 0.02, (d0, d2)
        assert abs((d2[1] - d0[0]) / size - hi) < 0.02, (d0, d2)
    b.click(reset_button(b, LOSS))
    b.settle(LOSS)
    b.quiet()


def toggles(b, path):
    """a revision is hidden in all charts, and shown again"""
    button = b.find("button[data-rev=v2]")[0]
    before = b.js("return getComputedStyle(document.querySelector("
                  "'button[data-rev=v3] .swatch')).backgroundColor")
    b.click(button)
    for i in (LOSS, ACC, BARS):
        b.settle(i)
    assert {r for r, c in lines(b, LOSS)} == {"v1", "v3"}
    assert {r for r, c in lines(b, ACC)} == {"v1", "v3"}
    bars = [d for m in b.marks(BARS, "rect") for d in m if "weight" in d]
    assert {d["rev"] for d in bars} == {"v1", "v3"}
    assert button.get_attribute("aria-pressed") == "false"
    assert len([e for e in b.find("figure img") if e.is_displayed()]) == 2
    # The others keep their colours.
    stroke = b.js("""return dver.charts[0].view.scale("color")("v3")""")
    rgb = "rgb(%d, %d, %d)" % tuple(int(stroke[k:k + 2], 16)
                                    for k in (1, 3, 5))
    assert rgb == before, (rgb, before)
    b.click(button)
    b.settle(LOSS)
    assert {r for r, c in lines(b, LOSS)} == set(REVS)
    b.quiet()


def far(b, path):
    """what nobody sees is as all the rest when somebody does"""
    b.open(path, height=300)
    b.wait("dver.charts[0].view", "the first chart")
    b.see(BARS)
    b.js("scrollTo(0, 0)")
    b.wait("!dver.charts[arguments[0]].near", "a chart out of sight", BARS)
    b.click(b.find("button[data-rev=v1]")[0])
    b.dark(True)
    b.settle(LOSS)
    assert {r for r, c in lines(b, LOSS)} == {"v2", "v3"}
    b.see(BARS)
    bars = [d for m in b.marks(BARS, "rect") for d in m if "weight" in d]
    assert {d["rev"] for d in bars} == {"v2", "v3"}
    b.wait("dver.charts[arguments[0]].view.background() === '#0d1117'",
           "a dark ground", BARS)
    b.quiet()
    b.open(path)
    b.drawn(5)


def smooth(values, weight):
    """As TensorBoard does it."""
    last, out = 0, []
    for n, v in enumerate(values, 1):
        last = last * weight + (1 - weight) * v
        out.append(last / (1 - weight ** n))
    return out


def slide(b, value):
    b.js("""const s = document.querySelector("input[type=range]");
        s.value = arguments[0];
        s.dispatchEvent(new Event("input", {bubbles: true}));""", value)
    b.settle(LOSS)


def smooths(b, path):
    """the slider smooths lines, and leaves the raw ones faded"""
    plain = [p["value"] for p in lines(b, LOSS)["v2", "loss"]]
    assert lines(b, LOSS, raw=True) == {}
    slide(b, 0.8)
    got = [p["value"] for p in lines(b, LOSS)["v2", "loss"]]
    want = smooth(plain, 0.8)
    assert max(abs(g - w) for g, w in zip(got, want)) < 1e-9
    faded = lines(b, LOSS, raw=True)
    assert len(faded) == 6
    assert [p["__raw"] for p in faded["v2", "loss"]] == plain
    slide(b, 0)
    assert [p["value"] for p in lines(b, LOSS)["v2", "loss"]] == plain
    assert lines(b, LOSS, raw=True) == {}
    b.quiet()


def logarithmic(b, path):
    """y can be logarithmic where it is positive"""
    button = [e for e in b.js("return [...dver.charts[0].bar.children]")
              if e.text == "Log y"]
    b.click(button[0])
    b.settle(LOSS)
    b.wait("dver.charts[0].view.scale('y').type === 'log'", "a log scale")
    # No whole decades around it.
    values = [p["value"] for m in lines(b, LOSS).values() for p in m]
    assert b.domain(LOSS, "y") == [min(values), max(values)]
    b.click(button[0])
    b.wait("dver.charts[0].view.scale('y').type === 'linear'", "a linear one")
    # Accuracies begin at 0.
    assert "Log y" not in b.js("return dver.charts[1].bar.innerText")
    b.quiet()


def saves(b, path):
    """a chart is saved as a picture and as CSV"""
    to = tempfile.mkdtemp(dir=os.path.dirname(path))
    b.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=to)
    for kind in ("SVG", "PNG", "CSV"):
        b.click([e for e in b.js("return [...dver.charts[0].bar.children]")
                 if e.text == kind][0])
    names = ["w_loss." + kind for kind in ("csv", "png", "svg")]
    end = time.monotonic() + LIMIT
    while sorted(os.listdir(to)) != names:
        assert time.monotonic() < end, os.listdir(to)
        time.sleep(0.05)
    svg = xml.dom.minidom.parse(to + "/w_loss.svg")
    assert svg.documentElement.tagName == "svg"
    assert len(svg.getElementsByTagName("path")) > 6
    with open(to + "/w_loss.png", "rb") as f:
        assert f.read(8) == b"\x89PNG\r\n\x1a\n"
    with open(to + "/w_loss.csv", newline="") as f:
        rows = list(csv.DictReader(f))
    assert len(rows) == 6 * STEPS
    assert {r["rev"] for r in rows} == set(REVS)
    got = {(r["step"], r["field"]): float(r["value"]) for r in rows
           if r["rev"] == "v3"}
    assert got["7", "loss"] == loss(3, 7)[0], got["7", "loss"]
    b.quiet()


sys.exit(on_page(fill, [draws, hovers, zooms, scrolls, drags, toggles, far,
                        smooths, logarithmic, saves]))
