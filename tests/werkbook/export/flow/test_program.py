"""Who binds a name: star imports, and where the export puts them for that."""

from __future__ import annotations

from werkbook.export import Cell, Options, export

APP = "from flask import Flask\n\napp = Flask(__name__)"
VIEW = "@app.get('/')\ndef index(): return str({})"


def answer(*sources: str) -> str:
    """What the exported file answers, run here."""
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    text = export(cells, Options()).source
    space = {"__name__": "app"}
    exec(compile(text, "app.py", "exec"), space)
    client = space["app"].test_client()  # type: ignore[attr-defined]  # Flask's
    found: str = client.get("/").text
    return found


def test_a_star_import_binds_anew_what_a_cell_has_bound() -> None:
    """And what was read before it is what the cell bound."""
    sources = ["pi = 3\nearly = pi", "from math import *", VIEW.format("(early, pi)")]
    assert answer("from math import *", APP, *sources) == "(3, 3.141592653589793)"
    assert answer(APP, *sources) == "(3, 3.141592653589793)"


def test_the_last_star_import_of_a_name_counts() -> None:
    """Whichever module's name comes first in the alphabet."""
    view = VIEW.format("sqrt(4)")
    assert answer("from math import *\nfrom cmath import *", APP, view) == "(2+0j)"
    assert answer("from cmath import *\nfrom math import *", APP, view) == "2.0"
    assert answer("from math import *\nfrom cmath import sqrt", APP, view) == "(2+0j)"
    assert answer("from cmath import sqrt\nfrom math import *", APP, view) == "2.0"


def test_a_name_of_a_cell_after_a_star_import_is_the_cells() -> None:
    """The import stands above all, as it did."""
    sources = ["from math import *", APP, "pi = 3", VIEW.format("(pi, floor(2.5))")]
    assert answer(*sources) == "(3, 2)"
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    text = export(cells, Options()).source
    assert text.index("from math import *") < text.index("from flask")


def test_a_star_import_of_os_gives_another_open() -> None:
    """A builtin's name is bound, too."""
    view = VIEW.format("open is __import__('os').open")
    assert answer("from os import *", APP, view) == "True"
