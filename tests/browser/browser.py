"""
browser - what every test of pages needs: a repository, Chromium, TAP.

    def fill(repo): repo.write("l.csv", ...); return repo.page()
    def draws(b, path): b.open(path); b.drawn(1); assert b.find("svg")
    sys.exit(on_page(fill, [draws]))

A test is a function of a list; it fails by an exception.  Waits are generous:
a machine may be slow, a page must not be wrong.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

LIMIT = float(os.environ.get("BROWSER_LIMIT", 90))	# seconds, of any wait
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BIN = os.environ.get("DVER_BIN", TOP + "/build/release-cc")


class Repo:
    """A repository of its own, and a home."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="dver-browser.", dir="/tmp")
        self.dir = self.root + "/r"
        self.env = dict(os.environ, HOME=self.root, GIT_CONFIG_NOSYSTEM="1",
                        PATH=BIN + ":" + os.environ["PATH"],
                        XDG_CONFIG_HOME=self.root + "/.config",
                        LC_ALL="C.UTF-8")
        os.mkdir(self.dir)
        self.run("git", "init", "-q", "-b", "main")
        self.run("git", "config", "user.name", "t")
        self.run("git", "config", "user.email", "t@example.org")
        self.run("dver", "init", "-q")

    def run(self, *args):
        r = subprocess.run(args, cwd=self.dir, env=self.env,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if r.returncode:
            raise AssertionError("%s: %s" % (args, r.stderr.decode()))
        return r.stdout.decode()

    def write(self, path, text):
        path = os.path.join(self.dir, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb" if isinstance(text, bytes) else "w") as f:
            f.write(text)

    def commit(self, tag):
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qm", tag)
        self.run("git", "tag", tag)

    def page(self, *args):
        out = tempfile.mkdtemp(dir=self.root)
        self.run("dver", "plots", "show", "--html", out, *args)
        return out + "/index.html"

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)


def chromium(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    flags = ["--headless=new", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync",
             "--disable-dev-shm-usage", "--force-device-scale-factor=1",
             "--hide-scrollbars",
             "--window-size=1200,900", "--user-data-dir=" + profile]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    for flag in flags:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs",
                           {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"),
                            options=options)


class Browser:
    """One Chromium for all pages of a test program."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="dver-chromium.", dir="/tmp")
        self.driver = chromium(self.profile)
        self.driver.set_script_timeout(LIMIT)
        self.driver.set_page_load_timeout(LIMIT)

    def quit(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def cdp(self, name, **args):
        return self.driver.execute_cdp_cmd(name, args)

    def js(self, text, *args):
        return self.driver.execute_script(text, *args)

    def wait(self, text, what, *args):
        """Until JavaScript says yes."""
        end = time.monotonic() + LIMIT
        while True:
            value = self.js("return !!(%s)" % text, *args)
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError("not so in time: " + what)
            time.sleep(0.05)

    def open(self, path, width=1200, height=900, dark=False, scripts=True):
        self.logs = []
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.cdp("Emulation.setDeviceMetricsOverride", width=width,
                 height=height, deviceScaleFactor=1, mobile=False)
        self.dark(dark)
        self.cdp("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.url = "file://" + path
        self.driver.get(self.url)

    def dark(self, on):
        self.cdp("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme",
             "value": "dark" if on else "light"}])

    def drawn(self, n):
        """Wait until n charts are drawn, wherever they are."""
        self.wait("dver.charts.length === arguments[0]", "%d charts" % n, n)
        for i in range(n):
            self.see(i)
        self.js("scrollTo(0, 0)")

    def see(self, i):
        self.js("dver.charts[arguments[0]].box.scrollIntoView("
                "{block: 'center'})", i)
        self.wait("dver.charts[arguments[0]].near && "
                  "(dver.charts[arguments[0]].view || "
                  "dver.charts[arguments[0]].failed)", "chart %d" % i, i)
        failed = self.js("return dver.charts[arguments[0]].failed", i)
        assert not failed, failed
        self.settle(i)

    def settle(self, i):
        """Until all that was asked of a chart is drawn."""
        self.driver.execute_async_script("""
            const done = arguments[1], c = dver.charts[arguments[0]];
            requestAnimationFrame(() => requestAnimationFrame(async () => {
                while (c.working || (c.want && c.near))
                    await c.done;
                if (c.view)
                    await c.view.runAsync();
                done();
            }));""", i)

    def domain(self, i, axis="x"):
        return self.js("return dver.charts[arguments[0]].view.scale("
                       "arguments[1]).domain().map(Number)", i, axis)

    def marks(self, i, kind, all=False):
        """Of each mark of a kind the data of its items; groups inside."""
        return self.js("""
            const kind = arguments[1], out = [];
            (function walk(mark) {
                if (mark.marktype === kind && mark.role === "mark")
                    out.push(mark.items.map((i) => Object.assign({},
                        i.datum, {opacity: i.opacity, y_px: i.y,
                                  x_px: i.x})));
                for (const item of mark.items || [])
                    for (const m of item.items || [])
                        walk(m);
            })(dver.charts[arguments[0]].view.scenegraph().root);
            return out.filter((m) => m.length);""", i, kind)

    def at(self, i, x, y):
        """Pixels in the window of a place in the plane of a chart."""
        return self.js("""
            const c = dver.charts[arguments[0]];
            const r = c.live.querySelector("canvas,svg")
                .getBoundingClientRect(), o = c.view.origin();
            return [r.left + o[0] + arguments[1] * c.view.width(),
                    r.top + o[1] + (1 - arguments[2]) * c.view.height()];
            """, i, x, y)

    def mouse(self, kind, x, y, **more):
        more.setdefault("button", "none" if kind in (
            "mouseMoved", "mouseWheel") else "left")
        self.cdp("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, element):
        self.js("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def key(self, *keys):
        actions = ActionBuilder(self.driver)
        for key in keys:
            actions.key_action.send_keys(key)
        actions.perform()

    def find(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def requests(self):
        """What went, or wanted to go, over a network, or to a file."""
        urls = []
        for entry in self.driver.get_log("performance"):
            m = json.loads(entry["message"])["message"]
            if m["method"] == "Network.requestWillBeSent":
                urls.append(m["params"]["request"]["url"])
        # The page that Chromium begins with loads its own parts.
        return [u for u in urls if u != self.url and
                not u.startswith(("chrome:", "data:image/"))]

    def quiet(self):
        """No word on the console, no request."""
        said = self.driver.get_log("browser")
        assert said == [], said
        asked = self.requests()
        assert asked == [], asked


def main(tests, *things):
    bad = 0
    print("1..%d" % len(tests), flush=True)
    for n, test in enumerate(tests, 1):
        name = test.__doc__ or test.__name__.replace("_", " ")
        try:
            test(*things)
            print("ok %d - %s" % (n, name), flush=True)
        except Exception:
            bad += 1
            print("not ok %d - %s" % (n, name))
            text = traceback.format_exc().split("\nStacktrace:")[0]
            for line in text.splitlines():
                print("# " + line)
            sys.stdout.flush()
    return bad


def on_page(fill, tests):
    """Tests of one page, whose path fill() returns."""
    repo = Repo()
    try:
        path = fill(repo)
        browser = Browser()
        try:
            return main(tests, browser, path)
        finally:
            browser.quit()
    finally:
        repo.remove()
