"""What the framework asks of a notebook: names of cells, `app.run`, failed views."""

from __future__ import annotations

import os
import sys
from typing import Any
from wsgiref.types import WSGIEnvironment

from IPython.core.interactiveshell import InteractiveShell
from werkzeug.serving import make_server

from werkbook import serving
from werkbook.app import App
from werkbook.system import this_system

from ..magic_cells.cell_code import name_file
from ..notebook.apps import name_app
from ..output.notes import show_note
from .hints import hint_for
from .servers import show_server, start_server
from .template_frames import traceback_for_debugger

DEFAULT_PORT = 5000
"""The port of Flask's `app.run()`: notebooks that send requests to it count on it."""
LOOPBACK = "127.0.0.1"
NO_TLS = (
    "The notebook's server speaks no TLS: ssl_context holds outside the notebook; here"
    " write http:// in front of the address."
)

NO_SERVER = (
    "No server starts in the browser's Python, and none is needed: %browse and %http"
    " call the app directly."
)


class NotebookFrontEnd:
    """The front end of one shell, as `live.set_front_end` takes it."""

    def __init__(self, shell: InteractiveShell) -> None:
        """Speak for a shell."""
        self.shell = shell
        self._process_id = os.getpid()

    def name_cell(self, filename: str) -> str | None:
        """Return IPython's name of a cell, `Cell In[5]`; None for a real file."""
        return name_file(self.shell, filename)

    @property
    def is_in_kernel(self) -> bool:
        """Whether this is the kernel's process, not one that a cell started."""
        return os.getpid() == self._process_id

    def run(
        self,
        app: Any,
        host: str | None = None,
        port: int | None = None,
        options: dict[str, Any] | None = None,
        *,
        usual_port: int = DEFAULT_PORT,
    ) -> None:
        """Do what `app.run()` does in a notebook: serve in the background, return.

        Debug mode, reloader and threads are the notebook's business and are ignored.
        A port that is taken does not stop the cell: an app of this kernel that was
        run there gives it up, and from a foreign process another port is taken. Nor
        does an address of another machine, such as the author's. In a process that a
        cell has started (`Process(target=app.run)`) it serves until that is ended.
        """
        options = options or {}
        if not self.is_in_kernel:
            _serve_here(app, host, port, options)
            return
        if not this_system().has_sockets:
            show_note([NO_SERVER])
            return
        is_running = serving.find_server(app) is not None
        usual = (
            usual_port if port is None else int(port)
        )  # PORT of the environment is text
        asked = 0 if port is None and is_running else usual
        lines = [NO_TLS] if options.get("ssl_context") else []
        lines += _give_up_port(self.shell, app, asked)
        server = _start_where_possible(self.shell, app, host, asked, lines)
        show_note(lines, is_warning=True)
        show_server(self.shell, server, is_port_asked=server.port == usual)

    def failed(
        self, app: Any, exception: BaseException, environ: WSGIEnvironment
    ) -> None:
        """Keep the exception of a view for `%debug`, and say what may mend it."""
        hint = hint_for(exception, self.shell)
        if hint is not None and hint not in getattr(exception, "__notes__", ()):
            exception.add_note(hint)
        keep_for_debugger(self.shell, exception)


def keep_for_debugger(shell: InteractiveShell, exception: BaseException) -> None:
    """Make an exception the last one, so that `%debug` opens its innermost frame.

    May be called from any thread: `%debug` reads these names in the main thread.
    """
    traceback = traceback_for_debugger(exception)
    vars(sys)["last_exc"] = (
        exception  # Python 3.12 reads this one, 3.11 the three others
    )
    sys.last_type = type(exception)
    sys.last_value = exception
    sys.last_traceback = traceback
    # %debug prefers the last traceback that IPython itself showed.
    shell.InteractiveTB.tb = traceback


def _serve_here(
    app: Any, host: str | None, port: int | None, options: dict[str, Any]
) -> None:
    """Serve an app as outside a notebook: the child process is there for that alone."""
    number = DEFAULT_PORT if port is None else int(port)
    context = options.get("ssl_context")
    server = make_server(
        host or LOOPBACK, number, app, threaded=True, ssl_context=context
    )
    server.serve_forever()


def _start_where_possible(
    shell: InteractiveShell, app: App, host: str | None, port: int, lines: list[str]
) -> serving.Server:
    """Start a server as asked, else near it, with a line for each thing that differs.

    Raises:
        AddressError: Not even a free port of this machine can be listened on.
    """
    try:
        return start_server(shell, app, host=host, port=port)
    except serving.PortInUseError:
        lines.append(f"Port {port} is taken; the app is served on a free one.")
        return _start_where_possible(shell, app, host, 0, lines)
    except serving.AddressError as error:
        if host in (None, LOOPBACK) and port == 0:
            raise
        if host in (None, LOOPBACK):
            lines.append(f"{error.problem} The app is served on a free one.")
            return _start_where_possible(shell, app, host, 0, lines)
        lines.append(f"{error.problem} The app is served on {LOOPBACK}.")
        return _start_where_possible(shell, app, LOOPBACK, port, lines)


def _give_up_port(shell: InteractiveShell, app: App, port: int) -> list[str]:
    """Stop the server of another app of this kernel on a port that `app.run` wants."""
    lines = []
    for server in serving.servers():
        if port and server.port == port and server.app is not app:
            server.stop()
            lines.append(
                f"Port {port} served {name_app(shell, server.app)}, another app;"
                f" it serves {name_app(shell, app)} now."
            )
    return lines
