# A page of 3,000,000 values stays one that answers.
import sys
import time

from browser import on_page

ROWS = 1000000
SERIES = 3


def fill(repo):
    with open(repo.dir + "/log.csv", "w") as f:
        f.write("step,a,b,c\n")
        for i in range(ROWS):
            f.write("%d,%d,%d,%d\n" % (i, 1 + i % 977, 2000 - i % 691,
                                       9999 if i == 777777 else i // 1000))
    repo.write("dver.yaml", "plots:\n- log.csv: {x: step, y: [a, b, c]}\n")
    start = time.monotonic()
    path = repo.page()
    print("# written in %.2f s" % (time.monotonic() - start), flush=True)
    return path


def timed(what, start):
    print("# %s: %.2f s" % (what, time.monotonic() - start), flush=True)


def thinned(b, path):
    """a million rows are thinned, and the page says so"""
    start = time.monotonic()
    b.open(path)
    b.drawn(1)
    timed("opened and drawn", start)
    lines = [m for m in b.marks(0, "line") if m[0]["opacity"] != 0.3]
    assert len(lines) == SERIES
    for m in lines:
        assert 500 < len(m) <= 2000, len(m)
    assert max(p["value"] for m in lines for p in m) == 9999
    note = b.find(".note")[0]
    assert note.is_displayed() and "of 3,000,000 points" in note.text, \
        note.text
    b.quiet()


def answers(b, path):
    """it zooms, smooths and tells values"""
    lo, hi = b.domain(0)
    start = time.monotonic()
    for _ in range(10):
        b.mouse("mouseWheel", *b.at(0, 0.7, 0.5), deltaX=0, deltaY=-100,
                modifiers=2)
        b.settle(0)
    timed("10 turns of the wheel", start)
    assert b.domain(0)[1] - b.domain(0)[0] < 0.2 * (hi - lo)
    start = time.monotonic()
    for n in range(1, 6):
        b.js("""const s = document.querySelector("input[type=range]");
            s.value = arguments[0];
            s.dispatchEvent(new Event("input", {bubbles: true}));""", n / 6)
        b.settle(0)
    timed("5 steps of smoothing", start)
    assert len([m for m in b.marks(0, "line")
                if m[0]["opacity"] == 0.3]) == SERIES
    start = time.monotonic()
    for n in range(1, 11):
        b.mouse("mouseMoved", *b.at(0, n / 12, 0.5))
    b.wait("document.querySelector('#vg-tooltip-element.visible')",
           "a tooltip")
    timed("10 moves of the pointer", start)
    b.quiet()


sys.exit(on_page(fill, [thinned, answers]))
