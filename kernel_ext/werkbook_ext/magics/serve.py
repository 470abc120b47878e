"""`%serve`: the app's server, in a background thread of the kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any
from wsgiref.types import WSGIApplication

from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics
from markupsafe import escape

from werkbook import serving

from ..config import options_of
from ..notebook.apps import app_here, name_of_app, which_app
from ..notebook.environment import environment_of
from ..output.notes import show_note
from ..output.varying import Varying
from .arguments import MagicParser, line_magic, magics_class, port_number, shell_of
from .errors import shown_briefly

PARSER = MagicParser("%serve", "[APP] [--port N] [--host H], or %serve stop [APP]")
PARSER.add_argument("words", nargs="*")
PARSER.add_argument("--app")
PARSER.add_argument("--port", type=port_number)
PARSER.add_argument("--host")


@magics_class
class ServeMagics(Magics):
    """`%serve`."""

    @line_magic("serve")
    def serve(self, line: str) -> None:
        """Serve an app from a background thread of this kernel.

        `%serve [APP] [--port N] [--host H]` starts the server, or shows the one that
        runs; `%serve stop` stops it. APP is any WSGI application.
        """
        arguments = PARSER.parse_line(line)
        shell = shell_of(self)
        words: list[str] = arguments.words
        is_stop = bool(words) and words[0] == "stop" and "stop" not in shell.user_ns
        names = words[1:] if is_stop else words
        if len(names) + (arguments.app is not None) > 1:
            PARSER.error("one app at a time")
        name = names[0] if names else arguments.app
        with shown_briefly():
            if is_stop:
                _stop(shell, name)
                return
            app = which_app(shell, name)
            server = start(shell, app, host=arguments.host, port=arguments.port)
            show_server(shell, server, is_port_asked=bool(arguments.port))


def serve(
    app: WSGIApplication | None = None,
    *,
    host: str | None = None,
    port: int | None = None,
) -> serving.Server:
    """Serve an app from a background thread, as `%serve` does.

    Args:
        app: Any WSGI application; None for the notebook's.
        host: The address to bind; None for the option's.
        port: The port to bind; None for the option's, 0 for a free one.

    Returns:
        The server, with `url`, `port`, `app` and `stop()`. The same app again gives
        the same server.

    Raises:
        PortInUseError: The port that was asked for is taken.
    """
    shell = get_ipython()
    if app is None:
        app = app_here(shell)
    return start(shell, app, host=host, port=port)


def start(
    shell: InteractiveShell | None,
    app: WSGIApplication,
    *,
    host: str | None = None,
    port: int | None = None,
) -> serving.Server:
    """Start the server of an app; one that runs stays where it is unless asked."""
    if shell is None:
        return serving.serve(app, host=host, port=port)
    timeout_s = options_of(shell).timeout_s
    return serving.serve(app, host=host, port=port, timeout_s=timeout_s)


def follow_options(shell: InteractiveShell) -> Callable[[], None]:
    """Make a shell's options those of each server that starts, whoever starts it.

    Returns:
        What ends that.
    """
    options = options_of(shell)
    names = [one.name for one in fields(serving.defaults)]

    def follow(change: Any = None) -> None:
        for name in names:
            value = getattr(options, name)
            value = tuple(value) if isinstance(value, list) else value
            setattr(serving.defaults, name, value)

    def undo() -> None:
        options.unobserve(follow, names)
        serving.defaults.__init__()  # type: ignore[misc]  # as it was before

    follow()
    options.observe(follow, names)
    return undo


def show_server(
    shell: InteractiveShell, server: serving.Server, *, is_port_asked: bool
) -> None:
    """Show where a server answers; a port nobody asked for is not saved."""
    name = name_of_app(shell, server.app)
    url = environment_of(shell).url(server.host, server.port).removesuffix("/")
    url += server.entry()
    where = f"http://{server.host}:{server.port}/" if is_port_asked else "a free port"
    link = f'<a href="{escape(url)}" target="_blank" rel="noopener">{escape(url)}</a>'
    Varying(
        saved=f"Serving {name} on {where}",
        shown=f"Serving {name} on {url}",
        html=f"Serving <b>{escape(name)}</b> on {link}",
    ).show(shell)


def _stop(shell: InteractiveShell, name: str | None) -> None:
    servers: list[Any] = list(serving.servers())
    if name is not None:
        app = which_app(shell, name)
        servers = [server for server in servers if server.app is app]
    for server in servers:
        server.stop()
    names = sorted(name_of_app(shell, server.app) for server in servers)
    show_note([f"Stopped serving {', '.join(names)}" if names else "No server runs"])


MAGICS: list[type[Magics]] = [ServeMagics]
