"""Modules that cells write: part of the file, or files beside it."""

from __future__ import annotations

import pytest

from werkbook.cells.cell import Cell
from werkbook.export import Options, export

APP = "from flask import Flask\napp = Flask(__name__)"
VIEW = '@app.get("/")\ndef index():\n    return str(rate())'


def made(*sources: str) -> tuple[str, dict[str, str]]:
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    result = export(cells, Options())
    return result.source, dict(result.files)


@pytest.mark.parametrize(
    ("files", "imports", "change"),
    [
        (("util.py",), "import util\nfrom util import rate", "util.RATE = 5"),
        (
            ("pkg/data.py", "pkg/core.py"),
            "from pkg import data\nfrom pkg.core import rate",
            "data.RATE = 5",
        ),
    ],
)
def test_module_that_a_cell_changes_stays_a_module(
    files: tuple[str, ...], imports: str, change: str
) -> None:
    """So do those that import it: both see what was changed."""
    texts = ["RATE = 2", "from . import data\ndef rate():\n    return data.RATE"]
    if len(files) == 1:
        texts = ["RATE = 2\ndef rate():\n    return RATE"]
    written = [
        f"%%writefile {name}\n{text}" for name, text in zip(files, texts, strict=True)
    ]
    source, beside = made(*written, APP, imports, change, VIEW)
    assert change in source
    assert set(files) <= set(beside)


def test_module_of_which_only_names_are_imported_is_put_in() -> None:
    """One file is enough then."""
    written = "%%writefile util.py\nRATE = 2\ndef rate():\n    return RATE"
    source, beside = made(written, APP, "from util import rate", VIEW)
    assert "RATE = 2" in source
    assert beside == {}
