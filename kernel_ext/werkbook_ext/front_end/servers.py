"""The servers of the notebook's apps: started as the options say, shown, stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any
from wsgiref.types import WSGIApplication

from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from markupsafe import escape

from werkbook import serving

from ..config import get_options
from ..notebook.apps import app_here, name_app, which_app
from ..notebook.environment import detect_environment
from ..output.varying import Varying


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
    return start_server(shell, app, host=host, port=port)


def start_server(
    shell: InteractiveShell | None,
    app: WSGIApplication,
    *,
    host: str | None = None,
    port: int | None = None,
) -> serving.Server:
    """Start the server of an app; one that runs moves only where it is asked to."""
    if shell is None:
        return serving.serve(app, host=host, port=port)
    timeout_s = get_options(shell).timeout_s
    return serving.serve(app, host=host, port=port, timeout_s=timeout_s)


def follow_options(shell: InteractiveShell) -> Callable[[], None]:
    """Give each server that starts the options of a shell, whoever starts it.

    Returns:
        What ends that.
    """
    options = get_options(shell)
    names = [
        one.name for one in fields(serving.defaults) if options.has_trait(one.name)
    ]

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
    name = name_app(shell, server.app)
    url = detect_environment(shell).url(server.host, server.port).removesuffix("/")
    url += server.entry()
    where = f"http://{server.host}:{server.port}/" if is_port_asked else "a free port"
    link = f'<a href="{escape(url)}" target="_blank" rel="noopener">{escape(url)}</a>'
    Varying(
        saved=f"Serving {name} on {where}",
        shown=f"Serving {name} on {url}",
        html=f"Serving <b>{escape(name)}</b> on {link}",
    ).show(shell)


def stop_servers(shell: InteractiveShell, name: str | None) -> list[str]:
    """Stop the server of an app, or all servers; return the names of their apps.

    Args:
        shell: The shell whose names the apps have.
        name: The notebook's name for the app; None for all apps.
    """
    servers: list[Any] = list(serving.servers())
    if name is not None:
        app = which_app(shell, name)
        servers = [server for server in servers if server.app is app]
    for server in servers:
        server.stop()
    return sorted(name_app(shell, server.app) for server in servers)
