"""What JupyterLab's extension is told of the apps."""

from __future__ import annotations

from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook import serving
from werkbook_ext.notebook.live_cells import find_live_cells
from werkbook_ext.panel.exchange_cards import show_exchange
from werkbook_ext.panel.state import find_app, read_state

APP = """from werkbook import App
app = App("__main__")
@app.before_request
def look():
    pass"""
HALF = "%%route GET /half/<int:n>\nx = 1\nreturn str(x / (n - 3))"


@pytest.fixture
def notebook(shell: InteractiveShell) -> ShellNotebook:
    notebook = ShellNotebook(shell)
    notebook.prefix = ""
    notebook.run("app", APP)
    notebook.run("half", HALF)
    return notebook


def state(shell: InteractiveShell) -> dict[str, Any]:
    cells = find_live_cells(shell)
    assert cells is not None
    return read_state(shell, cells)


def test_rules_stand_with_their_cell(
    shell: InteractiveShell, notebook: ShellNotebook
) -> None:
    (app,) = state(shell)["apps"]
    rule = next(one for one in app["rules"] if one["rule"] == "/half/<int:n>")
    assert rule == {
        "rule": "/half/<int:n>",
        "methods": ["GET"],
        "endpoint": "half_n",
        "cell": "half",
        "count": 0,
        "status": None,
        "ms": None,
    }
    assert (app["name"], app["is_serving"], app["openapi"]) == ("app", False, None)


def test_hooks_stand_with_their_cell(
    shell: InteractiveShell, notebook: ShellNotebook
) -> None:
    assert state(shell)["others"] == [
        {
            "kind": "before request",
            "name": "look",
            "cell": "app",
            "line": "from werkbook import App",
        }
    ]


def test_requests_and_the_line_that_failed(
    shell: InteractiveShell, notebook: ShellNotebook
) -> None:
    notebook.run("ask", "%http -q /half/4\n%http -q /half/3")
    found = state(shell)
    log = [(one["url"], one["status"]) for one in found["apps"][0]["log"]]
    assert log == [("/half/4", 200), ("/half/3", 500)]
    assert found["failures"] == [
        {
            "cell": "half",
            "line": 3,
            "text": "GET /half/3: ZeroDivisionError: division by zero",
        }
    ]
    notebook.run("ask", "%http -q /half/4")
    assert state(shell)["failures"] == []


def test_request_of_the_log_becomes_a_card(
    shell: InteractiveShell, notebook: ShellNotebook
) -> None:
    notebook.run("ask", "%http -q /half/4")
    app = find_app(shell, "app")
    server = serving.find_server(app)
    assert server is not None
    view = show_exchange("app", next(iter(server.exchanges)).number)
    assert view is not None
    assert repr(view).splitlines()[0] == "GET /half/4 -> 200 OK"
    assert show_exchange("app", 999) is None
    assert show_exchange("nothing", 1) is None
