"""The threads that accept connections and serve them.

Each connection has a thread for as long as it is open, so that an open event stream
keeps nobody waiting, and a request needs no hand-over from thread to thread, each of
which can take 5 ms while a cell computes. A thread accepts by itself, too; there are
always some that wait for the next connection.
"""

import errno
import os
import socket
import threading
import time
import weakref
from collections import deque
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from werkbook.serving.http.connection import RECEIVE_BYTES, Connection
from werkbook.serving.http.interrupting import ServerStoppedError, interrupt
from werkbook.serving.http.limits import GRACE_S, Limits
from werkbook.serving.http.upgraded_socket import UpgradedSocket
from werkbook.serving.http.waiting import has_client
from werkbook.serving.log import ServerLog
from werkbook.serving.serving_errors import no_threads

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

SPARE_THREADS = 2
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Content-Type: text/plain\r\nContent-Length: 37\r\n"
    b"Retry-After: 1\r\nConnection: close\r\n\r\n"
    b"Too many connections: ask again soon\n"
)
REFUSING_TIMEOUT_S = 0.2
RETRY_S = 0.05
NO_DESCRIPTOR = frozenset((errno.EMFILE, errno.ENFILE))
ALONE_IDLE_S = 0.25
"""How long the only thread there is waits for a client that says nothing."""

INTERRUPT_EVERY_S = 0.25

ENDING_S = 1.0
"""How long a thread may take to notice that its connection was ended."""

Accepted = tuple[socket.socket, Any]
"""A connection and the client's address."""

_engines: "weakref.WeakSet[Engine]" = weakref.WeakSet()


class Engine:
    """Serves an app on a listening socket, until it is stopped.

    Args:
        listener: Bound and listening; the engine closes it.
        app: Who answers.
        log: Where an app's errors go that nobody else notes.
        limits: What a client may ask for.
    """

    def __init__(
        self,
        listener: socket.socket,
        app: "WSGIApplication",
        log: ServerLog,
        limits: Limits,
    ):
        self._limits = limits
        self._short_since_s: float | None = None
        self._lacks_descriptors = False
        self._handed_over: deque[Accepted] = deque()
        self._listener = listener
        self._app = app
        self._log = log
        self._environ = _common_environ(listener)
        self._lock = threading.Lock()
        self._has_ended = threading.Condition(self._lock)
        self._threads: set[threading.Thread] = set()
        self._connections: set[Connection] = set()
        # Those ended for a new one: each gives room to one alone.
        self._ending: set[Connection] = set()
        self._waiting = 0
        self._thread_number = 0
        self.is_stopping = False
        _engines.add(self)

    def start(self) -> None:
        """Begin to accept.

        Raises:
            NoServerError: Not one thread can be started.
        """
        with self._lock:
            if not self._add_threads():
                raise no_threads()

    def stop(self, timeout_s: float) -> list[str]:
        """Close the socket and all connections, and end the threads.

        A request that runs may finish, for a second; a stream ends with its next
        piece.

        Returns:
            The request lines of views that still run when `timeout_s` is over.
        """
        deadline_s = time.monotonic() + timeout_s
        with self._lock:
            self.is_stopping = True
            self._has_ended.notify_all()
            threads = self._threads - {threading.current_thread()}
        self._close_listener()
        self._shut_down(only_safe=True)
        _join(threads, min(GRACE_S, timeout_s / 2))
        self._shut_down(only_safe=False)
        _join(threads, min(GRACE_S, deadline_s - time.monotonic()))
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                interrupt(thread)
            _join(threads, INTERRUPT_EVERY_S)
            if time.monotonic() > deadline_s:
                return self._running()
        return []

    def websockets(self) -> list[UpgradedSocket]:
        """Return the connections on which an app speaks as a WebSocket."""
        with self._lock:
            found = [one.websocket for one in self._connections]
        return [one for one in found if one is not None]

    def abandon(self) -> None:
        """Let go of the sockets in a forked child, which has none of the threads."""
        self.is_stopping = True
        self._lock = threading.Lock()
        self._has_ended = threading.Condition(self._lock)
        for connection in self._connections:
            connection.close()
        self._listener.close()
        self._threads, self._connections, self._ending = set(), set(), set()

    def _add_threads(self) -> bool:
        """Have enough threads wait for a connection; false where none does then."""
        while self._waiting < SPARE_THREADS and self._has_room():
            self._thread_number += 1
            port = self._environ["SERVER_PORT"]
            thread = threading.Thread(
                target=self._work,
                name=f"werkbook-{port}-{self._thread_number}",
                daemon=True,
            )
            try:
                thread.start()
            except (RuntimeError, MemoryError):  # the system has no more of them
                break
            self._threads.add(thread)
            self._waiting += 1
        return self._waiting > 0

    def _has_room(self) -> bool:
        # One more than there may be connections: it refuses what is too much.
        return len(self._threads) <= self._limits.connections

    def _work(self) -> None:
        try:
            while (connection := self._accept()) is not None:
                while connection is not None:
                    try:
                        connection.serve()
                    finally:
                        connection = self._ended(connection)
                with self._lock:
                    if self.is_stopping or self._waiting >= SPARE_THREADS:
                        return
                    self._waiting += 1
        except ServerStoppedError:
            pass
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _accept(self) -> Connection | None:
        """Wait for a connection to serve; None when the engine stops.

        The last thread that waits serves nobody: it would keep all others waiting. It
        hands the connection to one that has nothing to do, or refuses it. Where it is
        the only one there is, it serves one connection after the other.
        """
        while (accepted := self._next_connection()) is not None:
            with self._lock:
                self._waiting -= 1
                while not self.is_stopping:
                    if self._waiting > 0 or self._add_threads():
                        self._note_shortage(is_short=False)
                        return self._connected(*accepted)
                    self._note_shortage(is_short=True)
                    if len(self._threads) == 1:
                        return self._connected(*accepted, is_alone=True)
                    if is_handed_over := self._make_room():
                        self._handed_over.append(accepted)
                        break
                    if not self._is_room_coming():
                        break
                    self._has_ended.wait(ENDING_S)
                else:
                    accepted[0].close()
                    return None
                self._waiting += 1
            if not is_handed_over:
                _refuse(accepted[0])
        return None

    def _next_connection(self) -> Accepted | None:
        while not self.is_stopping:
            try:
                accepted = self._listener.accept()
            except OSError as error:
                if not self.is_stopping:  # it passes
                    self._free_descriptor(error)
                    time.sleep(RETRY_S)
            else:
                if self._lacks_descriptors:
                    self._note_descriptors(is_short=False)
                return accepted
        with self._lock:
            self._waiting -= 1
        return None

    def _free_descriptor(self, error: OSError) -> None:
        """Have an idle connection make room for one that can't be accepted."""
        # Linux wants a descriptor even where no client waits for one.
        if error.errno not in NO_DESCRIPTOR or not has_client(self._listener):
            return
        with self._lock:
            if not self._is_room_coming():
                self._make_room()
        self._note_descriptors(is_short=True)

    def _note_descriptors(self, *, is_short: bool) -> None:
        with self._lock:
            if is_short is self._lacks_descriptors:
                return
            self._lacks_descriptors = is_short
        self._log.write(
            "The process has too many open files for one more connection: those that "
            "wait for their client are ended, new ones wait.\n"
            if is_short
            else "New connections can be opened again.\n"
        )

    def _make_room(self) -> bool:
        """End the connection that has waited longest for its client; the lock is held.

        Returns:
            Whether there was one, so that a thread will soon be free.
        """
        others = sorted(self._connections - self._ending, key=lambda one: one.since_s)
        oldest = next((one for one in others if one.is_waiting_for_client()), None)
        if oldest is None:
            return False
        self._ending.add(oldest)
        oldest.shut_down()
        return True

    def _is_room_coming(self) -> bool:
        """Whether a thread has yet to notice that its connection was ended."""
        return any(one.is_idle for one in self._ending)

    def _note_shortage(self, *, is_short: bool) -> None:
        if is_short and self._short_since_s is None:
            self._short_since_s = time.monotonic()
            self._log.write(
                f"No thread for one more connection, at {len(self._connections)} open "
                "ones: those that wait for their client are ended, others get 503.\n"
            )
        elif not is_short and self._short_since_s is not None:
            self._short_since_s = None
            self._log.write("There are threads for new connections again.\n")

    def _connected(
        self, sock: socket.socket, address: Any, *, is_alone: bool = False
    ) -> Connection:
        """Return the connection that this thread serves next; the lock is held.

        Args:
            sock: What was accepted.
            address: Of the client.
            is_alone: Whether nobody else accepts meanwhile.
        """
        limits, says_stopping = self._limits, self._says_stopping
        if is_alone:
            limits = replace(limits, idle_s=min(limits.idle_s, ALONE_IDLE_S))
            says_stopping = _always
        connection = Connection(
            sock, address, self._app, self._environ, self._log, says_stopping, limits
        )
        self._connections.add(connection)
        return connection

    def _ended(self, connection: Connection) -> Connection | None:
        """Return the connection that was handed over to this thread, if there is one.

        There is no moment between the two: whoever looks sees the one or the other.
        """
        with self._lock:
            self._connections.discard(connection)
            self._ending.discard(connection)
            self._has_ended.notify_all()
            if self.is_stopping or not self._handed_over:
                return None
            return self._connected(*self._handed_over.popleft())

    def _says_stopping(self) -> bool:
        return self.is_stopping

    def _close_listener(self) -> None:
        with suppress(OSError):  # wakes those that accept, where the system can
            self._listener.shutdown(socket.SHUT_RDWR)
        for _ in range(self._waiting):  # and wakes the others
            with suppress(OSError):
                socket.create_connection(self._listener.getsockname()[:2], 0.1).close()
        self._listener.close()

    def _shut_down(self, *, only_safe: bool) -> None:
        with self._lock:
            while self._handed_over:
                self._handed_over.popleft()[0].close()
            for connection in self._connections:
                is_own = connection.thread is threading.current_thread()
                if not is_own and (not only_safe or connection.is_ended_safely):
                    connection.shut_down()

    def _running(self) -> list[str]:
        with self._lock:
            return [one.request_line or "a request" for one in self._connections]


def _common_environ(listener: socket.socket) -> "WSGIEnvironment":
    host, port = listener.getsockname()[:2]
    return {
        "SCRIPT_NAME": "",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_SOFTWARE": "Werkbook",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }


def _always() -> bool:
    return True


def _refuse(sock: socket.socket) -> None:
    """Say that it is too much now, and close without losing the answer."""
    with suppress(OSError):
        sock.settimeout(REFUSING_TIMEOUT_S)
        sock.sendall(BUSY)
        sock.shutdown(socket.SHUT_WR)
        sock.recv(RECEIVE_BYTES)
    sock.close()


def _join(threads: set[threading.Thread], timeout_s: float) -> None:
    deadline_s = time.monotonic() + timeout_s
    for thread in threads:
        thread.join(max(0.0, deadline_s - time.monotonic()))


def _abandon_all() -> None:
    for engine in list(_engines):
        engine.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
