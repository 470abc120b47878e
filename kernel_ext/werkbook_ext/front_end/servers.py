"""The servers of the notebook's apps: started as the options say, shown, stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any
from wsgiref.types import WSGIApplication

from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from markupsafe import escape

from werkbook import serving
from werkbook.serving.beside import PREFIX
from werkbook.serving.http.limits import make_limits

from ..config import get_options
from ..notebook.apps import app_here, name_app, which_app
from ..notebook.environment import KernelEnvironment, detect_environment
from ..output.varying import Varying
from .hub_shares import make_share

RIGHTS = "Without the sandbox its pages have all the rights of your Jupyter"
SHARED = (
    "Who accepts it may use this Jupyter server as you do, files and kernels included;"
    " %serve --unshare takes it back"
)


def serve(
    app: WSGIApplication | None = None,
    *,
    host: str | None = None,
    port: int | None = None,
) -> serving.Server:
    """Serve an app from a background thread, as `%serve` does.

    Args:
        app: Any WSGI or ASGI application; None for the notebook's.
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
            made = make_limits(value) if name == "limits" else value
            made = tuple(made) if isinstance(made, list) else made
            setattr(serving.defaults, name, made)

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
    links = find_links(detect_environment(shell), server)
    where = f"http://{server.host}:{server.port}/" if is_port_asked else "a free port"
    shown, html = (
        f"{name} on {links.url}",
        f"<b>{escape(name)}</b> on {_link(links.url)}",
    )
    if links.raw_url is not None:
        shown += f"\n{RIGHTS}: {links.raw_url}"
        html += f"<br>{escape(RIGHTS)}: {_link(links.raw_url)}"
    Varying(
        saved=f"Serving {name} on {where}",
        shown=f"Serving {shown}",
        html=f"Serving {html}",
        ends_with_kernel=True,
    ).show(shell)


def show_share(shell: InteractiveShell, server: serving.Server) -> None:
    """Show a link by which a colleague on the hub reaches a server.

    Raises:
        ShareError: The hub makes none.
    """
    share = make_share(find_links(detect_environment(shell), server).url)
    before = f"For a colleague on this hub, to be opened before {share.until}"
    Varying(
        saved=f"Shared by a link of the hub. {SHARED}",
        shown=f"{before}: {share.url}\n{SHARED}",
        html=f"{escape(before)}: {_link(share.url)}<br>{escape(SHARED)}",
        ends_with_kernel=True,
    ).show(shell)


@dataclass(frozen=True)
class ServerLinks:
    """Where a browser reaches an app.

    Attributes:
        url: What can be opened without a thought.
        raw_url: The app itself, where its pages have the rights of the reader's
            Jupyter and `url` is that of a page which shows it in a sandbox.
    """

    url: str
    raw_url: str | None = None


def find_links(environment: KernelEnvironment, server: serving.Server) -> ServerLinks:
    """Return how a browser reaches a server from where the reader is."""
    root = environment.url(server.host, server.port).removesuffix("/")
    raw_url = root + server.entry()
    if not environment.shares_origin:
        return ServerLinks(raw_url)
    return ServerLinks(root + server.entry(f"{PREFIX}/tab"), raw_url)


def _link(url: str) -> str:
    return f'<a href="{escape(url)}" target="_blank" rel="noopener">{escape(url)}</a>'


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
