"""What `uvicorn.run(app)` and its like do in a notebook: serve in the background.

They would keep the cell for ever, or fail, as the kernel's event loop runs already.
uvicorn's `run` and servers, Quart's `app.run()` and FastHTML's `serve()` start the
notebook's server and return.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from werkbook.errors import WerkbookError

from ..notebook.late_imports import when_imported
from .notebook_front_end import NotebookFrontEnd

UVICORN_PORT = 8000
QUART_PORT = 5000
FASTHTML_PORT = 5001


class NoSuchAppError(WerkbookError, ImportError):
    """The text that names an app for uvicorn names none."""


Act = Callable[[NotebookFrontEnd, "_Changes", Any], None]


class _Changes:
    """Attributes of foreign modules that are changed, until that is undone."""

    def __init__(self) -> None:
        self._undoing: list[Callable[[], None]] = []

    def set(self, place: Any, name: str, value: Any) -> None:
        self._undoing.append(partial(setattr, place, name, getattr(place, name)))
        setattr(place, name, value)

    def exchange(self, package: str, name: str, old: Any, new: Any) -> None:
        """Change what a package's modules have; those imported later take it over."""
        _exchange(package, name, old, new)
        self._undoing.append(partial(_exchange, package, name, new, old))

    def undo(self) -> None:
        while self._undoing:
            self._undoing.pop()()


def _exchange(package: str, name: str, old: Any, new: Any) -> None:
    for module_name, module in list(sys.modules.items()):
        if module_name.partition(".")[0] == package and (
            getattr(module, name, None) is old
        ):
            setattr(module, name, new)


def install(front_end: NotebookFrontEnd) -> Callable[[], None]:
    """Let what runs ASGI apps serve them in the background; return what undoes that."""
    changes = _Changes()
    acts: dict[str, Act] = {
        "uvicorn": _change_uvicorn,
        "quart.app": _change_quart,
        "fasthtml.core": _change_fasthtml,
    }
    ends = [
        when_imported(name, partial(act, front_end, changes))
        for name, act in acts.items()
    ]

    def undo() -> None:
        for end in ends:
            end()
        changes.undo()

    return undo


def _change_uvicorn(
    front_end: NotebookFrontEnd, changes: _Changes, uvicorn: Any
) -> None:
    blocking, serving = uvicorn.run, uvicorn.Server.serve
    blocking_server = uvicorn.Server.run

    def run(app: Any, *arguments: Any, **options: Any) -> None:
        """Serve an app from a background thread of this kernel, and return."""
        if not front_end.is_in_kernel:
            blocking(app, *arguments, **options)
            return
        found = find_app(front_end, app, is_factory=bool(options.get("factory")))
        _run(front_end, found, options, UVICORN_PORT)

    def run_server(server: Any, *arguments: Any, **options: Any) -> None:
        if is_engines(server) or not front_end.is_in_kernel:
            blocking_server(server, *arguments, **options)
        else:
            _run_config(front_end, server)

    async def serve(server: Any, *arguments: Any, **options: Any) -> None:
        if is_engines(server) or not front_end.is_in_kernel:
            await serving(server, *arguments, **options)
        else:
            _run_config(front_end, server)

    changes.set(uvicorn, "run", run)
    changes.set(import_module("uvicorn.main"), "run", run)
    changes.set(uvicorn.Server, "run", run_server)
    changes.set(uvicorn.Server, "serve", serve)


def is_engines(server: Any) -> bool:
    """Say whether a server of uvicorn's is one in which Werkbook serves an app."""
    return getattr(server, "werkbook_engine", False)


def _run_config(front_end: NotebookFrontEnd, server: Any) -> None:
    config = server.config
    found = find_app(front_end, config.app, is_factory=config.factory)
    _run(front_end, found, vars(config), UVICORN_PORT)
    server.started = True


def _run(
    front_end: NotebookFrontEnd, app: Any, options: dict[str, Any], usual_port: int
) -> None:
    has_tls = options.get("ssl_certfile") or options.get("certfile")
    port = options.get("port")
    host = options.get("host")
    settings = {"ssl_context": has_tls} if has_tls else {}
    front_end.run(app, host, port, settings, usual_port=usual_port)


def _change_quart(front_end: NotebookFrontEnd, changes: _Changes, quart: Any) -> None:
    blocking = quart.Quart.run

    def run(
        app: Any, host: str | None = None, port: int | None = None, **options: Any
    ) -> None:
        """Serve the app from a background thread of this kernel, and return."""
        if not front_end.is_in_kernel:
            blocking(app, host, port, **options)
            return
        _run(front_end, app, {**options, "host": host, "port": port}, QUART_PORT)

    changes.set(quart.Quart, "run", run)


def _change_fasthtml(front_end: NotebookFrontEnd, changes: _Changes, core: Any) -> None:
    blocking = core.serve

    def serve(
        appname: str | None = None,
        app: Any = "app",
        host: str | None = None,
        port: int | None = None,
        *arguments: Any,
        **options: Any,
    ) -> None:
        """Serve the app from a background thread of this kernel, and return."""
        caller: Any = inspect.currentframe()
        names = caller.f_back.f_globals
        if not front_end.is_in_kernel:
            blocking(appname, app, host or "0.0.0.0", port, *arguments, **options)
        elif names.get("__name__") == "__main__":
            found = names[app] if isinstance(app, str) else app
            asked = port or os.environ.get("PORT")
            given = {"host": host, "port": int(asked) if asked else None}
            _run(front_end, found, given, FASTHTML_PORT)

    changes.exchange("fasthtml", "serve", blocking, serve)


def find_app(front_end: NotebookFrontEnd, app: Any, *, is_factory: bool) -> Any:
    """Return the app that uvicorn is asked to run.

    Args:
        front_end: Whose notebook has the names.
        app: The app, or text such as ``main:app``. A module that does not exist
            stands for the notebook, which is about to be that module.
        is_factory: What is named makes the app.

    Raises:
        NoSuchAppError: The text names no app.
    """
    found = _find_named(front_end, app) if isinstance(app, str) else app
    return found() if is_factory else found


def _find_named(front_end: NotebookFrontEnd, text: str) -> Any:
    module_name, _, name = text.partition(":")
    try:
        place: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name != module_name.partition(".")[0]:
            raise
        place = sys.modules["__main__"]
    try:
        for part in (name or "app").split("."):
            place = getattr(place, part)
    except AttributeError:
        raise NoSuchAppError(
            f"uvicorn.run({text!r}) names no app.",
            why=f"neither a module {module_name!r} nor the notebook has {name!r}.",
            fix="hand in the app itself: uvicorn.run(app).",
        ) from None
    return place
