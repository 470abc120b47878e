"""What the app needs is kept, however its code reaches it."""

from __future__ import annotations

from pathlib import Path

import pytest

from werkbook.cells.cell import Cell
from werkbook.export import Options, export
from werkbook.export.notebook_folder import options_for

APP = "from flask import Flask\napp = Flask(__name__)"
IN_A_VIEW = '@app.get("/")\ndef index():\n    import tools\n    return tools.NAME'
IN_A_BLOCK = (
    "try:\n    import tools\nexcept ImportError:\n    tools = None\n\n"
    '@app.get("/")\ndef index():\n    return tools.NAME'
)
WRITTEN = 'with open("tools.py", "w") as file:\n    file.write("NAME = 1")'
MADE = 'import sys, types\nsys.modules["tools"] = types.ModuleType("tools")'
PATCHED = 'import tools\ntools.NAME = "patched"'
FOLDER = 'import sys\nsys.path.insert(0, "lib")'


@pytest.mark.parametrize("view", [IN_A_VIEW, IN_A_BLOCK])
@pytest.mark.parametrize("cell", [WRITTEN, MADE, PATCHED, FOLDER])
def test_module_that_only_a_function_or_a_block_imports(cell: str, view: str) -> None:
    """What writes, makes or changes it is kept as for an import of a cell's own."""
    cells = [Cell("a", APP), Cell("b", cell), Cell("c", view)]
    assert cell.partition("\n")[2] in export(cells, Options()).source


@pytest.mark.parametrize(
    "cell",
    [
        "import logging\nlogging.basicConfig(level=logging.INFO)",
        "from logging.config import dictConfig\ndictConfig({'version': 1})",
        "import mimetypes\nmimetypes.add_type('text/x', '.x')",
        "import socket\nsocket.setdefaulttimeout(3)",
        "import locale\ntry:\n    locale.setlocale(locale.LC_ALL, 'de_DE')\n"
        "except locale.Error:\n    pass",
    ],
)
def test_what_sets_the_whole_process_is_kept(cell: str) -> None:
    """`app.logger` and static files go by it, and no name of the app's says so."""
    view = '@app.get("/")\ndef index():\n    app.logger.info("x")\n    return "a"'
    cells = [Cell("a", APP), Cell("b", cell), Cell("c", view)]
    assert cell.partition("\n")[2] in export(cells, Options()).source
    cells[1] = Cell("b", "import socket\nsocket.gethostbyname('localhost')")
    assert "gethostbyname" not in export(cells, Options()).source


@pytest.mark.parametrize("there", ["old", "<h1>new</h1>\n", None])
@pytest.mark.parametrize("path", ["templates/home.html", "rows.txt"])
def test_file_that_a_cell_writes_anew_is_written(
    tmp_path: Path, path: str, there: str | None
) -> None:
    """Where the folder holds it as the cell writes it, nothing needs to write it."""
    view = '@app.get("/")\ndef index():\n    return open("rows.txt").read()'
    cell = "PAGE = '''\n<h1>new</h1>\n'''\n"
    cell += f"with open({path!r}, 'w') as file:\n    file.write(PAGE.strip())"
    cells = [Cell("a", APP), Cell("b", cell), Cell("c", view)]
    (tmp_path / "templates").mkdir()
    if there is not None:
        (tmp_path / path).write_text(there)
    source = export(cells, options_for(tmp_path, "a.ipynb")).source
    assert ("file.write(" in source) is (there != "<h1>new</h1>\n")
