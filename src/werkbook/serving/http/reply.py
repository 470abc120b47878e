"""Writing one response to a connection (RFC 9110, RFC 9112; PEP 3333)."""

import socket
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import lru_cache
from typing import Any, NamedTuple

from werkbook.serving.serving_errors import HeaderError

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


class ClientGoneError(Exception):
    """The client has closed the connection; nobody waits for the response."""


class Reply:
    """One response: the app's ``start_response`` and what follows it.

    A body whose length the app tells, or that comes in one piece, is sent with a
    Content-Length, others in chunks; both keep the connection. What HTTP/1.0 can't
    express, and a body that breaks off, closes it.

    Args:
        sock: The connection, in blocking mode.
        method: The request's; HEAD gets no body.
        is_http_1_0: The client does not know chunks.
        must_close: The connection ends with this response.
    """

    __slots__ = (
        "_head",
        "_held",
        "_is_head",
        "_is_http_1_0",
        "_left_bytes",
        "_sock",
        "_status",
        "has_begun",
        "is_chunked",
        "must_close",
    )

    def __init__(
        self, sock: socket.socket, method: str, is_http_1_0: bool, must_close: bool
    ):
        self._sock = sock
        self._is_head = method == "HEAD"
        self._is_http_1_0 = is_http_1_0
        self._status = ""
        self._head = _Head(b"", None, False)
        # How much of the body is still to come; None where nobody knows.
        self._left_bytes: int | None = None
        self._held = b""
        self.is_chunked = False
        self.has_begun = False
        self.must_close = must_close

    def start(
        self, status: str, headers: Headers, exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        """Be the ``start_response`` of PEP 3333."""
        if exc_info is not None and self.has_begun:
            raise exc_info[1].with_traceback(exc_info[2])
        if self._status and exc_info is None:
            raise TypeError(
                "start_response was called twice without exc_info (PEP 3333)."
            )
        if not (isinstance(status, str) and status[:3].isdigit()):
            raise TypeError(f"Status {status!r} is not like '200 OK' (PEP 3333).")
        # What can't be sent must be known before anybody notes the answer as sent.
        self._head = _head(status, headers)
        self._status = status
        return self.write

    def send(self, body: Iterable[bytes]) -> None:
        """Send a whole body.

        Its last byte goes out when the iterable has ended: whoever has the response
        can count on the app having done what it does for it.
        """
        is_single = isinstance(body, list) and len(body) == 1
        for chunk in body:
            if chunk:
                self.write(chunk, len(chunk) if is_single else None)
        if not self.has_begun:
            self._held = self._begin(0)
        elif self.is_chunked:
            self._held = b"0\r\n\r\n"
        elif self._left_bytes:
            self.must_close = True  # or the client waits for the rest
        self._send(self._held)

    def write(self, chunk: bytes, total_bytes: int | None = None) -> None:
        """Send a piece of the body at once.

        Args:
            chunk: The piece.
            total_bytes: The length of the whole body, where that is known.
        """
        if not isinstance(chunk, bytes | bytearray | memoryview):
            raise TypeError(
                f"The body has {chunk!r:.60}, which is not bytes (PEP 3333)."
            )
        head = b"" if self.has_begun else self._begin(total_bytes)
        if self.is_chunked:
            self._send(b"%b%x\r\n%b\r\n" % (head, len(chunk), chunk))
        elif self._left_bytes is None:
            self._send(head + chunk)
        else:
            chunk = chunk[: self._left_bytes]
            self._left_bytes -= len(chunk)
            self._send(self._held)
            self._held = head + chunk if head else chunk
            if self._left_bytes:
                self._send(self._held)
                self._held = b""

    def _begin(self, total_bytes: int | None) -> bytes:
        """Decide how the body's end is told, and return the head."""
        if not self._status:
            raise TypeError("The app did not call start_response (PEP 3333).")
        head, length = self._head.lines, self._head.length
        status = self._status[:3]
        self.must_close = self.must_close or self._head.wants_close
        has_no_body = status in ("204", "304") or status[0] == "1"
        if length is None and not (has_no_body or self._is_head):
            length = total_bytes
            if length is not None:
                head += b"Content-Length: %d\r\n" % length
            elif self._is_http_1_0:
                self.must_close = True
            else:
                self.is_chunked = True
                head += b"Transfer-Encoding: chunked\r\n"
        self._left_bytes = 0 if has_no_body or self._is_head else length
        if self.must_close:
            head += b"Connection: close\r\n"
        elif self._is_http_1_0:
            head += b"Connection: keep-alive\r\n"
        self.has_begun = True
        return head + b"\r\n"

    def _send(self, data: bytes) -> None:
        if not data:
            return
        try:
            self._sock.sendall(data)
        except OSError as error:
            self.must_close = True
            raise ClientGoneError from error


class _Head(NamedTuple):
    """What an app said of its response.

    Attributes:
        lines: The status line and the headers, as bytes.
        length: Of the body; None where the app does not tell.
        wants_close: Whether the app wants the connection to end.
    """

    lines: bytes
    length: int | None
    wants_close: bool


def _head(status: str, headers: Headers) -> _Head:
    """Return the head of a response.

    Raises:
        HeaderError: A header, or the status, is none that HTTP can carry.
    """
    lines = [f"HTTP/1.1 {status}"]
    length = None
    has_date = wants_close = False
    for name, value in headers:
        key = name.lower()
        if key == "content-length":
            length = _length(value)
            if status.startswith("204"):  # RFC 9110 8.6
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
    if text.count("\n") + text.count("\r") != 2 * (len(lines) - 1) or "\0" in text:
        raise _bad_header(lines)
    try:
        return _Head(text.encode("latin-1") + b"\r\n", length, wants_close)
    except UnicodeEncodeError:
        raise _bad_header(lines) from None


def _length(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise HeaderError(
            f"The header 'Content-Length' is {value!r:.60}.",
            why="it is the number of the body's bytes, in digits (RFC 9110 8.6).",
            fix="leave it out: the server counts.",
        )
    return int(value)


def _bad_header(lines: list[str]) -> HeaderError:
    line = next(line for line in lines if not _is_sendable(line))
    name, _, value = line.partition(": ")
    return HeaderError(
        f"The header {name!r:.60} has the value {value!r:.80}.",
        why="a header is one line of Latin-1 characters (RFC 9110 5.5; PEP 3333).",
        fix="percent-encode what is beyond that (urllib.parse.quote); for the name of "
        "a file: send_file(..., download_name=name).",
    )


def _is_sendable(line: str) -> bool:
    try:
        line.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return not set(line) & {"\r", "\n", "\0"}


@lru_cache(maxsize=2)
def _date_line(now_s: int) -> str:
    return "Date: " + formatdate(now_s, usegmt=True)
