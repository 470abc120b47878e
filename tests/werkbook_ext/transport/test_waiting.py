"""A request that takes its time is shown while it is waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import requests
from simple_websocket import ConnectionClosed, Server
from tests.werkbook_ext.notebooks import Notebook

from werkbook import App, request, serving
from werkbook.cells.requests import OutgoingMessages, OutgoingRequest
from werkbook_ext.cards.model import Card, make_card_so_far
from werkbook_ext.transport import waiting
from werkbook_ext.transport.pending import PendingResponse
from werkbook_ext.transport.sending import (
    NoAnswerError,
    WholeResponse,
    send_request,
    talk_with,
)
from werkbook_ext.transport.sessions import close_sessions
from werkbook_ext.transport.waiting import Waiting

APP = """from werkbook import App
app = App("__main__")
import gc, time
from werkbook_ext.cards.card_widget import CardWidget
def is_waited_for():
    # Not isinstance(), which asks a lazy object for its class, and so makes it.
    found = [one for one in gc.get_objects() if issubclass(type(one), CardWidget)]
    return any(one.waiting == "GET /slow" for one in found)
"""
SLOW = """@app.get("/slow")
def slow():
    end = time.monotonic() + 30
    while not is_waited_for():
        if time.monotonic() > end:
            return "never shown"
        time.sleep(0.01)
    return "at last"
"""


class Shown:
    """What a reader sees, and a request that goes on when it should."""

    def __init__(self, work: Callable[[PendingResponse], Any]) -> None:
        self.stops: list[Callable[[], None]] = []
        self.cards: list[Card] = []
        self.is_shown = threading.Event()
        self.is_filled = threading.Event()
        self.is_over = threading.Event()
        self.waiting = Waiting(
            self._send, self._show, self._show_so_far, lambda: self.is_unwanted()
        )
        self.interrupts = False
        self.is_unwanted: Callable[[], bool] = lambda: False
        self._work = work

    def _send(self, progress: PendingResponse) -> WholeResponse:
        self._work(progress)
        return WholeResponse(response(), requests.Session())

    def _show(self, stop: Callable[[], None]) -> None:
        self.stops.append(stop)
        self.is_shown.set()

    def _show_so_far(self, pending: PendingResponse) -> None:
        self.cards.append(make_card_so_far(pending))
        self.is_filled.set()
        if self.interrupts:
            raise KeyboardInterrupt


def response() -> Any:
    made: Any = requests.Response()
    made.request = requests.Request("GET", "http://localhost/slow").prepare()
    made.status_code = 200
    made._content = b""
    return made


def test_answer_that_comes_at_once_is_not_waited_for() -> None:
    shown = Shown(lambda progress: None)
    assert shown.waiting.run("GET /").response.status_code == 200
    assert shown.stops == []


def test_nobody_is_told_of_the_wait_where_nbval_runs_the_cell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """nbval keeps the first of what a cell shows in one place."""
    monkeypatch.setattr(waiting, "SHOWN_AFTER_S", 0.0)
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "tour.ipynb::Cell 0 (setup)")
    shown = Shown(lambda progress: shown.is_over.wait(0.1))
    assert shown.waiting.run("GET /").response.status_code == 200
    assert shown.stops == []


def test_slow_answer_is_shown_as_it_comes() -> None:
    def work(progress: PendingResponse) -> None:
        assert shown.is_shown.wait(30)
        progress.begin(response())
        progress.pieces.append(b"one")
        assert shown.is_filled.wait(30)

    shown = Shown(work)
    shown.waiting.run("GET /slow")
    assert [one.body.content for one in shown.cards] == [b"one"]
    assert shown.cards[0].note == "The body still comes."


def test_request_that_is_stopped_before_its_answer_says_so() -> None:
    def work(progress: PendingResponse) -> None:
        assert shown.is_shown.wait(30)
        shown.stops[0]()
        shown.is_over.wait(30)

    shown = Shown(work)
    with pytest.raises(KeyboardInterrupt) as caught:
        shown.waiting.run("GET /slow")
    shown.is_over.set()
    assert str(caught.value) == (
        "GET /slow had no answer yet. Its view, in a thread of the server, runs on"
        " until it returns."
    )


def test_interrupt_keeps_what_had_come() -> None:
    def work(progress: PendingResponse) -> None:
        progress.begin(response())
        assert shown.is_shown.wait(30)
        progress.pieces.append(b"one")
        assert progress.stopped.wait(30)

    shown = Shown(work)
    shown.interrupts = True
    with pytest.raises(KeyboardInterrupt) as caught:
        shown.waiting.run("GET /slow")
    assert shown.waiting.answer is not None
    assert str(caught.value) == (
        "GET /slow was interrupted while its answer came: its card has what had come."
    )


def test_wait_for_a_cell_that_is_gone_ends() -> None:
    shown = Shown(lambda progress: progress.stopped.wait(30))
    shown.is_unwanted = lambda: True
    with pytest.raises(KeyboardInterrupt, match="GET /slow had no answer yet"):
        shown.waiting.run("GET /slow")
    assert shown.waiting.progress.stopped.is_set()


def test_cell_that_one_look_does_not_find_is_waited_for() -> None:
    """A page that knows of another page's new cell a moment later tells so."""
    looks = []

    def looks_gone() -> bool:
        looks.append(True)
        if len(looks) > 6:
            shown.is_over.set()
        return len(looks) % 2 == 1

    shown = Shown(lambda progress: shown.is_over.wait(30))
    shown.is_unwanted = looks_gone
    assert shown.waiting.run("GET /slow").response.status_code == 200


def test_stop_ends_the_connection_that_waits_for_an_answer() -> None:
    """The view is not waited for, which may never return."""
    app, began, goes = App("waiting"), threading.Event(), threading.Event()

    @app.get("/slow")
    def slow() -> str:
        began.set()
        goes.wait(30)
        return ""

    errors = []

    def send() -> None:
        try:
            send_request(None, app, OutgoingRequest("GET", "/slow"), progress)
        except NoAnswerError as error:
            errors.append(error)

    progress = PendingResponse()
    thread = threading.Thread(target=send)
    try:
        thread.start()
        assert began.wait(30)
        progress.stop()
        thread.join(30)
        assert not thread.is_alive()
        assert len(errors) == 1
        assert not goes.is_set()
    finally:
        goes.set()
        close_sessions(None)
        for server in serving.servers():
            server.stop()


def test_websocket_that_is_stopped_returns_what_had_come() -> None:
    app, progress, began = App("waiting"), PendingResponse(), threading.Event()

    @app.route("/silent", websocket=True)
    def silent() -> str:
        socket = Server.accept(request.environ)
        socket.send("one")
        with suppress(ConnectionClosed):
            while True:
                began.set()
                socket.receive()
        return ""

    asked, found = OutgoingMessages("/silent", messages=("a",), frames=9), []
    thread = threading.Thread(
        target=lambda: found.append(talk_with(None, app, asked, progress)[0])
    )
    try:
        thread.start()
        assert began.wait(30)
        progress.stop()
        thread.join(30)
        assert [one.note for one in found] == ["Stopped: this is what had come."]
        assert found[0].received in ([], ["one"])  # stopped before it was read, or not
    finally:
        close_sessions(None)
        for server in serving.servers():
            server.stop()


def test_stop_before_the_connection_waits_ends_it_too() -> None:
    progress, ended = PendingResponse(), []
    progress.stop()
    with progress.ended_by(lambda: ended.append(True)):
        assert ended == [True]


def test_error_of_the_request_is_raised_where_it_is_waited_for() -> None:
    def work(progress: PendingResponse) -> None:
        raise requests.ConnectionError("gone")

    with pytest.raises(requests.ConnectionError, match="gone"):
        Shown(work).waiting.run("GET /")


def test_slow_http_shows_its_card_where_it_waited(kernel_notebook: Notebook) -> None:
    """One output: it says what is waited for, then it is the card."""
    kernel_notebook.run("app", APP)
    kernel_notebook.run("slow", SLOW)
    ran = kernel_notebook.run("ask", "r = %http /slow")
    assert ran.text == "GET /slow -> 200 OK\n\nat last\n"
    [output] = ran.outputs
    assert output["display_id"]
    assert kernel_notebook.ask("is_waited_for()") is False
