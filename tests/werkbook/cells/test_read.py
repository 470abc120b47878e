"""Saved notebooks of all sorts, hostile ones too: cells, or an error in three lines."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from werkbook.cells.cell import NotebookError
from werkbook.cells.launches import launched
from werkbook.cells.read import decode, load
from werkbook.cells.shell import written_by
from werkbook.cells.source import magics


def notebook(*cells: object, **more: Any) -> str:
    """The text of a saved notebook."""
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": cells, **more})


def code(source: object, **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": [], **more}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"cells": 3}',
        '{"cells": [3]}',
        "{" * 50,
        '{"cells": ' + "[" * 100_000,
        notebook(code(3)),
        notebook(code({"a": 1})),
        notebook(code(["a", 3])),
        notebook(code("x = '\ud800'")),
    ],
)
def test_what_is_no_notebook_is_an_error(content: str) -> None:
    """The error says so in three lines, and nothing else is raised."""
    with pytest.raises(NotebookError) as caught:
        decode(content, "a.ipynb")
    lines = str(caught.value).split("\n")
    assert lines[0] == "'a.ipynb' is not a notebook."
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{}", "it has no 'cells'"),
        ('{"cells": [}', "Expecting value: line 1 column 12 (char 11)"),
        ('{"cells": null}', "its cells are null"),
        ('{"cells": {}}', "its cells are an object"),
        ('{"cells": ["x"]}', "cell 1 is text"),
        ('{"cells": [{}, true]}', "cell 2 is true or false"),
        ('{"worksheets": []}', "it has no 'cells'"),
        ('{"worksheets": [5]}', "its cells are null"),
        (
            '{"cells": [{}, {"source": 5}]}',
            "the source of cell 1 is a number, not text",
        ),
        (
            '{"cells": [{"source": ["", null]}]}',
            "the source of cell 1 is null, not text",
        ),
        ("<<<<<<< ours\n{}", "Git's marks of a conflict stand in it"),
    ],
)
def test_error_says_why_it_is_no_notebook(content: str, reason: str) -> None:
    """In words of notebooks, not of Python."""
    with pytest.raises(NotebookError) as caught:
        decode(content, "a.ipynb")
    why = f"a saved notebook is JSON with a list of cells ({reason})."
    assert str(caught.value).split("\n")[1] == f"  Why: {why}"


@pytest.mark.parametrize(
    "more",
    [
        {"metadata": {"kernelspec": "python3"}},
        {"metadata": None},
        {"metadata": {"language_info": ["python"]}},
        {"nbformat": None},
        {"nbformat": "4"},
        {"extra": [[[[]]]]},
    ],
)
def test_odd_metadata_is_no_matter(more: dict[str, Any]) -> None:
    """Only the cells and the language count."""
    book = decode(notebook(code("x = 1"), **more), "a.ipynb")
    assert [cell.source for cell in book.cells] == ["x = 1"]
    assert book.python == 3


def test_bytes_that_are_no_utf_8_are_an_error(tmp_path: Path) -> None:
    """Replacing them would export another text than the author's."""
    path = tmp_path / "a.ipynb"
    path.write_bytes(notebook(code("x = 1")).encode()[:-1] + b"\xff}")
    with pytest.raises(NotebookError, match="UTF-8"):
        load(path)


def test_cells_of_one_id_are_told_apart() -> None:
    """A cell that failed takes no other cell with it."""
    book = decode(notebook(code("a", id="x"), code("b", id="x")), "a.ipynb")
    assert [cell.id for cell in book.cells] == ["x", "x#2"]


def test_typed_answers_are_read() -> None:
    """What was typed at a prompt stands in the saved output."""
    stream = {"output_type": "stream", "name": "stdin", "text": ["Name: ", "Ada\n"]}
    book = decode(notebook(code("input('Name: ')", outputs=[stream, 3])), "a.ipynb")
    assert book.cells[0].printed == "Name: Ada\n"


def test_percent_script_is_read_by_jupytext(tmp_path: Path) -> None:
    """Notebooks in a text form are notebooks."""
    path = tmp_path / "shop.py"
    path.write_text("# %%\nx = 1\n\n# %% [markdown]\n# Text\n\n# %%\ny = 2\n")
    cells = load(path).cells
    assert [(cell.kind, cell.source) for cell in cells] == [
        ("code", "x = 1"),
        ("markdown", "Text"),
        ("code", "y = 2"),
    ]


def test_quarto_document_is_read_without_quarto(tmp_path: Path) -> None:
    """Its chunks are the cells; what their options say stays a comment."""
    path = tmp_path / "shop.qmd"
    path.write_text(
        "---\ntitle: Shop\njupyter: python3\n---\n\nSome text\n\n"
        "```{python}\nx = 1\n```\n\n```{python}\n#| echo: false\nx + 1\n```\n"
    )
    code = [cell.source for cell in load(path).cells if cell.kind == "code"]
    assert code == ["x = 1", "#| echo: false\nx + 1"]


def test_missing_jupytext_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has the command that converts the file."""
    monkeypatch.setitem(__import__("sys").modules, "jupytext", None)
    with pytest.raises(NotebookError) as caught:
        decode("# %%\nx = 1\n", "shop.py")
    assert str(caught.value) == (
        "'shop.py' is a notebook in a text form.\n"
        "  Why: the jupytext package reads those, and it is not installed.\n"
        "  Fix: pip install jupytext, or: jupytext --to ipynb shop.py"
    )


MANY = 200_000


@pytest.mark.parametrize(
    "line",
    [
        "!pip install " + " " * MANY + "flask",
        " " * MANY + "!x",
        "x" + " " * MANY + "y",
        "x?" + " " * MANY + "y",
        "a" * MANY,
        "a," * MANY,
        "!echo " + "> " * MANY,
        "!mkdir " + "a " * MANY,
        "%env A" + " " * MANY,
        "!" + "cd  " * MANY,
        "\n" * MANY,
        "'" * MANY,
    ],
)
def test_long_lines_take_linear_time(line: str) -> None:
    """A quadratic pattern would take hours of this, and the test would time out."""
    magics.transform(line)
    magics.cell_magic(line)
    written_by(line.removeprefix("!"), {})
    list(launched([line], {}))


def test_heredocs_without_an_end_take_linear_time() -> None:
    """Each line is read once."""
    script = "cat <<E > a\n" * 3000 + "\n" * MANY
    assert written_by(script, {}) == {}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody may ever write to it; a device may have no end."""
    pipe = tmp_path / "app.ipynb"
    os.mkfifo(pipe)
    for path in (pipe, Path(os.devnull)):
        with pytest.raises(NotebookError, match="device or a pipe"):
            load(path)
