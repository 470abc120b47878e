# lines of HTML and JavaScript stay whole
"""A notebook in JupyterLab in Firefox: cards, the mini browser, pages that stream."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.browser.firefox import POLL_S, Tab, firefox
from tests.browser.lab import Lab, Notebook

APP = '''%load_ext werkbook
from werkbook import App, Response, redirect, request, session
import queue
app = App()
app.secret_key = "secret"
word = "one"
pieces = queue.Queue()

@app.get("/")
def index():
    return f"""<!doctype html><html lang=en><head><title>Home</title>
      <link rel=stylesheet href=/a.css><script src=/a.js defer></script></head>
      <body><h1 id=h>{word}</h1><a id=link href=/hello/Ada>Ada</a>
      <form method=post action=/login><input id=user name=user><button id=go>Go</button>
      </form><p id=fetched></p><p id=stored></p><p id=module></p>
      <script type=module>import {{name}} from "./part.js";
      document.getElementById("module").textContent = name;</script></body></html>"""

@app.get("/a.css")
def style():
    return Response("h1 { color: rgb(1, 2, 3) }", mimetype="text/css")

@app.get("/part.js")
def part():
    return Response("export const name = 'imported'", mimetype="text/javascript")

@app.get("/a.js")
def script():
    return Response("""fetch('/data').then((r) => r.json()).then((d) => {
      document.getElementById('fetched').textContent = d.word; });
      localStorage.setItem('a', 'kept');
      document.getElementById('stored').textContent = localStorage.getItem('a');""",
      mimetype="text/javascript")

@app.get("/data")
def data():
    return {"word": "from the app"}

@app.get("/hello/<name>")
def hello(name):
    return f"<h1 id=h>Hello {name}</h1><a id=slow href=/slow>slow</a>"

@app.post("/login")
def login():
    session["user"] = request.form["user"]
    return redirect("/in")

@app.get("/in")
def welcome():
    return f"<h1 id=h>In: {session['user']}</h1>"

@app.get("/slow")
def slow():
    yield "<!doctype html><h1 id=h>Begun</h1>"
    while piece := pieces.get():
        yield piece

@app.post("/feed")
def feed():
    pieces.put(request.get_data(as_text=True))
    return ""'''

DOCKED = ".wb-docked iframe.wb-frame[data-shown]"


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with firefox() as running:
        yield running


@pytest.fixture(scope="module")
def notebook(lab: Lab, tab: Tab) -> Iterator[Notebook]:
    page: Any = tab
    opened = Notebook(lab, page, "firefox.ipynb").open(
        APP, "%http /data", "%http /hello/Grace", "%browse /"
    )
    opened.run_all()
    wait(lambda: shown(tab).text("#h") == "one")
    yield opened
    opened.close()


@pytest.fixture
def home(notebook: Notebook, tab: Tab) -> Notebook:
    go(tab, "/")
    return notebook


def wait(condition: Callable[[], Any], timeout_s: float = 30.0) -> None:
    """Wait until a condition holds; a frame that is changing is none yet."""

    def holds() -> bool:
        try:
            return bool(condition())
        except (LookupError, RuntimeError):
            return False

    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(POLL_S)


def shown(tab: Tab) -> Tab:
    """Return the page that the mini browser shows now."""
    return page_in(tab, "iframe.wb-frame[data-shown]")


def page_in(tab: Tab, enclosure: str) -> Tab:
    """Return the page of a view or a card, which stands in a frame that encloses it."""
    return tab.frame(enclosure).frame("iframe")


def count(tab: Tab) -> int:
    return int(
        tab.evaluate("() => document.querySelector('.wb-browser').dataset.shown || 0")
    )


def go(tab: Tab, address: str) -> None:
    before = count(tab)
    tab.click(".wb-address")
    tab.evaluate("() => document.querySelector('.wb-address').select()")
    tab.type(address + "\ue007")
    wait(lambda: count(tab) > before)


def test_cards(notebook: Notebook, tab: Tab) -> None:
    """A card shows JSON as a tree, a page in its frame, and its tabs open."""
    assert '"word": "from the app"' in notebook.output(1)
    wait(lambda: "Hello Grace" in page_in(tab, ".wb-card-frame").text())
    tab.click(".wb-card [role=tab]:nth-child(2)")
    wait(lambda: "application/json" in tab.text(".wb-card [role=tabpanel]"))
    tab.screenshot("firefox_cards")


def test_page_with_css_scripts_modules_and_storage(home: Notebook, tab: Tab) -> None:
    page = shown(tab)
    wait(lambda: page.text("#fetched") == "from the app")
    wait(lambda: page.text("#module") == "imported")
    assert page.text("#stored") == "kept"
    colour = "() => getComputedStyle(document.getElementById('h')).color"
    assert page.evaluate(colour) == "rgb(1, 2, 3)"
    tab.screenshot("firefox_browser")


def test_link_and_back(home: Notebook, tab: Tab) -> None:
    shown(tab).click("#link")
    wait(lambda: shown(tab).text("#h") == "Hello Ada")
    tab.click(".wb-icon-back")
    wait(lambda: shown(tab).text("#h") == "one")


def test_form_that_is_posted(home: Notebook, tab: Tab) -> None:
    value = "() => document.getElementById('user').value"
    empty = "() => { document.getElementById('user').value = ''; }"

    def is_typed() -> bool:
        """Type into the page that is there now: another may just have come."""
        page = shown(tab)
        page.evaluate(empty)
        page.click("#user")
        page.type("Ada")
        return bool(shown(tab).evaluate(value) == "Ada")

    wait(is_typed)
    shown(tab).click("#go")
    wait(lambda: shown(tab).text("#h") == "In: Ada")
    assert tab.text(".wb-status").endswith("200 OK")


def test_page_follows_the_notebook(home: Notebook, tab: Tab) -> None:
    shown(tab).click("#user")
    shown(tab).type("typed")
    home.run("word = 'two'")
    wait(lambda: shown(tab).text("#h") == "two")
    value = "() => document.getElementById('user').value"
    assert shown(tab).evaluate(value) == "typed"
    home.run("word = 'one'")
    wait(lambda: shown(tab).text("#h") == "one")


def test_page_that_streams(home: Notebook, tab: Tab) -> None:
    go(tab, "/hello/Ada")
    shown(tab).click("#slow")
    wait(lambda: shown(tab).text("#h") == "Begun")
    url = home.output(home.run("from werkbook_ext import serve\nserve(app).url"))
    for text in ("<p class=part>one</p>", "<p id=last>two <b>three</b></p>", ""):
        place = url.strip("'").rstrip("/") + "/feed"
        urllib.request.urlopen(place, data=text.encode()).close()
    wait(lambda: shown(tab).text("#last") == "two three")
    wait(lambda: shown(tab).evaluate("() => document.readyState") == "complete")
    assert shown(tab).text(".part") == "one"


def test_page_reaches_neither_jupyter_nor_the_network(
    home: Notebook, tab: Tab, lab: Lab
) -> None:
    attacks = """async (url) => {
      const tried = {};
      const attempt = async (name, act) => {
        try { tried[name] = String(await act()); } catch (e) { tried[name] = e.name; }
      };
      await attempt('document', () => parent.document.title);
      await attempt('app', () => parent.jupyterapp.shell);
      await attempt('cookie', () => Object.getOwnPropertyDescriptor(Document.prototype, 'cookie').get.call(document));
      await attempt('contents', () => fetch(url, {credentials: 'include'}).then((r) => r.status));
      await attempt('image', () => new Promise((resolve, reject) => {
        const image = document.createElement('img');
        image.onload = () => resolve('loaded');
        image.onerror = () => reject(new TypeError('refused'));
        image.src = url.replace('/api/contents', '/static/favicons/favicon.ico');
      }));
      return tried;
    }"""
    url = f"{lab.url}/api/contents?token={lab.token}"
    assert shown(tab).evaluate(attacks, url) == {
        "document": "SecurityError",
        "app": "SecurityError",
        "cookie": "SecurityError",
        "contents": "TypeError",
        "image": "TypeError",
    }
    wait(lambda: "which no page may" in tab.text(".wb-notice"))


def test_docked_beside_the_notebook(notebook: Notebook, tab: Tab) -> None:
    notebook.run("%browse /hello/Bob --dock")
    wait(lambda: page_in(tab, DOCKED).text("#h") == "Hello Bob")
    tab.screenshot("firefox_docked")
