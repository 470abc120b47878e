"""What a cell's output says about what it registered."""

from __future__ import annotations

import pytest
from tests.werkbook_ext.notebooks import Notebook

APP = """from werkbook import App
app = App("__main__")
def shouting(view):
    def wrapper(**values):
        return view(**values).upper()
    return wrapper
"""
VIEW = "@app.get('/{0}')\n@shouting\ndef {0}():\n    return '{0}'"
TOLD = (
    "Each view below that decorator is named 'wrapper': write @functools.wraps(view)"
    " above def wrapper, and run the cells of the views again."
)


def test_wrappers_that_share_an_endpoint_are_told_of_wraps(notebook: Notebook) -> None:
    """A decorator without `functools.wraps` is named as the cause; one with is not."""
    notebook.run("app", APP)
    assert TOLD not in notebook.run("a", VIEW.format("a")).text
    assert TOLD in notebook.run("b", VIEW.format("b")).text
    wraps = "    import functools\n    @functools.wraps(view)\n    def wrapper"
    notebook.run("app", APP.replace("    def wrapper", wraps))
    notebook.run("a", VIEW.format("a"))
    assert TOLD not in notebook.run("b", VIEW.format("b")).text
    assert [notebook.get("/a"), notebook.get("/b")] == ["A", "B"]


def test_lambdas_that_share_an_endpoint_are_told_to_have_names(
    notebook: Notebook,
) -> None:
    notebook.run("app", APP)
    add = "app.add_url_rule('/{0}', view_func=lambda: '{0}')"
    notebook.run("a", add.format("a"))
    assert notebook.run("b", add.format("b")).text.splitlines()[-1] == (
        "Each lambda is named '<lambda>': give each rule a name of its own,"
        ' endpoint="...".'
    )


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("@app.before_request\ndef log(): pass", "before_request: log"),
        ("@app.after_request\ndef add(r): return r", "after_request: add"),
        ("@app.errorhandler(404)\ndef no(e): return ''", "error handler 404: no"),
        (
            "@app.errorhandler(ValueError)\ndef bad(e): return ''",
            "error handler ValueError: bad",
        ),
        ("@app.template_filter('m')\ndef f(v): return v", "template filter m"),
        ("app.jinja_env.globals['q'] = 3", "template global q"),
        ("@app.context_processor\ndef c(): return {}", "context_processor: c"),
        ("app.config['A'] = 1", ""),
        ("x = 1", ""),
    ],
)
def test_hooks_filters_and_handlers_say_their_line(
    notebook: Notebook, source: str, line: str
) -> None:
    notebook.run("app", APP)
    assert notebook.run("hook", source).text.strip() == line


def test_hooks_of_a_mounted_blueprint_are_told_once(notebook: Notebook) -> None:
    notebook.run("app", APP)
    source = "from werkbook import Blueprint\nb = Blueprint('b', '__main__')\n"
    told = notebook.run("bp", source + "@b.before_request\ndef log(): pass")
    assert told.text.strip() == "before_request: log"
    assert notebook.run("mount", "app.register_blueprint(b)").text.strip() == ""


def test_same_function_in_two_cells_is_no_wrapper(notebook: Notebook) -> None:
    """A plain view that moves from cell to cell is told as a takeover alone."""
    notebook.run("app", APP)
    notebook.run("a", "@app.get('/')\ndef index():\n    return '1'")
    ran = notebook.run("b", "@app.get('/b')\ndef index():\n    return '2'")
    assert "takes over from" in ran.text
    assert "functools" not in ran.text


def test_rule_of_flasks_in_a_fastapi_app_is_told(notebook: Notebook) -> None:
    """FastAPI takes `<n>` as text: one line says how it writes a variable."""
    notebook.run("app", "from fastapi import FastAPI\napi = FastAPI()")
    view = "@api.get('/x/{0}')\ndef x(n: int = 0):\n    return n"
    assert notebook.run("x", view.format("<int:n>")).text.splitlines()[-1] == (
        "/x/<int:n> is text to its last letter: a variable is written {name},"
        " /x/{n:int}"
    )
    assert "text to its last" not in notebook.run("x", view.format("{n}")).text


@pytest.mark.parametrize(
    ("app", "socket", "path"),
    [
        (
            "from flask_sock import Sock\nfrom werkbook import App\napp = App('s')\n"
            "sock = Sock(app)",
            "@sock.route('/echo/<name>')\ndef echo(ws, name):\n    pass",
            "/echo/<name>",
        ),
        (
            "from fastapi import FastAPI, WebSocket\napp = FastAPI()",
            "@app.websocket('/echo/{name}')\nasync def echo(ws: WebSocket, name):\n"
            "    pass",
            "/echo/{name}",
        ),
    ],
    ids=["Flask-Sock", "FastAPI"],
)
def test_websocket_is_told_as_one(
    notebook: Notebook, app: str, socket: str, path: str
) -> None:
    """A page can't be asked there, whatever its handshake's method is."""
    notebook.run("app", app)
    assert f"WS {path} -> echo" in notebook.run("echo", socket).text.splitlines()
    row = next(
        one for one in notebook.run("r", "%routes").text.splitlines() if path in one
    )
    assert row.split()[:3] == [path, "WS", "echo"]
    told = notebook.run("ask", "%http GET /echo/Ada").text
    assert "/echo/Ada is a WebSocket. Write: %http --ws /echo/Ada" in told
    other = notebook.run("other", "%http GET /ECHO/Ada").text
    assert "is a WebSocket" not in other
