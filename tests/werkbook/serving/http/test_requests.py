"""Reading requests as strictly as the strictest server does."""

from __future__ import annotations

import importlib.metadata
import inspect
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
import waitress.parser
from packaging.requirements import Requirement
from tests.werkbook.serving.request_fuzz import REFUSED, differences, seen_by

from werkbook.serving.http.limits import Limits
from werkbook.serving.http.requests import IncomingRequest, new_request

ROOT = Path(__file__).parents[4]
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
# Of the parser that was read when `werkbook.serving.http.requests` was written.
PARSER_SHA256 = "f3c294637d49ced327b97238e8f38714be72607b89e5909ccd5f008fa510b633"


def take_in(request: IncomingRequest, data: bytes, step: int) -> None:
    """Hand in data in pieces of so many bytes."""
    for at in range(0, len(data), step):
        piece = data[at : at + step]
        while piece and not request.completed:
            piece = piece[request.received(piece) :]


def test_waitress_is_the_one_that_was_read() -> None:
    """Its parser is private: another one has to be read first, then this digest set.

    pip takes no newer one than the cap allows; whoever raises the cap runs this.
    """
    source = inspect.getsource(waitress.parser)
    assert sha256(source.encode()).hexdigest() == PARSER_SHA256
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    required = [Requirement(one) for one in project["dependencies"]]
    specifier = next(one.specifier for one in required if one.name == "waitress")
    assert importlib.metadata.version("waitress") in specifier
    assert "3.1" not in specifier


def test_no_request_is_taken_that_a_stricter_server_refuses() -> None:
    """20,000 generated ones: what ours takes, waitress and gunicorn take alike."""
    assert list(differences(20_000, seed=1)) == []


@pytest.mark.parametrize(
    "data",
    [
        b" GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\r\n \tGET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\rGET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1 \r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n X: folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n\tb\r\n\r\n",
        b"GET / HTTP/1.1\nHost: localhost\n\n\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a@localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost/a\r\n\r\n",
        b"GET /a\tb HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET a HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://localhost/ HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: y\r\n\r\n",
        b"GET http://a@b/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET ftp://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: a\r\n\r\n",
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: ,\r\n\r\n0\r\n\r\n",
        HEAD.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        CHUNKED + b"3\nabc\r\n0\r\n\r\n",
        CHUNKED + b"3;\r\nabc\r\n0\r\n\r\n",
        CHUNKED + b"\r\n3\r\nabc\r\n0\r\n\r\n",
        CHUNKED + b"+3\r\nabc\r\n0\r\n\r\n",
        CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n",
        CHUNKED + b"11111111111111111\r\n",
        CHUNKED + b"0\r\nContent-Length: 3\r\n\r\n",
        CHUNKED + b"0\r\n A: b\r\n\r\n",
        CHUNKED + b"0\r\nA: b\n\r\n\r\n",
    ],
)
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_what_servers_read_differently_is_refused(data: bytes, step: int) -> None:
    """However its bytes arrive."""
    request = new_request(Limits())
    take_in(request, data, step)
    assert request.completed
    assert request.error is not None


@pytest.mark.parametrize("step", [1, 2, 3, 5, 100])
def test_chunks_are_put_together_however_they_arrive(step: int) -> None:
    """Extensions and trailers are left out of the body."""
    data = CHUNKED + b'3;a="b"\r\nabc\r\nA;x=y\r\n0123456789\r\n00\r\nX: y\r\n\r\n'
    request = new_request(Limits())
    take_in(request, data, step)
    assert (request.completed, request.error) == (True, None)
    assert request.body_rcv.getfile().read() == b"abc0123456789"
    assert request.headers["CONTENT_LENGTH"] == "13"
    request.close()


def test_empty_lines_before_a_request_are_left_out() -> None:
    """RFC 9112 2.2: some clients send one after a body."""
    data = b"\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n"
    seen, end = seen_by(lambda: new_request(Limits()), data)
    assert (seen, end) == ([("GET", "/", b"")], "more")
    assert end != REFUSED


def test_cookies_of_several_headers_are_one_list() -> None:
    """RFC 9113 8.2.3: proxies of HTTP/2 may pass a header for each cookie on."""
    data = HEAD + b"Cookie: a=1\r\nX: y, z\r\ncookie:b=2, 3 \r\nX: z\r\n\r\n"
    request = new_request(Limits())
    take_in(request, data, 100)
    assert (request.completed, request.error) == (True, None)
    assert request.headers["COOKIE"] == "a=1; b=2, 3"
    assert request.headers["X"] == "y, z, z"
