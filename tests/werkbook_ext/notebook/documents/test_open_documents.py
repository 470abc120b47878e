"""What pages tell of their notebooks, and what that means for the live app (L3)."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook import live
from werkbook.registrations.owners import Owner
from werkbook_ext.front_end.link import Link
from werkbook_ext.notebook.documents.open_documents import Documents
from werkbook_ext.notebook.documents.saved import SavedCell
from werkbook_ext.notebook.identities import Identities, find_holder
from werkbook_ext.notebook.live_cells import LiveCells, find_live_cells

APP = "from werkbook import App\napp = App('__main__')"
ONE = "@app.get('/one')\ndef one():\n    return 'one'"
TWO = "@app.get('/two')\ndef two():\n    return 'two'"

OWNERS = "from werkbook import live\nprint(*(owner.id for owner in live.owners()))"


class Page:
    """A page that shows the notebook and tells of it, as the extension does."""

    def __init__(self, shell: InteractiveShell, name: str = "page") -> None:
        self.cells: LiveCells = find_live_cells(shell)  # type: ignore[assignment]  # loaded
        self.link = Link(shell, self.cells)
        self.name = name

    def tell(self, kind: str, **content: Any) -> None:
        message = {"type": kind, "path": "a.ipynb", "page": self.name, **content}
        self.link.receive(message, [])

    def shows(self, *ids: str, **sources: str) -> None:
        self.tell("cells", ids=list(ids), sources=sources)


@pytest.fixture
def notebook(shell: InteractiveShell) -> ShellNotebook:
    notebook = ShellNotebook(shell)
    notebook.prefix = ""
    notebook.run("app", APP)
    notebook.run("one", ONE)
    return notebook


@pytest.fixture
def page(shell: InteractiveShell, notebook: ShellNotebook) -> Page:
    page = Page(shell)
    page.tell("document", sources={"app": APP, "one": ONE})
    return page


def save(file: Path, cells: dict[str, str]) -> None:
    made = [
        nbformat.v4.new_code_cell(source, id=cell_id)
        for cell_id, source in cells.items()
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=made), file)


def run_unnamed(shell: InteractiveShell, source: str) -> None:
    """Run as a tool that edits notebooks does: without the id of the cell."""
    assert shell.run_cell(source, store_history=True).success


def test_deleted_cell_is_gone_before_anything_runs(
    notebook: ShellNotebook, page: Page
) -> None:
    page.shows("app")
    assert notebook.get("/one") == "404"


def test_cell_that_comes_back_brings_its_rules(
    notebook: ShellNotebook, page: Page
) -> None:
    page.shows("app")
    page.shows("one", "app", one=ONE)
    assert notebook.get("/one") == "one"


def test_emptied_cell_is_gone(notebook: ShellNotebook, page: Page) -> None:
    page.tell("sources", sources={"one": " "})
    assert notebook.get("/one") == "404"
    page.tell("sources", sources={"one": ONE})
    assert notebook.get("/one") == "one"


def test_cell_moved_to_another_notebook_of_the_kernel_stays(
    notebook: ShellNotebook, page: Page
) -> None:
    page.shows("app")
    page.tell("document", path="b.ipynb", page="other", sources={"one": ONE})
    assert notebook.get("/one") == "one"


def test_cell_deleted_while_it_runs_is_gone_when_it_ends(
    shell: InteractiveShell, notebook: ShellNotebook, page: Page
) -> None:
    shell.user_ns["page"] = page
    notebook.try_run("one", f"page.shows('app')\n{ONE}")
    assert notebook.get("/one") == "404"


def test_cell_that_runs_is_known_to_be_deleted(
    notebook: ShellNotebook, page: Page
) -> None:
    """An emptied one is not: somebody may be about to type there."""
    notebook.shell.user_ns.update(page=page, told=(told := []))
    look = "told.append(page.cells.is_deleted('one'))"
    emptied = "page.shows('app', 'one')\npage.tell('sources', sources={'one': ''})"
    notebook.run("one", f"{emptied}\n{look}\npage.shows('app')\n{look}")
    assert told == [False, True]
    assert not page.cells.is_deleted("of a console")


def test_cell_of_a_console_is_left_alone(
    shell: InteractiveShell, notebook: ShellNotebook, page: Page
) -> None:
    """It runs in a session that shows no notebook."""
    page.cells.documents.sessions = {"page"}
    notebook.run("console", TWO)
    known = page.cells.known["console"]
    known.cell = replace(known.cell, session="of the console")
    page.shows("app")
    assert notebook.get("/two") == "two"


def test_edited_cell_is_marked_at_once(notebook: ShellNotebook, page: Page) -> None:
    page.tell("sources", sources={"one": ONE + "  # edited"})
    assert page.cells.was_edited("one")
    page.tell("sources", sources={"one": ONE})
    assert not page.cells.was_edited("one")


def test_page_that_closed_has_no_say(notebook: ShellNotebook, page: Page) -> None:
    page.tell("closed")
    assert not page.cells.documents
    page.shows("app")
    assert notebook.get("/one") == "one"


@pytest.mark.parametrize("is_saved", [False, True])
def test_cell_deleted_and_not_saved_is_back_when_the_notebook_closes(
    shell: InteractiveShell,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_saved: bool,
) -> None:
    """The notebook is then what its file holds; another page may still show more."""
    file = tmp_path / "a.ipynb"
    cells = {"app": APP, "one": ONE}
    save(file, cells)
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    shell.run_line_magic("unload_ext", "werkbook")
    shell.run_line_magic("load_ext", "werkbook")
    notebook = ShellNotebook(shell)
    notebook.prefix = ""
    for name, source in {**cells, "two": TWO}.items():
        notebook.run(name, source)
    page, other = Page(shell), Page(shell, "other")
    for one in (page, other):
        one.tell("document", sources={**cells, "two": TWO})
    page.shows("app", "two")
    if is_saved:
        save(file, {"app": APP})
    page.tell("closed")
    assert notebook.get("/one") == "404"
    other.tell("closed")
    assert notebook.get("/one") == ("404" if is_saved else "one")
    if not is_saved:
        assert notebook.get("/two") == "two"


@pytest.mark.parametrize(
    "message",
    [
        None,
        "cells",
        {},
        {"type": 3},
        {"type": "cells"},
        {"type": "cells", "ids": [1, None]},
        {"type": "sources", "sources": 3},
        {"type": "sources", "sources": {"one": 4}},
        {"type": "document", "path": 3, "sources": []},
    ],
)
def test_odd_messages_change_nothing(
    notebook: ShellNotebook, page: Page, message: Any
) -> None:
    page.link.receive(message, [])
    assert notebook.get("/one") == "one"


def test_link_without_a_kernel_has_no_comm(shell: InteractiveShell) -> None:
    link = Link(shell, find_live_cells(shell))  # type: ignore[arg-type]  # it is loaded
    assert link.comm is None
    link.send({"type": "state"})
    link.close()
    assert link.takers.keys() == {"document", "cells", "sources", "closed"}


def test_run_without_an_id_is_a_run_of_the_cell_with_its_source(
    shell: InteractiveShell, notebook: ShellNotebook, page: Page
) -> None:
    edited = ONE.replace("/one", "/new")
    page.tell("sources", sources={"one": edited})
    run_unnamed(shell, edited)
    assert notebook.get("/one") == "404"
    assert notebook.get("/new") == "one"
    assert not any(owner.is_approximate for owner in live.owners())


def test_run_without_an_id_finds_its_cell_at_the_next_change(
    shell: InteractiveShell, notebook: ShellNotebook, page: Page
) -> None:
    edited = ONE.replace("/one", "/new")
    run_unnamed(shell, edited)
    assert notebook.get("/one") == "one"
    page.tell("sources", sources={"one": edited})
    assert notebook.get("/one") == "404"
    assert notebook.get("/new") == "one"
    again = ONE.replace("/one", "/newer")
    page.tell("sources", sources={"one": again})
    notebook.run("one", again)
    assert notebook.get("/new") == "404"
    page.shows("app")
    assert notebook.get("/newer") == "404"


def test_run_whose_source_the_notebook_never_holds_is_gone(
    shell: InteractiveShell, notebook: ShellNotebook, page: Page
) -> None:
    run_unnamed(shell, TWO)
    assert notebook.get("/two") == "two"
    page.shows("app", "one")
    assert notebook.get("/two") == "404"
    page.shows("app", "one", "two", two=TWO)
    assert notebook.get("/two") == "two"


def test_runs_without_an_id_are_remembered_up_to_a_number(
    shell: InteractiveShell, notebook: ShellNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a terminal each line is a cell; those that own something stay."""
    monkeypatch.setattr("werkbook_ext.notebook.known_cells.MAX_UNNAMED", 5)
    run_unnamed(shell, TWO)
    for number in range(30):
        run_unnamed(shell, f"x = {number}")
    cells = find_live_cells(shell)
    assert cells is not None
    assert sum(one.cell.owner.is_approximate for one in cells.known.values()) <= 7
    assert notebook.get("/two") == "two"


def test_documents_of_several_pages() -> None:
    documents = Documents()
    documents.open("a.ipynb", "one", {"x": "1"})
    documents.open("a.ipynb", "two", {"x": "1", "y": "2"})
    documents.close("one")
    assert [cell.id for cell in documents.cells()] == ["x", "y"]
    documents.open("b.ipynb", "two", {"x": "1"})  # the notebook was renamed
    assert [cell.id for cell in documents.cells()] == ["x"]
    documents.close("two")
    assert not documents
    assert documents.was_seen("y")


def test_holder_is_the_first_cell_with_the_source() -> None:
    cells = [SavedCell("", "x"), SavedCell("a", "x\n"), SavedCell("b", "x")]
    assert find_holder("x", cells) == "a"
    assert find_holder("y", cells) is None


def test_identities_unite_once() -> None:
    identities = Identities()
    unnamed = Owner("source-1", "In[1]", is_approximate=True)
    assert identities.unite("a", unnamed) == "a"
    assert not unnamed.is_approximate
    assert identities.unite("a", unnamed) is None
    assert identities.find_owner(Owner("a", "In[2]")).id == "source-1"


def test_nbclient_on_a_file_runs_the_cells_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbclient sends no ids; the file that the kernel is told of has them.

    What the file does not hold yet, `%check` can't know; after the next save it does.
    """
    root = Path(__file__).parents[4]
    renamed = ONE.replace("/one", "/renamed")
    save = "import shutil; _ = shutil.copy('later.ipynb', 'agent.ipynb')"
    first = [f"%load_ext werkbook\n{APP}", ONE, TWO, OWNERS]
    rest = ["%check", save, "%check", "print(app.url_map)"]
    ran = make_notebook([*first, renamed, *rest])
    nbformat.write(make_notebook([*first, *rest]), tmp_path / "agent.ipynb")
    later = make_notebook([first[0], renamed, *first[2:], *rest])
    nbformat.write(later, tmp_path / "later.ipynb")
    paths = [str(root / name) for name in ("src", "kernel_ext")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "agent.ipynb"))
    NotebookClient(ran, timeout=60).execute(cwd=tmp_path)
    *_, owners, _, unknown, _, known, rules = [text_of(cell) for cell in ran.cells]
    assert owners.split() == ["cell-0", "cell-1", "cell-2"]
    assert unknown.splitlines() == [
        "Can't know whether Restart and Run All gives this app:",
        "Can't know whether the notebook has the cell \"@app.get('/renamed')\": it ran "
        "without an id, and the newest save does not hold it. Save the notebook.",
    ]
    assert known.strip() == "Restart and Run All gives this app."
    assert "/renamed" in rules
    assert "/one" not in rules


def make_notebook(sources: list[str]) -> Any:
    """Return a notebook of code cells, which have ids."""
    cells = [
        nbformat.v4.new_code_cell(source, id=f"cell-{number}")
        for number, source in enumerate(sources)
    ]
    return nbformat.v4.new_notebook(cells=cells)


def text_of(cell: Any) -> str:
    """Return what a cell shows, as text."""
    return "".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "")
        for output in cell.outputs
    )
