"""One notebook in other front ends: Notebook 7, nbconvert's HTML, two side by side."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.lab import (
    SCREENSHOTS,
    TIMEOUT_MS,
    Lab,
    Notebook,
    Notebook7,
    page_of,
    shown_page,
)

APP = """%load_ext werkbook
from werkbook import App, request
app = App()
word = "one"
@app.get("/")
def index():
    return f"<h1 id=h>{word}</h1><a id=link href=/hello/Ada>Ada</a>"
@app.get("/hello/<name>")
def hello(name):
    return {"hello": name}"""
ROUTE = """%%route GET /bye/<name> --try /bye/Ada
f"<p id=bye>Bye {name}</p><script>document.title = 'RAN'</script>\""""
CELLS = (APP, ROUTE, "%http /hello/Grace", "%browse /")


@pytest.fixture(scope="module")
def classic() -> Iterator[Lab]:
    server = Notebook7()
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def shown(classic: Lab, browser: Browser) -> Iterator[Notebook]:
    """The notebook, run in Notebook 7."""
    context = browser.new_context(viewport={"width": 1100, "height": 1400})
    context.set_default_timeout(TIMEOUT_MS)
    notebook = Notebook(classic, context.new_page(), "classic.ipynb").open(*CELLS)
    notebook.run_all()
    yield notebook
    context.close()


@pytest.fixture(scope="module")
def static_page(
    shown: Notebook, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """The saved notebook as HTML, opened where there is no network and no kernel."""
    shown.page.evaluate("() => jupyterapp.shell.currentWidget.context.save()")
    saved = shown.lab.root / shown.path
    folder = tmp_path_factory.mktemp("static")
    target = folder / "static.html"
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(saved)]
    subprocess.run(
        [*command, "--output", str(target)],
        env=os.environ | {"JUPYTER_PATH": str(Path(sys.prefix) / "share" / "jupyter")},
        check=True,
        capture_output=True,
        timeout=120,
    )
    page = shown.page.context.new_page()
    page.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
    page.goto(target.as_uri(), wait_until="domcontentloaded")
    yield page
    page.close()


def test_cards_in_notebook_7(shown: Notebook) -> None:
    card = shown.cell(2).locator(".wb-card")
    expect(card).to_have_attribute("data-status", "200")
    expect(card).to_contain_text("Grace")
    tried = shown.cell(1).locator(".wb-card").last
    expect(page_of(tried).locator("#bye")).to_have_text("Bye Ada")


def test_announced_rules_in_notebook_7(shown: Notebook) -> None:
    expect(shown.cell(0)).to_contain_text("/hello/<name>")
    assert shown.cell(0).get_by_role("button", name="Try").count() >= 1


def test_mini_browser_in_notebook_7(shown: Notebook) -> None:
    expect(shown.frame().locator("#h")).to_have_text("one")
    shown.frame().locator("#link").click()
    expect(shown.frame().locator("body")).to_contain_text("Ada")
    shown.view().get_by_label("Back").click()
    expect(shown.frame().locator("#h")).to_have_text("one")
    shown.run("word = 'two'")
    expect(shown.frame().locator("#h")).to_have_text("two")
    shown.run("word = 'one'")
    expect(shown.frame().locator("#h")).to_have_text("one")
    shown.screenshot("notebook_7")


def test_saved_notebook_holds_no_widget_state(
    shown: Notebook, static_page: Page
) -> None:
    saved = json.loads((shown.lab.root / shown.path).read_text("utf-8"))
    assert "widgets" not in saved["metadata"]


@pytest.mark.parametrize(
    "text",
    [
        "GET /hello/<name> -> hello",
        "GET /bye/Ada",
        "GET /hello/Grace",
        "Mini browser: GET / -> 200 OK",
        "The live page needs a running kernel: run the cell, or trust the notebook.",
    ],
)
def test_static_html_can_be_read(static_page: Page, text: str) -> None:
    expect(static_page.locator("main")).to_contain_text(text)


def test_static_html_shows_no_errors_and_runs_nothing(static_page: Page) -> None:
    main = static_page.locator("main")
    expect(main).not_to_contain_text("Error")
    assert main.locator("script:not([type='text/x-mathjax-config'])").count() == 0
    assert static_page.title() != "RAN"
    static_page.screenshot(path=SCREENSHOTS / "nbconvert_static.png", full_page=True)


@pytest.fixture
def pair(fresh: Callable[..., Notebook]) -> tuple[Notebook, Notebook]:
    """Two notebooks, one beside the other, with the same cells."""
    left = fresh(*CELLS)
    left.run_all()
    right = fresh(*CELLS)
    right.page.evaluate(
        """async ([path, ref]) => {
          const find = (path) => [...jupyterapp.shell.widgets('main')]
            .find((one) => one.context?.path === path);
          jupyterapp.shell.add(find(path), 'main', {mode: 'split-right', ref: find(ref).id});
        }""",
        [right.path, left.path],
    )
    right.wait_ready()
    right.run_all()
    return left, right


def test_two_notebooks_side_by_side(pair: tuple[Notebook, Notebook]) -> None:
    """Each shows its own app, follows its own cells, keeps its own place."""
    left, right = pair
    panels = right.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    expect(panels).to_have_count(2)
    headings = [
        shown_page(panels.nth(number).locator(".wb-browser").last).locator("#h")
        for number in range(2)
    ]
    for heading in headings:
        expect(heading).to_have_text("one")
    right.run("word = 'right'")
    texts = {"one", "right"}
    assert right.wait(lambda: {one.inner_text() for one in headings} == texts)
    left.activate()
    left.run("word = 'left'")
    texts = {"left", "right"}
    assert right.wait(lambda: {one.inner_text() for one in headings} == texts)
    left.screenshot("side_by_side")


def test_killed_kernel_is_said(fresh: Callable[..., Notebook]) -> None:
    """Jupyter starts a killed kernel again; the view says that its page is old."""
    notebook = fresh(*CELLS)
    notebook.run_all()
    expect(notebook.frame().locator("#h")).to_have_text("one")
    index = notebook.add_cell("import os; os.kill(os.getpid(), 9)")
    notebook.start_cell(index)
    notice = notebook.view().locator(".wb-notice")
    expect(notice).to_contain_text("run the cell again")
    dialog = notebook.page.locator(".jp-Dialog")
    dialog.get_by_role("button", name="Ok").click()
    notebook.screenshot("kernel_killed", notebook.view())
    notebook.wait_ready()
    notebook.run_cell(0)
    notebook.run_cell(3)
    expect(notebook.frame().locator("#h")).to_have_text("one")


def test_kernel_that_was_shut_down_is_said(fresh: Callable[..., Notebook]) -> None:
    notebook = fresh(*CELLS)
    notebook.run_all()
    expect(notebook.frame().locator("#h")).to_have_text("one")
    notebook.page.evaluate(
        "() => jupyterapp.shell.currentWidget.sessionContext.shutdown()"
    )
    notebook.view().get_by_label("Reload").click()
    notice = notebook.view().locator(".wb-notice")
    expect(notice).to_contain_text("run the cell again")
