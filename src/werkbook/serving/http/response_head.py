"""The head of a response, as HTTP can carry it (RFC 9110, RFC 9112; PEP 3333).

What an app says is held to what the strictest server takes, here gunicorn: a client
that gets an odd line may read another response than the one that was meant.
"""

import re
import time
from email.utils import formatdate
from functools import lru_cache
from typing import NamedTuple

from werkbook.serving.serving_errors import HeaderError, StatusError

Headers = list[tuple[str, str]]
# A server's own business; what an app says of it is taken up or left out.
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_STATUS = re.compile(r"[1-9][0-9]{2}(?: .*)?", re.DOTALL)
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# Where a string has only these, it is one line of Latin-1 without control characters.
_SENDABLE = bytes({0x09, *range(0x20, 0x7F), *range(0x80, 0x100)})
_SENDABLE_LINES = _SENDABLE + b"\r\n"
_MAX_LENGTH_DIGITS = 18


class ResponseHead(NamedTuple):
    """What an app said of its response.

    Attributes:
        lines: The status line and the headers, as bytes.
        length: Of the body; None where the app does not tell.
        wants_close: Whether the app wants the connection to end.
    """

    lines: bytes
    length: int | None
    wants_close: bool


NO_HEAD = ResponseHead(b"", None, False)


def make_head(status: str, headers: Headers) -> ResponseHead:
    """Return the head of a response.

    Raises:
        HeaderError: A header is none that HTTP can carry.
        StatusError: The status is none that ends a request.
    """
    _check_status(status)
    lines = [f"HTTP/1.1 {status}" if len(status) > 3 else f"HTTP/1.1 {status} "]
    length = None
    has_date = wants_close = False
    for name, value in headers:
        if not (isinstance(value, str) and _is_name(name)):
            raise _bad_header(name, value)
        key = name.lower()
        if key == "content-length":
            told, length = length, _length(value)
            if told is not None:
                _check_same(told, length)
            if told is not None or status.startswith("204"):  # RFC 9110 8.6
                continue
        elif key == "date":
            has_date = True
        elif key in HOP_BY_HOP:
            wants_close = wants_close or "close" in value.lower()
            continue
        lines.append(f"{name}: {value}")
    if not has_date:
        lines.append(_date_line(int(time.time())))
    text = "\r\n".join(lines)
    # Two line ends for each line but the last: one more stands inside of a header.
    if text.count("\n") + text.count("\r") != 2 * (len(lines) - 1):
        raise _first_problem(status, headers)
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        raise _first_problem(status, headers) from None
    if data.translate(None, _SENDABLE_LINES):
        raise _first_problem(status, headers)
    return ResponseHead(data + b"\r\n", length, wants_close)


def _check_status(status: str) -> None:
    """Refuse what no client could take for the status of an answer."""
    if not isinstance(status, str) or not _STATUS.fullmatch(status):
        raise StatusError(
            f"The status is {status!r:.60}.",
            why="it is three digits, a blank and a word or two (PEP 3333).",
            fix="write '200 OK'.",
        )
    if status[0] == "1":
        raise StatusError(
            f"The status is {status!r:.60}.",
            why="1xx says that the answer is yet to come (RFC 9110 15.2): the client "
            "would wait for it.",
            fix="answer with a status from 200 on.",
        )


def _length(value: str) -> int:
    is_number = value.isascii() and value.isdigit()
    if not is_number or len(value) > _MAX_LENGTH_DIGITS:
        raise HeaderError(
            f"The header 'Content-Length' is {value!r:.60}.",
            why="it is the number of the body's bytes, in digits (RFC 9110 8.6).",
            fix="leave it out: the server counts.",
        )
    return int(value)


def _check_same(one: int, other: int) -> None:
    if one != other:
        raise HeaderError(
            f"The header 'Content-Length' is both {one} and {other}.",
            why="a body has one length; two servers in a row could each believe "
            "another (RFC 9110 8.6).",
            fix="leave it out: the server counts.",
        )


@lru_cache(maxsize=512)
def _is_name(name: object) -> bool:
    return isinstance(name, str) and _TOKEN.fullmatch(name) is not None


def _is_sendable(text: str) -> bool:
    try:
        return not text.encode("latin-1").translate(None, _SENDABLE)
    except UnicodeEncodeError:
        return False


def _first_problem(status: str, headers: Headers) -> HeaderError | StatusError:
    """Return the error for what can't be sent; one of them can't."""
    for name, value in headers:
        if not _is_sendable(value):
            return _bad_header(name, value)
    return StatusError(
        f"The status is {status!r:.60}.",
        why="it is one line of Latin-1 characters, without control characters "
        "(RFC 9112 4; PEP 3333).",
        fix="write '200 OK'.",
    )


def _bad_header(name: object, value: object) -> HeaderError:
    return HeaderError(
        f"The header {name!r:.60} has the value {value!r:.80}.",
        why="a name is letters, digits and dashes; a value is one line of Latin-1 "
        "characters, without control characters (RFC 9110 5; PEP 3333).",
        fix="percent-encode what is beyond that (urllib.parse.quote); for the name of "
        "a file: send_file(..., download_name=name).",
    )


@lru_cache(maxsize=2)
def _date_line(now_s: int) -> str:
    return "Date: " + formatdate(now_s, usegmt=True)
