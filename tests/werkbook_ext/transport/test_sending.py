"""Requests to apps of any framework, over the socket and in this process."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import bottle
import flask
import pytest

from werkbook import App, serving
from werkbook.cells.requests import OutgoingRequest
from werkbook.system import using
from werkbook.system.bare import BareSystem
from werkbook.system.full import FullSystem
from werkbook_ext.cards.model import make_card
from werkbook_ext.cards.text import render_text
from werkbook_ext.transport import sending
from werkbook_ext.transport import sessions as transport
from werkbook_ext.transport.sending import NoAnswerError, send_request


def werkbook_app() -> Any:
    app = App("framework")

    @app.get("/hello")
    def hello() -> str:
        print("printed")
        return "hello"

    @app.get("/boom")
    def boom() -> str:
        return str(1 / 0)

    return app


def flask_app() -> Any:
    app = flask.Flask("framework")

    @app.get("/hello")
    def hello() -> str:
        print("printed")
        return "hello"

    @app.get("/boom")
    def boom() -> str:
        return str(1 / 0)

    return app


def bottle_app() -> Any:
    app = bottle.Bottle()

    @app.get("/hello")
    def hello() -> str:
        print("printed")
        return "hello"

    @app.get("/boom")
    def boom() -> str:
        return str(1 / 0)

    return app


@pytest.fixture(params=[FullSystem, BareSystem], ids=["socket", "process"])
def send(request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """Return a function that sends a request and gives the text of its card."""

    def ask(app: Any, method: str, url: str, **options: Any) -> str:
        answered = send_request(None, app, OutgoingRequest(method, url, **options))
        return render_text(make_card(answered.response, note=answered.note))

    with using(request.param()):
        yield ask
    transport.close_sessions(None)
    for server in serving.servers():
        server.stop()


@pytest.mark.parametrize("make_app", [werkbook_app, flask_app, bottle_app])
def test_any_framework(send: Any, make_app: Callable[[], Any]) -> None:
    """An app of any framework answers, and what its view prints is its card's."""
    app = make_app()
    assert send(app, "GET", "/hello") == (
        "GET /hello -> 200 OK\n\nOutput:\n  printed\n\nhello"
    )
    assert send(app, "HEAD", "/hello").startswith("HEAD /hello -> 200 OK")
    assert send(app, "GET", "/no").lower().startswith("get /no -> 404 not found")


@pytest.mark.parametrize("make_app", [werkbook_app, flask_app, bottle_app])
def test_failing_view(send: Any, make_app: Callable[[], Any]) -> None:
    """A failing view is a 500 whose text is the same in each run."""
    app = make_app()
    text = send(app, "GET", "/boom")
    assert text.startswith("GET /boom -> 500 ")
    assert "ZeroDivisionError" in text or "Internal Server Error" in text
    assert send(app, "GET", "/boom") == text


def test_view_that_is_late() -> None:
    """A view that does not answer in time is named, with how to allow more."""
    gate = threading.Event()
    app = App("late")

    @app.get("/late")
    def late() -> str:
        gate.wait(20)
        return "late"

    try:
        with pytest.raises(NoAnswerError) as caught:
            send_request(None, app, OutgoingRequest("GET", "/late", timeout_s=0.2))
    finally:
        gate.set()
        transport.close_sessions(None)
        for server in serving.servers():
            server.stop()
    assert str(caught.value) == (
        "GET /late was not answered within 0.2 s.\n"
        "  Why: the view still runs, or waits for something.\n"
        "  Fix: interrupt the view's work, or allow more: "
        "%http GET /late --timeout SECONDS."
    )


def test_an_answer_of_too_many_headers() -> None:
    """The error says what Python's client can't read; the server did its part."""
    app = App("framework")

    @app.get("/")
    def index() -> tuple[str, list[tuple[str, str]]]:
        return "x", [(f"X-{number}", "y") for number in range(150)]

    try:
        with pytest.raises(NoAnswerError) as caught:
            send_request(None, app, OutgoingRequest("GET", "/"))
    finally:
        transport.close_sessions(None)
        serving.serve(app).stop()
    assert str(caught.value) == (
        "GET / was answered by more than can be read.\n"
        "  Why: Python's HTTP client says: got more than 100 headers.\n"
        "  Fix: send fewer or shorter headers: at most 100, of 64 KiB each."
    )


def bomb() -> flask.Response:
    """Return a body that is small until it is unpacked."""
    return flask.Response(
        gzip.compress(b"x" * 3_000_000), headers={"Content-Encoding": "gzip"}
    )


def endless() -> flask.Response:
    """Return a body without an end."""
    return flask.Response(b"x" * 100_000 for _ in count())


def silent() -> flask.Response:
    """Return a body of which nothing comes after its beginning."""

    def pieces() -> Iterator[bytes]:
        yield b"x"
        is_over.wait(20)

    is_over = threading.Event()
    response = flask.Response(pieces())
    response.call_on_close(is_over.set)
    return response


@pytest.mark.parametrize("make", [bomb, endless])
def test_body_is_read_no_further_than_its_limit(
    send: Any, make: Callable[[], flask.Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What unpacks to more, or has no end, does not fill the kernel's memory."""
    monkeypatch.setattr(sending, "MAX_BODY_BYTES", 1_000_000)
    app = flask.Flask("framework")
    app.add_url_rule("/", view_func=make)
    assert "The body is longer: its first 1,000,000 bytes." in send(app, "GET", "/")


@pytest.mark.parametrize("make", [bomb, endless, silent])
def test_body_of_a_redirect_is_not_waited_for(
    make: Callable[[], flask.Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks at it when the redirect is followed, and else at its beginning."""
    monkeypatch.setattr(transport, "REDIRECT_TIMEOUT_S", 0.1)
    app = flask.Flask("framework")

    @app.get("/")
    def index() -> flask.Response:
        response = make()
        response.status_code = 302
        response.location = "/end"
        return response

    app.add_url_rule("/end", view_func=lambda: "the end")
    try:
        request = OutgoingRequest("GET", "/")
        stays = send_request(None, app, replace(request, is_followed=False))
        assert len(stays.response.content) < 2_000_000
        goes = send_request(None, app, request)
        assert goes.response.text == "the end"
    finally:
        transport.close_sessions(None)
        serving.serve(app).stop()
