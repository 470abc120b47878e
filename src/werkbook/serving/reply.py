"""Writing one response to a connection (RFC 9110, RFC 9112; PEP 3333)."""

import socket
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import lru_cache
from typing import Any

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
        "_headers",
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
        self._headers: Headers = []
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
        self._status = status
        self._headers = headers
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
        lines, length, wants_close = _header_lines(self._status, self._headers)
        status = self._status[:3]
        self.must_close = self.must_close or wants_close
        has_no_body = status in ("204", "304") or status[0] == "1"
        if length is None and not (has_no_body or self._is_head):
            length = total_bytes
            if length is not None:
                lines.append(f"Content-Length: {length}")
            elif self._is_http_1_0:
                self.must_close = True
            else:
                self.is_chunked = True
                lines.append("Transfer-Encoding: chunked")
        self._left_bytes = 0 if has_no_body or self._is_head else length
        if self.must_close:
            lines.append("Connection: close")
        elif self._is_http_1_0:
            lines.append("Connection: keep-alive")
        self.has_begun = True
        lines.append("\r\n")
        return "\r\n".join(lines).encode("latin-1")

    def _send(self, data: bytes) -> None:
        if not data:
            return
        try:
            self._sock.sendall(data)
        except OSError as error:
            self.must_close = True
            raise ClientGoneError from error


def _header_lines(status: str, headers: Headers) -> tuple[list[str], int | None, bool]:
    """Return the head's lines, the body's length, and whether to close after it."""
    lines = [f"HTTP/1.1 {status}"]
    length = None
    has_date = wants_close = False
    for name, value in headers:
        key = name.lower()
        if key == "content-length":
            length = int(value)
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
    for line in lines:
        if "\n" in line or "\r" in line:
            raise ValueError(f"Line break in the header {line!r:.60}.")
    return lines, length, wants_close


@lru_cache(maxsize=2)
def _date_line(now_s: int) -> str:
    return "Date: " + formatdate(now_s, usegmt=True)
