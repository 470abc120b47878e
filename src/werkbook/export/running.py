"""Serving a notebook's app straight from its file, and following what is saved."""

from __future__ import annotations

import linecache
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click
from werkzeug import run_simple

from werkbook.cells.cell import NotebookError
from werkbook.cells.read import load
from werkbook.cli.command_errors import ends_on_errors
from werkbook.errors import WerkbookError
from werkbook.export.exporter import export
from werkbook.export.notebook_folder import options_for
from werkbook.plain_words import on_one_line
from werkbook.serving.applications import is_asgi
from werkbook.serving.asgi.followed_apps import serve_asgi

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_LINE_CHARS = 1000
POLL_S = 0.5
"""Seconds between two looks at the notebook's file."""


def load_app(
    notebook: Path,
    *,
    app: str | None = None,
    number: int = 0,
    target: str | None = None,
) -> WSGIApplication:
    """Export a notebook in memory, execute the text in this process, give its app.

    Args:
        notebook: The saved notebook.
        app: The name of its app; the last one when None.
        number: Tells the modules of one notebook apart.
        target: "flask" or "werkbook"; None leaves the notebook's own imports.

    Raises:
        NotebookError: The file is not a notebook, or its app cannot be called.
        NoAppError: It makes no app.
        Exception: Whatever the notebook's own code raises.
    """
    book = load(notebook)
    options = options_for(
        notebook.parent, notebook.name, target=target, app=app, python=book.python
    )
    result = export(book.cells, options)
    name = f"werkbook_notebook_{number}"
    module = ModuleType(name, f"The app of {notebook.name}.")
    # Beside the notebook, so that its templates and files are found.
    module.__file__ = str(notebook.resolve().with_name(f"<{notebook.name}>.py"))
    filename = f"<{notebook.name} {number}>"
    lines = result.source.splitlines(keepends=True)
    linecache.cache[filename] = (len(result.source), None, lines, filename)
    sys.modules[name] = module
    try:
        exec(compile(result.source, filename, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    found = getattr(module, result.app)
    if not callable(found):
        raise NotebookError(
            f"{result.app!r} of {notebook.name!r} is not a WSGI app.",
            why=f"it is {type(found).__name__}, which cannot be called.",
            fix="name the app with --app NAME.",
        )
    return found  # type: ignore[no-any-return]  # a callable of the notebook's


class NotebookApp:
    """A WSGI app that is always the last good state of a notebook's file.

    Requests that are under way keep the app that they began with; the next ones get
    the new one. Any thread may ask; `check` is for one thread.
    """

    def __init__(
        self,
        notebook: Path,
        *,
        app: str | None = None,
        say: Callable[[str], Any] = click.echo,
    ) -> None:
        """Load the notebook.

        Raises:
            Exception: The notebook cannot be exported, or its code fails.
        """
        self.notebook = notebook
        self._name = app
        self._say = say
        self._number = 0
        self._state = self._look()
        self._app = load_app(notebook, app=app)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer with the app of the last good save."""
        return self._app(environ, start_response)

    @property
    def _name_shown(self) -> str:
        return on_one_line(self.notebook.name, MAX_LINE_CHARS)

    @property
    def app(self) -> Any:
        """The app of the last good save, of WSGI or ASGI."""
        return self._app

    def check(self) -> bool:
        """Load the file if it was saved anew; say whether a new app is in place.

        A save that does not work leaves the app in place, and says why.
        """
        state = self._look()
        if state is None or state == self._state:
            return False
        self._state = state
        self._number += 1
        try:
            app = load_app(self.notebook, app=self._name, number=self._number)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            reason = "".join(traceback.format_exception_only(error)).strip()
            shown = "\n".join(
                on_one_line(one, MAX_LINE_CHARS) for one in reason.split("\n")[:9]
            )
            self._say(f" * {self._name_shown} was saved, but does not work: {shown}")
            self._say(" * The app of the last save that worked goes on.")
            return False
        self._app = app
        self._say(f" * {self._name_shown} was saved: the new app is in place.")
        return True

    def follow(self) -> None:
        """Check the file from a background thread until `stop` is called."""
        self._thread = threading.Thread(
            target=self._follow, name="werkbook-notebook", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop following; returns when the thread has ended."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _follow(self) -> None:
        while not self._stopped.wait(POLL_S):
            self.check()

    def _look(self) -> tuple[int, int] | None:
        """What tells one save from the next; None while the file is being replaced."""
        try:
            status = self.notebook.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size


def _load_first(notebook: Path, app: str | None) -> NotebookApp:
    """Load a notebook that is to be served.

    Raises:
        NotebookError: Its code fails.
        WerkbookError: What is wrong with the file, or its app.
        OSError: The file cannot be read.
    """
    try:
        return NotebookApp(notebook, app=app)
    except (WerkbookError, OSError, KeyboardInterrupt):
        raise
    except BaseException as error:
        reason = "".join(traceback.format_exception_only(error)).strip()
        raise NotebookError(
            f"The app of {notebook.name!r} cannot be served.",
            why=f"its code ends with {' '.join(reason.split())}",
            fix="restart the kernel and run all cells: that shows which one it is.",
        ) from error


def run_notebook(
    notebook: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    reload: bool = False,
    app: str | None = None,
    serve: Callable[..., Any] | None = None,
) -> None:
    """Serve a notebook's app until interrupted; the `run` command calls this.

    Args:
        notebook: The saved notebook.
        host: The interface to bind to.
        port: The TCP port.
        reload: Follow the file: a saved change is swapped in without a restart.
        app: The name of its app; the last one when None.
        serve: Werkzeug's `run_simple`, or what takes its place in a test.
    """
    folder = str(notebook.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    os.chdir(folder)
    with ends_on_errors():
        served = _load_first(notebook.resolve(), app)
    name = on_one_line(notebook.name, MAX_LINE_CHARS)
    click.echo(f" * Serving the app of {name}")
    if reload:
        served.follow()
    serve = serve or (serve_asgi if is_asgi(served.app) else run_simple)
    try:
        serve(host, port, served, threaded=True)
    finally:
        served.stop()
