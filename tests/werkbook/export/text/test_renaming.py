"""One name of the file changed for another."""

from __future__ import annotations

import pytest

from werkbook.export.text.emit import Parts, Piece
from werkbook.export.text.imports import Import
from werkbook.export.text.renaming import rename_global, rename_in_parts


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("app = Flask(__name__)", "own = Flask(__name__)"),
        ("print(app.app, 'app')", "print(own.app, 'app')"),
        ("@app.get('/')\ndef view(): pass", "@own.get('/')\ndef view(): pass"),
        ("def view(app): return app", "def view(app): return app"),
        ("def view(a=app): return a", "def view(a=own): return a"),
        ("def view():\n    app = 1\n    return app", None),
        (
            "def view():\n    global app\n    app = 1",
            "def view():\n    global own\n    own = 1",
        ),
        ("lambda app: app", "lambda app: app"),
        ("lambda: app", "lambda: own"),
        ("from shop import app", "from shop import app as own"),
        ("import app", "import app as own"),
        ("from shop import x as app", "from shop import x as own"),
        ("def app(): return app", "def own(): return own"),
        ("class app: pass", "class own: pass"),
        ("x = 'é'; y = app", "x = 'é'; y = own"),
        ("happy = application", "happy = application"),
        ("f(app=app)", "f(app=own)"),
        ("[app for app in apps]", "[own for own in apps]"),
    ],
)
def test_name_of_the_module_is_renamed(text: str, renamed: str | None) -> None:
    """Locals, attributes, keywords and texts that look alike stay."""
    found = rename_global(text, "app", "own")
    assert found == (text if renamed is None else renamed)


def test_all_parts_of_a_file_are_renamed() -> None:
    """Imports get an alias, pieces their new name."""
    parts = Parts(
        imports=[Import("shop", "app"), Import("os")],
        pieces=[Piece("app.run()"), Piece("x = 1")],
    )
    rename_in_parts(parts, "app", "own")
    assert [one.bound for one in parts.imports] == ["own", "os"]
    assert [one.text for one in parts.pieces] == ["own.run()", "x = 1"]
