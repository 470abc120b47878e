"""Werkbook's names in a file for Flask."""

from __future__ import annotations

import pytest

from werkbook.export import Cell, Options, export

APP = "from werkbook import App\n\napp = App()"


def exported(*sources: str) -> str:
    """The file of a notebook of these cells."""
    cells = [Cell(f"c{n}", source) for n, source in enumerate(sources)]
    return export(cells, Options()).source


@pytest.mark.parametrize(
    ("imports", "view", "expected"),
    [
        (
            "import werkbook.export",
            "return str(werkbook.export.Cell)",
            "import werkbook.export\nfrom flask import Flask\n",
        ),
        (
            "from werkbook.export import Cell",
            "return str(Cell)",
            "from flask import Flask\nfrom werkbook.export import Cell\n",
        ),
        (
            "import werkbook.export",
            "werkbook.export.Cell\n    return werkbook.request.path",
            "import flask\nimport werkbook.export\nfrom flask import Flask\n",
        ),
        (
            "import werkbook.json",
            "return werkbook.json.dumps(1)",
            "import flask.json\nfrom flask import Flask\n",
        ),
    ],
)
def test_modules_that_flask_lacks_stay_werkbooks(
    imports: str, view: str, expected: str
) -> None:
    """The file asks for both packages then; `flask.export` is no module."""
    text = exported(imports, APP, f"@app.get('/')\ndef index():\n    {view}")
    assert expected in text
    assert ('"werkbook>=' in text) is ("werkbook.export" in text)
    assert "flask.request" in text or "request" not in view
    assert "flask.export" not in text and "werkbook.request" not in text
