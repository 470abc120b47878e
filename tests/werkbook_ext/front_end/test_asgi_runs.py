"""`uvicorn.run(app)` and its like in a notebook: they serve in the background."""

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import requests
from IPython.core.interactiveshell import InteractiveShell
from tests.ports import free_port
from tests.werkbook_ext.notebooks import ShellNotebook

from werkbook import serving

FASTAPI = """
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
async def index():
    inside = 42
    print("printed by the view")
    return "home"
@app.get("/boom")
def boom():
    inside = 42
    raise LookupError("in the view")
"""


@pytest.fixture(autouse=True)
def last_exception_is_kept() -> Iterator[None]:
    names = ("last_exc", "last_type", "last_value", "last_traceback")
    before = {name: getattr(sys, name) for name in names if hasattr(sys, name)}
    yield
    for name in names:
        if hasattr(sys, name):
            delattr(sys, name)
    for name, value in before.items():
        setattr(sys, name, value)


@pytest.fixture
def here(shell: InteractiveShell) -> ShellNotebook:
    return ShellNotebook(shell)


def answer(path: str = "/") -> Any:
    (server,) = serving.servers()
    return requests.get(server.url + path, timeout=10)


@pytest.mark.parametrize(
    "call",
    [
        "uvicorn.run(app, host='127.0.0.1', port={port}, reload=True)",
        "uvicorn.run('main:app', port={port})",
        "uvicorn.run('__main__:app', port={port})",
        "uvicorn.run(lambda: app, port={port}, factory=True)",
        "uvicorn.Server(uvicorn.Config(app, port={port})).run()",
        "await uvicorn.Server(uvicorn.Config(app, port={port})).serve()",
    ],
)
def test_uvicorn_serves_in_the_background(here: ShellNotebook, call: str) -> None:
    """Each way to run it returns at once, and the app answers where it was asked to."""
    here.run("app", FASTAPI)
    port = free_port()
    ran = here.run("run", call.format(port=port))
    assert ran.text.strip() == f"Serving app on http://127.0.0.1:{port}/"
    assert answer().json() == "home"
    here.run("run", call.format(port=port))
    assert len(serving.servers()) == 1


def test_uvicorn_names_no_app(here: ShellNotebook) -> None:
    """A text that names nothing says what to write."""
    here.run("app", FASTAPI)
    ran = here.fail("run", "uvicorn.run('main:nothing')")
    assert "NoSuchAppError: uvicorn.run('main:nothing') names no app." in ran.text
    assert "Fix: hand in the app itself: uvicorn.run(app)." in ran.text


def test_quart_runs_in_the_background(here: ShellNotebook) -> None:
    """Quart's `app.run()` starts the notebook's server and returns."""
    here.run(
        "app",
        "from quart import Quart\napp = Quart('__main__')\n"
        "@app.get('/')\nasync def index():\n    return 'home'",
    )
    port = free_port()
    ran = here.run("run", f"app.run(port={port}, debug=True)")
    assert ran.text.strip() == f"Serving app on http://127.0.0.1:{port}/"
    assert answer().text == "home"


def test_fasthtml_serves_in_the_background(here: ShellNotebook) -> None:
    """FastHTML's `serve()` finds the notebook's app, where it would do nothing."""
    port = free_port()
    ran = here.run(
        "app",
        "from fasthtml.common import *\napp, rt = fast_app(secret_key='test')\n"
        "@rt('/')\ndef get():\n    return P('home')\n"
        f"serve(port={port})",
    )
    assert f"Serving app on http://127.0.0.1:{port}/" in ran.text
    assert "<p>home</p>" in answer().text.lower()


def test_module_that_is_imported_late_gets_fasthtmls_own_serve_back(
    here: ShellNotebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrapper that stays would serve in the notebook of the extension that went."""
    core = import_module("fasthtml.core")
    monkeypatch.delitem(sys.modules, "fasthtml.common", raising=False)
    here.run("app", "import fasthtml.common as late")
    assert here.shell.user_ns["late"].serve is core.serve
    assert core.serve.__module__ != "fasthtml.core"
    late = here.shell.user_ns["late"]
    here.shell.run_line_magic("unload_ext", "werkbook")
    assert late.serve is core.serve
    assert core.serve.__module__ == "fasthtml.core"
    here.shell.run_line_magic("load_ext", "werkbook")


def test_http_card_debug_and_routes(here: ShellNotebook) -> None:
    """%http, its card with output and the cell's line, %debug, %routes."""
    here.run("app", FASTAPI)
    ran = here.run("ask", "%http GET /")
    assert "GET / -> 200 OK" in ran.text
    assert "printed by the view" in ran.text
    ran = here.run("boom", "%http GET /boom")
    assert "500" in ran.text
    assert "LookupError: in the view" in ran.text
    assert "Cell" in ran.text
    assert "line 12" in ran.text
    traceback = sys.last_traceback
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    assert traceback.tb_frame.f_locals["inside"] == 42
    rows = here.run("routes", "%routes").text
    assert "/boom" in rows
    assert "[1]" in rows


def test_loading_ends_with_the_extension(shell: InteractiveShell) -> None:
    """Once the extension is unloaded, uvicorn's functions are its own again."""
    import uvicorn

    assert "uvicorn" not in uvicorn.run.__module__
    shell.run_line_magic("unload_ext", "werkbook")
    assert uvicorn.run.__module__ == "uvicorn.main"
    shell.run_line_magic("load_ext", "werkbook")
