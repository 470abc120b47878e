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


def test_modules_that_are_imported_by_a_text_come_along() -> None:
    """Those that the known parts of the text may mean."""
    files = [f"%%writefile {name}.py\nrate = 1" for name in ("part_a", "part_b", "own")]
    start = "import importlib"
    view = '@app.get("/")\ndef index():\n    return str(parts)'
    for given, names in (
        ('"part_" + one', {"part_a.py", "part_b.py"}),
        ('f"part_{one}"', {"part_a.py", "part_b.py"}),
        ('"own"', {"own.py"}),
        ("one", {"part_a.py", "part_b.py", "own.py"}),
    ):
        load = f'parts = [importlib.import_module({given}) for one in "ab"]'
        _, beside = made(*files, APP, start, load, view)
        assert set(beside) == names


def test_module_that_a_cell_makes_is_imported_where_it_is_there() -> None:
    """In `sys.modules`, or in a folder that cells make."""
    view = '@app.get("/")\ndef index():\n    return str(tools.N)'
    start = "import sys, types, os\ntools_module = types.ModuleType('tools')"
    named = 'sys.modules["tools"] = tools_module'
    source, _ = made(APP, start, named, "import tools", view)
    assert source.index(named) < source.index("import tools\n")
    folder = 'os.makedirs("lib", exist_ok=True)'
    write = 'with open("lib/tools.py", "w") as file:\n    file.write("N = 1")'
    path = 'sys.path.insert(0, "lib")'
    source, _ = made(APP, start, folder, write, path, "import tools", view)
    places = [source.index(one) for one in (folder, write, path, "import tools\n")]
    assert places == sorted(places)
