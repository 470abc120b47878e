"""Writing one response to a connection (RFC 9110, RFC 9112; PEP 3333)."""

import socket
from collections.abc import Callable, Iterable
from typing import Any

from werkbook.serving.http.outlet import Outlet
from werkbook.serving.http.response_head import NO_HEAD, Headers, make_head


class ClientGoneError(Exception):
    """The client has closed the connection; nobody waits for the response."""


class Reply:
    """One response: the app's ``start_response`` and what follows it.

    A body whose length the app tells, or that comes in one piece, is sent with a
    Content-Length, others in chunks; both keep the connection. What HTTP/1.0 can't
    express, and a body that breaks off, closes it.

    Args:
        sock: The connection, or its way out.
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
        self,
        sock: socket.socket | Outlet,
        method: str,
        is_http_1_0: bool,
        must_close: bool,
    ):
        self._sock = sock
        self._is_head = method == "HEAD"
        self._is_http_1_0 = is_http_1_0
        self._status = ""
        self._head = NO_HEAD
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
        # What can't be sent must be known before anybody notes the answer as sent.
        self._head = make_head(status, headers)
        self._status = status
        return self.write

    def send(self, body: Iterable[bytes]) -> None:
        """Send a whole body.

        Its last byte goes out when the iterable has ended: whoever has the response
        can count on the app having done what it does for it.
        """
        is_single = isinstance(body, list) and len(body) == 1
        for chunk in body:
            self.write(chunk, is_whole=is_single)
        if not self.has_begun:
            self._held = self._begin(0)
        elif self.is_chunked:
            self._held = b"0\r\n\r\n"
        elif self._left_bytes:
            self.must_close = True  # or the client waits for the rest
        self._send(self._held)

    def write(self, chunk: bytes, *, is_whole: bool = False) -> None:
        """Send a piece of the body at once; an empty one sends nothing.

        Args:
            chunk: The piece.
            is_whole: Whether it is the whole body.
        """
        if not isinstance(chunk, bytes | bytearray | memoryview):
            raise TypeError(
                f"The body has {chunk!r:.60}, which is not bytes (PEP 3333)."
            )
        if type(chunk) is not bytes:
            chunk = bytes(chunk)  # the length of a view need not count its bytes
        if not chunk:  # in chunks it would be the end
            return
        head = b"" if self.has_begun else self._begin(len(chunk) if is_whole else None)
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
        has_no_body = status in ("204", "304")
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
