"""Streams keep the request's context."""

from collections.abc import Iterator
from typing import Any

import pytest

from werkbook import App, g, has_request_context, request, session, stream_with_context
from werkbook.helpers.streaming import NoRequestToStreamError
from werkbook.testing import FlaskClient


def test_generator_and_decorator(app: App, client: FlaskClient) -> None:
    @app.get("/generator")
    def generator() -> Any:
        def generate() -> Iterator[str]:
            yield "Hello "
            yield request.args["name"]

        return stream_with_context(generate())

    @app.get("/decorator")
    def decorator() -> Any:
        @stream_with_context
        def generate(greeting: str) -> Iterator[str]:
            yield greeting
            yield request.args["name"]

        return generate("Hello ")

    assert client.get("/generator?name=Ada").text == "Hello Ada"
    assert client.get("/decorator?name=Ada").text == "Hello Ada"
    assert not has_request_context()


def test_session_and_g_are_kept(app: App, client: FlaskClient) -> None:
    @app.get("/")
    def index() -> Any:
        session["a"] = "1"
        g.b = "2"

        @stream_with_context
        def generate() -> Iterator[str]:
            yield session["a"]
            yield g.b

        return generate()

    assert client.get("/").text == "12"


def test_iterator_is_closed(app: App, client: FlaskClient) -> None:
    class Items:
        is_closed = False

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> str:
            if self.is_closed:
                raise StopIteration
            self.is_closed = True
            return "x"

        def close(self) -> None:
            closed.append(has_request_context())

    closed: list[bool] = []

    @app.get("/")
    def index() -> Any:
        return stream_with_context(Items())

    assert client.get("/").text == "x"
    assert closed == [True]


def test_outside_of_a_request() -> None:
    with pytest.raises(RuntimeError) as caught:
        stream_with_context(iter(["x"]))
    assert isinstance(caught.value, NoRequestToStreamError)
    assert str(caught.value) == (
        "'stream_with_context' can only be used when a request context is active.\n"
        "  Why: there is no request whose context it could keep.\n"
        "  Fix: call it in a view function."
    )
