# lines of HTML and JavaScript stay whole
"""A kernel that is restarted from elsewhere: another page, or a program."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable

from playwright.sync_api import expect
from tests.browser.lab import Notebook, shown_page

APP = """%load_ext werkbook
from werkbook import App
app = App("restarts")
@app.get("/")
def index():
    return "<h1 id=h>one</h1><a id=a href=/>again</a>\""""


def restart_elsewhere(notebook: Notebook) -> None:
    """Have the server restart the kernel; this page's JupyterLab does not do it."""
    kernel_id = notebook.page.evaluate(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.id"
    )
    request = urllib.request.Request(
        f"{notebook.lab.url}/api/kernels/{kernel_id}/restart",
        method="POST",
        headers={"Authorization": f"token {notebook.lab.token}"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        assert response.status == 200


def test_views_and_cards_say_that_the_kernel_has_restarted(
    fresh: Callable[..., Notebook],
) -> None:
    """They ask when the reader turns to them, and a click is answered, too."""
    notebook = fresh(APP, "%http GET /", "%browse /")
    notebook.run_all()
    view = notebook.view()
    page = shown_page(view)
    expect(page.locator("#h")).to_have_text("one")
    restart_elsewhere(notebook)
    page.locator("#a").click()
    notice = view.locator(".wb-notice")
    expect(notice).to_contain_text("The kernel has restarted")
    expect(notice).to_contain_text("run the cell again")
    card = notebook.cell(1).locator(".wb-card")
    card.hover()
    told = notebook.cell(1).locator(".wb-card-live")
    expect(told).to_have_text("The kernel was restarted: run the cell again.")
    notebook.run_all()
    expect(shown_page(notebook.view()).locator("#h")).to_have_text("one")
    expect(notebook.view().locator(".wb-notice")).to_be_hidden()
