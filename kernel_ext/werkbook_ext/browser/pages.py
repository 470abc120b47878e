"""A page as it travels to the front end: response, resources, one message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..notebook.near_rules import near_file_note, near_rules_note
from ..transport.sending import MIXED_TYPE
from .arriving_body import ArrivingBody, follow_body
from .bundling import Resource, bundle
from .fetching import (
    EndlessRedirectError,
    Fetcher,
    ForeignOriginError,
    PageRequest,
    PageResponse,
)

# A page that takes longer is shown piece by piece.
WHOLE_WITHIN_S = 0.1


@dataclass
class Page:
    """What answered a navigation.

    Attributes:
        head: What the front end is told of the response.
        body: The body, or its beginning.
        resources: What the page loads at once.
        used: Method, path and endpoint of all that it is made of.
        rest: The rest of a body that still comes; None when it is whole.
    """

    head: dict[str, Any]
    body: bytes = b""
    resources: list[Resource] = field(default_factory=list)
    used: list[tuple[str, str, str | None]] = field(default_factory=list)
    rest: ArrivingBody | None = None

    @property
    def url(self) -> str:
        return str(self.head["url"])

    @property
    def status(self) -> int:
        return int(self.head["status"])

    def message(self) -> tuple[dict[str, Any], list[bytes]]:
        """Return the message's content and its buffers: the body, then resources."""
        stream = self.rest.name if self.rest else None
        listed = [{"key": one.asked_url, **one.head} for one in self.resources]
        return (
            {"t": "page", **self.head, "resources": listed, "stream": stream},
            [self.body, *(one.body for one in self.resources)],
        )

    def state(self) -> dict[str, Any]:
        """Return the same as one value with the bytes inside, for a trait."""
        content, buffers = self.message()
        return {**content, "buffers": buffers}


def load_page(fetcher: Fetcher, request: PageRequest, *, is_file: bool = False) -> Page:
    """Fetch a page with all that it loads at once; a failure is a page too.

    Of a body that takes its time the beginning is returned, and the rest with it.

    Args:
        fetcher: Reaches the app.
        request: What to fetch.
        is_file: Whether it is to be saved, not shown: it is waited for to its end.
    """
    try:
        answer = fetcher.fetch(request)
        body, rest = read_page(answer, is_file)
    except ForeignOriginError as error:
        return failed_page(request, "outside", str(error))
    except EndlessRedirectError as error:
        return failed_page(request, "endless", str(error))
    except (OSError, ValueError) as error:
        return failed_page(request, "unreachable", f"{type(error).__name__}: {error}")
    resources = bundle(fetcher.fetch, answer, body)
    is_open = rest is not None or (answer.content_type == MIXED_TYPE and not body)
    endpoint = answer.endpoint_so_far if is_open else answer.endpoint
    used = [(answer.method, answer.path, endpoint)]
    used += [("GET", one.path, one.endpoint) for one in resources]
    app = getattr(fetcher.session, "app", None)
    rule = None if is_open else getattr(answer.find_exchange(), "rule", None)
    hint = near_rules_note(app, answer.path, status=answer.status, rule=rule)
    hint = hint or near_file_note(app, answer.path, status=answer.status, rule=rule)
    head = answer.head()
    return Page({**head, "hint": hint} if hint else head, body, resources, used, rest)


def read_page(answer: PageResponse, is_file: bool) -> tuple[bytes, ArrivingBody | None]:
    """Read a body, or the beginning of one that can be shown as it comes."""
    if answer.is_whole_soon:
        return answer.read(), None
    if answer.content_type == MIXED_TYPE and not is_file:
        answer.stop()  # it may have no end: the page asks for its parts itself
        return b"", None
    arriving = follow_body(answer)
    is_whole = arriving.wait(
        None if is_file or not is_shown(answer) else WHOLE_WITHIN_S
    )
    body = arriving.so_far()
    if arriving.error is None:
        return body, None if is_whole else arriving
    if is_file or not body or not is_shown(answer):
        raise arriving.error
    return body, arriving  # what came is shown, and that it broke off


def is_shown(answer: PageResponse) -> bool:
    """Tell whether a body can be shown before its end: a text can, a file cannot."""
    is_text = answer.content_type.startswith("text/")
    is_file = answer.header("content-disposition").lower().startswith("attachment")
    return not is_file and (is_text or answer.content_type == "application/xhtml+xml")


def failed_page(request: PageRequest, kind: str, problem: str) -> Page:
    head = {
        "status": 0,
        "reason": "",
        "url": request.url,
        "method": request.method,
        "headers": [],
        "hops": [],
        "cookie": "",
        "took_ms": 0,
        "problem": kind,
        "detail": problem,
    }
    return Page(head)
