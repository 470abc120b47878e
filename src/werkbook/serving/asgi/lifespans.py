"""An ASGI app's lifespan: what it does before its first and after its last request.

Source: https://asgi.readthedocs.io/en/latest/specs/lifespan.html
"""

import asyncio
from typing import Any

from werkbook.errors import WerkbookError
from werkbook.serving.asgi.asgi_scopes import AsgiApplication, Message, Scope

ASGI_VERSION = {"version": "3.0", "spec_version": "2.0"}


class LifespanError(WerkbookError, RuntimeError):
    """An app's start-up failed, and it says no more than that."""


class Lifespan:
    """The lifespan of one app, in the event loop that serves it.

    Args:
        app: The app; one without a lifespan is served all the same.

    Attributes:
        state: What the app's start-up put there for its requests.
        scope: What the app was told of the lifespan, and has noted there.
    """

    def __init__(self, app: AsgiApplication):
        self._app = app
        self.state: dict[str, Any] = {}
        self.scope: Scope = {
            "type": "lifespan",
            "asgi": ASGI_VERSION,
            "state": self.state,
        }
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        self._started = asyncio.Event()
        self._stopped = asyncio.Event()
        self._failure = ""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Do the app's start-up.

        Raises:
            LifespanError: The app says that it failed, and not by which error.
            BaseException: The error that the start-up raised.
        """
        self._messages.put_nowait({"type": "lifespan.startup"})
        self._task = asyncio.create_task(self._run())
        await self._started.wait()
        if self._failure:
            await asyncio.wait([self._task])
            error = None if self._task.cancelled() else self._task.exception()
            raise error if error is not None else start_failed(self._failure)

    async def stop(self) -> str:
        """Do what the app does at its end; return what went wrong with that."""
        task = self._task
        if task is None or task.done():
            return ""
        self._messages.put_nowait({"type": "lifespan.shutdown"})
        await self._stopped.wait()
        return self._failure

    async def _run(self) -> None:
        try:
            await self._app(self.scope, self._messages.get, self._send)
        except BaseException as error:
            if self._failure or not isinstance(error, Exception):
                raise
            # An app without a lifespan raises as soon as it is told of one.
            if self._started.is_set() and not self._stopped.is_set():
                self._failure = f"{type(error).__name__}: {error}"
        finally:
            self._started.set()
            self._stopped.set()

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if not kind.startswith("lifespan."):
            raise RuntimeError(f"a lifespan has no message {kind!r}")
        if kind.endswith(".failed"):
            self._failure = message.get("message") or "it did not say why"
        if kind.startswith("lifespan.shutdown"):
            self._stopped.set()
        elif not self._failure:
            self._started.set()


def start_failed(text: str) -> LifespanError:
    """Return the error for a start-up that failed without an error."""
    lines = text.strip().splitlines()
    return LifespanError(
        "The app's start-up failed.",
        why=f"it says: {lines[-1] if lines else text}.",
        fix="look at its lifespan function, or at what it does on start-up.",
    )
