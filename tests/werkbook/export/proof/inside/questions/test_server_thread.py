"""An app is called in a thread that has seen nothing of the cells."""

import threading
import time
from contextvars import ContextVar

import pytest

from werkbook.export.proof.inside.questions.server_thread import (
    TookTooLongError,
    call_as_server,
)

language = ContextVar("language", default="nobody's")


@pytest.fixture(params=["threads", "no thread"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where threads can be started, and where none can, as in Pyodide."""

    def fail(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    if request.param == "no thread":
        monkeypatch.setattr(threading.Thread, "start", fail)
    return str(request.param)


@pytest.mark.usefixtures("place")
def test_context_of_the_caller_is_not_seen() -> None:
    token = language.set("mine")
    try:
        assert call_as_server(language.get, 5) == "nobody's"
    finally:
        language.reset(token)


@pytest.mark.usefixtures("place")
def test_error_is_that_of_the_app() -> None:
    with pytest.raises(RuntimeError, match="of the app"):
        call_as_server(fail, 5)


@pytest.mark.usefixtures("place")
def test_call_that_takes_too_long_ends() -> None:
    with pytest.raises(TookTooLongError, match=r"no end within 0\.05 s"):
        call_as_server(go_on, 0.05)


def fail() -> None:
    raise RuntimeError("of the app")


def go_on() -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        time.sleep(0.01)
