# lines of HTML and JavaScript stay whole
"""Pages and responses that come piece by piece are shown, and read, as they come."""

from __future__ import annotations

import urllib.request

import pytest
from playwright.sync_api import FrameLocator, expect
from tests.browser.lab import Notebook

APP = '''%load_ext werkbook
from werkbook import App, Response, request
import queue
app = App()
from collections import defaultdict
pieces = defaultdict(queue.Queue)
ended = []

def fed():
    """Return a body of what is posted to /feed, until nothing comes; "!" is no piece."""
    path, own = request.path, pieces[request.query_string]
    def produce():
        try:
            while piece := own.get():
                yield 1 if piece == "!" else piece
        finally:
            ended.append(path)
    return produce()

@app.get("/")
def index():
    return "<h1 id=h>Home</h1><a id=go href=/page>go</a>"

@app.post("/feed")
def feed():
    pieces[request.query_string].put(request.get_data(as_text=True))
    return ""

@app.get("/ended")
def tell_ended():
    return " ".join(ended)

@app.post("/clear")
def clear():
    ended.clear()
    return ""

@app.get("/page")
def page():
    return fed()

@app.get("/ticks")
def ticks():
    def produce():
        try:
            number = 0
            while True:
                number += 1
                yield f"<p class=tick>{number}</p>"
                clock.wait(0.05)
        finally:
            ended.append("/ticks")
    return produce()

@app.get("/frames")
def frames():
    def produce():
        number = 0
        while True:
            number += 1
            svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='{number}' height='7'/>"
            yield f"--cut\\r\\nContent-Type: image/svg+xml\\r\\n\\r\\n{svg}\\r\\n"
            clock.wait(0.05)
    return Response(produce(), mimetype="multipart/x-mixed-replace; boundary=cut")

@app.get("/film")
def film():
    return "<h1 id=h>Film</h1><img src=/frames alt=film>"

@app.get("/text")
def text():
    return Response(fed(), mimetype="text/plain")

@app.get("/data")
def data():
    return Response(fed(), mimetype="application/octet-stream")

@app.get("/pic.svg")
def picture():
    return Response("<svg xmlns='http://www.w3.org/2000/svg' width='7' height='7'/>",
                    mimetype="image/svg+xml")

@app.get("/events")
def events():
    last = request.headers.get("Last-Event-ID", "none")
    def produce():
        yield f"retry: 50\\nid: {last}+\\ndata: after {last}\\n\\n"
        yield "id: 7\\n\\n"
    return Response(produce(), mimetype="text/event-stream")

import threading
clock = threading.Event()'''
HEAD = (
    "<!doctype html><html lang=en><head><title>Slow</title><base href=/></head>"
    "<body><h1 id=h>Begun</h1>"
)


class App:
    """The app, reached without the notebook."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.number = 0

    def path(self, name: str) -> str:
        """Return the path of a stream that only this test feeds."""
        return f"/{name}?{self.number}"

    def clear(self) -> None:
        self.number += 1
        self.post("clear")

    def post(self, name: str, text: str = "") -> None:
        url = f"{self.url}/{name}"
        request = urllib.request.Request(url, text.encode(), method="POST")
        urllib.request.urlopen(request).close()

    def feed(self, *texts: str) -> None:
        """Have the stream yield texts; an empty one ends it."""
        for text in texts:
            self.post(f"feed?{self.number}", text)

    def has_ended(self, path: str) -> bool:
        """Tell whether a stream's view has ended; it notices when it yields."""
        self.feed("<p>more</p>")
        return self.ended() == path

    def ended(self) -> str:
        """Return the paths of the streams whose views have ended."""
        with urllib.request.urlopen(f"{self.url}/ended") as reply:
            return str(reply.read().decode())


@pytest.fixture(scope="module")
def shown(module_notebook: Notebook) -> Notebook:
    module_notebook.set_cells(APP, "%browse /")
    module_notebook.run_all()
    expect(module_notebook.frame().locator("#h")).to_have_text("Home")
    return module_notebook


@pytest.fixture(scope="module")
def app(shown: Notebook) -> App:
    """The app's server, asked without a cell: a page follows what cells do."""
    index = shown.run("from werkbook_ext import serve\nserve(app).url")
    return App(shown.output(index).strip("'"))


@pytest.fixture
def home(shown: Notebook, app: App) -> Notebook:
    app.clear()
    view = shown.view()
    before = view.get_attribute("data-shown")
    ask(shown, "/")
    expect(view).not_to_have_attribute("data-shown", before or "")
    expect(shown.frame().locator("#go")).to_be_visible()
    return shown


def ask(notebook: Notebook, address: str) -> None:
    field = notebook.view().get_by_label("Address")
    field.fill(address)
    field.press("Enter")


def begin(notebook: Notebook, app: App, *texts: str) -> FrameLocator:
    """Ask for the page; return its frame, which has shown its beginning."""
    ask(notebook, app.path("page"))
    app.feed(HEAD, *texts)
    expect(notebook.frame().locator("#h")).to_have_text("Begun")
    return notebook.frame()


def test_page_shows_piece_by_piece(home: Notebook, app: App) -> None:
    """What has come is seen, while the rest is still to come."""
    frame = begin(home, app)
    expect(home.view().get_by_label("Stop")).to_be_visible()
    assert frame.locator("body").evaluate("() => document.readyState") == "loading"
    frame.locator("body").evaluate("() => { window.mark = 'the same document'; }")
    for text in ("one", "two"):
        app.feed(f"<p class=part>{text}</p>")
        expect(frame.locator(".part").last).to_have_text(text)
    home.screenshot("stream", home.view())
    app.feed("<p class=part>three", "")
    expect(frame.locator(".part")).to_have_text(["one", "two", "three"])
    expect(home.view().get_by_label("Reload")).to_be_visible()
    body = frame.locator("body")
    assert body.evaluate("() => [window.mark, document.readyState]") == [
        "the same document",
        "complete",
    ]


def test_pieces_may_end_anywhere(home: Notebook, app: App) -> None:
    """A tag, a character, a script and what they load can come in two pieces."""
    frame = begin(home, app, "<p id=a cla")
    app.feed("ss=late>h\N{LATIN SMALL LETTER O WITH DIAERESIS}", "</p><scr", "ipt>")
    app.feed("window.ran = __wb", "Location.pathname</script><img id=im src=/pic")
    app.feed(".svg><!-- not <b> here --", "><i id=last>last</i>", "")
    expect(frame.locator("#last")).to_have_text("last")
    expect(frame.locator("#a")).to_have_class("late")
    assert frame.locator("body").evaluate("() => window.ran") == "/page"
    expect(frame.locator("#im")).to_have_js_property("naturalWidth", 7)
    assert frame.locator("b").count() == 0


def test_later_pieces_obey_the_policy(home: Notebook, app: App) -> None:
    """No piece can lift what the first one's head says."""
    frame = begin(home, app)
    app.feed(
        "<meta http-equiv=Content-Security-Policy content='default-src *'>"
        "<script>fetch('https://example.org/').catch((e) => window.refused = e.name);"
        "try { window.seen = parent.document.title } catch (e) { window.seen = e.name }"
        "</script><img src='http://127.0.0.1:9/x.png'><p id=end>end</p>",
        "",
    )
    expect(frame.locator("#end")).to_have_text("end")
    body = frame.locator("body")
    assert home.wait(lambda: body.evaluate("() => window.refused")) == "TypeError"
    assert body.evaluate("() => window.seen") == "SecurityError"
    view = home.view()
    view.get_by_label("Network and console").click()
    view.get_by_role("tab", name="Console").click()
    expect(view.locator(".wb-panel")).to_contain_text("Not loaded (img-src)")
    view.get_by_role("tab", name="Network").click()
    view.get_by_label("Network and console").click()


def test_page_that_leaves_while_it_comes_is_told(home: Notebook, app: App) -> None:
    """A frame that goes elsewhere by itself gets no more, and the reader hears of it."""
    frame = begin(home, app)
    app.feed("<script>eval('loc' + 'ation').href = 'about:blank'</script><p>x</p>")
    expect(home.view().locator(".wb-notice")).to_contain_text("outside the app")
    assert home.wait(lambda: app.has_ended("/page"))
    assert frame.locator("p").count() == 0


def test_stop_ends_an_endless_page(home: Notebook, app: App) -> None:
    """Stop keeps what has come, and the view in the kernel ends."""
    ask(home, "/ticks")
    frame = home.frame()
    expect(frame.locator(".tick").nth(3)).to_be_visible()
    home.view().get_by_label("Stop").click()
    expect(home.view().get_by_label("Reload")).to_be_visible()
    assert home.wait(lambda: app.ended() == "/ticks")
    assert frame.locator(".tick").count() >= 4


def test_going_elsewhere_ends_an_endless_page(home: Notebook, app: App) -> None:
    ask(home, "/ticks")
    expect(home.frame().locator(".tick").nth(3)).to_be_visible()
    ask(home, "/")
    expect(home.frame().locator("#go")).to_be_visible()
    assert home.wait(lambda: app.ended() == "/ticks")


def test_stop_before_the_first_piece(home: Notebook, app: App) -> None:
    """Nothing has come: the page before stays."""
    ask(home, app.path("page"))
    home.view().get_by_label("Stop").click()
    expect(home.view().get_by_label("Reload")).to_be_visible()
    expect(home.view().get_by_label("Address")).to_have_value("/")
    expect(home.frame().locator("#go")).to_be_visible()
    assert home.wait(lambda: app.has_ended("/page"))


def test_first_page_of_a_cell_can_be_endless(home: Notebook, app: App) -> None:
    """`%browse` returns, the page comes, and closing its view ends it."""
    index = home.run("%browse /ticks")
    expect(home.frame().locator(".tick").nth(3)).to_be_visible()
    assert home.output(home.run("1 + 1")) == "2"
    home.delete_cell(index)
    assert home.wait(lambda: app.ended() == "/ticks")


def test_redefined_page_begins_anew(home: Notebook, app: App) -> None:
    """A cell that changes the view ends the old stream and shows the new one."""
    begin(home, app)
    home.run("@app.get('/page')\ndef page():\n    yield '<h1 id=h>Anew</h1>'")
    expect(home.frame().locator("#h")).to_have_text("Anew")
    assert home.wait(lambda: app.has_ended("/page"))
    home.run("@app.get('/page')\ndef page():\n    return fed()")


def test_page_that_breaks_off_says_so(home: Notebook, app: App) -> None:
    frame = begin(home, app)
    app.feed("!")
    notice = home.view().locator(".wb-notice")
    expect(notice).to_contain_text("The page broke off")
    expect(frame.locator("#h")).to_have_text("Begun")
    home.screenshot("stream_broken", home.view())
    notice.get_by_label("Dismiss").click()


def test_text_shows_as_it_comes(home: Notebook, app: App) -> None:
    ask(home, app.path("text"))
    app.feed("a < b\n")
    expect(home.frame().locator("pre")).to_have_text("a < b\n")
    app.feed("<b>no</b>", "")
    expect(home.frame().locator("pre")).to_have_text("a < b\n<b>no</b>")
    expect(home.view().get_by_label("Reload")).to_be_visible()


@pytest.mark.parametrize("address", ["/frames", "/film"])
def test_parts_that_replace_each_other_are_played(home: Notebook, address: str) -> None:
    ask(home, address)
    picture = home.frame().locator("img")
    expect(picture).to_be_visible()
    first = picture.evaluate("(e) => e.naturalWidth")
    assert home.wait(lambda: picture.evaluate("(e) => e.naturalWidth") > first)


def test_picture_set_by_a_script_is_played_until_it_shows_another(
    home: Notebook,
) -> None:
    width = """async (e) => {
      e.id = 'film';
      document.body.append(e);
      e.src = '/frames';
      while (e.naturalWidth < 2) await new Promise((done) => setTimeout(done, 20));
      e.src = '/pic.svg';
      while (e.naturalWidth !== 7) await new Promise((done) => setTimeout(done, 20));
      return e.src;
    }"""
    image = home.frame().locator("body").evaluate_handle("() => new Image()")
    assert image.evaluate(width) == "http://app.invalid/pic.svg"


def test_fetch_reads_piece_by_piece(home: Notebook, app: App) -> None:
    body = home.frame().locator("body")
    body.evaluate(
        """(_, path) => {
          window.read = [];
          fetch(path).then(async (response) => {
            const reader = response.body.getReader();
            for (;;) {
              const { done, value } = await reader.read();
              read.push(done ? 'done' : new TextDecoder().decode(value));
              if (done) return;
            }
          });
        }""",
        app.path("data"),
    )
    for count, text in enumerate(("one", "two"), 1):
        app.feed(text)
        assert home.wait(lambda n=count: body.evaluate("() => read.length") == n)
    app.feed("")
    assert home.wait(lambda: body.evaluate("() => read.length") == 3)
    assert body.evaluate("() => read") == ["one", "two", "done"]


def test_cancelled_fetch_ends_the_view(home: Notebook, app: App) -> None:
    body = home.frame().locator("body")
    body.evaluate(
        """(_, path) => {
          fetch(path).then((response) => { window.reader = response.body.getReader(); });
        }""",
        app.path("data"),
    )
    app.feed("one")
    assert home.wait(lambda: body.evaluate("() => !!window.reader"))
    body.evaluate("() => window.reader.cancel()")
    assert home.wait(lambda: app.has_ended("/data"))


def test_xhr_tells_its_progress(home: Notebook, app: App) -> None:
    body = home.frame().locator("body")
    body.evaluate(
        """(_, path) => {
          const x = window.x = new XMLHttpRequest();
          window.told = [];
          x.open('GET', path);
          x.onprogress = (e) => told.push([x.readyState, x.responseText, e.loaded]);
          x.onload = () => told.push([x.readyState, x.responseText, 'load']);
          x.send();
        }""",
        app.path("text"),
    )
    app.feed("h\N{LATIN SMALL LETTER O WITH DIAERESIS}")
    assert home.wait(lambda: body.evaluate("() => told.length") == 1)
    app.feed("ren")
    assert home.wait(lambda: body.evaluate("() => told.length") == 2)
    app.feed("")
    assert home.wait(lambda: body.evaluate("() => told.length") == 3)
    text = "h\N{LATIN SMALL LETTER O WITH DIAERESIS}"
    assert body.evaluate("() => told") == [
        [3, text, 3],
        [3, text + "ren", 6],
        [4, text + "ren", "load"],
    ]


def test_xhr_knows_how_much_will_come(home: Notebook, app: App) -> None:
    """A body whose length the app tells has a progress that can be computed."""
    told = (
        home.frame()
        .locator("body")
        .evaluate(
            """() => new Promise((resolve) => {
          const x = new XMLHttpRequest();
          x.open('GET', '/pic.svg');
          x.onprogress = (e) => resolve([e.lengthComputable, e.loaded === e.total,
            x.getResponseHeader('Content-Length') === String(e.total)]);
          x.send();
        })"""
        )
    )
    assert told == [True, True, True]


def test_event_source_goes_on_where_it_was(home: Notebook, app: App) -> None:
    """A new connection tells the last id, that of an event without data too."""
    got = (
        home.frame()
        .locator("body")
        .evaluate(
            """() => new Promise((resolve) => {
          const told = [];
          const source = new EventSource('/events');
          source.onerror = () => told.push('error ' + source.readyState);
          source.onmessage = (event) => {
            told.push(event.data, event.lastEventId);
            if (told.length < 5) return;
            source.close();
            resolve(told);
          };
        })"""
        )
    )
    assert got == ["after none", "none+", "error 0", "after 7", "7+"]
