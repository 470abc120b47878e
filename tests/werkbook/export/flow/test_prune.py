"""What only serves or asks stays out; what a view reads stays."""

from __future__ import annotations

from werkbook.cells.cell import Cell
from werkbook.cells.source import magics
from werkbook.export import Options, export

APP = "from flask import Flask, url_for\napp = Flask(__name__)"
VIEW = '@app.get("/")\ndef index():\n    return LINK'


def source_of(*sources: str) -> str:
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    return export(cells, Options()).source


def test_name_bound_in_a_request_context_stays_where_a_view_reads_it() -> None:
    """A context that only shows something is for the notebook."""
    head = "with app.test_request_context():\n    "
    bound = f'{head}LINK = url_for("index")'
    assert bound in source_of(APP, VIEW, bound)
    shown = f'{head}print(url_for("index"))'
    assert "test_request_context" not in source_of(APP, VIEW, 'LINK = "/"', shown)
    unread = f"{head}other = 1"
    assert "test_request_context" not in source_of(APP, VIEW, 'LINK = "/"', unread)


def test_folder_that_a_quiet_cd_enters_is_entered() -> None:
    """`-q` is IPython's option, and no folder."""
    assert magics.transform("%cd -q data").source == 'os.chdir("data")'
