# Names and templates that try to run something, or to send something away.
import json
import re
import sys

from browser import on_page

RUN = "window.pwned=1"
NAME = "</script><img src=x onerror=%s>" % RUN
TAG = "</script><script>%s</script>" % RUN
SPEC = re.compile(r'(<script type="application/json">)(.*?)(</script>)', re.S)

EVIL = {
    "usermeta": {"embedOptions": {"ast": False, "actions": True,
                                  "defaultStyle": "body{display:none}"}},
    "data": {"values": "<DVC_METRIC_DATA>"},
    "title": {"text": NAME, "subtitle": "<!--" + NAME},
    "transform": [{"calculate": "datum['v'] + 1", "as": "z"}],
    "mark": {"type": "bar", "tooltip": {
        "expr": "{a: '%s', b: '<svg onload=%s>'}" % (NAME, RUN)}},
    "encoding": {"x": {"field": "<DVC_METRIC_X>", "type": "nominal"},
                 "y": {"field": "z", "type": "quantitative"}}}


def fill(repo):
    repo.write("l.csv", 'step,"%s"\n' % NAME + "1,2\n2,3\n")
    repo.write("words.csv", 'step,label,"%s"\n' % NAME +
               '%d,"%s",1\n' % (1, NAME) + "2,b,4\n")
    repo.write("%s.csv" % NAME, "a,b\n1,2\n2,3\n")
    repo.write("dver.yaml", "plots:\n" + "".join(
        '- "%s %d": {x: {%s}, y: {%s}, template: %s, title: "%s", x_label: '
        '"%s", y_label: "%s"}\n' % (NAME, n, x, y, template, NAME, NAME, NAME)
        for n, (x, y, template) in enumerate([
            ("l.csv: step", 'l.csv: "%s"' % NAME, "linear"),
            ("l.csv: step", 'l.csv: "%s"' % NAME, "scatter"),
            ("words.csv: label", "words.csv: label", "confusion"),
            ('words.csv: "%s"' % NAME, "words.csv: label", "bar_horizontal"),
        ])) + '- "%s.csv": {x: a, y: b}\n' % NAME +
        "- t.csv: {x: step, y: v, template: evil}\n")
    repo.write("t.csv", "step,v\n0,1\n1,2\n")
    repo.write(".dver/plots/evil.json", json.dumps(EVIL))
    repo.commit(TAG)
    repo.write("l.csv", 'step,"%s"\n' % NAME + "1,3\n2,4\n")
    repo.commit("<b>two</b>")
    return repo.page("<b>two</b>", TAG)


def safe(b):
    """Nothing ran that is not the page's, nothing went anywhere."""
    assert b.js("return window.pwned") is None
    assert b.js("return location.href") == b.url.replace(
        "<", "%3C").replace(">", "%3E")
    asked = b.requests()
    assert asked == [], asked


def names(b, path):
    """names are texts"""
    b.open(path)
    b.drawn(6)
    for i in range(6):
        b.see(i)
        for x in range(0, 100, 7):
            b.mouse("mouseMoved", *b.at(i, x / 100, 0.3))
    b.quiet()
    safe(b)
    assert not b.find(".vega-actions a")
    assert NAME in b.find("h2")[0].text
    assert {e.get_attribute("data-rev") for e in b.find(".revs button")} == \
        {TAG, "<b>two</b>"}
    assert b.js("return document.querySelectorAll('main img, b').length") == 0


def shows(b, path, spec, click=False):
    """Put a spec into the place of the first, and look at it."""
    text = open(path, encoding="utf-8").read()
    hostile = path.replace("index.html", "hostile.html")
    with open(hostile, "w", encoding="utf-8") as f:
        f.write(SPEC.sub(lambda m: m[1] + json.dumps(spec).replace(
            "<", "\\u003c") + m[3], text, count=1))
    b.open(hostile)
    b.wait("dver.charts.length >= 4 && (document.querySelector('.chart')"
           ".matches('.failed') || dver.charts[0].view || "
           "dver.charts[0].failed)", "a chart or none")
    if click and b.js("return !!dver.charts[0].view"):
        b.settle(0)
        for x in (0.25, 0.5, 0.75):
            at = b.at(0, x, 0.5)
            for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
                b.mouse(kind, *at, clickCount=1)
        b.settle(0)
    safe(b)


def still(b):
    return b.js("""const box = document.querySelector(".chart");
        return box.matches(".failed") && box.querySelector(".still")
            .checkVisibility() && !box.querySelector(".live");""")


ROWS = [{"a": 1, "b": 1, "rev": "x"}, {"a": 2, "b": 2, "rev": "y"}]
XY = {"x": {"field": "a", "type": "quantitative"},
      "y": {"field": "b", "type": "quantitative"}}


def elsewhere(b, path):
    """data, images and links that are elsewhere are not asked for"""
    for url in ("http://127.0.0.1:9/x.json", "file:///etc/passwd", "x.json",
                "//example.org/x"):
        shows(b, path, {"data": {"url": url}, "mark": "point",
                        "encoding": XY})
        assert still(b)
        shows(b, path, {"data": {"values": ROWS}, "mark": "point", "transform":
                        [{"lookup": "a", "from": {"data": {"url": url},
                          "key": "a", "fields": ["z"]}}], "encoding": XY})
        assert still(b)
        shows(b, path, {
            "data": {"values": ROWS}, "width": 300, "height": 200,
            "mark": {"type": "image", "url": url, "width": 300,
                     "height": 200}, "encoding": XY})
    for url in ("http://127.0.0.1:9/", "javascript:" + RUN):
        shows(b, path, {
            "data": {"values": ROWS}, "mark": {"type": "rect", "href": url},
            "encoding": {"x": {"field": "a", "type": "nominal"}}}, True)
        shows(b, path, {
            "data": {"values": [dict(r, u=url) for r in ROWS]},
            "mark": "bar", "encoding": dict(
                XY, href={"field": "u", "type": "nominal"})}, True)


def options(b, path):
    """a template does not choose how it is shown"""
    shows(b, path, {
        "usermeta": {"embedOptions": {
            "actions": True, "ast": False, "defaultStyle": "body{display:none}",
            "editorUrl": "http://127.0.0.1:9/", "sourceHeader": NAME,
            "config": "http://127.0.0.1:9/config.json",
            "loader": {"baseURL": "http://127.0.0.1:9/"}}},
        "data": {"values": ROWS}, "mark": "point", "encoding": XY})
    assert not still(b)
    assert not b.find(".vega-actions a")
    assert b.find("h1")[0].is_displayed()


def inputs(b, path):
    """what a template lets readers change stands with its chart"""
    evil = {"name": NAME, "onfocus": RUN, "autofocus": "", "id": "h1",
            "style": "position:fixed;inset:0;width:100vw;height:100vh"}
    for kind in ("text", "range", "select", "radio", "checkbox", "image"):
        for element in ({}, {"element": "body"}, {"element": "h1"}):
            bind = dict(evil, input=kind, options=[1, NAME], src="x.png",
                        labels=[NAME, NAME], **element)
            for spec in ({"mark": "bar", "encoding": XY, "params": [
                              {"name": "p", "value": 1, "bind": bind}],
                          "data": {"values": ROWS}},
                         {"$schema": "https://vega.github.io/schema/vega/v6"
                                     ".json", "width": 9, "height": 9,
                          "config": {"signals": [
                              {"name": "q", "value": 1, "bind": bind}]},
                          "signals": [
                              {"name": "p", "value": 1, "bind": bind}],
                          "data": [{"name": "t", "values": ROWS}]}):
                shows(b, path, spec, True)
                assert b.find("h1")[0].text.startswith("r: plots of ")
                outside = b.js("""return [...document.querySelectorAll(
                    ".vega-bind, .vega-bind *")].filter((e) =>
                        !e.closest(".chart .live") || e.id || e.onfocus ||
                        e.hasAttribute("style")).length""")
                assert outside == 0, (kind, element, spec)
                assert kind == "image" or b.find(".vega-bind")


def expressions(b, path):
    """an expression reaches nothing but its data"""
    for text in ("window.pwned = 1",
                 "datum.constructor.constructor('%s')()" % RUN,
                 "[].constructor.constructor('%s')()" % RUN,
                 "event.view.constructor.constructor('%s')()" % RUN,
                 "toString.constructor('%s')()" % RUN,
                 "datum.a.toFixed.call.constructor('%s')()" % RUN):
        shows(b, path, {
            "data": {"values": ROWS}, "mark": "bar", "encoding": XY,
            "transform": [{"calculate": text, "as": "z"}]})
        shows(b, path, {
            "data": {"values": ROWS}, "mark": {
                "type": "bar", "tooltip": {"expr": text}},
            "params": [{"name": "p", "expr": text}], "encoding": XY}, True)
    for text in (NAME, "<svg onload=%s>" % RUN):
        shows(b, path, {
            "data": {"values": [dict(r, t=text) for r in ROWS]},
            "title": {"text": text, "subtitle": text},
            "mark": {"type": "bar", "tooltip": {"content": "data"},
                     "width": 200}, "encoding": XY}, True)


def nonsense(b, path):
    """what does not draw leaves the still picture"""
    for spec in ({}, [], 3, "x", None, {"mark": "nothing"},
                 {"data": {"values": ROWS}, "mark": "bar", "encoding": {
                     "x": {"field": "a", "type": "quantitative",
                           "scale": {"type": "point", "domain": 3}}},
                  "transform": [{"calculate": "((", "as": "z"}]}):
        shows(b, path, spec)
        assert still(b), spec
        b.see(1)


sys.exit(on_page(fill, [names, elsewhere, options, inputs, expressions,
                        nonsense]))
