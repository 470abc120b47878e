"""What the tests of serving share: a server that is stopped, and a raw client."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPResponse
from typing import Any

import pytest

from werkbook.serving import serve, servers

TIMEOUT_S = 10


class RawClient:
    """One connection, written to and read from as bytes."""

    def __init__(self, port: int):
        self.sock = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def response(self, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        """Read one response: status, headers (names in lower case), body."""
        response = HTTPResponse(self.sock, method=method)
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        body = response.read()
        return response.status, headers, body

    def ask(self, path: str = "/", *, method: str = "GET", **headers: str) -> Any:
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{key.replace('_', '-')}: {value}" for key, value in headers.items()]
        self.send("\r\n".join([*lines, "", ""]).encode())
        return self.response(method)

    def rest(self) -> bytes:
        """Read until the server closes the connection."""
        data = b""
        with suppress(ConnectionError):
            while piece := self.sock.recv(65536):
                data += piece
        return data


@pytest.fixture
def raw() -> Iterator[Callable[[Any], RawClient]]:
    clients: list[RawClient] = []

    def connect(server: Any) -> RawClient:
        clients.append(RawClient(server.port))
        return clients[-1]

    yield connect
    for client in clients:
        client.sock.close()


@pytest.fixture
def started() -> Iterator[Callable[..., Any]]:
    """A `serve` whose servers are stopped after the test."""
    yield serve
    for server in servers():
        server.stop()


def hello_app(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Hello"]


@pytest.fixture
def app() -> Callable[..., Any]:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        return hello_app(environ, start_response)

    return app
