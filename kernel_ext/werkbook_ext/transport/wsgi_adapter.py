"""Requests without a network: an adapter that calls a WSGI app in this process.

For places without threads or sockets, such as Pyodide. What a response is made of
(cookies, redirects, streamed bodies, encodings, errors) is as over the socket.

By hand: `werkzeug.test.run_wsgi_app` raises the error of an app that answers with its
own error page (`start_response` with `exc_info`), where a server sends that page.
"""

from __future__ import annotations

import contextvars
import io
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from email.message import Message
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3._collections import HTTPHeaderDict
from urllib3.exceptions import ProtocolError

from werkbook.serving.http.response_head import HOP_BY_HOP, Headers, make_head
from werkbook.system import this_system
from werkbook.system.watching import TimeIsOverError, call_in_time

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

Value = TypeVar("Value")
_NO_BODY = frozenset((204, 304))
LIMIT_S = 60.0
"""How long a view may hold a kernel that nobody could interrupt, if nothing is said."""


class WSGIAdapter(HTTPAdapter):
    """Answers requests by calling a WSGI app (PEP 3333) in the calling thread.

    The app runs in a fresh context, as it would in a thread of a server: context
    variables of the caller, the running cell among them, are not seen by it.
    Without threads the app is interrupted when the time-out is over, as far as Python
    code can be (`call_in_time`); with threads a time-out has no effect.
    """

    def __init__(self, app: WSGIApp) -> None:
        """Keep the app that answers."""
        super().__init__()
        self.app = app

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Call the app; the body is read from it when the response's is.

        Raises:
            requests.ReadTimeout: The app was interrupted.
        """
        read_s = timeout[1] if isinstance(timeout, tuple) else timeout
        call = _AppCall(self.app, _environ(request), read_s or LIMIT_S)
        call.start()
        return self.build_response(request, call.response(request))


class _AppCall:
    """One call of a WSGI app: the status line, the headers, then the body."""

    def __init__(self, app: WSGIApp, environ: dict[str, Any], timeout_s: float) -> None:
        self._app = app
        self._timeout_s = timeout_s
        self._environ = environ
        self._context = contextvars.Context()
        self._written: list[bytes] = []
        self._chunks: Iterator[bytes] = iter(())
        self._close: Callable[[], None] | None = None
        self._is_started = self._is_sent = False
        self._left_bytes: int | None = None
        self.status = ""
        self.headers: list[tuple[str, str]] = []

    def start(self) -> None:
        """Call the app up to its first piece of the body."""
        try:
            self._in_time(self._start)
        except TimeIsOverError as error:
            self.close()
            problem = f"the view was ended: it took more than {self._timeout_s:g} s"
            raise requests.ReadTimeout(problem) from error
        except Exception:
            self.close()
            self._fail()

    def _in_time(self, step: Callable[[], Value]) -> Value:
        """Do a step of the app's in its context, for no longer than it may take."""
        if this_system().has_threads:
            return self._context.run(step)
        return call_in_time(lambda: self._context.run(step), self._timeout_s)

    def _start(self) -> None:
        result = self._app(self._environ, self._start_response)
        self._close = getattr(result, "close", None)
        self._chunks = iter(result)
        # PEP 3333 lets an app call start_response as late as in its first next().
        while not any(self._written):
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._write(chunk)
        if not self._is_started:
            raise RuntimeError("the application did not call start_response")
        self._is_sent = True

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        try:
            if exc_info and self._is_sent:
                raise exc_info[1].with_traceback(exc_info[2])
            if self._is_started and not exc_info:
                raise RuntimeError("start_response was called a second time")
        finally:
            exc_info = (
                None  # PEP 3333 asks for this: the traceback refers to this frame
            )
        # It raises what a server would answer with 500.
        self._left_bytes = make_head(status, headers).length
        self._is_started = True
        self.status, self.headers = status, _sent_headers(status, headers)
        return self._write

    def _write(self, piece: bytes) -> None:
        self._written.append(_as_bytes(piece))

    def _fail(self) -> None:
        """Answer for an app that raised, as a server does."""
        self._written = [b"Internal Server Error"]
        self._chunks, self._close = iter(()), None
        self._left_bytes = None
        self.status = "500 Internal Server Error"
        self.headers = [("Content-Type", "text/plain; charset=utf-8")]

    def chunks(self) -> Iterator[bytes]:
        """Yield the body; an error in its middle ends the connection, as it would."""
        try:
            while self._written:
                yield self._within_length(self._written.pop(0))
            while (chunk := self._next()) is not None:
                yield self._within_length(chunk)
        finally:
            self.close()

    def _within_length(self, piece: bytes) -> bytes:
        """Cut what is more than the app's own Content-Length, as a server does."""
        if self._left_bytes is not None:
            piece = piece[: self._left_bytes]
            self._left_bytes -= len(piece)
        return piece

    def _next(self) -> bytes | None:
        try:
            chunk = self._in_time(lambda: next(self._chunks, None))
            return None if chunk is None else _as_bytes(chunk)
        except Exception as error:  # its time can be over, too
            raise ProtocolError(f"The body broke off: {error!r}", error) from error

    def close(self) -> None:
        """Tell the app that its body is no longer wanted; a second time do nothing."""
        close, self._close = self._close, None
        if close is not None:
            self._context.run(close)

    def response(self, request: requests.PreparedRequest) -> HTTPResponse:
        """Make what requests reads a response from."""
        code, _, reason = self.status.partition(" ")
        status = int(code)
        has_body = request.method != "HEAD" and status not in _NO_BODY
        if not has_body:
            self._written, self._chunks = [], iter(())
        message = Message()
        headers = HTTPHeaderDict()
        for name, value in self.headers:
            message[name] = value
            headers.add(name, value)
        body = _BodyFile(self.chunks())
        if not has_body:
            body.close()
            self.close()
        return _PieceResponse(
            body=body,
            headers=headers,
            status=status,
            version=11,
            reason=reason or _reason(status),
            preload_content=False,
            original_response=_HTTPClientResponse(message, body),  # type: ignore[arg-type]  # the part of http.client's that requests reads
            request_method=request.method,
            request_url=request.url,
        )


def _sent_headers(status: str, headers: list[tuple[str, str]]) -> Headers:
    """Return the headers that a server sends of those that an app says."""
    left_out = HOP_BY_HOP | ({"content-length"} if status[:3] == "204" else set())
    return [(name, value) for name, value in headers if name.lower() not in left_out]


def _as_bytes(piece: object) -> bytes:
    if not isinstance(piece, bytes | bytearray | memoryview):
        raise TypeError(f"The body has {piece!r:.60}, which is not bytes (PEP 3333).")
    return bytes(piece)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


class _PieceResponse(HTTPResponse):
    """A response whose body, asked for as it comes, comes by the app's own pieces.

    Over a socket that is what chunks are for; without them urllib3 reads all at once,
    which never ends where a body does not.
    """

    def stream(
        self, amt: int | None = 65536, decode_content: bool | None = None
    ) -> Generator[bytes, None, None]:
        """Yield the body; with None as the amount each piece as the app makes it."""
        if amt is not None:
            yield from super().stream(amt, decode_content)
            return
        while data := self.read1(65536, decode_content):
            yield data


class _HTTPClientResponse:
    """The part of an http.client response that requests reads cookies from."""

    def __init__(self, message: Message, body: _BodyFile) -> None:
        self.msg = message
        self._body = body

    def isclosed(self) -> bool:
        return self._body.closed

    def close(self) -> None:
        self._body.close()


class _BodyFile(io.RawIOBase):
    """A body as a file, read from the pieces that the app yields."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def read(self, size: int | None = -1) -> bytes:
        """Read at most one piece, so that a stream arrives piece by piece."""
        if size is None or size < 0:
            return self.readall() or b""
        return super().read(size) or b""

    def read1(self, size: int | None = -1) -> bytes:
        """Read one piece: what urllib3 asks for when it shall not wait for more."""
        return self.read(65536 if size is None or size < 0 else size)

    def close(self) -> None:
        if not self.closed:
            close = getattr(self._chunks, "close", None)
            if close is not None:
                close()
        super().close()


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    """Make the WSGI environ of a request, as a server would."""
    parts = urlsplit(request.url or "/")
    body, length = _input(request.body)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": request.path_url,
        "RAW_URI": request.path_url,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc.rpartition("@")[2],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme or "http",
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        key = name.upper().replace("-", "_")
        is_bare = key in ("CONTENT_TYPE", "CONTENT_LENGTH")
        environ[key if is_bare else f"HTTP_{key}"] = text
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    return environ


def _input(body: Any) -> tuple[io.BufferedIOBase, int | None]:
    """Give the body as a file, and its length where that is known."""
    if body is None:
        return io.BytesIO(), None
    if isinstance(body, str):
        body = body.encode("utf-8")
    if isinstance(body, (bytes, bytearray)):
        return io.BytesIO(body), len(body)
    chunks = iter(lambda: body.read(65536), b"") if hasattr(body, "read") else body
    pieces = (c.encode("utf-8") if isinstance(c, str) else c for c in chunks)
    return io.BufferedReader(_BodyFile(pieces)), None
