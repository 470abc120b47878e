"""The exported tour, served as people serve it, beside the notebook's own answers."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
import requests
from tests.ports import free_port
from tools.run_notebooks import run

ROOT = Path(__file__).parents[1]
TOUR = "00_tour.ipynb"
START_TIMEOUT_S = 30
REPORT = {"name": "Ada", "text": "The lamps swung for a minute."}
PLACES = [
    "/",
    "/api/quakes?at_least=6",
    "/api/quakes/us1000chhc",
    "/api/quakes/atlantis",
    "/quakes/us1000chhc",
    "/quakes/atlantis",
    "/static/style.css",
]
ASK_THE_NOTEBOOK = f"""\
import json
_client = app.test_client()
_answers = [_client.get(_place) for _place in {PLACES!r}]
print(json.dumps([[_one.status_code, _one.content_type, _one.text]
                  for _one in _answers]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which ``notebooks`` is what it is in the checkout."""
    copy = tmp_path_factory.mktemp("tour")
    ignored = shutil.ignore_patterns("app.py", ".*")
    shutil.copytree(ROOT / "notebooks", copy / "notebooks", ignore=ignored)
    return copy


@pytest.fixture(scope="module")
def answers(folder: Path) -> list[list[object]]:
    """What the notebook answers when it has run."""
    notebook = nbformat.read(folder / "notebooks" / TOUR, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(ASK_THE_NOTEBOOK))
    asking = folder / "notebooks/asking.ipynb"
    nbformat.write(notebook, asking)
    outputs = run(asking).cells[-1].outputs
    asking.unlink()
    found: list[list[object]] = json.loads(outputs[0].text)
    return found


@pytest.fixture(scope="module")
def exported(folder: Path) -> Path:
    """The file that the command line writes."""
    command = [sys.executable, "-m", "werkbook", "export", f"notebooks/{TOUR}"]
    done = subprocess.run(
        [*command, "-o", "app.py"],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "app.py"


def environment() -> dict[str, str]:
    sources = [str(ROOT / "src"), str(ROOT / "kernel_ext")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(sources)}


@contextmanager
def served(command: list[str], folder: Path, port: int) -> Iterator[str]:
    """Run a server's command until the block ends; give its URL."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        wait_for_port(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=20)


def wait_for_port(process: subprocess.Popen[bytes], port: int) -> None:
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline_s:
        if process.poll() is not None:
            output = process.communicate()[0].decode()
            raise AssertionError(f"the server ended:\n{output}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"no answer on port {port}")


def ask(url: str) -> list[list[object]]:
    """Send what the notebook's reader sent, then ask for every place."""
    found: list[list[object]] = []
    report = f"{url}/quakes/us1000chhc/reports"
    with requests.Session() as session:
        session.trust_env = False
        sent = session.post(report, data=REPORT, allow_redirects=False)
        assert (sent.status_code, sent.headers["Location"]) == (
            303,
            "/quakes/us1000chhc",
        )
        session.cookies.clear()
        for place in PLACES:
            answer = session.get(url + place)
            found.append(
                [answer.status_code, answer.headers["Content-Type"], answer.text]
            )
    return found


def test_python_serves_the_export(exported: Path, answers: list[list[object]]) -> None:
    """``python app.py`` answers as the notebook did."""
    command = [sys.executable, exported.name]
    with served(command, exported.parent, 5000) as url:
        assert ask(url) == answers


def test_gunicorn_serves_the_export(
    exported: Path, answers: list[list[object]]
) -> None:
    """``gunicorn app:app`` answers as the notebook did."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "app:app"]
    with served(command, exported.parent, port) as url:
        assert ask(url) == answers
