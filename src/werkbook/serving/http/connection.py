"""One client's connection: requests in, responses out, on one thread.

Requests are read by waitress's parser, which is strict about what two servers in a
row could understand differently (request smuggling) and which spools bodies. What
waitress does around it (a selecting thread that hands each request to a fixed number
of workers) is left: bench/server.py shows what that costs, and that open event
streams use up the workers.
"""

import select
import socket
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from werkbook.serving.access.peers import CONNECTION_KEY
from werkbook.serving.access.queries import without_tokens
from werkbook.serving.http.limits import LINGER_S, Limits
from werkbook.serving.http.outlet import Outlet
from werkbook.serving.http.reply import ClientGoneError, Reply
from werkbook.serving.http.requests import (
    IncomingRequest,
    RequestTimeout,
    make_environ,
    new_request,
)
from werkbook.serving.http.upgraded_socket import GOING_AWAY, UpgradedSocket
from werkbook.serving.http.waiting import LONG_WAIT_S, explained, measure_wait
from werkbook.serving.log import ServerLog

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

RECEIVE_BYTES = 65536
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Connection:
    """A connection that this thread accepted; `serve` returns when it has ended.

    Args:
        sock: The connected socket.
        address: Of the client: (host, port, ...).
        app: Who answers.
        environ: What is the same in every request's environ.
        log: Where an app's errors go that nobody else notes.
        is_stopping: Says whether the connection should end after this response.
        limits: What the client may ask for, and how long it may take.
    """

    def __init__(
        self,
        sock: socket.socket,
        address: Any,
        app: "WSGIApplication",
        environ: "WSGIEnvironment",
        log: ServerLog,
        is_stopping: Callable[[], bool],
        limits: Limits,
    ):
        self._sock = sock
        self._app = app
        host, port = address[:2]
        self._environ = {
            **environ,
            "REMOTE_ADDR": host,
            "REMOTE_PORT": str(port),
            CONNECTION_KEY: {},
        }
        self._limits = limits
        self._outlet = Outlet(sock, limits)
        self._log = log
        self._is_stopping = is_stopping
        self._received = b""
        self._has_unread = False
        self._waited_s = 0.0
        self._is_hurried = False
        self._is_told = False
        self.is_idle = True
        self.since_s = time.monotonic()
        self.thread = threading.current_thread()
        self.request_line: str | None = None
        self.reply: Reply | None = None
        self.upgraded: UpgradedSocket | None = None

    def serve(self) -> None:
        """Answer request after request until one side closes."""
        try:
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _set_timeout(self._sock, self._limits.idle_s)
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
        is_stream = self.reply is None or self.reply.is_chunked
        return is_stream or self.websocket is not None

    @property
    def websocket(self) -> UpgradedSocket | None:
        """The connection as an app speaks on it that has left HTTP."""
        found = self.upgraded
        return found if found is not None and found.is_taken else None

    def is_waiting_for_client(self) -> bool:
        """Whether no request is here, nor a part of one that is yet to be read."""
        return self.is_idle and not _has_data(self._sock)

    def close(self) -> None:
        """Close this process's end without a word to the client."""
        self._sock.close()

    def shut_down(self) -> None:
        """End the connection from another thread: what waits on it wakes up.

        A WebSocket's client is told first.
        """
        if self.websocket is not None and not self._is_told:
            self._is_told = True
            self.websocket.end(GOING_AWAY, "The server stops.")
            return
        with suppress(OSError):  # closed meanwhile
            self._sock.shutdown(socket.SHUT_RDWR)

    def _close(self) -> None:
        """Close so that a response on its way is not overtaken by a reset.

        That is what closing does where received data was not read (RFC 9112 9.6): the
        rest of a refused request, or what follows one that was the last.
        """
        with suppress(OSError):
            if self._has_unread or _has_data(self._sock):
                self._sock.shutdown(socket.SHUT_WR)
                self._sock.settimeout(LINGER_S)
                deadline_s = time.monotonic() + LINGER_S
                while self._sock.recv(RECEIVE_BYTES) and time.monotonic() < deadline_s:
                    pass
        self._sock.close()

    def _read(self) -> IncomingRequest | None:
        """Return the next request, with its body; None when there is none."""
        request = new_request(self._limits)
        is_continued = False
        self._waited_s = 0.0
        self.since_s = time.monotonic()
        while not request.completed:
            try:
                data = self._received or self._receive(request)
            except (BlockingIOError, TimeoutError):
                return self._late(request)
            if not data:
                return None
            self._received = data[request.received(data) :]
            if request.empty:  # an empty line between two requests
                request = new_request(self._limits)
            elif request.is_waiting and not is_continued:
                is_continued = True
                self._sock.sendall(_CONTINUE)
        self.is_idle = False
        if self._is_hurried:
            self._is_hurried = False
            _set_timeout(self._sock, self._limits.idle_s)
        return request

    def _receive(self, request: IncomingRequest) -> bytes:
        """Wait for more of a request.

        Raises:
            TimeoutError: It takes too long, as does `BlockingIOError`.
        """
        self.is_idle = not request.headers_finished
        if request.header_plus or request.headers_finished:
            self._hurry(request)
        data = self._sock.recv(RECEIVE_BYTES)
        self._waited_s = max(self._waited_s, measure_wait(self._sock))
        return data

    def _hurry(self, request: IncomingRequest) -> None:
        """Wait no longer for the rest of a request than it may take."""
        if request.headers_finished and not request.is_body_late:
            request.is_body_late = True  # its time begins with the end of the head
            self.since_s = time.monotonic()
        limits = self._limits
        limit_s = limits.head_s
        if request.headers_finished:
            limit_s = limits.body_time_s(request.body_bytes_received)
        left_s = self.since_s + limit_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._is_hurried = True
        _set_timeout(self._sock, min(left_s, limits.idle_s))

    def _late(self, request: IncomingRequest) -> IncomingRequest | None:
        """Refuse a request that takes too long; one that has not begun just ends."""
        if not (request.header_plus or request.headers_finished):
            return None
        request.error = RequestTimeout("The request took too long to come")
        return request

    def _answer(self, request: IncomingRequest) -> None:
        is_old = request.version != "1.1"
        keeps = not request.connection_close and not self._is_stopping()
        method = "GET" if request.error else request.command
        reply = self.reply = Reply(self._outlet, method, is_old, not keeps)
        if request.error:
            self._has_unread = True
            _refuse(request.error, reply)
            return
        self.request_line = f"{method} {without_tokens(request.request_uri)}"
        if self._waited_s > LONG_WAIT_S:
            self._log.write(explained(self.request_line, self._waited_s))
        environ = make_environ(request, self._environ)
        if "HTTP_UPGRADE" in environ:
            self._offer_socket(environ, reply)
        try:
            _run(self._app, environ, reply, self.upgraded)
        except ClientGoneError:
            raise
        except BaseException as error:
            is_end = self.websocket is not None and isinstance(error, ConnectionError)
            if not is_end:
                self._log.write(f"{self.request_line}\n{traceback.format_exc()}")
            if self.websocket is None:
                _fail(reply)
        finally:
            if self.websocket is not None:
                exchange = environ.get("werkbook.exchange")
                has_failed = getattr(exchange, "exception", None) is not None
                self.websocket.finish(has_failed=has_failed)

    def _offer_socket(self, environ: "WSGIEnvironment", reply: Reply) -> None:
        """Let the app leave HTTP, by the name under which libraries look for that."""
        self.upgraded = UpgradedSocket(
            self._sock, self._received, self._limits, environ
        )
        environ["werkzeug.socket"] = self.upgraded
        # What is compressed has a length that nobody knows, and saves nothing here.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        reply.must_close = True


def _run(
    app: "WSGIApplication",
    environ: "WSGIEnvironment",
    reply: Reply,
    upgraded: UpgradedSocket | None,
) -> None:
    body = app(environ, reply.start)
    try:
        if upgraded is None or not upgraded.is_taken:  # else HTTP is over
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


def _has_data(sock: socket.socket) -> bool:
    """Whether bytes lie in the socket; false where the client has closed it."""
    try:
        if sys.platform == "win32":
            return bool(select.select([sock], [], [], 0)[0])
        return bool(sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except (OSError, ValueError):  # none, or closed meanwhile
        return False


def _set_timeout(sock: socket.socket, timeout_s: float) -> None:
    """Let the system end a wait on the socket.

    Python's own time-outs make two system calls of one, and each gives up the
    interpreter, which a cell that computes gives back only 5 ms later.
    """
    if sys.platform == "win32":
        sock.settimeout(timeout_s)
        return
    sock.settimeout(None)
    value = struct.pack("ll", int(timeout_s), int(timeout_s % 1 * 1e6) or 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, value)
