"""One notebook in two pages, and cells that the server runs without their ids.

jupyter-collaboration shares the document; jupyter-server-nbmodel runs cells as agents'
tools do: the server sends their source to the kernel, and no cell id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.lab import TIMEOUT_MS, Lab, Notebook, write_notebook
from tests.browser.test_highlighting import colours
from tests.browser.test_laws_at_once import APP, ONE, Opened

TEMPLATE = "%%template a.html\n<b>{{ x }}</b>{% for y in x %}{% endfor %}"
# In the file the quotes of the HTML are escaped.
PICTURE = re.compile(r'<img class=."wb-picture." alt=."The page." src=."data:image/png')
CELLS = (APP, ONE, TEMPLATE, "%http /one")


def sources(notebook: Notebook) -> list[str]:
    """Return what the cells of a page hold by now."""
    found: list[str] = notebook.page.evaluate(
        """() => [...jupyterapp.shell.currentWidget.content.widgets]
          .map(({model}) => model.sharedModel.getSource())"""
    )
    return found


@pytest.fixture(scope="module")
def shared() -> Iterator[Lab]:
    server = Lab(is_shared=True)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def pages(shared: Lab, browser: Browser) -> Iterator[tuple[Notebook, Notebook]]:
    """Two people's pages on one notebook, whose cells the first one runs."""
    write_notebook(shared.root / "shared.ipynb", CELLS)
    contexts = [browser.new_context() for _ in range(2)]
    opened = []
    for context in contexts:
        context.set_default_timeout(TIMEOUT_MS)
        notebook = Notebook(shared, context.new_page(), "shared.ipynb")
        notebook.page.goto(shared.page_url("shared.ipynb"))
        notebook.wait_ready()
        opened.append(notebook)
    opened[0].run_all()
    yield opened[0], opened[1]
    for context in contexts:
        context.close()


def test_second_person_sees_the_live_card(pages: tuple[Notebook, Notebook]) -> None:
    for page in pages:
        card = page.cell(3).locator(".wb-card")
        expect(card).to_have_attribute("data-status", "200")


def test_page_is_saved_as_a_picture_and_stays_as_it_is(
    pages: tuple[Notebook, Notebook],
) -> None:
    """The server saves what is shared; no page is loaded anew because of a picture."""
    first, second = pages
    index = first.run("%browse /one")
    first.page.evaluate(
        """(index) => {  // as JupyterLab writes what it ran itself, without the server
          const {model} = jupyterapp.shell.currentWidget.content.widgets[index];
          model.sharedModel.setOutputs(model.sharedModel.getOutputs());
        }""",
        index,
    )
    for page in pages:
        expect(page.frame().locator("body")).to_have_text("one")
        page.frame().locator("body").evaluate("(body) => { body.id = 'kept'; }")
    last = first.run("1")
    place = first.lab.root / first.path
    assert first.wait(lambda: PICTURE.search(place.read_text("utf-8"))), (
        place.read_text()
    )
    for page in (first, second):
        expect(page.frame().locator("body")).to_have_id("kept")
    first.delete_cell(last)
    first.delete_cell(index)


def test_cell_that_the_server_runs_replaces_what_it_ran_before(
    pages: tuple[Notebook, Notebook],
) -> None:
    first, _ = pages
    opened = Opened(first)
    assert opened.status("/one") == 200
    first.set_cell(1, ONE.replace("/one", "/new"))
    first.run_cell(1)
    assert first.wait(lambda: opened.status("/new") == 200)
    assert first.wait(lambda: opened.status("/one") == 404)


def test_deletion_of_the_second_person_reaches_the_app(
    pages: tuple[Notebook, Notebook],
) -> None:
    first, second = pages
    opened = Opened(second)
    paths = ("/one", "/new")
    answering = [path for path in paths if opened.status(path) == 200]
    second.delete_cell(1)
    assert first.wait(lambda: all(opened.status(path) == 404 for path in paths))
    second.page.evaluate(
        """async () => void await jupyterapp.commands
          .execute('notebook:undo-cell-action')"""
    )
    assert second.wait(lambda: all(opened.status(path) == 200 for path in answering))
    for page in pages:  # or the next test would change another cell
        assert page.wait(lambda page=page: sources(page)[2] == TEMPLATE), sources(page)


def test_magic_cells_are_coloured_while_another_person_types(
    pages: tuple[Notebook, Notebook],
) -> None:
    first, second = pages
    first.set_cell(2, TEMPLATE + "{% block name %}{% endblock %}")
    for page in (first, second):
        page.cell(2).scroll_into_view_if_needed()
        assert page.wait(lambda page=page: "endblock" in colours(page, 2)), colours(
            page, 2
        )
