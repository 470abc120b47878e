"""The servers of this process."""

import atexit
import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from werkbook.serving.applications import (
    check_application,
    is_asgi,
    is_same_app,
    name_application,
)
from werkbook.serving.http.limits import Limits, check_limits
from werkbook.serving.serving_errors import NoServerError, PortInUseError
from werkbook.system import this_system

if TYPE_CHECKING:
    from werkbook.serving.server import Server

EXIT_TIMEOUT_S = 0.5
Token = bool | Literal["auto"]


@dataclass
class Defaults:
    """What `serve` does where it is not told: a notebook's options.

    Attributes:
        host: The address to listen on.
        port: TCP port; 0 picks a free one.
        token: Whether requests have to bring a token.
        allowed_hosts: Host names that servers answer to, beside loopback's.
        limits: What a client may ask for, and how long it may take.
        check_origin: Whether requests that can change something are refused where a
            page of another origin sends them.
    """

    host: str = "127.0.0.1"
    port: int = 0
    token: Token = "auto"
    allowed_hosts: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    check_origin: bool = False


defaults = Defaults()
_servers: "list[Server]" = []
_lock = threading.Lock()


def serve(
    app: Any,
    *,
    host: str | None = None,
    port: int | None = None,
    token: Token | None = None,
    limits: Limits | None = None,
    timeout_s: float = 5.0,
) -> "Server":
    """Serve an application from background threads of this process.

    Returns once the socket accepts connections. Unless `host` says otherwise, only
    this machine can connect. An app that is served already keeps its server; asked
    for another port, that server moves there.

    Args:
        app: Any WSGI callable (PEP 3333), or an ASGI one.
        host: The address to listen on; `defaults.host` if not given.
        port: TCP port; 0 picks a free one, or keeps the one that there is.
        token: Whether requests have to bring the token that is part of `link()`:
            "auto" asks for it where other people use this machine.
        limits: What a client may ask for; `defaults.limits` if not given.
        timeout_s: Seconds that closing the old port may take, where it changes.

    Raises:
        PortInUseError: `port` is taken; the message names the port and the way out.
        AddressError: `host` is no address of this machine.
        NotWsgiError: `app` is no application.
        LimitsError: `limits` are none.
        NoUvicornError: `app` is an ASGI application, and uvicorn is not installed.
        NoServerError: There are no threads and sockets (Pyodide).
    """
    with _lock:
        server = find_server(app)
        if server is None:
            port = defaults.port if port is None else port
            _check_port(app, port)
            server = _new_server(app, host or defaults.host, port, token, limits)
            _servers[:] = [*servers(), server]
        elif port not in (None, 0, server.port) or not _is_at(server, host):
            _check_port(app, port or 0)
            server.move(host or server.host, port or 0, timeout_s=timeout_s)
    return server


def servers() -> "list[Server]":
    """Return the servers that run in this process, oldest first."""
    return [server for server in _servers if server.is_running]


def find_server(app: object) -> "Server | None":
    """Return the server of an app, if it runs."""
    for server in servers():
        if is_same_app(server.app, app):
            return server
    return None


def _new_server(
    app: Any,
    host: str,
    port: int,
    token: Token | None,
    limits: Limits | None,
) -> "Server":
    check_application(app)
    _check_platform(app)
    # Imported only here, as a Python without sockets has no use for them.
    from werkbook.serving.asgi.uvicorn_engine import load_uvicorn
    from werkbook.serving.server import Server

    if is_asgi(app):
        load_uvicorn(app)  # before there is a socket
    token = defaults.token if token is None else token
    limits = defaults.limits if limits is None else limits
    check_limits(limits)  # before there is a socket
    server = Server(app, host, port, token, limits, defaults.check_origin)
    for name in defaults.allowed_hosts:
        server.allow_host(name)
    return server


def _is_at(server: "Server", host: str | None) -> bool:
    names = {server.host, host}
    return host is None or len(names) == 1 or names == {"127.0.0.1", "localhost"}


def _check_port(app: Any, port: int) -> None:
    for number, server in enumerate(servers()):
        if port and server.port == port and not is_same_app(server.app, app):
            raise PortInUseError(
                f"Port {port} of {server.host} is in use.",
                why=f"{name_application(server.app)} is served there, by this process.",
                fix=f"stop that server (werkbook.serving.servers()[{number}].stop()), "
                "name another port, or name none to get a free one.",
            )


def _check_platform(app: object) -> None:
    if this_system().has_sockets:
        return
    why = "it has neither threads nor sockets."
    if is_asgi(app):
        raise NoServerError(
            "No ASGI app can be called in the browser's Python.",
            why=why,
            fix="write the app for WSGI (Flask's API), or use a kernel of a server.",
        )
    raise NoServerError(
        "No server can run in the browser's Python.",
        why=why,
        fix="%http and %browse work without one: they call the app directly.",
    )


def _stop_all() -> None:
    for server in servers():
        server.stop(EXIT_TIMEOUT_S)


def _forget_in_child() -> None:
    global _lock
    _servers.clear()
    _lock = threading.Lock()


atexit.register(_stop_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
