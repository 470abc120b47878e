"""What headers typed by hand may say of a request's frame."""

from __future__ import annotations

import pytest

from werkbook.cells.requests import (
    Filler,
    OutgoingRequest,
    RequestSyntaxError,
    compose,
    read_request,
)
from werkbook.cells.requests.compose import compose_messages

FILLER = Filler(lambda expression: eval(expression))


def composed(line: str, cell: str | None = None) -> OutgoingRequest:
    return compose(read_request(line, cell), FILLER)


def refused(line: str, cell: str | None = None) -> str:
    with pytest.raises(RequestSyntaxError) as caught:
        composed(line, cell)
    return str(caught.value)


def test_length_without_a_body_is_refused() -> None:
    """A server would wait for five bytes that never come."""
    assert refused("GET / Content-Length:5") == (
        "'Content-Length:5' announces 5 bytes.\n"
        "  Why: no body is sent; a server would wait for the rest, or read the next"
        " request in its place.\n"
        "  Fix: leave out Content-Length: %http sends the length of what it sends."
    )
    with pytest.raises(RequestSyntaxError, match="announces 5 bytes"):
        compose_messages(read_request("--ws /chat", "Content-Length: 5\n\n"), FILLER)


@pytest.mark.parametrize("length", ["3", "300", "x", "-1"])
def test_length_that_is_not_the_bodys_is_refused(length: str) -> None:
    """It was replaced in silence; now what is sent is what was written."""
    message = refused("POST /", f"content-length: {length}\n\nhello")
    assert message.startswith(f"'content-length:{length}' announces {length} bytes.\n")
    assert "the body has 5 bytes" in message


def test_length_of_the_body_is_taken() -> None:
    """What tells the truth is sent, as is a length that is none, for its answer."""
    assert composed("POST / Content-Length:5 --raw hello").body == b"hello"
    assert composed("GET / Content-Length:0").headers == (("Content-Length", "0"),)
    assert composed("GET / Content-Length:abc").headers == (("Content-Length", "abc"),)


def test_transfer_coding_is_refused() -> None:
    """Both a length and a transfer coding are a request that servers refuse."""
    assert refused("POST / a=b Transfer-Encoding:chunked") == (
        "'Transfer-Encoding:chunked' says that the body comes in another coding.\n"
        "  Why: %http sends a body whole, with its length; a request with both is"
        " refused.\n"
        "  Fix: leave out Transfer-Encoding."
    )


def test_header_that_stands_once_is_refused_twice() -> None:
    """Two values were joined to one that nobody had written."""
    assert refused("GET / Host:a host:b") == (
        "host is given twice: 'a' and 'b'.\n"
        "  Why: a request has one, and servers differ in which they take.\n"
        "  Fix: leave one out."
    )
    assert "Authorization is given twice" in refused("GET / Authorization:x -a me:pw")


def test_headers_that_are_lists_and_those_of_the_hop_are_sent() -> None:
    """Accept may stand twice; Expect and Connection are as they were written."""
    request = composed("GET / Accept:a Accept:b Expect:100-continue Connection:close")
    assert [name for name, _ in request.headers] == [
        "Accept",
        "Accept",
        "Expect",
        "Connection",
    ]
