"""Projects of ASGI apps: FastAPI and Starlette, started for real and asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.ports import free_port
from tests.werkbook.export.project.test_project import (
    TIMEOUT_S,
    environment,
    get,
    started,
)

from werkbook.cells.cell import Cell
from werkbook.export.delivering import Delivery, Wish, deliver

FASTAPI = [
    "from fastapi import FastAPI, Form\nfrom pydantic import BaseModel\n\n"
    "app = FastAPI()",
    "class Item(BaseModel):\n    name: str\n    price: float = 1.0",
    '@app.get("/")\nasync def home():\n    return {"hello": "Ada"}',
    '@app.post("/items")\ndef add(item: Item):\n    return {"total": item.price * 2}',
    '@app.get("/items/{number}")\ndef item(number: int, q: str = ""):\n'
    '    return {"number": number, "q": q}',
    "from fastapi.testclient import TestClient\n\nclient = TestClient(app)\n"
    'client.get("/")\nclient.post("/items", json={"name": "tea", "price": 2})',
]
STARLETTE = [
    "from starlette.applications import Starlette\n"
    "from starlette.responses import JSONResponse, PlainTextResponse\n"
    "from starlette.routing import Route",
    "async def home(request):\n    return JSONResponse({'hello': 'Ada'})",
    "def shout(request):\n"
    "    return PlainTextResponse(request.path_params['word'].upper())",
    "app = Starlette(routes=[Route('/', home), Route('/shout/{word}', shout)])",
]


def export_project(folder: Path, sources: list[str]) -> Delivery:
    cells = [Cell(f"c{number}", source) for number, source in enumerate(sources)]
    return deliver(cells, Wish(folder / "a.ipynb", project=folder / "shop"))


@pytest.fixture(scope="module")
def fastapi_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a FastAPI app."""
    folder = tmp_path_factory.mktemp("fastapi")
    delivery = export_project(folder, FASTAPI)
    assert "Proved: 3 of 3 rules asked" in delivery.text, delivery.text
    return folder / "shop"


@pytest.fixture(scope="module")
def starlette_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a Starlette app."""
    folder = tmp_path_factory.mktemp("starlette")
    delivery = export_project(folder, STARLETTE)
    assert "Proved: 2 of 2 rules asked" in delivery.text, delivery.text
    return folder / "shop"


@pytest.fixture(params=["fastapi", "starlette"])
def project(request: pytest.FixtureRequest) -> Path:
    """Each of them."""
    found: Path = request.getfixturevalue(f"{request.param}_project")
    return found


def test_asgi_project_is_served_as_its_container_serves_it(project: Path) -> None:
    """gunicorn with uvicorn's workers answers for the app and for probes."""
    port = free_port()
    with started(project, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"):
        assert json.loads(get(port, "/")) == {"hello": "Ada"}
        assert get(port, "/healthz") == "ok\n"


def test_asgi_project_logs_a_line_a_request(project: Path) -> None:
    """As JSON where that is asked for; probes are in no log."""
    port = free_port()
    log = project.parent / "log.txt"
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=project,
            env=environment(LOG_FORMAT="json"),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            assert get(port, "/healthz") == "ok\n"
            assert json.loads(get(port, "/")) == {"hello": "Ada"}
        finally:
            process.terminate()
            process.wait(TIMEOUT_S)
    text = log.read_text()
    [line] = [json.loads(one) for one in text.splitlines() if one.startswith("{")]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/", 200)
    assert line["bytes"] == len('{"hello":"Ada"}')
    assert "healthz" not in text


def test_asgi_project_is_served_by_uvicorn(project: Path) -> None:
    """So is what any other ASGI server loads."""
    port = free_port()
    with started(project, "-m", "uvicorn", "server:app", "--port", str(port)):
        assert json.loads(get(port, "/")) == {"hello": "Ada"}
        assert get(port, "/healthz") == "ok\n"


def test_asgi_project_runs_as_a_script(project: Path) -> None:
    """`python app.py` starts uvicorn, where PORT says."""
    port = free_port()
    with started(project, "app.py", PORT=str(port)):
        assert json.loads(get(port, "/")) == {"hello": "Ada"}


def test_asgi_project_passes_its_own_tests(fastapi_project: Path) -> None:
    """They ask the app with Starlette's test client, and compare what came back."""
    text = (fastapi_project / "tests" / "test_app.py").read_text()
    assert "from starlette.testclient import TestClient" in text
    assert 'assert response.json() == {"total": 4.0}' in text
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=fastapi_project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S * 4,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout


def test_asgi_project_names_its_servers(project: Path) -> None:
    """What the container needs is in requirements.txt, and uvicorn's worker is set."""
    needed = (project / "requirements.txt").read_text()
    assert all(name in needed for name in ("gunicorn", "uvicorn", "uvicorn-worker"))
    settings = (project / "gunicorn.conf.py").read_text()
    assert "class worker_class(UvicornWorker):" in settings
    workflow = (project / ".github/workflows/test.yml").read_text()
    assert "pip install -r requirements.txt pytest starlette httpx" in workflow
