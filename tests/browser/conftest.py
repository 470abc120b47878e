"""Fixtures for tests in a real JupyterLab: one server and one page for the whole run.

`notebook`    an empty notebook in front, its kernel shared by the module's tests.
`fresh`       a function: `fresh("cell 1", "cell 2")` opens a notebook with a kernel
              of its own (about 3 s), closed at the test's end.
`lab`, `page` the server and Playwright's page, should a test need them.
`plain_notebook` the same in a JupyterLab without the extension (slow: its own server).
`theme`       a function: `theme("dark")` switches JupyterLab's theme.

A failing test leaves a picture of the page in tests/browser/screenshots.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.lab import SCREENSHOTS, TIMEOUT_MS, Lab, Notebook, chromium

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    server = Lab()
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as running:
        yield running


@pytest.fixture(scope="session")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(TIMEOUT_MS)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def module_notebook(
    lab: Lab, page: Page, request: pytest.FixtureRequest
) -> Iterator[Notebook]:
    name = request.module.__name__.rpartition(".")[2]
    opened = Notebook(lab, page, f"{name}.ipynb").open()
    yield opened
    opened.close()


@pytest.fixture
def notebook(module_notebook: Notebook) -> Notebook:
    """The module's notebook, as empty as each test that runs alone finds it."""
    module_notebook.activate()
    module_notebook.set_cells()
    module_notebook.forget_names()
    return module_notebook


@pytest.fixture
def fresh(lab: Lab, page: Page) -> Iterator[Callable[..., Notebook]]:
    opened: list[Notebook] = []

    def open_notebook(*cells: str) -> Notebook:
        new = Notebook(lab, page, f"fresh_{next(_numbers)}.ipynb")
        opened.append(new)
        return new.open(*cells)

    yield open_notebook
    for one in opened:
        one.close()


@pytest.fixture
def plain_notebook(browser: Browser) -> Iterator[Callable[..., Notebook]]:
    """Open notebooks in a JupyterLab that has the extension switched off."""
    server = Lab(has_extension=False)
    context = browser.new_context(viewport={"width": 1200, "height": 900})

    def open_notebook(*cells: str) -> Notebook:
        return Notebook(server, context.new_page(), "plain.ipynb").open(*cells)

    try:
        server.start()
        yield open_notebook
    finally:
        context.close()
        server.stop()


@pytest.fixture
def theme(page: Page) -> Iterator[Callable[[str], None]]:
    def switch(name: str) -> None:
        page.evaluate(
            """async (theme) => {
              await jupyterapp.commands.execute('apputils:change-theme', {theme});
            }""",
            f"JupyterLab {name.title()}",
        )
        page.wait_for_function(
            "(isLight) => document.body.dataset.jpThemeLight === isLight",
            arg=str(name == "light").lower(),
        )

    yield switch
    switch("light")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:
    report = yield
    shown = getattr(item, "funcargs", {}).get("page")
    if report.failed and shown is not None:
        name = re.sub(r"\W+", "_", item.name)
        with contextlib.suppress(Exception):  # a picture is no part of the test
            SCREENSHOTS.mkdir(exist_ok=True)
            shown.screenshot(path=SCREENSHOTS / f"failed_{name}.png")
            # A dialog that one test left must not keep the focus from the next ones.
            shown.locator(".jp-Dialog").press("Escape", timeout=1000)
    return report
