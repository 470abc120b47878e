"""Read what a WSGI environ (PEP 3333) says of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import ImmutableMultiDict, MultiDict

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def read_text(text: str) -> str:
    """Decode a path, whose bytes stand in the environ as Latin-1 text.

    Raises:
        UnicodeEncodeError: They do not.
    """
    return text.encode("latin1").decode(errors="replace")


def read_unescaped(
    query: str, storage: type[MultiDict[str, Any]]
) -> MultiDict[str, str]:
    """Read a query string in which no character is escaped."""
    values: dict[str, list[str]] = {}
    for field in query.split("&"):
        if field:
            name, _, value = field.partition("=")
            values.setdefault(name, []).append(value)
    if storage is not ImmutableMultiDict:
        return storage(values)
    made: MultiDict[str, str] = ImmutableMultiDict.__new__(ImmutableMultiDict)
    # A MultiDict is a dict of lists; its constructor would copy each list.
    dict.__init__(made, values)  # type: ignore[misc]  # a dict of lists
    return made


def read_server(environ: WSGIEnvironment) -> tuple[str, int | None] | None:
    """Return the server's name and port; None where the environ names none."""
    name = environ.get("SERVER_NAME")
    if name is None:
        return None
    try:
        return name, int(environ["SERVER_PORT"])
    except (KeyError, TypeError, ValueError):
        # The name is the path of a Unix socket, which has no port.
        return name, None
