"""What those answer who let a request in or not."""

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from werkbook.errors import WerkbookError
from werkbook.serving.log import ServerLog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse


def refuse(
    start_response: "StartResponse",
    status: int,
    error: WerkbookError,
    log: ServerLog,
    headers: Sequence[tuple[str, str]] = (),
) -> Iterable[bytes]:
    """Answer with an error, and note it."""
    text = f"{type(error).__name__}: {error}\n"
    log.write(text)
    return say(start_response, status, text, headers)


def say(
    start_response: Callable[..., object],
    status: int,
    text: str,
    headers: Sequence[tuple[str, str]] = (),
) -> Iterable[bytes]:
    """Answer with a line of text."""
    body = text.encode("utf-8", "replace")
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        *headers,
    ]
    start_response(f"{status} {HTTPStatus(status).phrase.upper()}", headers)
    return [body]
