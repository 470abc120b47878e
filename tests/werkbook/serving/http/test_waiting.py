"""A call that keeps the interpreter to itself starves the server; its log says so."""

import ctypes
import re
import socket
import sys
from typing import Any

from tests.werkbook.serving.conftest import RawClient

from werkbook.serving.http.waiting import explained, measure_wait

REQUEST = b"GET /slow?a=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"


def hello(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "2")])
    return [b"hi"]


def test_explained_says_what_to_do() -> None:
    assert explained("GET /a", 2.345) == (
        "GET /a waited 2.3 s before Python could read it: a cell or a view was in a"
        " call that lets no other thread run. Run such work in a process of its own.\n"
    )


def test_socket_that_tells_nothing_waited_for_nothing() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        assert measure_wait(sock) == 0


def test_request_that_waited_is_in_the_log(started: Any) -> None:
    """Where the system tells, which is on Linux; elsewhere nothing is said."""
    server = started(hello)
    client = RawClient(server.port)
    assert client.ask("/quick")[0] == 200
    # Calls by PyDLL keep the interpreter, as a badly made extension does.
    system = ctypes.PyDLL(None)
    system.send(client.sock.fileno(), REQUEST, len(REQUEST), 0)
    system.usleep(900_000)
    assert client.response()[0] == 200
    client.sock.close()
    log = str(server.log)
    waited = re.search(r"GET /slow\?a=1 waited \d+\.\d s", log)
    assert bool(waited) == (sys.platform == "linux")
    assert "/quick" not in log
