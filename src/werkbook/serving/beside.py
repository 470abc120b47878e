"""What a server answers beside its app, under a path that no app has."""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/_werkbook"
"""Below it is what is mounted; rules of the app there are not reached."""


class Mounted(Protocol):
    """A WSGI application that is told when its server stops."""

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", /
    ) -> Iterable[bytes]:
        """Answer a request."""

    def close(self) -> None:
        """Let nobody wait for an answer any longer."""


MakeMounted = Callable[["WSGIApplication"], Mounted]
_makers: list[MakeMounted] = []


def mount(make: MakeMounted) -> Callable[[], None]:
    """Have each server of this process answer below `PREFIX`, until that is undone.

    Args:
        make: Called with a server's app when the first request for it comes.

    Returns:
        What undoes it.
    """
    _makers[:] = [make]

    def undo() -> None:
        if make in _makers:
            _makers.remove(make)

    return undo


class Beside:
    """An app that hands to what is mounted what is asked below `PREFIX`.

    Args:
        app: Who answers all else.
        served: The app that the server is of.
    """

    def __init__(self, app: "WSGIApplication", served: "WSGIApplication"):
        self._app = app
        self._served = served
        self._lock = threading.Lock()
        self._made: tuple[MakeMounted, Mounted] | None = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer by the app, or by what is mounted beside it."""
        if not self.is_asked(environ):
            return self._app(environ, start_response)
        environ["SCRIPT_NAME"] += PREFIX
        environ["PATH_INFO"] = environ["PATH_INFO"][len(PREFIX) :]
        return self._mounted(_makers[0])(environ, start_response)

    def is_asked(self, environ: "WSGIEnvironment") -> bool:
        """Tell whether a request is for what is mounted, not for the app."""
        path: str = environ["PATH_INFO"]
        return bool(_makers) and path.startswith(PREFIX + "/")

    def _mounted(self, make: MakeMounted) -> Mounted:
        with self._lock:
            made = self._made
            if made is None or made[0] is not make:
                made = self._made = make, make(self._served)
            return made[1]

    def close(self) -> None:
        """Close what is mounted."""
        if self._made is not None:
            self._made[1].close()
            self._made = None
