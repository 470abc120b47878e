"""What may trip an exported app."""

from __future__ import annotations

from pathlib import Path

from werkbook.export import Cell, Options, export
from werkbook.export.cautions import list_cautions

VIEW = '@app.route("/")\ndef index():\n    hits.append(1)\n    return nowhere'
FILES = '@app.route("/f")\ndef f():\n    open("/home/ann/x")\n    return open("y.csv")'


def test_cautions_name_cell_and_line(tmp_path: Path) -> None:
    """Changed globals, machine paths, secrets, missing names and files."""
    cells = [
        Cell("a", "from flask import Flask\n\napp = Flask(__name__)"),
        Cell("b", 'app.secret_key = "hush hush"\nhits = []', execution_count=2),
        Cell("c", VIEW, execution_count=3),
        Cell("d", FILES),
    ]
    assert list_cautions(export(cells, Options()), tmp_path) == [
        "In[2], line 1: the secret app.secret_key stands in the source; "
        "read it from os.environ.",
        "In[3], line 3: the view 'index' changes the global 'hits'; "
        "with several workers each has its own.",
        "cell 4, line 3: the path '/home/ann/x' is this machine's.",
        "cell 4, line 4: the app opens 'y.csv', which the export does not ship.",
        "In[3], line 1: no cell binds 'nowhere'.",
    ]
