"""What `app.run()` of another framework's app does in a notebook: serve beside it.

Flask's `app.run()`, and what is built on it, end in Werkzeug's `run_simple`, which they
look up when they call it. It would keep the cell for ever, and the kernel with it; with
`debug=True` it would end the kernel (SystemExit). Bottle's `run` ends in the `run` of
what it calls a server adapter. Flask-SocketIO's `run` refuses to start Werkzeug's
server where there is no terminal.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIApplication

from werkzeug import serving as werkzeug_serving

from werkbook.typing import FrontEnd

from ..notebook.late_imports import when_imported


def install(front_end: FrontEnd) -> Callable[[], None]:
    """Let `run_simple` start a server in the background; return what undoes that.

    The same holds for Bottle's `run`, whatever server it is asked for, and for that of
    Flask-SocketIO.
    """
    blocking = werkzeug_serving.run_simple

    def run_simple(
        hostname: str, port: int, application: WSGIApplication, *_: Any, **options: Any
    ) -> None:
        """Serve an app from background threads of this kernel, and return."""
        front_end.run(application, hostname, port, options)

    undo_bottle = _install_for_bottle(front_end)
    undo_socketio = _install_for_socketio()

    def undo() -> None:
        undo_bottle()
        undo_socketio()
        if werkzeug_serving.run_simple is run_simple:
            werkzeug_serving.run_simple = blocking

    werkzeug_serving.run_simple = run_simple
    return undo


def _install_for_bottle(front_end: FrontEnd) -> Callable[[], None]:
    changed: list[tuple[Any, str, Any]] = []

    def change(place: Any, name: str, value: Any) -> None:
        changed.append((place, name, getattr(place, name)))
        setattr(place, name, value)

    def run_adapter(adapter: Any, app: WSGIApplication) -> None:
        """Serve an app from background threads of this kernel, and return."""
        front_end.run(app, adapter.host, adapter.port, adapter.options)

    def act(bottle: Any) -> None:
        change(bottle, "run", _without_reloader(bottle.run))
        # Its banner names a port before it is known, and a key that does nothing.
        change(bottle.ServerAdapter, "quiet", True)
        for kind in set(bottle.server_names.values()):
            change(kind, "run", run_adapter)

    end = when_imported("bottle", act)

    def undo() -> None:
        end()
        while changed:
            setattr(*changed.pop())

    return undo


def _install_for_socketio() -> Callable[[], None]:
    changed: list[tuple[Any, Any]] = []

    def run(
        socketio: Any, app: Any, host: Any = None, port: Any = None, **_: Any
    ) -> None:
        """Serve an app from background threads of this kernel, and return."""
        app.run(host=host, port=port)

    def act(flask_socketio: Any) -> None:
        kind = flask_socketio.SocketIO
        changed.append((kind, kind.run))
        kind.run = run

    end = when_imported("flask_socketio", act)

    def undo() -> None:
        end()
        for kind, blocking in changed:
            kind.run = blocking

    return undo


def _without_reloader(run: Callable[..., None]) -> Callable[..., None]:
    """Return Bottle's `run` without what would start the kernel's program again."""

    @functools.wraps(run)
    def run_beside(*arguments: Any, **options: Any) -> None:
        run(*arguments, **{**options, "reloader": False})

    return run_beside
