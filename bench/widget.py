"""How soon a change shows in a real JupyterLab in a real Chromium, beside others.

    python bench/widget.py [--rounds 20] [--only mini] [--screenshots]

Three ways to see the same page (one style sheet, one script, one picture) while its
view is redefined in cells: the mini browser; an iframe to a Flask server that each cell
stops and starts again; FastHTML's `HTMX` iframe with its live reload. From the end of
the cell's run (in the kernel) to the moment the new page has painted (two animation
frames after its load), in milliseconds, medians. Then what the mini browser alone does:
a link, a megabyte of HTML, the first page, and its messages when nothing happens.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from peers import require

require("fasthtml", "flask", "jupyterlab", "playwright")

from playwright.sync_api import Page, TimeoutError, sync_playwright
from tests.browser.lab import Lab, Notebook, chromium

IDLE_S = 5
MISSED_AFTER_MS = 4000
CLOCK = """import time
ended = []
get_ipython().events.register("post_run_cell", lambda result: ended.append(time.time()))
"""
PARTS = '''SCRIPT = """addEventListener("load", () => requestAnimationFrame(() =>
  requestAnimationFrame(() => top.postMessage(
    {painted: document.getElementById("h").textContent}, "*"))));"""
STYLE = "h1 { color: green; font-family: sans-serif }"
PICTURE = bytes.fromhex("47494638396101000100800000ff0000ffffff2c00000000010001000002024401003b")
PAGE = """<!doctype html><html><head><link rel="stylesheet" href="/s.css">
<script src="/s.js"></script></head><body><h1 id="h">{}</h1>
<img src="/p.gif" width="40" height="40"><a id="a" href="/small">small</a>
<a id="m" href="/megabyte">megabyte</a></body></html>"""
SMALL = "<!doctype html><h1 id='h'>small</h1><script>" + SCRIPT + "</script>"
MEGABYTE = "<!doctype html><h1 id='h'>megabyte</h1>" + "<p>" + "x" * 93 + "</p>"
MEGABYTE = MEGABYTE * 1 + ("<p>" + "x" * 93 + "</p>") * 10_000
MEGABYTE += "<script>" + SCRIPT + "</script>"
'''
MINI = """%load_ext werkbook
from werkbook import App, Response
app = App()
@app.get("/s.css")
def css(): return Response(STYLE, mimetype="text/css")
@app.get("/s.js")
def js(): return Response(SCRIPT, mimetype="text/javascript")
@app.get("/p.gif")
def gif(): return Response(PICTURE, mimetype="image/gif")
@app.get("/small")
def small(): return SMALL
@app.get("/megabyte")
def megabyte(): return MEGABYTE
"""
MINI_VIEW = """@app.get("/")
def index(): return PAGE.format({marker!r})"""
FLASK = """import threading
from flask import Flask, Response
from IPython.display import IFrame, display
from werkzeug.serving import make_server
import logging
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = None
def serve(marker):
    global server
    app = Flask("bench")
    app.add_url_rule("/s.css", "c", lambda: Response(STYLE, mimetype="text/css"))
    app.add_url_rule("/s.js", "j", lambda: Response(SCRIPT, mimetype="text/javascript"))
    app.add_url_rule("/p.gif", "p", lambda: Response(PICTURE, mimetype="image/gif"))
    app.add_url_rule("/", "i", lambda: PAGE.format(marker))
    if server:
        server.shutdown()
        server.server_close()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return IFrame(f"http://127.0.0.1:{server.server_port}/", "100%", 300)
"""
FLASK_VIEW = "serve({marker!r})"
FAST = """from fasthtml.common import FastHTML, Link, Script, Img, H1, Response
from fasthtml.jupyter import HTMX, JupyUvi
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0)); port = s.getsockname()[1]
app = FastHTML(default_hdrs=False, hdrs=(Link(rel="stylesheet", href="/s.css"), Script(src="/s.js")))
rt = app.route
@rt("/s.css")
def css(): return Response(STYLE, media_type="text/css")
@rt("/s.js")
def js(): return Response(SCRIPT, media_type="text/javascript")
@rt("/p.gif")
def gif(): return Response(PICTURE, media_type="image/gif")
@rt("/")
def index(): return H1("start", id="h"), Img(src="/p.gif")
server = JupyUvi(app, host="127.0.0.1", port=port, live=True)
HTMX(port=port, height=300)"""
FAST_VIEW = """@rt("/")
def index(): return H1({marker!r}, id="h"), Img(src="/p.gif")"""

LISTEN = """() => {
  window.__painted = {};
  addEventListener('message', ({data}) => {
    if (data && data.painted) __painted[data.painted] = Date.now();
  });
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", choices=["mini", "flask", "fasthtml"])
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    lab = Lab().start()
    try:
        with sync_playwright() as playwright, chromium(playwright) as browser:
            page = browser.new_page(viewport={"width": 1200, "height": 1000})
            Bench(lab, page, options.rounds).run(options.only)
    finally:
        lab.stop()
    print(f"load average {os.getloadavg()[0]:.1f}")


class Bench:
    """The measurements, in one JupyterLab."""

    def __init__(self, lab: Lab, page: Page, rounds: int) -> None:
        self.lab = lab
        self.page = page
        self.rounds = rounds
        self.frames = 0
        page.on("websocket", self._count)

    def run(self, only: str | None) -> None:
        rows: list[tuple[str, Callable[[], None]]] = [
            ("mini", self.mini),
            ("flask", self.flask),
            ("fasthtml", self.fasthtml),
        ]
        for name, measure in rows:
            if only in (None, name):
                measure()

    def mini(self) -> None:
        notebook = self.open("mini", CLOCK, PARTS, MINI, MINI_VIEW.format(marker="m"))
        notebook.run_all()
        index = notebook.add_cell("%browse /")
        started = time.time()
        notebook.run_cell(index)
        report("mini browser: %browse to its first page", [self.until("m", started)])
        self.redefine(notebook, "mini browser: redefined view to painted", 3, MINI_VIEW)
        self.follow(notebook, "mini browser: link to a small page", "#a", "small")
        self.follow(notebook, "mini browser: link to 1 MB of HTML", "#m", "megabyte")
        self.idle()
        notebook.close()

    def flask(self) -> None:
        notebook = self.open(
            "flask", CLOCK, PARTS, FLASK, FLASK_VIEW.format(marker="f")
        )
        notebook.run_all()
        self.wait("f")
        name = "iframe to a Flask server that is restarted"
        self.redefine(notebook, name, 3, FLASK_VIEW)
        notebook.close()

    def fasthtml(self) -> None:
        view = FAST_VIEW.format(marker="h")
        notebook = self.open("fasthtml", CLOCK, PARTS, FAST, view)
        notebook.run_all()
        self.wait("h")
        self.redefine(notebook, "FastHTML's HTMX iframe, live reload", 3, FAST_VIEW)
        notebook.close()

    def open(self, name: str, *cells: str) -> Notebook:
        notebook = Notebook(self.lab, self.page, f"{name}.ipynb").open(*cells)
        # Folded, all cells fit a window of usual size: what is out of view is not
        # painted, and a larger window takes longer for everyone.
        self.page.evaluate(
            "async () => void await jupyterapp.commands"
            ".execute('notebook:hide-all-cell-code')"
        )
        self.page.evaluate(LISTEN)
        return notebook

    def redefine(self, notebook: Notebook, name: str, index: int, view: str) -> None:
        """Redefine the view so many times; from the cell's end to painted."""
        times, whole, missed = [], [], 0
        for number in range(self.rounds):
            marker = f"{index} {number}"
            notebook.set_cell(index, view.format(marker=marker))
            started = time.time()
            notebook.run_cell(index)
            painted = self.wait(marker, MISSED_AFTER_MS)
            if painted is None:
                missed += 1  # a page that reconnects does not hear of the change
                continue
            # The list ends with the cell that is read from: the one before it.
            reader = notebook.run("ended[-1]")
            times.append((painted - float(notebook.output(reader))) * 1000)
            whole.append((painted - started) * 1000)
            notebook.delete_cell(reader)
        report(name, times)
        report("    the whole, from the start of the cell", whole)
        if missed:
            print(f"    {missed} of {self.rounds} changes never showed")

    def follow(self, notebook: Notebook, name: str, link: str, marker: str) -> None:
        """Click a link so many times; from the click to painted."""
        times = []
        view = notebook.view()
        for _ in range(self.rounds):
            element = notebook.frame().locator(link)
            element.wait_for()
            self.page.evaluate("(name) => { delete __painted[name]; }", marker)
            clicked = element.evaluate(
                "(e) => { const t = Date.now(); e.click(); return t; }"
            )
            times.append(self.until(marker, clicked / 1000))
            before = view.get_attribute("data-shown")
            view.get_by_label("Back").click()
            self.page.wait_for_function(
                "([e, old]) => e.dataset.shown !== old",
                arg=[view.element_handle(), before],
            )
        report(name, times)

    def idle(self) -> None:
        """Count the comm messages while nothing happens."""
        self.page.wait_for_timeout(1000)  # what the last page began
        before = self.frames
        self.page.wait_for_timeout(IDLE_S * 1000)
        found = self.frames - before
        print(f"{'mini browser: messages in ' + str(IDLE_S) + ' idle s':52} {found:8}")

    def until(self, marker: str, started: float) -> float:
        painted = self.wait(marker)
        assert painted is not None, f"{marker} was not painted"
        return (painted - started) * 1000

    def wait(self, marker: str, timeout_ms: float = 30_000) -> float | None:
        """Return when a page painted, in seconds; None when it did not in time."""
        try:
            handle = self.page.wait_for_function(
                "(m) => window.__painted[m]", arg=marker, timeout=timeout_ms
            )
        except TimeoutError:
            return None
        painted: float = handle.json_value()
        return painted / 1000

    def _count(self, socket: Any) -> None:
        def note(frame: bytes | str) -> None:
            text = frame if isinstance(frame, bytes) else frame.encode()
            self.frames += b"comm_msg" in text

        socket.on("framesent", note)
        socket.on("framereceived", note)


def report(name: str, times: list[float]) -> None:
    """Print a row: the median, and how far the times go."""
    middle = statistics.median(times)
    spread = f"({min(times):.0f} to {max(times):.0f})" if len(times) > 1 else ""
    print(f"{name:52} {middle:8.0f} ms {spread}", flush=True)


if __name__ == "__main__":
    main()
