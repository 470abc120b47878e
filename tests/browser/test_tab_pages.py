# lines of HTML and JavaScript stay whole
"""The mini browser in a tab of its own, served by the app's server beside the app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.lab import Notebook, shown_page

APP = """%load_ext werkbook
from werkbook import App, request
app = App("shop")
@app.get("/")
def index():
    return "<h1 id=h>Shop</h1><a id=next href=/next?a=1>next</a><form method=post action=/send><input name=word value=hi></form>"
@app.get("/next")
def following():
    return f"<h1 id=h>{request.args['a']}</h1><script>fetch('/data').then((r) => r.text()).then((t) => h.textContent += t)</script>"
@app.get("/data")
def data():
    return "+data"
@app.post("/send")
def send():
    return f"<h1 id=h>{request.form['word']}</h1>"
"""


@pytest.fixture(scope="module")
def root(module_notebook: Notebook) -> str:
    module_notebook.set_cells(APP)
    module_notebook.run_all()
    index = module_notebook.run(
        "from werkbook_ext import serve; server = serve(app); print(server.url)"
    )
    return module_notebook.output(index)


@pytest.fixture
def tab(module_notebook: Notebook, root: str) -> Iterator[Page]:
    """A tab of the browser with the page, and the errors of its scripts."""
    opened = module_notebook.page.context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(f"{root}/_werkbook/tab?page=/")
    yield opened
    opened.close()
    assert errors == []


def test_tab_shows_the_app_in_the_sandbox(tab: Page) -> None:
    view = tab.locator(".wb-browser")
    page = shown_page(view)
    expect(page.locator("#h")).to_have_text("Shop")
    page.locator("#next").click()
    expect(page.locator("#h")).to_have_text("1+data")
    expect(view.get_by_label("Address")).to_have_value("/next?a=1")
    view.get_by_label("Back").click()
    expect(page.locator("#h")).to_have_text("Shop")
    page.locator("form").evaluate("(form) => form.requestSubmit()")
    expect(page.locator("#h")).to_have_text("hi")
    origins = page.locator("body").evaluate("() => [self.origin]")
    assert origins[0] in ("null", "http://app.invalid")


def test_page_in_a_tab_cannot_reach_the_origin_of_the_tab(tab: Page) -> None:
    """There that is Jupyter's, where the tab came through its proxy."""
    body = shown_page(tab.locator(".wb-browser")).locator("body")
    expect(body.locator("#h")).to_have_text("Shop")
    got = body.evaluate(
        """async (_, root) => {
          const tries = {
            document: () => top.document.title,
            asks: () => fetch(root + '/data').then((answer) => answer.text()),
            storage: () => top.localStorage.length,
          };
          const found = {};
          for (const [name, attempt] of Object.entries(tries)) {
            try { found[name] = await attempt(); } catch (error) { found[name] = error.name; }
          }
          return found;
        }""",
        tab.url.partition("/_werkbook")[0],
    )
    assert got["document"] == got["storage"] == "SecurityError"
    assert got["asks"] == "TypeError"


def test_tab_says_when_the_kernel_has_gone(
    tab: Page, module_notebook: Notebook
) -> None:
    view = tab.locator(".wb-browser")
    expect(shown_page(view).locator("#h")).to_have_text("Shop")
    module_notebook.run("server.stop()")
    expect(view.locator(".wb-notice")).to_contain_text("run the cell again")
