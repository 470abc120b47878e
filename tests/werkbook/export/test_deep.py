"""Cells whose syntax trees are deep: read where Python can, named where it can't."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import FrameType
from typing import Any

import pytest

from werkbook.cells.cell import Cell, NotebookError
from werkbook.cells.source.parse import parse_cells
from werkbook.cells.source.parsed import Parsed
from werkbook.export import Options, deep, export, exporter

APP = "from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef index(): pass"


@pytest.mark.parametrize(
    "text", ["x = 1" + " + 1" * 2_500, "import q\nx = q" + ".a()" * 400]
)
def test_deep_cell_that_the_app_needs_is_kept(text: str) -> None:
    """Python's own stack is not deep enough to walk it."""
    view = "@app.get('/x')\ndef other():\n    return str(x)"
    result = export([Cell("a", APP), Cell("b", text), Cell("c", view)], Options())
    assert text.splitlines()[-1].replace(" ", "") in result.source.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "place", "line", "count"),
    [
        ("y = 1\nx = y" + " + 1" * 11_000, "In[7], line 2", "x = y", "11,003"),
        ("x = q" + ".a()" * 6_000, "In[7], line 1", "x = q.a()", "12,003"),
        (
            "%%writefile other.py\n\nx = q" + ".a()" * 6_000,
            "In[7], line 3",
            "x = q.a()",
            "12,003",
        ),
        ("%%route GET /x\n\nq" + ".a()" * 6_000, "In[7], line 1", "q.a()", "12,004"),
    ],
)
def test_cell_that_is_too_deep_is_named(
    text: str, place: str, line: str, count: str
) -> None:
    """With its line, the beginning of it, and how deep it is."""
    cells = [Cell("a", APP), Cell("b", text, execution_count=7), Cell("c", "y = -1")]
    with pytest.raises(NotebookError) as caught:
        export(cells, Options())
    problem, *others = str(caught.value).splitlines()
    start, _, shown = problem.partition(": ")
    assert start == f"{place} nests too deeply"
    assert shown.startswith(f"'{line}")
    assert len(shown) == 60 + len("''.")
    assert others == [
        f"  Why: its syntax tree has {count} levels; 10,000 can be read.",
        "  Fix: cut its longest expression into several statements.",
    ]


def test_cell_that_python_cannot_parse_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How deep it is, nobody knows; how much Python can, depends on its version."""

    def parse(cells: Iterable[Cell], **options: Any) -> Parsed:
        chosen = list(cells)
        if any("q" in cell.source for cell in chosen):
            raise RecursionError
        return parse_cells(chosen, **options)

    monkeypatch.setattr(deep, "parse_cells", parse)
    monkeypatch.setattr(exporter, "parse_cells", parse)
    with pytest.raises(NotebookError) as caught:
        export([Cell("a", APP), Cell("b", "\n\nq = 1\nx = q")], Options())
    assert str(caught.value) == (
        "cell 2 nests too deeply: 'q = 1'.\n"
        "  Why: its syntax tree has too many levels; 10,000 can be read.\n"
        "  Fix: cut its longest expression into several statements."
    )


def test_long_chain_of_calls_is_read_in_linear_time() -> None:
    """No call looks at all that stands before it for whether it asks an app."""
    once, twice = _steps_of_chain(100), _steps_of_chain(200)
    assert twice < 2.2 * once


def _steps_of_chain(count: int) -> int:
    """Count the calls of Python functions, a step of a generator being one."""
    cells = [Cell("a", APP), Cell("b", "import q\nx = q" + ".a()" * count)]
    steps = 0

    def note(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal steps
        steps += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        export(cells, Options())
    finally:
        sys.setprofile(before)
    return steps
