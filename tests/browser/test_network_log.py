# lines of HTML and JavaScript stay whole
"""The network log of the mini browser: each entry opens as a card."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.lab import Notebook, page_of

APP = '''%load_ext werkbook
from werkbook import App, Response, redirect, request, session
app = App()
app.secret_key = "secret"
app.static_folder = None
count = 0

@app.get("/")
def index():
    return """<h1 id=h>Home</h1><link rel=stylesheet href=/a.css><form method=post action=/login>
      <input name=user value=Ada><button id=go>Go</button></form>"""

@app.get("/a.css")
def style():
    return Response("h1 { color: rgb(1, 2, 3) }", mimetype="text/css")

@app.post("/login")
def login():
    print("somebody logs in")
    session["user"] = request.form["user"]
    return redirect("/in")

@app.get("/in")
def welcome():
    return f"<h1 id=h>Hello {session['user']}</h1>"

@app.get("/count")
def counted():
    global count
    count += 1
    return {"count": count}

@app.get("/boom")
def boom():
    return str(1 / 0)'''
MODELS = "import ipywidgets; len(ipywidgets.widgets.widget._instances)"


@pytest.fixture(scope="module")
def shown(module_notebook: Notebook) -> Notebook:
    module_notebook.set_cells(APP, "%browse /")
    module_notebook.run_all()
    expect(module_notebook.frame().locator("#h")).to_have_text("Home")
    module_notebook.view().get_by_label("Network and console").click()
    return module_notebook


@pytest.fixture
def panel(shown: Notebook) -> Locator:
    """The panel, with the home page shown and nothing else in the log."""
    go(shown, "/")
    panel = shown.view().locator(".wb-panel")
    panel.get_by_role("button", name="Clear").click()
    return panel


def go(notebook: Notebook, address: str) -> None:
    view = notebook.view()
    before = view.get_attribute("data-shown")
    field = view.get_by_label("Address")
    field.fill(address)
    field.press("Enter")
    expect(view).not_to_have_attribute("data-shown", before or "")


def ask(notebook: Notebook, method: str, url: str) -> None:
    """Send a request from the page."""
    notebook.frame().locator("body").evaluate(
        "(_, [method, url]) => fetch(url, {method}).then((r) => r.text())",
        [method, url],
    )


def open_row(panel: Locator, text: str) -> Locator:
    """Open an entry; return its card."""
    row = panel.locator(".wb-request", has_text=text).last
    row.locator("summary").first.click()
    card = row.locator(".wb-card")
    card.wait_for()
    return card


def tab(card: Locator, name: str) -> Locator:
    card.get_by_role("tab", name=name).click()
    return card.get_by_role("tabpanel")


def test_page_opens_as_a_card(shown: Notebook, panel: Locator) -> None:
    """The tabs are those of the cards under cells."""
    go(shown, "/")
    card = open_row(panel, "text/html")
    expect(card.locator(".wb-card-hop")).to_have_text("GET/200 OK")
    expect(card.get_by_role("tab")).to_contain_text(
        ["Page", "Body", "Headers", "Request"]
    )
    heading = page_of(card).locator("h1")
    expect(heading).to_have_css("color", "rgb(1, 2, 3)")
    shown.screenshot("network_card", shown.view())


def test_entries_have_columns(shown: Notebook, panel: Locator) -> None:
    """Method, URL, status, type, size, time; the newest is in view."""
    for number in range(40):
        ask(shown, "GET", f"/count?{number}")
    row = panel.locator(".wb-request").last
    expect(row.locator(".wb-where")).to_have_text("/count?39")
    expect(row.locator(".wb-code")).to_have_text("200")
    expect(row.locator(".wb-type")).to_have_text("application/json")
    expect(row.locator(".wb-size")).to_contain_text(" B")
    expect(row.locator(".wb-took")).to_contain_text(" ms")
    is_at_end = "(one) => one.scrollHeight - one.scrollTop - one.clientHeight < 2"
    assert panel.locator(".wb-panel-body").evaluate(is_at_end)
    columns = panel.locator(".wb-columns > *")
    expect(columns).to_have_text(
        ["", "Method", "URL", "Status", "Type", "Size", "Time"]
    )
    shown.screenshot("network_log", shown.view())


def test_bar_holds_together_at_360_pixels(shown: Notebook, panel: Locator) -> None:
    """One row has what one needs, the rest comes when it is asked for."""
    view = shown.view()
    bar = view.locator(".wb-bar")
    view.evaluate("(view) => { view.style.width = '360px'; }")
    try:
        assert bar.evaluate("(bar) => bar.scrollWidth <= bar.clientWidth")
        assert bar.evaluate("(bar) => bar.clientHeight < 44")
        expect(view.get_by_label("Zoom")).to_be_hidden()
        shown.screenshot("bar_360", view)
        view.get_by_label("More").click()
        expect(view.get_by_label("Zoom")).to_be_visible()
        expect(view.get_by_label("Open in a new tab")).to_be_visible()
        assert bar.evaluate("(bar) => bar.scrollWidth <= bar.clientWidth")
        view.get_by_label("More").click()
    finally:
        view.evaluate("(view) => { view.style.width = ''; }")
    expect(view.get_by_label("More")).to_be_hidden()
    expect(view.get_by_label("Zoom")).to_be_visible()


def test_new_visitor_is_somebody_new(shown: Notebook, panel: Locator) -> None:
    """Cookies and storage are gone, and the page is loaded again."""
    shown.frame().locator("#go").click()
    expect(shown.frame().locator("#h")).to_have_text("Hello Ada")
    body = shown.frame().locator("body")
    body.evaluate("() => { localStorage.setItem('a', 'kept'); }")
    view = shown.view()
    view.get_by_label("New visitor").click()
    expect(view.locator(".wb-status")).to_contain_text("500")
    expect(view.locator(".wb-notice")).to_contain_text("A new visitor")
    stored = shown.frame().locator("body").evaluate("() => localStorage.getItem('a')")
    assert stored is None


def test_path_without_a_rule_is_offered_near_ones(
    shown: Notebook, panel: Locator
) -> None:
    go(shown, "/conut")
    notice = shown.view().locator(".wb-notice")
    expect(notice).to_contain_text("No rule matches /conut. Near: /count")
    go(shown, "/")
    expect(notice).to_be_hidden()


def test_form_with_its_redirect(shown: Notebook, panel: Locator) -> None:
    shown.frame().locator("#go").click()
    expect(shown.frame().locator("#h")).to_have_text("Hello Ada")
    card = open_row(panel, "/login")
    expect(card.locator(".wb-card-hop")).to_have_text(
        ["POST/login302 FOUND", "GET/in200 OK"]
    )
    expect(tab(card, "Request")).to_contain_text("user=Ada")
    expect(tab(card, "Output")).to_contain_text("somebody logs in")
    expect(tab(card, "Cookies")).to_contain_text('"user": "Ada"')


def test_failed_request_has_its_traceback(shown: Notebook, panel: Locator) -> None:
    ask(shown, "GET", "/boom")
    card = open_row(panel, "/boom")
    expect(tab(card, "Traceback")).to_contain_text("ZeroDivisionError")
    expect(card.locator(".wb-card-failed")).to_contain_text("return str(1 / 0)")
    shown.screenshot("network_card_traceback", shown.view())


def test_bundled_resource_opens_too(shown: Notebook, panel: Locator) -> None:
    go(shown, "/")
    card = open_row(panel, "/a.css")
    expect(tab(card, "Body")).to_contain_text("rgb(1, 2, 3)")


def test_one_entry_is_open_at_a_time(shown: Notebook, panel: Locator) -> None:
    """An entry is compared with the one before it that asked for the same."""
    shown.run("count = 0")
    panel.get_by_role("button", name="Clear").click()
    for _ in range(2):
        ask(shown, "GET", "/count")
    rows = panel.locator(".wb-request", has_text="/count")
    expect(rows).to_have_count(2)
    rows.first.locator("summary").first.click()
    expect(rows.first.locator(".wb-card")).to_contain_text('"count": 1')
    rows.last.locator("summary").first.click()
    card = rows.last.locator(".wb-card")
    expect(card).to_contain_text('"count": 2')
    expect(panel.locator(".wb-card")).to_have_count(1)
    assert rows.first.get_attribute("open") is None
    changes = tab(card, "Changes")
    expect(changes.locator(".wb-card-added")).to_contain_text('"count": 2')
    card.get_by_role("button", name="Send again").click()
    expect(tab(card, "Body")).to_contain_text('"count": 3')


def test_open_card_stays_while_the_page_asks_for_more(
    shown: Notebook, panel: Locator
) -> None:
    ask(shown, "GET", "/count")
    card = open_row(panel, "/count")
    tab(card, "Headers")
    card.evaluate("(card) => { card.dataset.mark = 'same'; }")
    ask(shown, "GET", "/in?other")
    expect(panel).to_contain_text("/in?other")
    expect(card).to_have_attribute("data-mark", "same")
    expect(card.get_by_role("tab", selected=True)).to_have_text("Headers")


def test_entries_by_keyboard(shown: Notebook, panel: Locator) -> None:
    ask(shown, "GET", "/count")
    row = panel.locator(".wb-request", has_text="/count")
    row.locator("summary").first.press("Enter")
    expect(row.locator(".wb-card")).to_be_visible()
    row.locator("summary").first.press("Enter")
    expect(row.locator(".wb-card")).to_have_count(0)


def test_kernel_holds_one_card_however_many_are_opened(
    shown: Notebook, panel: Locator
) -> None:
    """The model count stays, and what a view held goes with it."""
    for number in range(6):
        ask(shown, "GET", f"/count?{number}")
    open_row(panel, "/count?0")
    before = shown.output(shown.run(MODELS))
    for number in range(1, 6):
        open_row(panel, f"/count?{number}")
    assert shown.output(shown.run(MODELS)) == before
    index = shown.run("%browse /in")
    second = shown.view()
    expect(second.locator(".wb-status")).to_contain_text("200")
    second.get_by_label("Network and console").click()
    open_row(second.locator(".wb-panel"), "/in")
    assert int(shown.output(shown.run(MODELS))) > int(before)
    shown.delete_cell(index)
    assert shown.wait(lambda: shown.output(shown.run(MODELS)) == before)


def test_log_that_nobody_looks_at_is_drawn_when_it_is_opened(
    shown: Notebook, panel: Locator
) -> None:
    toggle = shown.view().get_by_label("Network and console")
    toggle.click()
    expect(panel).to_be_hidden()
    try:
        shown.frame().locator("body").evaluate(
            "() => Promise.all([...Array(400).keys()].map((n) => fetch('/count?' + n)))"
        )
        assert panel.locator(".wb-request").count() == 0
    finally:
        toggle.click()
    rows = panel.locator(".wb-request")
    expect(rows).to_have_count(300)
    expect(rows.last).to_contain_text("/count?399")
    end = "(list) => list.scrollHeight - list.scrollTop - list.clientHeight"
    assert panel.locator(".wb-panel-body").evaluate(end) < 2


def test_log_is_drawn_once_a_frame(shown: Notebook, panel: Locator) -> None:
    """A page that asks by the thousand has no list measured as often as it asks."""
    shown.page.evaluate(
        """() => {
          const list = [...document.querySelectorAll('.wb-requests')].at(-1);
          window.drawn = 0;
          window.frames_seen = 0;
          const frame = () => { window.frames_seen++; requestAnimationFrame(frame); };
          requestAnimationFrame(frame);
          new MutationObserver(() => window.drawn++).observe(
            list, {childList: true, subtree: true, characterData: true});
        }"""
    )
    shown.frame().locator("body").evaluate(
        "() => Promise.all([...Array(400).keys()].map((n) => fetch('/count?' + n)))"
    )
    rows = panel.locator(".wb-request")
    expect(rows).to_have_count(300)
    expect(rows.last).to_contain_text("/count?399")
    expect(rows.last.locator(".wb-code")).to_have_text("200")
    drawn, frames = shown.page.evaluate("() => [window.drawn, window.frames_seen]")
    assert 0 < drawn <= frames + 1
