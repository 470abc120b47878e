"""Small notebooks, one for each trap, with the file that must come out of them.

`WRITE_GOLDEN=1 pytest ...` writes the files anew; read what changed before committing.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import bottle  # noqa: F401  # its import hook must not count as left behind
import pytest
from werkzeug.test import Client

from werkbook.export import Export, Options, export, load
from werkbook.export.text import dependencies

CASES = Path(__file__).parents[2] / "export_cases"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
VERSIONS = {"Flask": "3.1.0", "werkbook": "0.1.0", "bottle": "0.13.2"}


@pytest.fixture(autouse=True)
def knows_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no golden file depend on what happens to be installed."""
    monkeypatch.setattr(dependencies, "_providers", lambda name: [])


def exported(name: str) -> Export:
    """Export the notebook of a case."""
    notebook = load(CASES / name / "notebook.ipynb")
    settings = json.loads((CASES / name / "requests.json").read_text())["options"]
    options = Options(
        name="notebook.ipynb",
        python=notebook.python,
        version_of=VERSIONS.get,
        **settings,
    )
    return export(notebook.cells, options)


def requests_of(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        (CASES / name / "requests.json").read_text()
    )["requests"]
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in which an exported file runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("GREETING", "SECOND"):
        monkeypatch.delenv(name, raising=False)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        path = getattr(sys.modules[name], "__file__", None) or ""
        if path.startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture(autouse=True)
def databases_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what the exported files keep open: Python 3.13 warns of it."""
    connections = contextlib.ExitStack()
    connect = sqlite3.connect

    def kept(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        return connections.enter_context(contextlib.closing(connect(*args, **kwargs)))

    monkeypatch.setattr(sqlite3, "connect", kept)
    with connections:
        yield


def import_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("exported_app", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "exported_app", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_export_gives_the_golden_file(name: str) -> None:
    """The file reads to the letter as the one that was looked at, each time."""
    result = exported(name)
    files = {"app.py": result.source, **result.files}
    for path, text in files.items():
        golden = CASES / name / path
        if os.environ.get("WRITE_GOLDEN"):
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        assert text == golden.read_text(encoding="utf-8")
    assert exported(name).source == result.source


@pytest.mark.parametrize("name", NAMES)
def test_export_answers_as_the_notebook(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exported app answers each request of the case."""
    result = exported(name)
    for file, text in {"app.py": result.source, **result.files}.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    module = import_file(folder / "app.py", monkeypatch)
    client = Client(module.app)
    for one in requests_of(name):
        options = {key: one[key] for key in ("json", "data") if key in one}
        response = client.open(one["url"], method=one["method"], **options)
        assert response.status_code == one["status"], response.text
        if isinstance(one["body"], str):
            text = response.text.strip() if one.get("strips") else response.text
            assert text == one["body"]
        elif one["body"] is not None:
            assert response.json == one["body"]
        if "content_type" in one:
            assert response.mimetype == one["content_type"]
        response.close()
    stop_event_loop(module)


def stop_event_loop(module: ModuleType) -> None:
    """End the loop in which the file awaits; a process takes it along by itself."""
    loop = getattr(module, "_event_loop", None)
    if loop is not None:
        [thread] = [t for t in threading.enumerate() if "run_forever" in t.name]
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


def ruff(*arguments: str) -> str:
    """Run ruff over all exported files, in no project."""
    files = [str(CASES / name / "app.py") for name in NAMES]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--isolated", "--no-cache", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_exports_pass_ruff_check() -> None:
    """No exported file has an unused import, an undefined name or unsorted imports."""
    rules = ["--select", "E4,E7,E9,F,I", "--ignore", AUTHORS, "--quiet"]
    rules += ["--config", "builtins = ['_']"]  # gettext's
    assert ruff("check", *rules, *THIRD_PARTY) == ""


def test_exports_pass_ruff_format() -> None:
    """The layout is ruff's, apart from what the author wrote otherwise."""
    quotes = ["--config", 'format.quote-style="preserve"']
    assert ruff("format", "--diff", "--quiet", *quotes) == ""


AUTHORS = "E731,F403,F405,F811,E722,F841"
"""What is the author's own affair: lambdas, star imports, unused locals."""

THIRD_PARTY = [
    "--config",
    'lint.isort.known-third-party=["werkbook"]',
    "--config",
    'lint.isort.known-first-party=["utils","maths","app_module","pkg"]',
]
"""Here Werkbook lies in the source tree; elsewhere it is installed."""
