"""The gallery's chat in the mini browser: what is said in its page is heard there."""

from __future__ import annotations

import nbformat
from playwright.sync_api import expect
from tests.browser.lab import ROOT, Notebook


def test_what_the_page_says_comes_back_to_it(module_notebook: Notebook) -> None:
    """Its page finds its WebSocket by `url_for`, which names scheme and host, too."""
    saved = nbformat.read(ROOT / "notebooks" / "gallery" / "chat.ipynb", as_version=4)
    sources = [one.source for one in saved.cells if one.cell_type == "code"]
    cells = [one for one in sources if "%export" not in one]
    module_notebook.set_cells(*cells)
    module_notebook.run_all()
    [shown] = [number for number, one in enumerate(cells) if "%browse" in one]
    module_notebook.scroll_to_cell(shown)  # out of view it may never be drawn
    page = module_notebook.frame()
    expect(page.locator("#state")).to_have_text("open")
    page.locator("#text").fill("Is anybody there?")
    page.locator("button").click()
    expect(page.locator("#said li").last).to_have_text("Ada: Is anybody there?")
