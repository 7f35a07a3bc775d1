# The page of dver report: what changed, images before and after, charts that
# move, for a screen, a phone, the dark and a reader without scripts.
import math
import re
import struct
import sys
import zlib

from browser import on_page


def png(w, h, at):
    """An image of one gradient."""
    rows = b"".join(b"\0" + b"".join(
        bytes(at(x / w, y / h)) for x in range(w)) for y in range(h))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(
        ">IIBBBBB", w, h, 8, 2, 0, 0, 0)) +
        chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def version(repo, k):
    repo.write("dver.yaml", """plots:
- loss.csv: {x: step, y: loss}
- conf.csv: {template: confusion, x: actual, y: predicted}
- roc.png
metrics:
- m.json: {higher_is_better: {acc: true, loss: false}}
stages:
  train:
    cmd: "cat params.yaml > model"
    params: [lr, epochs]
    deps: [data]
    outs: [model]
""" + "".join("  s%d: {cmd: echo %d > o%d, outs: [o%d]}\n" % (k, k, k, k)
              for k in range(k)))
    repo.write("params.yaml", "lr: 0.%d\nepochs: 10\n" % k)
    repo.write("m.json", '{"acc": 0.9%d, "loss": 0.%d}' % (k, k + 2))
    repo.write("loss.csv", "step,loss\n" + "".join(
        "%d,%.4f\n" % (i, 1 + 3 * math.exp(-i * k / 30))
        for i in range(100)))
    repo.write("conf.csv", "actual,predicted\n" + "".join(
        "cat,%s\n" % w for w in ("cat", "dog", "bird")) * k)
    repo.write("roc.png", png(160, 120, lambda x, y: (
        255, int(255 * x ** k), int(255 * y))))
    repo.write("data/labels.csv", "id,label\n1,cat\n2,%s\n" % ("dog" * k))
    repo.write("data/images/a rather long name of a photograph.png",
               png(300, 200, lambda x, y: (int(200 * x), 90 * k, 120)))
    if k == 1:
        repo.write("data/images/gone.png", png(20, 30, lambda x, y: (9,) * 3))
    else:
        repo.write("data/images/wide.png",
                   png(1600, 100, lambda x, y: (30, int(255 * x), 200)))
        repo.run("rm", "data/images/gone.png")
        repo.write("data/images/tall.svg",
                   '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20'
                   ' 60"><image href="https://example.org/x.png"/><script>'
                   'window.evil = 1</script><circle cx="10" cy="30" r="9"/>'
                   '</svg>')
        repo.write("data/images/broken.jpg", "no image")
    repo.run("dver", "add", "-q", "data")
    repo.commit("v%d" % k)


def fill(repo):
    version(repo, 1)
    version(repo, 2)
    out = repo.root + "/report.html"
    repo.run("dver", "report", "--base", "v1", "-o", out)
    return out


def beyond(b):
    return b.js("""
        const out = [];
        if (document.documentElement.scrollWidth >
            document.documentElement.clientWidth)
            out.push("the page");
        /* What scrolls by itself may be wider inside. */
        const inside = (e) => e.parentElement && (["auto", "hidden"].includes(
            getComputedStyle(e.parentElement).overflowX) ||
            inside(e.parentElement));
        for (const e of document.querySelectorAll("body *"))
            if (e.checkVisibility() && !inside(e) &&
                e.getBoundingClientRect().right > innerWidth + 1)
                out.push(e.outerHTML.slice(0, 200));
        return out;""")


def stands(b, path):
    """headline, parts, images before and now, charts; no word, no request"""
    b.open(path)
    b.drawn(2)
    text = b.js("return document.querySelector('.lead').innerText")
    assert text == ("1 output, 1 parameter, 2 metrics (1 better, 1 worse), "
                    "6 images, 3 plots, 1 stage changed, 3 stages would "
                    "run"), text
    assert re.search(r"^HEAD \(\w{10}\) compared with v1, where they parted: "
                     r"\w{10}$", b.js("return document.querySelector("
                                      "'.ends').innerText"))
    heads = [e.text for e in b.find(".part > h2")]
    assert heads == ["Data", "Rows and lines", "Parameters", "Metrics",
                     "Images", "Plots", "Pipeline", "Would run"], heads
    shown = b.js("""return [...document.querySelectorAll(".sheet figure")]
        .map((f) => [f.querySelector("figcaption").innerText,
            [...f.querySelectorAll("img")].map((i) => [i.alt.split(", ")
                .pop(), i.complete, i.naturalWidth, i.naturalHeight])]);""")
    shown = {re.sub(r"^data/images/", "", k).strip(): v for k, v in shown}
    assert shown["a rather long name of a photograph.png"] == [
        ["before", True, 300, 200], ["now", True, 300, 200]], shown
    assert shown["gone.png removed"] == [["before", True, 20, 30]], shown
    assert shown["wide.png new"] == [["now", True, 1600, 100]], shown
    assert shown["broken.jpg new"] == [], shown
    assert shown["tall.svg new"][0][1] and shown["roc.png"][1][2] == 160
    pair = b.find(".sheet figure .side")[:2]
    assert pair[0].rect["y"] == pair[1].rect["y"]
    assert pair[0].rect["x"] < pair[1].rect["x"]
    assert b.js("return window.evil") is None
    reasons = b.js("""return [...document.querySelectorAll(".part")].find(
        (s) => s.innerText.startsWith("Would run")).innerText""")
    for word in ("it never ran", "train"):
        assert word in reasons, reasons
    assert beyond(b) == [], beyond(b)
    b.quiet()


def moves(b, path):
    """a chart zooms, a revision is hidden"""
    b.open(path)
    b.drawn(2)
    whole = b.domain(0)
    b.js("dver.charts[0].area.focus()")
    b.key("+")
    b.settle(0)
    assert b.domain(0) != whole
    revs = b.find(".revs button[data-rev]")
    assert len(revs) == 2, len(revs)
    b.click(revs[0])
    b.settle(0)
    assert b.js("return dver.hidden.size") == 1
    # The images before and now are no revisions to hide.
    assert all(f.is_displayed() for f in b.find(".sheet figure"))
    b.quiet()


def phone(b, path):
    """360 pixels are wide enough"""
    b.open(path, width=360, height=740)
    b.drawn(2)
    assert beyond(b) == [], beyond(b)
    pair = b.find(".sheet figure .side")[:2]
    assert pair[0].rect["y"] == pair[1].rect["y"]
    b.quiet()


def luminance(text):
    def part(c):
        c /= 255
        return c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
    r, g, b = (part(float(n)) for n in re.findall(r"[\d.]+", text)[:3])
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def readable(b, path, dark):
    b.open(path, dark=dark)
    b.drawn(2)
    ground = luminance(b.js(
        "return getComputedStyle(document.body).backgroundColor"))
    assert (ground < 0.1) == dark, ground
    texts = b.js("""
        const out = [];
        for (const e of document.querySelectorAll(
            "p,li,td,th,h1,h2,figcaption,ins,del,.status,.side span")) {
            const s = getComputedStyle(e);
            if (e.checkVisibility() && e.innerText.trim() &&
                s.backgroundColor === "rgba(0, 0, 0, 0)")
                out.push([s.color, e.innerText.slice(0, 40), s.opacity]);
        }
        return out;""")
    assert len(texts) > 40, len(texts)
    for colour, text, opacity in texts:
        assert opacity == "1", text
        low, high = sorted((luminance(colour), ground))
        assert (high + 0.05) / (low + 0.05) >= 4.5, (colour, text)
    b.quiet()


def light(b, path):
    """texts can be read in the light"""
    readable(b, path, False)


def dark(b, path):
    """texts can be read in the dark"""
    readable(b, path, True)


def still(b, path):
    """without scripts the charts are pictures"""
    b.open(path, scripts=False)
    b.cdp("Emulation.setScriptExecutionDisabled", value=False)
    assert b.js("return typeof dver") == "undefined"
    assert len([e for e in b.find(".still svg") if e.is_displayed()]) == 2
    assert b.find(".sheet img")
    b.quiet()


sys.exit(on_page(fill, [stands, moves, phone, light, dark, still]))
