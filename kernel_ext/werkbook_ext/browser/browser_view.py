"""A view of the mini browser, as the kernel knows it, and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..page_usage.usage import Usage
from ..widgets.background import RepeatedWork
from ..widgets.message_fields import is_header, is_name
from .fetching import PageRequest
from .pages import Page

MAX_UPLOAD_BYTES = 200_000_000
MAX_UPLOADS = 64
MAX_TAKEN = 1000
ASKING = frozenset(("go", "fetch", "card", "socket"))
"""The messages that are answered; JupyterLite loses those behind a cell that fails."""
UNSENT_METHODS = frozenset(["CONNECT", "TRACE", "TRACK"])
"""Those that the Fetch standard forbids."""
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}")


class Stoppable(Protocol):
    """What goes on until it is stopped."""

    def stop(self) -> None:
        """Want no more of it."""


@dataclass
class BrowserView:
    """One view of the widget: a tab of the mini browser.

    Attributes:
        headers: What its browser says of itself in each request.
        is_near: Whether it reaches Jupyter by a loopback address; see `padding`.
        usage: What the page that it shows has used of the app.
        running: The bodies that still arrive, by the id of their request, and the
            WebSockets that are open.
        pending: The ids of requests that are not answered yet.
        aborted: Those of them that nobody waits for any more.
        uploads: The parts of bodies whose requests have not come yet.
        taken: The ids of the last requests that were taken, in their order.
        refreshing: Shows its page anew; one at a time, so that the newest comes last.
    """

    id: str
    headers: list[tuple[str, str]]
    is_near: bool = False
    page: Page | None = None
    url: str = ""
    usage: Usage = field(default_factory=Usage)
    is_stale: bool = False
    running: dict[str, Stoppable] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    aborted: set[str] = field(default_factory=set)
    uploads: dict[str, list[bytes]] = field(default_factory=dict)
    taken: dict[str, None] = field(default_factory=dict)
    refreshing: RepeatedWork = field(default_factory=RepeatedWork)

    def is_repeat(self, message: dict[str, Any]) -> bool:
        """Say whether a request was taken already: views ask again until they hear."""
        request_id: Any = message.get("id")
        if message["t"] not in ASKING or not is_name(request_id):
            return False
        if request_id in self.taken:
            return True
        self.taken[request_id] = None
        if len(self.taken) > MAX_TAKEN:
            del self.taken[next(iter(self.taken))]
        return False

    def keep_part(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        """Keep a part of an upload until the request comes that it belongs to."""
        if not is_name(message.get("id")) or not buffers:
            return
        if len(self.uploads) >= MAX_UPLOADS and message["id"] not in self.uploads:
            return
        parts = self.uploads.setdefault(message["id"], [])
        waiting = sum(len(part) for held in self.uploads.values() for part in held)
        if waiting + len(buffers[0]) <= MAX_UPLOAD_BYTES:
            parts.append(buffers[0])

    def read_request(
        self, message: dict[str, Any], buffers: list[bytes]
    ) -> PageRequest | None:
        """Return the request of a message; None when it is not well formed."""
        method, url = message.get("method"), message.get("url")
        is_well_formed = (
            is_name(message.get("id"))
            and isinstance(method, str)
            and _METHOD.fullmatch(method) is not None
            and method.upper() not in UNSENT_METHODS
            and isinstance(url, str)
        )
        if not is_well_formed:
            return None
        parts = self.uploads.pop(message["id"], None)
        body = b"".join(parts) if parts else (buffers[0] if buffers else None)
        given = message.get("headers")
        pairs = filter(is_header, given if isinstance(given, list) else [])
        headers = [*self.headers, *((name, value) for name, value in pairs)]
        return PageRequest(
            str(method).upper(),
            str(url),
            headers,
            body,
            self.url,
            follows_redirects=message.get("redirect", "follow") == "follow",
            has_cookies=message.get("credentials") != "omit",
        )


Send = Callable[[dict[str, Any], list[bytes]], object]
"""Sends a message with its buffers to all views."""

Take = Callable[[BrowserView, dict[str, Any], list[bytes]], None]
"""Takes what a view says."""
