"""How exercises ask an app of WSGI or ASGI, in this process.

An ASGI app that is served is asked in its server's event loop. Any other gets a loop of
its own for as long as one exercise is checked: its lifespan begins and ends with it.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any
from wsgiref.types import WSGIApplication

from werkbook import serving
from werkbook.dispatch.error_page import is_users_file
from werkbook.errors import WerkbookError
from werkbook.exercises.time_limit import (
    GRACE_S,
    HangsError,
    Interrupted,
    interrupt_thread,
)
from werkbook.exercises.visitor import Record
from werkbook.export.proof.inside.questions.asgi import AsgiAsWsgi, cancel_tasks
from werkbook.serving.applications import is_asgi
from werkbook.serving.asgi.asgi_scopes import Receive, Scope, Send, make_environ
from werkbook.serving.asgi.lifespans import Lifespan
from werkbook.serving.asgi.noted_calls import NotedCalls
from werkbook.serving.output import catch_output, own_thread
from werkbook.system import this_system

ANSWER_S = 0.25
"""How long a loop takes at most that nothing holds up."""
END_S = 1.0
"""Seconds that an app's end may take."""

Run = Callable[[Coroutine[Any, Any, Any]], "Future[Any]"]


class HeldUpError(WerkbookError, RuntimeError):
    """The server of an app answers nobody: a view never lets go of its loop."""


@contextmanager
def open_app(app: Any, timeout_s: float) -> Iterator[Record]:
    """Open an app for visitors.

    Args:
        app: An app of WSGI or ASGI.
        timeout_s: Seconds that an ASGI app's start-up may take.

    Raises:
        HangsError: The start-up took longer.
        HeldUpError: A view holds up the loop of the app's server.
        NoServerError: Nothing here can run an event loop (Pyodide).
        BaseException: What the app's start-up raised.
    """
    if not is_asgi(app):
        yield serving.recorded
        return
    if not this_system().has_threads:
        serving.serve(app)  # which says why it can't be called here
    server = serving.find_server(app)
    if server is not None:
        yield _ServedLife(server).record
        return
    life = _OwnLife(app, timeout_s)
    try:
        yield life.record
    finally:
        life.end()


class _Life:
    """An ASGI app in an event loop, asked as a WSGI app is."""

    def record(self, app: Any, ring: serving.ExchangeRing) -> WSGIApplication:
        """Return how the app is called, each call noted in a ring."""
        calls = NotedCalls(app, ring)

        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            await calls.answer(make_environ(scope), lambda _: scope, receive, send)

        def called(environ: Any, start_response: Any) -> Iterator[bytes]:
            calling = self.begin_call(noted)
            try:
                yield from calling(environ, start_response)
            except Interrupted:
                self.give_up()
                raise

        return called

    def begin_call(self, app: Any) -> AsgiAsWsgi:
        """Return an app as one of WSGI, called where the app lives."""
        raise NotImplementedError

    def give_up(self) -> None:
        """Interrupt what did not answer in time."""
        raise NotImplementedError


class _ServedLife(_Life):
    """An app in the loop of its server, which goes on afterwards."""

    def __init__(self, server: serving.Server) -> None:
        self._server = server
        self._loop = _HeldLoop(server.run_asgi)

    def begin_call(self, app: Any) -> AsgiAsWsgi:
        return AsgiAsWsgi(app, self._server.run_asgi, self._server.lifespan_state)

    def give_up(self) -> None:
        self._loop.free()


class _OwnLife(_Life):
    """An app in a loop of its own; one that hangs is left for another."""

    def __init__(self, app: Any, timeout_s: float) -> None:
        self._app = app
        self._timeout_s = timeout_s
        self._loop: _OwnLoop | None = self._start()

    def begin_call(self, app: Any) -> AsgiAsWsgi:
        if self._loop is None:
            self._loop = self._start()
        return AsgiAsWsgi(app, self._loop.run, dict(self._loop.lifespan.state))

    def _start(self) -> _OwnLoop:
        loop = _OwnLoop(self._app)
        try:
            loop.begin(self._timeout_s)
        except BaseException:
            loop.end()
            raise
        return loop

    def give_up(self) -> None:
        self.end()

    def end(self) -> None:
        """End the app's lifespan, and its loop."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.end()


class _OwnLoop:
    """An event loop in a thread of its own, and the lifespan of an app in it."""

    def __init__(self, app: Any) -> None:
        self.lifespan = Lifespan(app)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._work, name="werkbook-exercise-loop", daemon=True
        )
        catch_output()
        own_thread(self._thread, serving.ServerLog())
        self._thread.start()
        self._held = _HeldLoop(self.run)

    def _work(self) -> None:
        asyncio.set_event_loop(self._loop)
        has_ended = False
        while not has_ended:
            with suppress(Interrupted):  # which came between two tasks
                self._loop.run_forever()
                has_ended = True
        with suppress(Exception):
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Run a coroutine in the loop, from any thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def begin(self, timeout_s: float) -> None:
        """Do the app's start-up.

        Raises:
            HangsError: It takes longer than it may.
            BaseException: What it raised.
        """
        starting = self.run(self.lifespan.start())
        if not wait([starting], timeout_s).done:
            raise HangsError(f"no end of the start-up within {timeout_s:g} s")
        starting.result()

    def end(self) -> None:
        """Do what the app does at its end, and end the thread; what hangs is left."""
        self._held.free()
        wait([self.run(self.lifespan.stop())], END_S)
        self._held.free()
        wait([self.run(cancel_tasks())], END_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(END_S)


class _HeldLoop:
    """An event loop that the code of a cell may hold up."""

    def __init__(self, run: Run) -> None:
        """Look which loop it is, and whose thread.

        Raises:
            HeldUpError: It does not answer.
        """
        self._run = run
        found = run(_where())
        if not wait([found], GRACE_S).done:
            raise held_up()
        self._loop, self._number = found.result()

    def free(self) -> None:
        """Interrupt what holds up the loop, and the threads that it waits for."""
        until_s = monotonic() + GRACE_S
        while monotonic() < until_s:
            numbers = list(self._held())
            if not numbers:
                return
            for number in numbers:
                interrupt_thread(number)

    def _held(self) -> Iterator[int]:
        if not wait([self._run(_nothing())], ANSWER_S).done:
            yield self._number
        frames = sys._current_frames()
        for thread in self._workers():
            if _runs_users_code(frames.get(thread.ident or 0)):
                yield thread.ident or 0

    def _workers(self) -> Iterator[threading.Thread]:
        """Yield the threads that run plain functions for the loop."""
        executor = getattr(self._loop, "_default_executor", None)
        yield from list(getattr(executor, "_threads", ()))
        for thread in threading.enumerate():
            if getattr(thread, "loop", None) is self._loop:  # a worker of anyio's
                yield thread


def held_up() -> HeldUpError:
    """Return the error for a server whose loop does not answer."""
    return HeldUpError(
        "The app's server is held up by a view that does not end: %serve stop.",
        why="an async view that never awaits lets nothing else run.",
        fix="%serve stop, mend the view, then %serve.",
    )


def _runs_users_code(frame: Any) -> bool:
    while frame is not None:
        if is_users_file(frame.f_code.co_filename):
            return True
        frame = frame.f_back
    return False


async def _where() -> tuple[asyncio.AbstractEventLoop, int]:
    return asyncio.get_running_loop(), threading.get_ident()


async def _nothing() -> None:
    pass
