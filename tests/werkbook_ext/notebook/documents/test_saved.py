import json
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from werkbook_ext.notebook.documents.saved import (
    SavedCell,
    SavedNotebook,
    find_notebook,
)


def save(path: Path, **sources: object) -> None:
    cells = [
        {"cell_type": "code", "id": cell_id, "source": source, "outputs": []}
        for cell_id, source in sources.items()
    ]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}))


def test_refresh_reads_each_save_once(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    save(path, a="x = 1", b=["y = 2\n", "z = 3"])
    notebook = SavedNotebook(path)
    assert notebook.refresh()
    assert not notebook.refresh()
    assert notebook.cells == (SavedCell("a", "x = 1"), SavedCell("b", "y = 2\nz = 3"))
    save(path, b="y = 2")
    assert notebook.refresh()
    assert not notebook.holds("a")
    assert notebook.holds("b")


def test_refresh_leaves_out_text_and_empty_cells(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    cells = [
        {"cell_type": "markdown", "id": "a", "source": "x = 1"},
        {"cell_type": "code", "id": "b", "source": " \n"},
        {"cell_type": "code", "source": "no id"},
    ]
    path.write_text(json.dumps({"cells": cells}))
    notebook = SavedNotebook(path)
    assert notebook.refresh()
    assert notebook.cells == (SavedCell("", "no id"),)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"cells": 3}', '{"cells": [3]}'])
def test_refresh_keeps_what_it_has_when_the_file_is_none(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "n.ipynb"
    save(path, a="x = 1")
    notebook = SavedNotebook(path)
    notebook.refresh()
    path.write_text(text)
    assert not notebook.refresh()
    path.unlink()
    assert not notebook.refresh()
    assert notebook.holds("a")
    save(path, b="x = 1")
    assert notebook.refresh()


def test_refresh_without_a_file() -> None:
    assert not SavedNotebook(None).refresh()


def test_find_notebook(
    plain_shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert find_notebook(plain_shell) is None
    plain_shell.user_ns["__vsc_ipynb_file__"] = "/v/n.ipynb"
    assert find_notebook(plain_shell) == Path("/v/n.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", "/j/n.ipynb")
    assert find_notebook(plain_shell) == Path("/j/n.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", "/j/console")
    assert find_notebook(plain_shell) == Path("/v/n.ipynb")
