"""The threads that accept connections and serve them.

Each connection has a thread for as long as it is open, so that an open event stream
keeps nobody waiting, and a request needs no hand-over from thread to thread, each of
which can take 5 ms while a cell computes. A thread accepts by itself, too; there are
always some that wait for the next connection.
"""

import os
import socket
import threading
import time
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from werkbook.serving.connection import Connection
from werkbook.serving.interrupting import ServerStoppedError, interrupt
from werkbook.serving.log import ServerLog

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

SPARE_THREADS = 2
MAX_THREADS = 1000
"""More connections than this wait until one ends."""

GRACE_S = 1.0
"""How long a request that runs may take to finish when the engine stops."""

INTERRUPT_EVERY_S = 0.25

_engines: "weakref.WeakSet[Engine]" = weakref.WeakSet()


class Engine:
    """Serves an app on a listening socket, until it is stopped.

    Args:
        listener: Bound and listening; the engine closes it.
        app: Who answers.
        log: Where an app's errors go that nobody else notes.
    """

    def __init__(self, listener: socket.socket, app: "WSGIApplication", log: ServerLog):
        self._listener = listener
        self._app = app
        self._log = log
        self._environ = _common_environ(listener)
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._connections: set[Connection] = set()
        self._waiting = 0
        self._thread_number = 0
        self.is_stopping = False
        _engines.add(self)

    def start(self) -> None:
        """Begin to accept."""
        with self._lock:
            self._add_threads()

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

    def abandon(self) -> None:
        """Let go of the sockets in a forked child, which has none of the threads."""
        self.is_stopping = True
        self._lock = threading.Lock()
        for connection in self._connections:
            connection.close()
        self._listener.close()
        self._threads, self._connections = set(), set()

    def _add_threads(self) -> None:
        while self._waiting < SPARE_THREADS and len(self._threads) < MAX_THREADS:
            self._thread_number += 1
            port = self._environ["SERVER_PORT"]
            thread = threading.Thread(
                target=self._work,
                name=f"werkbook-{port}-{self._thread_number}",
                daemon=True,
            )
            self._threads.add(thread)
            self._waiting += 1
            thread.start()

    def _work(self) -> None:
        try:
            while (accepted := self._accept()) is not None:
                self._serve(*accepted)
                with self._lock:
                    if self.is_stopping or self._waiting >= SPARE_THREADS:
                        return
                    self._waiting += 1
        except ServerStoppedError:
            pass
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _accept(self) -> tuple[socket.socket, Any] | None:
        """Wait for a connection; None when the engine stops."""
        accepted = None
        while accepted is None and not self.is_stopping:
            try:
                accepted = self._listener.accept()
            except OSError:
                if not self.is_stopping:  # too many open files, say: it passes
                    time.sleep(0.05)
        with self._lock:
            self._waiting -= 1
            if self.is_stopping:
                if accepted is not None:
                    accepted[0].close()
                return None
            if self._waiting == 0:
                self._add_threads()
        return accepted

    def _serve(self, sock: socket.socket, address: Any) -> None:
        connection = Connection(
            sock, address, self._app, self._environ, self._log, self._says_stopping
        )
        with self._lock:
            self._connections.add(connection)
            if self.is_stopping:
                connection.shut_down()
        try:
            connection.serve()
        finally:
            with self._lock:
                self._connections.discard(connection)

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


def _join(threads: set[threading.Thread], timeout_s: float) -> None:
    deadline_s = time.monotonic() + timeout_s
    for thread in threads:
        thread.join(max(0.0, deadline_s - time.monotonic()))


def _abandon_all() -> None:
    for engine in list(_engines):
        engine.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
