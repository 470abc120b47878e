"""Requests to an ASGI app, held to what the server of WSGI apps takes.

h11 reads them. It takes some that two servers in a row could understand differently
(request smuggling), and leaves an absolute target to the app, whose Host header then
names another host than the target.
"""

import re
from importlib import import_module
from typing import Any

from waitress.parser import (  # type: ignore[import-untyped]  # has none
    ParsingError,
)

from werkbook.serving.http.requests import (
    BARE_LINE_END,
    TOO_MANY_FIELDS,
    check_head,
    count_fields,
)

_END = re.compile(rb"\n\r?\n")
_LENGTHS = re.compile(rb"(?im)^content-length:[^\r]*,")
_ABSOLUTE = re.compile(rb"(?i)https?://([^/?]+)(.*)")


def check_requests(connection: Any, head_fields: int) -> None:
    """Have a connection of h11's refuse what is ambiguous, from now on.

    Args:
        connection: The connection.
        head_fields: How many headers a request may have.
    """
    h11: Any = import_module("h11")
    read = connection.next_event

    def next_event() -> Any:
        head = b""
        if connection.their_state is h11.IDLE:
            head = _find_head(connection.trailing_data[0])
        event = read()
        if type(event) is not h11.Request:
            return event
        try:
            _check(head)
        except ParsingError as error:
            raise h11.RemoteProtocolError(str(error)) from None
        if count_fields(head) > head_fields:
            raise h11.RemoteProtocolError(TOO_MANY_FIELDS, 431)
        found = _ABSOLUTE.fullmatch(event.target)
        return event if found is None else _make_relative(event, *found.groups())

    connection.next_event = next_event


def _find_head(data: bytes) -> bytes:
    end = _END.search(data)
    return b"" if end is None else data[: end.end()]


def _check(head: bytes) -> None:
    if BARE_LINE_END.search(head):
        raise ParsingError("Bare CR or LF in the head")
    check_head(head)
    if _LENGTHS.search(head):
        raise ParsingError("Content-Length is invalid")


def _make_relative(request: Any, host: bytes, target: bytes) -> Any:
    """Return a request for what stands behind a host that its target names.

    That host counts, not the one of the Host header (RFC 9112 3.2.2).
    """
    headers = [(name, value) for name, value in request.headers if name != b"host"]
    return type(request)(
        method=request.method,
        headers=[(b"host", host), *headers],
        target=target if target.startswith(b"/") else b"/" + target,
        http_version=request.http_version,
    )
