"""An ASGI scope as a WSGI environ, for the gates and the exchanges, and back.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from werkbook.serving.access.peers import CONNECTION_KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApplication = Callable[[Scope, Receive, Send], Awaitable[None]]
MakeScope = Callable[["WSGIEnvironment"], Scope]
RawHeaders = list[tuple[bytes, bytes]]

_UNPREFIXED = ("CONTENT_TYPE", "CONTENT_LENGTH")
_SCHEMES = {"ws": "http", "wss": "https"}
_WEBSOCKET_SCHEMES = {"http": "ws", "https": "wss"}


def make_environ(scope: Scope) -> "WSGIEnvironment":
    """Return the environ of an HTTP or WebSocket scope, without a body.

    Headers with an underscore in their name are left out, as servers of WSGI apps do:
    with ``X_Forwarded_Host`` a client could speak for the proxy.
    """
    raw_path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    host, port = scope.get("server") or ("127.0.0.1", None)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.get("method", "GET"),
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw_path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": f"{raw_path}?{query}" if query else raw_path,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "wsgi.url_scheme": _SCHEMES.get(scope["scheme"], scope["scheme"]),
        CONNECTION_KEY: {},
    }
    if scope.get("client"):
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = map(str, scope["client"])
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key, text = header_key(name), value.decode("latin-1")
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{text}" if key in environ else text
    return environ


def header_key(name: bytes) -> str:
    """Return the name that a header has in an environ."""
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in _UNPREFIXED else f"HTTP_{key}"


def make_scope(scope: Scope, environ: "WSGIEnvironment", before: Any) -> Scope:
    """Return a scope with what the gates changed in its environ.

    Args:
        scope: What the server made of the request.
        environ: Its environ, which the gates have seen.
        before: The same environ as it was before.
    """
    prefix = environ["SCRIPT_NAME"].encode("latin-1").decode("utf-8", "replace")
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    raw_path = environ["REQUEST_URI"].partition("?")[0]
    scheme = environ["wsgi.url_scheme"]
    if scope["type"] == "websocket":
        scheme = _WEBSOCKET_SCHEMES.get(scheme, scheme)
    return {
        **scope,
        "path": prefix + path,
        "raw_path": (environ["SCRIPT_NAME"] + raw_path).encode("latin-1"),
        "root_path": prefix,
        "query_string": environ["QUERY_STRING"].encode("latin-1"),
        "scheme": scheme,
        "headers": _changed_headers(scope["headers"], environ, before),
    }


def _changed_headers(
    headers: RawHeaders, environ: "WSGIEnvironment", before: Any
) -> RawHeaders:
    """Return the headers as the gates left them; the others just as they came."""
    left: RawHeaders = []
    seen = set()
    for name, value in headers:
        if b"_" in name:  # which the gates have not seen
            left.append((name, value))
            continue
        key = header_key(name)
        if key not in environ:
            continue
        if environ[key] == before[key]:
            left.append((name, value))
        elif key not in seen and environ[key]:
            left.append((name, environ[key].encode("latin-1")))
        seen.add(key)
    if "HTTP_HOST" in environ and "HTTP_HOST" not in seen:
        left.append((b"host", environ["HTTP_HOST"].encode("latin-1")))
    return left
