"""The extension in each minor version of JupyterLab from 4.4 on: a smoke test.

An environment for each is made by pip, or taken from `WERKBOOK_LABS`, a folder with
`lab4.4/bin/python` and so on. Chromium is the machine's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.browser.lab import Lab, Notebook, chromium

MINORS = ("4.4", "4.5", "4.6")
ROOT = Path(__file__).parents[1]
APP = """%load_ext werkbook
from werkbook import App
app = App()"""
ROUTE = "%%route GET /hello\n'<h1>Hello</h1>'"
TEMPLATE = "%%template t.html\n<p class='a'>{{ name }}</p>"


@pytest.fixture(params=MINORS)
def python(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """The minor version and an interpreter that has it."""
    minor = str(request.param)
    made = Path(os.environ.get("WERKBOOK_LABS", tmp_path)) / f"lab{minor}"
    interpreter = made / "bin" / "python"
    if not interpreter.exists():
        venv.create(made, with_pip=True)
        what = [f"jupyterlab=={minor}.*", "--editable", f"{ROOT}[notebook]"]
        subprocess.run([interpreter, "-m", "pip", "install", "-q", *what], check=True)
    return minor, interpreter


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright, chromium(playwright) as running:
        context = running.new_context(viewport={"width": 1200, "height": 900})
        yield context.new_page()
        context.close()


@pytest.fixture
def notebook(
    python: tuple[str, Path], page: Page, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Notebook]:
    monkeypatch.setattr(sys, "executable", str(python[1]))
    lab = Lab()
    try:
        yield Notebook(lab.start(), page, "smoke.ipynb").open(APP, TEMPLATE, ROUTE)
    finally:
        lab.stop()


def test_extension_works(python: tuple[str, Path], notebook: Notebook) -> None:
    """Colours, a card, the panel, the mini browser; a deletion is told at once."""
    page = notebook.page
    version = page.evaluate("() => jupyterapp.version")
    assert re.match(rf"{re.escape(python[0])}\.", version), version
    notebook.run_all()
    coloured = notebook.cell(1).locator(".cm-line span")
    expect(coloured.first).to_be_visible()
    card = notebook.cell(2).locator(".wb-card")
    expect(card).to_have_attribute("data-status", "200")
    page.evaluate("() => jupyterapp.commands.execute('werkbook:show-panel')")
    panel = page.locator("#werkbook-panel")
    expect(panel).to_contain_text("/hello")
    index = notebook.run("%browse /hello")
    expect(notebook.frame().locator("h1")).to_have_text("Hello")
    notebook.screenshot(f"lab_{python[0]}")
    notebook.delete_cell(index)
    notebook.delete_cell(2)
    expect(panel).to_contain_text("Rules1")  # that of static files is left
