"""A page as it travels to the front end: response, resources, one message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .bundling import Resource, bundle
from .fetching import Answer, Asked, Fetcher, ForeignOriginError

# A page that goes on for ever (an event stream in the address bar) is cut here.
MAX_PAGE_BYTES = 32_000_000


@dataclass
class Page:
    """What answered a navigation."""

    head: dict[str, Any]
    body: bytes = b""
    resources: list[Resource] = field(default_factory=list)
    used: list[tuple[str, str, str | None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return str(self.head["url"])

    @property
    def status(self) -> int:
        return int(self.head["status"])

    def message(self) -> tuple[dict[str, Any], list[bytes]]:
        """Return the message's content and its buffers: the body, then resources."""
        listed = [{"key": one.asked_url, **one.head} for one in self.resources]
        return (
            {"t": "page", **self.head, "resources": listed},
            [self.body, *(one.body for one in self.resources)],
        )

    def state(self) -> dict[str, Any]:
        """Return the same as one value with the bytes inside, for a trait."""
        content, buffers = self.message()
        return {**content, "buffers": buffers}


def load_page(fetcher: Fetcher, asked: Asked) -> Page:
    """Fetch a page with all that it loads at once; a failure is a page too."""
    try:
        answer = fetcher.fetch(asked)
        body = read_page(answer)
    except ForeignOriginError as error:
        return failed_page(asked, "outside", str(error))
    except (OSError, ValueError) as error:
        return failed_page(asked, "unreachable", f"{type(error).__name__}: {error}")
    resources = bundle(fetcher.fetch, answer, body)
    used = [(answer.method, answer.path, answer.endpoint)]
    used += [("GET", one.path, one.endpoint) for one in resources]
    return Page(answer.head(), body, resources, used)


def read_page(answer: Answer) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for piece in answer.pieces:
        pieces.append(piece)
        size += len(piece)
        if size > MAX_PAGE_BYTES:
            answer.stop()
            break
    return b"".join(pieces)


def failed_page(asked: Asked, kind: str, problem: str) -> Page:
    head = {
        "status": 0,
        "reason": "",
        "url": asked.url,
        "method": asked.method,
        "headers": [],
        "hops": [],
        "cookie": "",
        "took_ms": 0,
        "problem": kind,
        "detail": problem,
    }
    return Page(head)
