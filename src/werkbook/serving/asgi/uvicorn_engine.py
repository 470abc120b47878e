"""The thread in which uvicorn serves an ASGI app, on a socket of the server's."""

import asyncio
import os
import socket
import threading
import weakref
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from importlib import import_module
from typing import Any

from werkbook.serving.applications import name_application
from werkbook.serving.asgi.asgi_scopes import AsgiApplication, Scope
from werkbook.serving.asgi.door import Door
from werkbook.serving.asgi.lifespans import Lifespan
from werkbook.serving.asgi.limited_connections import make_protocol
from werkbook.serving.asgi.websocket_calls import OpenWebSocket
from werkbook.serving.http.limits import GRACE_S, Limits
from werkbook.serving.http.upgraded_socket import GOING_AWAY
from werkbook.serving.log import ServerLog
from werkbook.serving.output import own_thread
from werkbook.serving.serving_errors import NoUvicornError, no_threads

_engines: "weakref.WeakSet[UvicornEngine]" = weakref.WeakSet()
TICK_S = 0.05
"""How often it is looked whether the server is up."""


class UvicornEngine:
    """Serves an ASGI app on a listening socket, until it is stopped.

    Args:
        listener: Bound and listening; the engine closes it.
        app: The app, whose lifespan this is.
        door: Who answers.
        log: Where its output goes that belongs to no request.
        limits: What a client may ask for.
    """

    def __init__(
        self,
        listener: socket.socket,
        app: AsgiApplication,
        door: Door,
        log: ServerLog,
        limits: Limits,
    ):
        self._listener = listener
        self._door = door
        self._app = app
        self._log = log
        self._lifespan = Lifespan(app)
        self._loop = asyncio.new_event_loop()
        self._server = _make_server(door, limits)
        self._thread = threading.Thread(
            target=self._work,
            name=f"werkbook-asgi-{listener.getsockname()[1]}",
            daemon=True,  # as the threads are that it starts
        )
        self._is_up: Future[None] = Future()
        self.is_stopping = False
        _engines.add(self)

    def start(self) -> None:
        """Do the app's start-up, and begin to accept.

        Raises:
            NoServerError: No thread can be started.
            BaseException: What the app's start-up raised.
        """
        own_thread(self._thread, self._log)
        try:
            self._thread.start()
        except RuntimeError:
            self._listener.close()
            self._loop.close()
            raise no_threads() from None
        try:
            self._is_up.result()
        except BaseException:
            self.is_stopping = True
            self._server.should_exit = True
            raise

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> "Future[Any]":
        """Run a coroutine in the event loop that serves the app, from any thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    @property
    def state(self) -> dict[str, Any]:
        """What the app's start-up put there for its requests."""
        return self._door.state

    @property
    def lifespan_scope(self) -> Scope:
        """What the app was told of its lifespan, and has noted there."""
        return self._lifespan.scope

    def renew_lifespan(self) -> None:
        """End the app's lifespan and begin it anew, as the app now says.

        Raises:
            BaseException: What the app's start-up raised.
        """
        self.run(self._renew()).result()

    async def _renew(self) -> None:
        await self._end_lifespan()
        self._lifespan = Lifespan(self._app)
        await self._begin_lifespan()

    def stop(self, timeout_s: float) -> list[str]:
        """Close the socket and all connections, end the lifespan and the thread.

        Returns:
            The request lines of what still runs when `timeout_s` is over.
        """
        self.is_stopping = True
        for one in self.websockets():
            one.end(GOING_AWAY, "The server stops.")
        self._server.should_exit = True
        if self._thread is threading.current_thread():
            return []
        self._thread.join(timeout_s)
        return self._door.running() if self._thread.is_alive() else []

    def websockets(self) -> list[OpenWebSocket]:
        """Return the WebSockets that are open."""
        return self._door.websockets()

    def abandon(self) -> None:
        """Let go of the socket in a forked child, which has none of the threads."""
        self.is_stopping = True
        self._listener.close()

    def _work(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:
            if not self._is_up.done():
                self._is_up.set_exception(error)
            elif not isinstance(error, asyncio.CancelledError):
                self._log.write(f"the server has ended: {error!r}\n")
        finally:
            self.is_stopping = True
            self._listener.close()
            with suppress(Exception):
                self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _serve(self) -> None:
        await self._begin_lifespan()
        serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        try:
            while not self._server.started and not serving.done():
                await asyncio.sleep(TICK_S)
            if not self._is_up.done() and not serving.done():
                self._is_up.set_result(None)
            await serving
        finally:
            await self._end_lifespan()

    async def _begin_lifespan(self) -> None:
        await self._lifespan.start()
        self._door.state = self._lifespan.state

    async def _end_lifespan(self) -> None:
        failure = await self._lifespan.stop()
        if failure:
            self._log.write(f"the app's shutdown failed: {failure}\n")


def load_uvicorn(app: object) -> Any:
    """Return uvicorn.

    Raises:
        NoUvicornError: It is not installed.
    """
    try:
        return import_module("uvicorn")
    except ImportError:
        name = name_application(app)
        raise NoUvicornError(
            f"{name[0].upper()}{name[1:]} is an ASGI application, and uvicorn is not"
            " installed.",
            why="ASGI needs a server with an event loop, and uvicorn is one.",
            fix="pip install uvicorn, or with all that goes with it: "
            "pip install 'werkbook[asgi]'.",
        ) from None


def _make_server(door: Door, limits: Limits) -> Any:
    uvicorn = load_uvicorn(door)
    config = uvicorn.Config(
        "",
        interface="asgi3",
        lifespan="off",  # it is the engine's own
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # the gates read them, from this machine alone
        server_header=False,
        http=make_protocol(limits),
        timeout_keep_alive=limits.idle_s,
        timeout_graceful_shutdown=max(1, int(GRACE_S)),
        h11_max_incomplete_event_size=limits.head_bytes,
        ws_max_size=limits.message_bytes,
        ws_max_queue=limits.waiting_messages,
        ws_per_message_deflate=False,
    )
    # Only now: who watches which apps are served shall not take the door for one.
    config.app = door
    server = uvicorn.Server(config)
    server.werkbook_engine = True
    return server


def _abandon_all() -> None:
    for engine in list(_engines):
        engine.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
