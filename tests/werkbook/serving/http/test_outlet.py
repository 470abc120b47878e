"""Clients that ask for much and take little of it, and those that may be slow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from werkbook.serving import Limits
from werkbook.serving.http.outlet import Patience

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
PIECE = b"x" * 100_000
PIECES = 500
WAIT_S = 20


class Big:
    """An app with an answer of 50 MB, in one piece, in sized ones, or in chunks."""

    def __init__(self, kind: str):
        self.kind = kind
        self.has_ended = threading.Event()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        size = str(len(PIECE) * PIECES)
        start_response("200 OK", [("Content-Length", size)] * (self.kind == "sized"))
        return self

    def __iter__(self) -> Iterator[bytes]:
        if self.kind == "whole":
            yield PIECE * PIECES
        else:
            yield from [PIECE] * PIECES

    def close(self) -> None:
        self.has_ended.set()


def take_nothing(client: Any) -> None:
    time.sleep(0.01)


def take_little(client: Any) -> None:
    client.sock.recv(20_000)
    time.sleep(0.001)


@pytest.mark.parametrize("kind", ["whole", "sized", "chunks"])
@pytest.mark.parametrize("take", [take_nothing, take_little])
def test_answer_that_is_taken_too_slowly_holds_no_thread(
    started: Any, raw: Any, kind: str, take: Callable[[Any], None]
) -> None:
    """It is taken with a least speed, or the connection ends; others are answered."""
    app = Big(kind)
    server = started(app, limits=Limits(idle_s=0.3, answer_bytes_per_s=1e9))
    client = raw(server)
    client.send(HEAD)
    for _ in range(WAIT_S * 100):
        if app.has_ended.is_set():
            break
        take(client)
    assert app.has_ended.is_set()
    with pytest.raises(ConnectionResetError):  # and the system keeps nothing for it
        while client.sock.recv(1_000_000):
            pass
    other = raw(server)
    other.send(HEAD)
    assert other.sock.recv(15) == b"HTTP/1.1 200 OK"


def test_client_that_takes_enough_gets_all(started: Any, raw: Any) -> None:
    """Whatever pauses it makes: what it takes earns it time."""
    client = raw(started(Big("sized"), limits=Limits(idle_s=5)))
    client.send(HEAD)
    taken = 0
    while data := client.sock.recv(2_000_000):
        taken += len(data)
        if taken >= len(PIECE) * PIECES:
            break
        time.sleep(0.01)
    assert taken > len(PIECE) * PIECES


def test_stream_that_has_nothing_to_say_lives_on(started: Any, raw: Any) -> None:
    """Only what waits for the client counts, not what the client waits for."""

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        for _ in range(4):
            yield b"x"
            time.sleep(0.2)

    client = raw(started(app, limits=Limits(idle_s=0.1, answer_bytes_per_s=1e9)))
    assert client.ask()[2] == b"xxxx"


def test_patience_is_earned_by_what_is_taken() -> None:
    """On the average, up to `idle_s`; at any speed a byte is enough."""
    patience = Patience(Limits(idle_s=10, answer_bytes_per_s=100))
    assert not patience.is_over(9, 0)
    assert not patience.is_over(9, 1000)  # one second and ten, nine of them gone
    assert patience.is_over(3, 0)
    patience = Patience(Limits(idle_s=10, answer_bytes_per_s=100))
    assert not patience.is_over(9, 10**9)
    assert not patience.is_over(9.9, 0)
    assert patience.is_over(1, 10)
    patience = Patience(Limits(idle_s=10, answer_bytes_per_s=0))
    assert not any(patience.is_over(9, 1) for _ in range(10))
    assert patience.is_over(10, 0)
