# Legends fit into the page, whatever they name, and follow its switches.
import sys

from browser import Browser, Repo, on_page

BRANCHES = ["experiment-with-a-name-%d" % k for k in range(6)]
LONG = "a-branch-with-a-name-that-is-longer-than-a-telephone-is-wide-" * 2
LINES, CONFUSION = 0, 1


def fill(repo):
    repo.write("dver.yaml", """plots:
- all: {x: step, y: {loss.csv: [train_loss, val_loss]}}
- conf.csv: {template: confusion, x: actual, y: predicted}
""")
    repo.write("conf.csv", "actual,predicted\na,a\nb,a\nb,b\n")
    for k, name in enumerate(BRANCHES + [LONG]):
        repo.write("loss.csv", "step,train_loss,val_loss\n0,%d,2\n1,3,%d\n"
                   % (k, k))
        repo.commit(name)
    return repo.page(*BRANCHES, LONG)


def labels(b, i):
    """Text, its limit, and from where to where it is on the canvas."""
    return b.js("""
        const out = [], view = dver.charts[arguments[0]].view;
        (function walk(mark, x, y) {
            for (const item of mark.items || []) {
                const group = mark.marktype === "group";
                if (mark.role === "legend-label")
                    out.push({text: item.text, limit: item.limit,
                        opacity: item.opacity,
                        x1: x + item.bounds.x1, x2: x + item.bounds.x2,
                        y: y + (item.bounds.y1 + item.bounds.y2) / 2});
                for (const m of item.items || [])
                    walk(m, x + (group ? item.x || 0 : 0),
                         y + (group ? item.y || 0 : 0));
            }
        })(view.scenegraph().root, view.origin()[0], view.origin()[1]);
        return out;""", i)


def whole(b, path):
    """all names are in the picture, at any width"""
    for width in 1200, 500, 360:
        b.open(path, width=width)
        b.drawn(2)
        got = labels(b, LINES)
        assert [g["text"] for g in got] == BRANCHES + [
            LONG, "train_loss", "val_loss"], (width, got)
        room = b.find(".live canvas")[LINES].rect["width"]
        for g in got:
            assert 0 <= g["x1"] < g["x2"] <= room + 1, (width, room, g)
        # No two over each other.
        for g in got:
            for h in got:
                assert g is h or abs(g["y"] - h["y"]) > 8 or \
                    g["x2"] <= h["x1"] or h["x2"] <= g["x1"], (width, g, h)
    b.quiet()


def full(b, path):
    """a name that is cut is told where the pointer is"""
    b.open(path, width=500)
    b.drawn(2)
    b.see(LINES)
    g = [g for g in labels(b, LINES) if g["text"] == LONG][0]
    left, top = b.js("""const r = dver.charts[0].live
        .querySelector("canvas").getBoundingClientRect();
        return [r.left, r.top];""")
    b.mouse("mouseMoved", 5, 5)
    b.mouse("mouseMoved", left + g["x1"] + 20, top + g["y"])
    b.wait("""(() => {
        const t = document.getElementById("vg-tooltip-element");
        return t && t.classList.contains("visible") &&
            t.innerText.trim() === arguments[0]; })()""", "a name", LONG)
    b.quiet()


def many(b, path):
    """64 names are all in the picture"""
    repo = Repo()
    try:
        names = ["column_number_%d" % k for k in range(64)]
        repo.write("m.csv", "step," + ",".join(names) + "\n" + "".join(
            "%d,%s\n" % (i, ",".join(["%d" % i] * 64)) for i in (0, 1)))
        repo.write("dver.yaml", "plots:\n- m.csv: {x: step, y: [%s]}\n"
                   % ", ".join(names))
        b.open(repo.page(), width=1200)
        b.drawn(1)
        got = labels(b, 0)
        assert [g["text"] for g in got] == names
        room = b.find(".live canvas")[0].rect["width"]
        assert all(g["x2"] <= room + 1 for g in got), (room, got[-1])
        b.quiet()
    finally:
        repo.remove()


def hidden(b, path):
    """what is switched off is pale in legends"""
    b.open(path)
    b.drawn(2)
    button = b.find("button[data-rev=%s]" % BRANCHES[1])[0]
    for off in True, False:
        b.click(button)
        b.see(LINES)
        pale = {g["text"] for g in labels(b, LINES) if g["opacity"] < 0.5}
        assert pale == ({BRANCHES[1]} if off else set()), pale
    b.quiet()


def beside(b, path):
    """a matrix that is switched off takes its axes with it"""
    def axes():
        b.see(0)
        return b.js("""let n = 0;
            (function walk(mark) {
                n += mark.role === "axis" && mark.items.length ? 1 : 0;
                for (const item of mark.items || [])
                    for (const m of item.items || [])
                        walk(m);
            })(dver.charts[0].view.scenegraph().root);
            return n;""")
    repo = Repo()
    try:
        fill(repo)
        b.open(repo.page(*BRANCHES[:2], "--", "conf.csv"))
        b.drawn(1)
        assert axes() == 3
        button = b.find("button[data-rev=%s]" % BRANCHES[0])[0]
        b.click(button)
        b.settle(0)
        assert axes() == 2, axes()
        b.click(button)
        b.settle(0)
        assert axes() == 3, axes()
        b.quiet()
    finally:
        repo.remove()


sys.exit(on_page(fill, [whole, full, many, hidden, beside]))
