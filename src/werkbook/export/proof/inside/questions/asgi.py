"""An ASGI app as a WSGI one, for one who asks: one request at a time.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import asyncio
import inspect
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import unquote

END_S = 10.0
"""Seconds that an app's end may take."""
AFTER_S = 1.0
"""Seconds that an app has for what it does after its answer (background tasks)."""
LOOK_S = 0.05
"""How often who waits can be told to end: a thread is not, while it waits in C code."""


def is_asgi(app: Any) -> bool:
    """Tell whether an app is called as `await app(scope, receive, send)`."""
    if inspect.iscoroutinefunction(app):
        return True
    call = getattr(type(app), "__call__", None)  # noqa: B004  # is it a coroutine's?
    return inspect.iscoroutinefunction(call)


class StartUpTooLongError(TimeoutError):
    """An app's start-up takes longer than it may here; a server would wait."""

    __module__ = "builtins"  # a person reads its name


class AsgiAsWsgi:
    """Calls an ASGI app in an event loop, and waits for what it sends.

    Args:
        app: The app.
        run: Runs a coroutine in the loop in which the app lives already. Without it
            the app gets a loop in a thread of its own, and its lifespan begins.
        state: What the app's start-up has left for its requests, if it lives already.
        start_s: Seconds that its start-up may take: a model may be read. Servers wait
            for it; here it has failed then.

    Attributes:
        run: Runs a coroutine in the loop in which the app lives.
        raised: What the last request raised behind its answer, or None.
        failed_start: Why the app's start-up failed, with which servers give up; None
            where it has not, or where the app knows no start-up.
    """

    def __init__(
        self,
        app: Any,
        run: Callable[[Any], Future[Any]] | None = None,
        state: dict[str, Any] | None = None,
        *,
        start_s: float = 10.0,
    ) -> None:
        self.app = app
        self.raised: BaseException | None = None
        self.failed_start: BaseException | None = None
        self._state = {} if state is None else state
        self._loop: asyncio.AbstractEventLoop | None = None
        if run is None:
            self._loop = loop = asyncio.new_event_loop()
            run = partial(_run_in, loop)
            self._thread = threading.Thread(target=loop.run_forever, daemon=True)
            self._thread.start()
        self.run = run
        if self._loop is not None:
            started = threading.Event()
            # The loop holds no task: what waits for the app's end would be collected.
            self._life = run(self._live(started))
            if not started.wait(start_s):
                self.failed_start = StartUpTooLongError(
                    f"the app's start-up (lifespan) takes longer than {start_s:g} s"
                )

    def close(self) -> None:
        """End the app's own event loop, and what waits in it for the app's end."""
        if self._loop is not None:
            self.run(cancel_tasks()).result(END_S)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(END_S)
            self._loop.close()

    async def _live(self, started: threading.Event) -> None:
        receive = _receiving({"type": "lifespan.startup"})

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.failed":
                self.failed_start = RuntimeError(message.get("message") or "no reason")
            else:
                started.set()

        try:
            scope = {
                "type": "lifespan",
                "asgi": {"version": "3.0"},
                "state": self._state,
            }
            await self.app(scope, receive, send)
        except BaseException as error:
            # An app without a lifespan raises, too, and says nothing before.
            self.failed_start = self.failed_start and error
        finally:
            started.set()

    def scope(self, environ: dict[str, Any]) -> dict[str, Any]:
        """Say of a request of WSGI what an ASGI app gets of it."""
        return {**_scope(environ), "state": dict(self._state)}

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterator[bytes]:
        """Answer a WSGI request (PEP 3333)."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        sent: queue.Queue[dict[str, Any] | BaseException] = queue.Queue()
        answering = self._answer(self.scope(environ), body, sent)
        task = self.run(answering)
        try:
            first = _take(sent)
        except BaseException:  # who waits is told to end
            task.cancel()
            raise
        headers = [
            (k.decode("latin-1"), v.decode("latin-1")) for k, v in first["headers"]
        ]
        start_response(f"{first['status']} -", headers)
        self.raised = None
        return self._parts(sent, task.cancel)

    def _parts(
        self, sent: queue.Queue[Any], cancel: Callable[[], Any]
    ) -> Iterator[bytes]:
        try:
            while True:
                message = _take(sent)
                if message.get("body"):
                    yield message["body"]
                if not message.get("more_body"):
                    self.raised = _wait_for_end(sent)
                    return
        finally:
            cancel()

    async def _answer(
        self, scope: dict[str, Any], body: bytes, sent: queue.Queue[Any]
    ) -> None:
        receive = _receiving({"type": "http.request", "body": body, "more_body": False})

        async def send(message: dict[str, Any]) -> None:
            sent.put({"headers": [], **message})

        try:
            await self.app(scope, receive, send)
        except BaseException as error:
            sent.put(error)
        else:
            sent.put({"type": "http.response.body", "more_body": False})


def _run_in(loop: asyncio.AbstractEventLoop, coroutine: Any) -> Future[Any]:
    return asyncio.run_coroutine_threadsafe(coroutine, loop)


async def cancel_tasks() -> None:
    """End all tasks of the loop in which this runs, and wait until they have ended."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for one in tasks:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _receiving(message: dict[str, Any]) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Return the `receive` of an app that gets one message, and no more after it."""
    messages = iter([message])

    async def receive() -> dict[str, Any]:
        for one in messages:
            return one
        await asyncio.Event().wait()
        raise AssertionError("nothing sets the event")

    return receive


def _take(sent: queue.Queue[Any]) -> dict[str, Any]:
    message = None
    while message is None:
        with suppress(queue.Empty):
            message = sent.get(timeout=LOOK_S)
    if isinstance(message, BaseException):
        raise message
    found: dict[str, Any] = message
    return found


def _wait_for_end(sent: queue.Queue[Any]) -> BaseException | None:
    """Wait until the call has ended, in which an app may do more after its answer.

    Return what it raised: Starlette answers 500, and then raises the view's exception.
    """
    until_s = time.monotonic() + AFTER_S
    while time.monotonic() < until_s:
        with suppress(queue.Empty):
            last = sent.get(timeout=LOOK_S)
            return last if isinstance(last, BaseException) else None
    return None


def _scope(environ: dict[str, Any]) -> dict[str, Any]:
    headers = [
        (name[5:].replace("_", "-").lower().encode(), str(value).encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            key = name.replace("_", "-").lower().encode()
            headers.append((key, str(environ[name]).encode("latin-1")))
    path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": environ["REQUEST_METHOD"],
        "scheme": "http",
        "path": unquote(path) if "%" in path else path,
        "raw_path": path.encode(),
        "query_string": environ.get("QUERY_STRING", "").encode("latin-1"),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
