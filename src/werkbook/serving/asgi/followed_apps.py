"""Serving a notebook's ASGI app from its file: its lifespan follows what is saved."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from werkbook.serving.asgi.asgi_scopes import Message, Receive, Scope, Send
from werkbook.serving.asgi.lifespans import Lifespan
from werkbook.serving.asgi.uvicorn_engine import load_uvicorn


class Followed(Protocol):
    """What has the app of the last good save."""

    @property
    def app(self) -> Any:
        """That app."""


class AsgiNotebookApp:
    """An ASGI app that is always the last good state of a notebook's file.

    Args:
        served: What follows the file.
    """

    def __init__(self, served: Followed) -> None:
        self._served = served
        self._app: Any = None
        self._lifespan: Lifespan | None = None
        self._changing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the app of the last good save."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        app, state = await self._current()
        await app(
            {**scope, "state": {**scope.get("state", {}), **state}}, receive, send
        )

    async def _current(self) -> tuple[Any, dict[str, Any]]:
        """Return the app of now, started up, and its state for requests."""
        async with self._changing:
            app = self._served.app
            if app is not self._app or self._lifespan is None:
                await self._end()
                self._app, self._lifespan = app, Lifespan(app)
                await self._lifespan.start()
            return app, self._lifespan.state

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._current()
        except Exception as error:
            failed: Message = {"type": "lifespan.startup.failed", "message": str(error)}
            await send(failed)
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._end()
        await send({"type": "lifespan.shutdown.complete"})

    async def _end(self) -> None:
        lifespan, self._lifespan = self._lifespan, None
        if lifespan is not None:
            await lifespan.stop()


def serve_asgi(host: str, port: int, served: Followed, **_: Any) -> None:
    """Serve a notebook's app by uvicorn until interrupted.

    Raises:
        NoUvicornError: uvicorn is not installed.
    """
    uvicorn = load_uvicorn(served.app)
    uvicorn.run(AsgiNotebookApp(served), host=host, port=port, lifespan="on")
