# lines of HTML and JavaScript stay whole
"""A class on a hub: what an app's page can do to its student, and to the teacher."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.browser.lab import IS_READY, RUN_CELL, chromium, shown_page, write_notebook

from tests_hub.hub import Hub

TIMEOUT_MS = 120_000
APP = """%load_ext werkbook
from werkbook import App, request
app = App("student")
@app.get("/")
def index():
    return "<h1 id=h>Mine</h1>"
@app.get("/cookies")
def cookies():
    return {"cookies": sorted(request.cookies), "header": request.headers.get("Cookie", "")}
"""
# What a page can ask the hub for, as whoever looks at it.
ATTACK = """async (_, hub) => {
  const found = {};
  const xsrf = () => /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  for (const [name, path] of Object.entries({ users: "/hub/api/users", me: "/hub/api/user" })) {
    try {
      const answer = await fetch(hub + path + "?_xsrf=" + xsrf(), { credentials: "include" });
      found[name] = answer.status;
    } catch (error) { found[name] = error.name; }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as running:
        yield running


@pytest.fixture(scope="module", params=[False, True], ids=["one domain", "subdomains"])
def hub(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Hub]:
    folder: Path = tmp_path_factory.mktemp("hub")
    running = Hub(folder, has_subdomains=request.param)
    try:
        yield running.start()
    finally:
        running.stop()


def log_in(browser: Browser, hub: Hub, user: str) -> BrowserContext:
    """Return a browser session in which a user is logged in."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    page.goto(f"{hub.url}/hub/login")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill("x")
    page.locator("#login_submit").click()
    page.wait_for_url(re.compile("/hub/(home|spawn)|/user/"))
    page.close()
    return context


@pytest.fixture(scope="module")
def student(browser: Browser, hub: Hub) -> Iterator[Page]:
    """A student's JupyterLab, whose notebook serves an app and browses it."""
    cells = (APP, "%serve", "%browse /", "%serve --share", "%serve --unshare")
    write_notebook(hub.home("ann") / "class.ipynb", cells)
    context = log_in(browser, hub, "ann")
    page = context.new_page()
    page.goto(f"{hub.url}/hub/spawn")
    page.wait_for_url(re.compile("/user/ann/lab"))
    page.goto(f"{hub.server_url('ann')}/lab/tree/class.ipynb?reset")
    page.wait_for_function(IS_READY, arg="class.ipynb", timeout=TIMEOUT_MS)
    for index in range(3):
        page.evaluate(RUN_CELL, index)
    expect(shown_page(page.locator(".wb-browser")).locator("#h")).to_have_text("Mine")
    yield page
    context.close()


def link_of(student: Page) -> str:
    """Return the address that the button of the mini browser gives."""
    view = student.locator(".wb-browser")
    view.get_by_label("Open in a new tab").click()
    link = view.locator(".wb-notice a")
    expect(link).to_be_visible()
    return link.get_attribute("href") or ""


def test_button_gives_the_tab_that_is_safe_there(hub: Hub, student: Page) -> None:
    """One with the sandbox; where each user has a domain the app itself."""
    url = link_of(student)
    assert url.startswith(f"{hub.server_url('ann')}/proxy/")
    is_raw = hub.host == "hub.localhost"
    assert ("/_werkbook/tab?page=%2F" in url) is not is_raw
    tab = student.context.new_page()
    tab.goto(url)
    page = tab if is_raw else shown_page(tab.locator(".wb-browser"))
    expect(page.locator("#h")).to_have_text("Mine")
    tab.close()


def test_serve_links_to_the_same(hub: Hub, student: Page) -> None:
    output = student.locator(".jp-Cell").nth(1).locator(".jp-OutputArea-output")
    links = output.locator("a")
    expect(links.first).to_be_visible()
    first = links.first.get_attribute("href") or ""
    if hub.host == "hub.localhost":
        assert first.endswith("/")
        expect(links).to_have_count(1)
    else:
        assert first.endswith("/_werkbook/tab")
        expect(output).to_contain_text(
            "Without the sandbox its pages have all the rights"
        )


def test_page_in_the_teachers_tab_has_none_of_the_hubs_rights(
    browser: Browser, hub: Hub, student: Page
) -> None:
    """An admin looks at a student's app; its page asks the hub for its users."""
    url = link_of(student)
    context = log_in(browser, hub, "teacher")
    tab = context.new_page()
    tab.goto(url)
    if "Authorize" in tab.content():
        tab.get_by_role("button", name="Authorize").click()
    is_raw = hub.host == "hub.localhost"
    page = tab if is_raw else shown_page(tab.locator(".wb-browser"))
    expect(page.locator("#h")).to_have_text("Mine")
    found = page.locator("body").evaluate(ATTACK, hub.url)
    assert 200 not in found.values(), found
    context.close()


def test_cookies_of_jupyter_reach_no_app(hub: Hub, student: Page) -> None:
    root = link_of(student).partition("/proxy/")
    port = root[2].partition("/")[0]
    tab = student.context.new_page()
    tab.goto(f"{root[0]}/proxy/{port}/cookies")
    assert tab.evaluate("() => JSON.parse(document.body.innerText)") == {
        "cookies": [],
        "header": "",
    }
    tab.close()


def test_foreign_host_is_refused_behind_the_hub(hub: Hub, student: Page) -> None:
    """The Host check is on; the hub's own names pass, as the other tests show."""
    index = student.evaluate(
        """async () => {
          const notebook = jupyterapp.shell.currentWidget.content;
          notebook.model.sharedModel.addCell({cell_type: 'code', source:
            `import requests; from werkbook_ext import serve
print(requests.get(serve(app).url, headers={"Host": "evil.example"}).status_code)`});
          return notebook.model.sharedModel.cells.length - 1;
        }"""
    )
    student.evaluate(RUN_CELL, index)
    expect(student.locator(".jp-Cell").nth(index)).to_contain_text("421")


def test_colleague_opens_what_was_shared_until_it_is_taken_back(
    browser: Browser, hub: Hub, student: Page
) -> None:
    """A link of `%serve --share` leads to the app; after `--unshare` it does not."""
    student.evaluate(RUN_CELL, 3)
    link = student.locator(".jp-Cell").nth(3).locator(".jp-OutputArea-output a").last
    expect(link).to_have_attribute("href", re.compile("accept-share"))
    url = link.get_attribute("href") or ""
    context = log_in(browser, hub, "bob")
    tab = context.new_page()
    tab.goto(url if url.startswith("http") else hub.url + url)
    tab.get_by_role("button", name="Accept").click()
    if "Authorize" in tab.content():
        tab.get_by_role("button", name="Authorize").click()
    tab.wait_for_url(re.compile("/user/ann/proxy/"))
    is_raw = hub.host == "hub.localhost"
    page = tab if is_raw else shown_page(tab.locator(".wb-browser"))
    expect(page.locator("#h")).to_have_text("Mine")
    student.evaluate(RUN_CELL, 4)
    expect(student.locator(".jp-Cell").nth(4)).to_contain_text("taken back")
    context.clear_cookies()
    late = log_in(browser, hub, "bob")
    page = late.new_page()
    answer = page.goto(tab.url)
    assert answer is not None
    assert answer.status == 403
    late.close()
    context.close()
