"""A clean process, from the side of the one who starts it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from werkbook.export.proof import process as process_module
from werkbook.export.proof.process import CleanProcess, SilentError

JOB = {
    "app": "app",
    "by_itself": False,
    "path": [],
    "without": [],
    "sources": [],
    "static": [],
    "safe_only": True,
    "limit_s": 20,
    "request_limit_s": 5,
}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[CleanProcess]:
    """A process that waits for a job."""
    process = CleanProcess("app_file", tmp_path, silence_s=20)
    yield process
    process.close()


def job(tmp_path: Path, source: str) -> dict[str, object]:
    (tmp_path / "notebook").mkdir()
    file = tmp_path / "notebook" / "app.py"
    file.write_text(source)
    return {**JOB, "file": str(file)}


def test_a_process_says_what_it_does(running: CleanProcess, tmp_path: Path) -> None:
    """Message by message; what it prints stays out of the way."""
    source = "def app(environ, start):\n    start('200 OK', [])\n    return [b'hi']\n"
    running.say(job(tmp_path, f"print('noise', flush=True)\n{source}"))
    assert running.hear()["what"] == "begin"
    assert running.hear()["what"] == "started"
    running.say({"questions": [{"method": "GET", "url": "/"}], "explores": False})
    found = [running.hear() for _ in range(4)]
    assert [one["what"] for one in found] == ["asking", "answer", "asked", "end"]
    assert found[1]["answer"]["status"] == 200
    assert "noise" in running.log()


def test_the_copy_of_the_folder_is_nobody_s_affair(
    running: CleanProcess, tmp_path: Path
) -> None:
    """Its path is taken out of what is told."""
    running.say(job(tmp_path, "open(__file__ + '.gone')"))
    running.hear()
    told = running.hear()
    assert told["error"]["file"] == "app.py.gone"
    assert str(tmp_path) not in str(told)


def test_a_silent_process_is_an_error(
    running: CleanProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the option."""
    monkeypatch.setattr(process_module, "START_S", -1.0)
    monkeypatch.setattr(process_module, "GRACE_S", 0.0)
    with pytest.raises(SilentError, match="--timeout gives it more"):
        while True:
            running.hear()


def test_a_process_that_ends_is_an_error(running: CleanProcess) -> None:
    """With its status, and the end of what it printed."""
    running.close()
    with pytest.raises(SilentError, match="it ended with -9"):
        running.hear()


def test_an_app_that_patches_json_is_heard(
    running: CleanProcess, tmp_path: Path
) -> None:
    """What the file puts in the place of `json.dumps` is the app's affair."""
    patched = "import json\njson.dumps = lambda *more: 'no'\njson.loads = json.dumps\n"
    running.say(job(tmp_path, f"{patched}def app(environ, start): ...\n"))
    assert running.hear()["what"] == "begin"
    assert running.hear()["what"] == "started"


def test_worker_that_ends_while_it_starts_is_not_waited_for(tmp_path: Path) -> None:
    """gunicorn would start another in its place, again and again."""
    told = job(tmp_path, "import os\nos._exit(1)\n")
    process = CleanProcess("two_workers", tmp_path, silence_s=60)
    try:
        folder = str(tmp_path / "notebook")
        more = {"folder": folder, "place": str(tmp_path), "is_wsgi": True}
        process.say({**told, **more, "limit_s": 60})
        assert process.hear()["what"] == "begin"
        assert process.hear()["error"] == "a worker ends while it starts"
    finally:
        process.close()


def test_process_without_a_thread_to_read_it_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there may be no more threads, nothing is left behind."""
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))
        return started[-1]

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(process_module.subprocess, "Popen", start)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(RuntimeError, match="new thread"):
        CleanProcess("app_file", tmp_path, silence_s=20)
    (process,) = started
    assert process.returncode == -9
