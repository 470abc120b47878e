"""What a notebook serves, and where."""

from __future__ import annotations

import ast

import pytest

from werkbook.cells.cell import Cell
from werkbook.cells.source.parse import parse_cells
from werkbook.export.flow.apps.served import ServingCall, made_by_factories, served_by
from werkbook.export.flow.context import Context

FLASK = "from flask import Flask\nfrom threading import Thread\napp = Flask(__name__)"


def served(source: str, head: str = FLASK) -> list[ServingCall]:
    cells = [Cell("a", head), Cell("b", source)]
    statements = parse_cells(cells).statements
    return served_by(statements, Context([one.node for one in statements]))


def text(value: ast.expr | None) -> str | None:
    return None if value is None else ast.unparse(value)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("app.run()", ("app", None, None)),
        ("app.run(port=5001)", ("app", None, "5001")),
        ("app.run('0.0.0.0', 80)", ("app", "'0.0.0.0'", "80")),
        ("app.run(host=HOST, debug=True)", ("app", "HOST", None)),
        ("if __name__ == '__main__':\n    app.run(port=1)", ("app", None, "1")),
        ("def main():\n    app.run(port=1)\nmain()", ("app", None, "1")),
        (
            "Thread(target=app.run, kwargs={'port': 7}).start()",
            ("app", None, "7"),
        ),
        (
            "Thread(target=app.run, kwargs=dict(host='::', port=7)).start()",
            ("app", "'::'", "7"),
        ),
        ("Thread(target=app.run, args=('h', 8)).start()", ("app", "'h'", "8")),
        (
            "from werkzeug.serving import run_simple\nrun_simple('h', 9, app)",
            ("app", "'h'", "9"),
        ),
        (
            "from wsgiref.simple_server import make_server\n"
            "make_server('', 8000, app).serve_forever()",
            ("app", "'0.0.0.0'", "8000"),
        ),
        ("import waitress\nwaitress.serve(app, port=10)", ("app", None, "10")),
        ("import uvicorn\nuvicorn.run(app, port=11)", ("app", None, "11")),
        ("import uvicorn\nuvicorn.run('main:app', host='h')", ("app", "'h'", None)),
        ("from bottle import run\nrun(app, port=13)", ("app", None, "13")),
        ("import bottle\nbottle.run(app)", ("app", None, None)),
        (
            "socketio = SocketIO(app)\nsocketio.run(app, '::', port=14)",
            ("app", "'::'", "14"),
        ),
        ("create_app('x').run(port=12)", ("create_app('x')", None, "12")),
    ],
)
def test_what_is_served_and_where(
    source: str, place: tuple[str, str | None, str | None]
) -> None:
    """As the author wrote it, functions and threads included; the last one counts."""
    found = [
        (text(one.value), text(one.host), text(one.port)) for one in served(source)
    ]
    assert [one for one in found if one[0] == place[0]][-1] == place


@pytest.mark.parametrize(
    "source",
    [
        "asyncio.run(work())",
        "subprocess.run(['ls'])",
        "experiment.fit(app)",
        "client.get('/')",
    ],
)
def test_other_calls_named_run_serve_nothing(source: str) -> None:
    """A module's `run` is not an app's."""
    assert served(source, FLASK + "\nimport asyncio, subprocess") == []


def test_options_of_the_notebook_alone_do_not_count() -> None:
    """`debug` and the reloader stay behind; what the app needs comes along."""
    [found] = served("app.run(debug=True, use_reloader=False, threaded=True)")
    assert {key: text(value) for key, value in found.options.items()} == {
        "threaded": "True"
    }


def test_arguments_of_a_function_are_no_places_of_the_file() -> None:
    """`def start(port): app.run(port=port)` says nothing that the file could say."""
    [found] = served("def start(port):\n    app.run(port=port)")
    assert (text(found.value), found.port) == ("app", None)


def test_calls_of_factories_are_found() -> None:
    """With their arguments, but not where these are local to a function."""
    source = (
        "def create_app(name):\n    app = Flask(name)\n    return app\n"
        "create_app('prod').run()\n"
        "def again(name):\n    return create_app(name)"
    )
    statements = parse_cells([Cell("a", "from flask import Flask"), Cell("b", source)])
    nodes = statements.statements
    found = made_by_factories(nodes, Context([one.node for one in nodes]))
    assert [ast.unparse(one) for one in found] == ["create_app('prod')"]
