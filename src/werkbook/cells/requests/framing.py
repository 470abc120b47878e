"""Headers of a request that say how its body is framed, or that stand once (RFC 9112).

A body's frame is the sender's: a length that is not the body's leaves a server waiting
for the rest, or takes the next request for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from .grammar import RequestSyntaxError

_ONCE = frozenset(("host", "content-length", "content-type", "authorization"))


def check_framing(
    headers: Iterable[tuple[str, str | None]], body: bytes | None
) -> None:
    """Refuse headers that say something else of the request than what is sent.

    A Content-Length that is no number is sent, where there is no body: what a server
    says of it is an answer.

    Raises:
        RequestSyntaxError: A length that is not the body's, a transfer coding, or a
            header given twice that stands once.
    """
    given: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        if value is None:
            continue
        if key in _ONCE and given.setdefault(key, value) != value:
            raise _twice(name, given[key], value)
        if key == "transfer-encoding":
            raise _coded(name, value)
        if key == "content-length":
            _check_length(name, value, body)


def _check_length(name: str, value: str, body: bytes | None) -> None:
    length = len(body or b"")
    if (body is None and not value.isdecimal()) or value == str(length):
        return
    sent = f"the body has {length:,} bytes" if body else "no body is sent"
    raise RequestSyntaxError(
        f"'{name}:{value}' announces {value or 'no'} bytes.",
        why=f"{sent}; a server would wait for the rest, or read the next request in"
        " its place.",
        fix=f"leave out {name}: %http sends the length of what it sends.",
    )


def _coded(name: str, value: str) -> RequestSyntaxError:
    return RequestSyntaxError(
        f"'{name}:{value}' says that the body comes in another coding.",
        why="%http sends a body whole, with its length; a request with both is"
        " refused.",
        fix=f"leave out {name}.",
    )


def _twice(name: str, first: str, second: str) -> RequestSyntaxError:
    return RequestSyntaxError(
        f"{name} is given twice: {first!r} and {second!r}.",
        why="a request has one, and servers differ in which they take.",
        fix="leave one out.",
    )
