"""The notebook as the server."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from werkzeug.test import Client

from werkbook.export.running import NotebookApp, load_app, run_notebook
from werkbook.serving.asgi.followed_apps import AsgiNotebookApp

APP = "from flask import Flask\napp = Flask(__name__)"


def save(path: Path, *sources: str, stamp: int = 1) -> None:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "source": s}
        for n, s in enumerate(sources)
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    os.utime(path, ns=(stamp, stamp))


def view(text: str) -> str:
    return f'@app.route("/")\ndef index():\n    return "{text}"'


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "nb.ipynb"
    save(path, APP, view("one"))
    yield path


def test_load_app_executes_the_export(notebook: Path) -> None:
    """The app answers, and finds templates beside the notebook."""
    (notebook.parent / "templates").mkdir()
    (notebook.parent / "templates" / "t.html").write_text("from {{ x }}")
    page = "from flask import render_template\n" + view("one").replace(
        '"one"', 'render_template("t.html", x="file")'
    )
    save(notebook, APP, page)
    assert Client(load_app(notebook)).get("/").text == "from file"


def test_check_swaps_in_what_was_saved(notebook: Path) -> None:
    """A saved change answers the next request; no change does nothing."""
    said: list[str] = []
    served = NotebookApp(notebook, say=said.append)
    client = Client(served)
    assert client.get("/").text == "one"
    assert not served.check()
    save(notebook, APP, view("two"), stamp=2)
    assert served.check()
    assert client.get("/").text == "two"
    assert said == [" * nb.ipynb was saved: the new app is in place."]


def test_check_keeps_the_last_good_app(notebook: Path) -> None:
    """A save that does not work leaves the app up and says why."""
    said: list[str] = []
    served = NotebookApp(notebook, say=said.append)
    save(notebook, APP, "1 / 0\napp.config['X'] = 1 / 0", view("two"), stamp=2)
    assert not served.check()
    notebook.write_text("{half")
    assert not served.check()
    assert Client(served).get("/").text == "one"
    assert said[0] == (
        " * nb.ipynb was saved, but does not work: ZeroDivisionError: division by zero"
    )
    assert said[1] == " * The app of the last save that worked goes on."
    assert "is not a notebook" in said[2]


def test_run_notebook_serves_and_follows(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`werkbook run notebook.ipynb --reload` hands the app to the server."""
    monkeypatch.chdir(notebook.parent)
    monkeypatch.syspath_prepend(str(notebook.parent))
    answers = []

    def serve(host: str, port: int, app: NotebookApp, threaded: bool) -> None:
        answers.append((host, port, Client(app).get("/").text, threaded))

    run_notebook(notebook, port=5001, reload=True, serve=serve)
    assert answers == [("127.0.0.1", 5001, "one", True)]


FASTAPI = """from contextlib import asynccontextmanager
from fastapi import FastAPI, Request

@asynccontextmanager
async def lifespan(app):
    yield {"up": "%s"}

app = FastAPI(lifespan=lifespan)"""
FASTAPI_VIEW = """@app.get("/")
def index(request: Request):
    return "%s " + request.state.up"""


def test_asgi_app_follows_what_is_saved(notebook: Path) -> None:
    """A notebook's FastAPI app is started up, and started anew with each new save."""
    save(notebook, FASTAPI % "first", FASTAPI_VIEW % "one")
    served = NotebookApp(notebook, say=lambda line: None)
    app: Any = AsgiNotebookApp(served)
    with TestClient(app) as client:
        assert client.get("/").json() == "one first"
        save(notebook, FASTAPI % "second", FASTAPI_VIEW % "two", stamp=2)
        assert served.check()
        assert client.get("/").json() == "two second"


def test_asgi_app_is_handed_to_uvicorn(
    notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`werkbook run` serves an ASGI app by uvicorn, where it is told to."""
    monkeypatch.chdir(notebook.parent)
    monkeypatch.syspath_prepend(str(notebook.parent))
    save(notebook, FASTAPI % "up", FASTAPI_VIEW % "one")
    asked = []

    def run(app: Any, **options: Any) -> None:
        with TestClient(app) as client:
            asked.append((client.get("/").json(), options))

    monkeypatch.setattr("uvicorn.run", run)
    run_notebook(notebook, port=5001)
    options = {"host": "127.0.0.1", "port": 5001, "lifespan": "on"}
    assert asked == [("one up", options)]


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (
            '@app.get("/")\ndef index(x=1 / 0):\n    return "x"',
            "NotebookError: The app of 'nb.ipynb' cannot be served.\n"
            "  Why: its code ends with ZeroDivisionError: division by zero\n"
            "  Fix: restart the kernel and run all cells: that shows which one it"
            " is.\n",
        ),
        (
            '@app.get("/")\ndef index(x=exit("\x1b[31m")):\n    return "x"',
            "NotebookError: The app of 'nb.ipynb' cannot be served.\n"
            "  Why: its code ends with SystemExit: \u241b[31m\n"
            "  Fix: restart the kernel and run all cells: that shows which one it"
            " is.\n",
        ),
        (
            "",
            "NoAppError: No cell of 'nb.ipynb' makes an app.\n"
            "  Why: an export starts from an app of Flask, Bottle, FastAPI, Dash or"
            " another framework, or a WSGI function, and what is registered on it.\n"
            "  Fix: write app = App() in a cell.\n",
        ),
    ],
)
def test_notebook_that_cannot_be_served_is_told_in_three_lines(
    view: str,
    said: str,
    notebook: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No traceback, whatever its code ends with, and no terminal obeys it."""
    monkeypatch.chdir(notebook.parent)
    monkeypatch.setattr("sys.path", [*sys.path])
    save(notebook, *((APP, view) if view else ("x = 1",)))
    with pytest.raises(SystemExit) as ended:
        run_notebook(notebook, port=0)
    assert (ended.value.code, capsys.readouterr().err) == (1, said)
