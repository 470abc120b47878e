"""Open a line to whatever app there is."""

from __future__ import annotations

from typing import Any

from ..questions.asgi import AsgiAsWsgi
from .asgi_line import AsgiLine
from .client_line import ClientLine
from .socket_line import SocketLine, WsgiLine


def open_line_to(
    app: Any, environ: dict[str, Any], asked: dict[str, Any]
) -> ClientLine:
    """Begin to open a WebSocket.

    Args:
        app: An ASGI or WSGI app, or what has a `connect`, which gives a socket to one.
        environ: The handshake, as far as it is not the protocol's own.
        asked: `url` and `protocols`.
    """
    protocols = list(asked["protocols"])
    if isinstance(app, AsgiAsWsgi):
        return AsgiLine(app, environ, protocols)
    line: SocketLine
    if hasattr(app, "connect"):
        headers = [
            (name[5:].replace("_", "-").title(), str(value))
            for name, value in environ.items()
            if name.startswith("HTTP_") and name != "HTTP_HOST"
        ]
        line = SocketLine(app.connect(), asked["url"], headers, protocols)
    else:
        line = WsgiLine(app, environ, asked["url"], protocols)
    line.begin()
    return line
