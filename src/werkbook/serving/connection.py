"""One client's connection: requests in, responses out, on one thread.

Requests are read by waitress's parser, which is strict about what two servers in a
row could understand differently (request smuggling) and which spools bodies. What
waitress does around it (a selecting thread that hands each request to a fixed number
of workers) is left: bench/server.py shows what that costs, and that open event
streams use up the workers.
"""

import socket
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

from waitress.adjustments import (  # type: ignore[import-untyped]  # has none
    Adjustments,
)
from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]  # none
from waitress.utilities import BadRequest  # type: ignore[import-untyped]  # none

from werkbook.serving.log import ServerLog
from werkbook.serving.reply import ClientGoneError, Reply
from werkbook.serving.waiting import LONG_WAIT_S, explained, wait_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

IDLE_TIMEOUT_S = 75
LINGER_S = 1.0
RECEIVE_BYTES = 65536
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LIMITS = Adjustments()
_UNPREFIXED = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


class Connection:
    """A connection that this thread accepted; `serve` returns when it has ended.

    Args:
        sock: The connected socket.
        address: Of the client: (host, port, ...).
        app: Who answers.
        environ: What is the same in every request's environ.
        log: Where an app's errors go that nobody else notes.
        is_stopping: Says whether the connection should end after this response.
    """

    def __init__(
        self,
        sock: socket.socket,
        address: Any,
        app: "WSGIApplication",
        environ: "WSGIEnvironment",
        log: ServerLog,
        is_stopping: Callable[[], bool],
    ):
        self._sock = sock
        self._app = app
        host, port = address[:2]
        self._environ = {**environ, "REMOTE_ADDR": host, "REMOTE_PORT": str(port)}
        self._log = log
        self._is_stopping = is_stopping
        self._received = b""
        self._has_unread = False
        self._waited_s = 0.0
        self.thread = threading.current_thread()
        self.request_line: str | None = None
        self.reply: Reply | None = None

    def serve(self) -> None:
        """Answer request after request until one side closes."""
        try:
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _set_timeout(self._sock, IDLE_TIMEOUT_S)
            while (request := self._read()) is not None:
                try:
                    self._answer(request)
                finally:
                    request.close()
                if self.reply is None or self.reply.must_close or self._is_stopping():
                    break
                self.reply = self.request_line = None
        except (OSError, ClientGoneError):  # gone, or silent for too long
            pass
        except Exception:  # never into the cell that happens to run
            self._log.write(traceback.format_exc())
        finally:
            self._close()

    @property
    def is_ended_safely(self) -> bool:
        """Whether ending it now cuts nothing short but a stream without an end."""
        return self.reply is None or self.reply.is_chunked

    def close(self) -> None:
        """Close this process's end without a word to the client."""
        self._sock.close()

    def shut_down(self) -> None:
        """End the connection from another thread: what waits on it wakes up."""
        with suppress(OSError):  # closed meanwhile
            self._sock.shutdown(socket.SHUT_RDWR)

    def _close(self) -> None:
        """Close so that a response on its way is not overtaken by a reset.

        That is what closing does where received data was not read (RFC 9112 9.6).
        """
        with suppress(OSError):
            if self._has_unread:
                self._sock.shutdown(socket.SHUT_WR)
                self._sock.settimeout(LINGER_S)
                deadline_s = time.monotonic() + LINGER_S
                while self._sock.recv(RECEIVE_BYTES) and time.monotonic() < deadline_s:
                    pass
        self._sock.close()

    def _read(self) -> HTTPRequestParser | None:
        """Return the next request, with its body; None when there is none."""
        request = HTTPRequestParser(_LIMITS)
        is_continued = False
        self._waited_s = 0.0
        while not request.completed:
            data = self._received
            if not data:
                data = self._sock.recv(RECEIVE_BYTES)
                self._waited_s = max(self._waited_s, wait_of(self._sock))
            if not data:
                return None
            self._received = data[_parse(request, data) :]
            if request.empty:  # an empty line between two requests
                request = HTTPRequestParser(_LIMITS)
            elif _waits(request) and not is_continued:
                is_continued = True
                self._sock.sendall(_CONTINUE)
        return request

    def _answer(self, request: Any) -> None:
        is_old = request.version != "1.1"
        keeps = not request.connection_close and not self._is_stopping()
        method = "GET" if request.error else request.command
        reply = self.reply = Reply(self._sock, method, is_old, not keeps)
        if request.error:
            self._has_unread = True
            _refuse(request.error, reply)
            return
        self.request_line = f"{method} {request.request_uri}"
        if self._waited_s > LONG_WAIT_S:
            self._log.write(explained(self.request_line, self._waited_s))
        environ = environ_of(request, self._environ)
        if "HTTP_UPGRADE" in environ:  # WebSocket libraries for WSGI look for this
            environ["werkzeug.socket"] = self._sock
            reply.must_close = True
        try:
            _run(self._app, environ, reply)
        except ClientGoneError:
            raise
        except BaseException:
            self._log.write(f"{self.request_line}\n{traceback.format_exc()}")
            _fail(reply)


def _parse(request: Any, data: bytes) -> int:
    """Let a request take in data; return how much of it was the request's."""
    try:
        taken: int = request.received(data)
    except ValueError as error:  # of urlsplit, say: waitress lets it through
        request.error = BadRequest(str(error))
        request.version = "1.1"
        request.completed = True
        return len(data)
    return taken


def _waits(request: Any) -> bool:
    """Tell whether the client holds the body back until it is asked for."""
    return bool(
        request.expect_continue and request.headers_finished and not request.completed
    )


def environ_of(request: Any, common: "WSGIEnvironment") -> "WSGIEnvironment":
    """Return the WSGI environ of a request that waitress has parsed."""
    environ = common.copy()
    environ["REQUEST_METHOD"] = request.command
    environ["PATH_INFO"] = request.path
    environ["QUERY_STRING"] = request.query
    environ["REQUEST_URI"] = environ["RAW_URI"] = request.request_uri
    environ["SERVER_PROTOCOL"] = f"HTTP/{request.version}"
    for name, value in request.headers.items():
        environ[name if name in _UNPREFIXED else "HTTP_" + name] = value
    if request.proxy_netloc:  # absolute form: the Host header does not count
        environ["HTTP_HOST"] = request.proxy_netloc
    receiver = request.body_rcv
    environ["wsgi.input"] = BytesIO() if receiver is None else receiver.getfile()
    environ["wsgi.errors"] = sys.stderr
    return environ


def _run(app: "WSGIApplication", environ: "WSGIEnvironment", reply: Reply) -> None:
    body = app(environ, reply.start)
    try:
        reply.send(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


def _refuse(error: Any, reply: Reply) -> None:
    """Answer what is no proper request, and end the connection."""
    body = f"{error.reason}\n{error.body}\n".encode()
    reply.must_close = True
    reply.start(f"{error.code} {error.reason}", [("Content-Type", "text/plain")])
    reply.send([body])


def _fail(reply: Reply) -> None:
    """Answer for an app that raised, as far as nothing was sent yet."""
    reply.must_close = True
    if not reply.has_begun:
        headers = [("Content-Type", "text/plain")]
        reply.start("500 INTERNAL SERVER ERROR", headers, (None, None, None))
        reply.send([b"Internal Server Error\n"])


def _set_timeout(sock: socket.socket, timeout_s: int) -> None:
    """Let the system end a wait on the socket.

    Python's own time-outs make two system calls of one, and each gives up the
    interpreter, which a cell that computes gives back only 5 ms later.
    """
    if sys.platform == "win32":
        sock.settimeout(timeout_s)
        return
    sock.settimeout(None)
    value = struct.pack("ll", timeout_s, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, value)
