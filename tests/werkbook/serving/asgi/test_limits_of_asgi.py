"""The limits of a server hold where uvicorn is its engine, as far as they can."""

import socket
import time
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tests.werkbook.serving.http.test_limits import trickling

from werkbook.serving import Limits

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
BIG_BYTES = 50_000_000


async def hello(request: Request) -> Response:
    await request.body()
    return PlainTextResponse("hello")


async def big(request: Request) -> Response:
    return Response(b"x" * BIG_BYTES)


async def short(request: Request) -> Response:
    return Response(b"x" * 8_000_000)


def make_app() -> Starlette:
    routes = [Route("/", hello, methods=["GET", "POST"]), Route("/big", big)]
    return Starlette(routes=[*routes, Route("/short", short)])


@pytest.mark.parametrize(
    ("limits", "sent", "status"),
    [
        (Limits(head_bytes=500), HEAD + b"X: " + b"x" * 600, 431),
        (Limits(), HEAD + b"X: y\r\n" * 100 + b"\r\n", 431),
        (Limits(head_fields=102), HEAD + b"X: y\r\n" * 102 + b"\r\n", 431),
        (Limits(body_bytes=10), POST + b"Content-Length: 11\r\n\r\n", 413),
        (
            Limits(body_bytes=10),
            POST + b"Transfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
            413,
        ),
        (Limits(head_s=0.1), HEAD, 408),
        (Limits(body_s=0.1), POST + b"Content-Length: 5\r\n\r\nab", 408),
        (Limits(body_grace_s=0.1), POST + b"Content-Length: 5\r\n\r\nab", 408),
        (Limits(idle_s=0.1), POST + b"Content-Length: 5\r\n\r\nab", 408),
        (Limits(idle_s=0.1), HEAD, 408),
    ],
)
def test_what_is_too_much_is_refused(
    started: Any, raw: Any, limits: Limits, sent: bytes, status: int
) -> None:
    """Each limit has its status, and the server answers others all the same."""
    server = started(make_app(), limits=limits)
    client = raw(server)
    client.send(sent)
    assert client.response()[0] == status
    assert client.rest() == b""
    assert raw(server).ask()[0] == 200


def test_as_many_headers_as_the_limit_says_are_taken(started: Any, raw: Any) -> None:
    client = raw(started(make_app()))
    client.send(HEAD + b"X: y\r\n" * 99 + b"\r\n")
    assert client.response()[0] == 200


CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        POST + b"Content-Length: 6\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
        POST + b"X: y\r\n " + CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: 5, 5\r\n\r\nabcde",
        POST.replace(b"/1.1", b"/1.0") + CHUNKED + b"\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n",
        HEAD.replace(b"\r", b"") + b"\n",
        HEAD + b"X: y\n\r\n",
        HEAD.replace(b" / ", b" http://localhost@evil.example/ ") + b"\r\n",
        HEAD.replace(b"GET / ", b"CONNECT localhost:80 ") + b"\r\n",
        HEAD.replace(b" / ", b" nowhere ") + b"\r\n",
    ],
)
def test_what_two_servers_could_understand_differently_is_refused(
    started: Any, raw: Any, sent: bytes
) -> None:
    """As for WSGI apps: what follows such a request is not read at all."""
    client = raw(started(make_app()))
    client.send(sent + HEAD + b"\r\n")
    assert client.response()[0] == 400
    assert client.rest() == b""


def test_the_host_of_an_absolute_target_counts(started: Any, raw: Any) -> None:
    """The Host check is not passed by another Host header (RFC 9112 3.2.2)."""
    server = started(make_app())
    for target, status in [
        (b"http://evil.example/", 421),
        (b"http://localhost/", 200),
        (b"http://localhost", 200),
        (b"http://localhost/nowhere", 404),
    ]:
        client = raw(server)
        client.send(HEAD.replace(b" / ", b" " + target + b" ") + b"\r\n")
        assert client.response()[0] == status


def test_a_connection_that_says_nothing_just_ends(started: Any, raw: Any) -> None:
    """Before its first request and after one, an idle connection is closed."""
    server = started(make_app(), limits=Limits(idle_s=0.1))
    assert raw(server).rest() == b""
    client = raw(server)
    assert client.ask()[0] == 200
    assert client.rest() == b""


SIZED = POST + b"Content-Length: 1000000\r\n\r\n"
CHUNKED_HEAD = POST + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "piece"), [(SIZED, b"a"), (CHUNKED_HEAD, b"1\r\na\r\n")]
)
def test_a_body_that_trickles_is_not_waited_for(
    started: Any, raw: Any, head: bytes, piece: bytes
) -> None:
    """It has to come with a least speed, once its first seconds are over."""
    limits = Limits(body_grace_s=0.3, body_bytes_per_s=1e6)
    client = raw(started(make_app(), limits=limits))
    client.send(head)
    with trickling(client, piece):
        assert client.response()[0] == 408


def test_a_head_may_come_in_pieces(started: Any, raw: Any) -> None:
    """What is in time is answered, also the second request of a connection."""
    client = raw(started(make_app()))
    for _ in range(2):
        client.send(HEAD)
        client.send(b"X: y\r\n\r\n")
        assert client.response()[0] == 200


def test_a_client_that_takes_nothing_is_left(started: Any, raw: Any) -> None:
    """It gets no more than what was under way."""
    server = started(make_app(), limits=Limits(idle_s=0.2))
    client = raw(server)
    client.send(HEAD.replace(b"/", b"/big", 1) + b"\r\n")
    watched = server._engine._server.server_state.connections
    assert client.sock.recv(15) == b"HTTP/1.1 200 OK"
    for _ in range(1000):
        if not watched:
            break
        time.sleep(0.02)
    assert not watched
    assert len(client.rest()) < BIG_BYTES


@pytest.mark.parametrize("path", [b"/big", b"/short"])
def test_a_client_that_takes_little_is_left(
    started: Any, raw: Any, path: bytes
) -> None:
    """Also where the app has long answered, and the server only waits to close."""
    limits = Limits(idle_s=0.3, answer_bytes_per_s=1e9)
    server = started(make_app(), limits=limits)
    client = raw(server)
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 5_000)
    head = HEAD.replace(b"/", path, 1) + b"Connection: close\r\n\r\n"
    client.send(head)
    watched = server._engine._server.server_state.connections
    assert client.sock.recv(15) == b"HTTP/1.1 200 OK"
    for _ in range(2000):
        if not watched:
            break
        client.sock.recv(100)
        time.sleep(0.01)
    assert not watched


def test_more_connections_than_allowed(started: Any, raw: Any) -> None:
    """The connection that waited longest gives way; a busy one does not."""
    server = started(make_app(), limits=Limits(connections=2))
    first, second = raw(server), raw(server)
    assert (first.ask()[0], second.ask()[0]) == (200, 200)
    assert raw(server).ask()[0] == 200
    assert first.rest() == b""
    assert second.ask()[0] == 200


def test_more_requests_than_allowed_are_refused(started: Any, raw: Any) -> None:
    """Where all connections are busy, one more is told to come again: 503."""
    server = started(make_app(), limits=Limits(connections=2))
    busy = [raw(server) for _ in range(2)]
    for client in busy:
        client.send(POST + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert client.sock.recv(100).startswith(b"HTTP/1.1 100 ")
    refused = raw(server).sock.makefile("rb").readline()
    assert refused == b"HTTP/1.1 503 Service Unavailable\r\n"
    for client in busy:
        client.send(b"hello")
        assert client.response()[0] == 200
