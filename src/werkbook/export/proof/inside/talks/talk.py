"""What was said on WebSockets while cells ran, as the question of a proof."""

from __future__ import annotations

import base64
import itertools
import json
import time
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from typing import Any

from werkbook.cells.talks import (
    BYTES,
    CLOSE,
    END,
    HEAR,
    METHOD,
    OPEN,
    TEXT,
    Turn,
    body_of,
    line,
)

SWITCHING = 101
QUIET_S = 0.2
"""Seconds without a message after which it is said that none was to come."""
_order = itertools.count()


def packed(data: str | bytes) -> tuple[str, str]:
    """Give a message's kind, and its data as JSON can hold it."""
    if isinstance(data, str):
        return TEXT, data
    return BYTES, base64.b64encode(data).decode()


def unpacked(kind: str, data: str) -> str | bytes:
    """Give a message as it was said."""
    return data if kind == TEXT else base64.b64decode(data)


@dataclass(frozen=True)
class Event:
    """One thing that happened on a line.

    Attributes:
        order: Its place among the events of all lines.
        at_s: When it happened (`time.monotonic`).
        what: `TEXT` and `BYTES` of the client, `HEAR`, `CLOSE` or `END`.
        data: The message, packed; of a close its code, of an end code and reason.
    """

    order: int
    at_s: float
    what: str
    data: Any


@dataclass
class RecordedTalk:
    """What was said on one line while a cell ran.

    Attributes:
        app: The app.
        cell: The number of the cell that ran when it was opened.
        url: Path and query.
        headers: Those of the handshake that are the client's own.
        cookies: The names of the cookies that were sent.
        protocols: The subprotocols that were offered.
        status: 101, or what the app refused the handshake with; "" until it is known.
        response_headers: Those that the app adds to the handshake.
        protocol: The subprotocol that the app chose, or "".
        events: What happened, in order.
    """

    app: Any
    cell: int
    url: str
    headers: list[list[str]]
    cookies: list[str]
    protocols: list[str]
    status: str = ""
    response_headers: list[tuple[str, str]] = field(default_factory=list)
    protocol: str = ""
    events: list[Event] = field(default_factory=list)
    opened: int = field(default_factory=lambda: next(_order))
    opened_s: float = field(default_factory=time.monotonic)

    method = METHOD

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from others, before anything is said."""
        return METHOD, self.url, ""

    @property
    def closed(self) -> float:
        """Its last event's place in the order; infinite while it is open."""
        is_over = self.events and self.events[-1].what in (CLOSE, END)
        return self.events[-1].order if is_over else float("inf")

    @property
    def text(self) -> str:
        """What of the app's messages a later request may send back."""
        return "\n".join(
            one.data[1]
            for one in self.events
            if one.what == HEAR and one.data[0] == TEXT
        )

    def note(self, what: str, data: Any = None) -> None:
        """Take what has happened; nothing does after its end."""
        if self.closed == float("inf"):
            self.events.append(Event(next(_order), time.monotonic(), what, data))

    def said(self, data: str | bytes) -> None:
        """Take a message of the client."""
        self.note(*packed(data))

    def heard(self, data: str | bytes) -> None:
        """Take a message of the app."""
        self.note(HEAR, packed(data))

    def remember(self, known: dict[str, Any]) -> None:
        """Take from memory what was said, and when."""
        self.status, self.protocol = known["status"], known["protocol"]
        self.opened, self.opened_s = known["opened"]
        self.events = [Event(*one) for one in known["events"]]

    def as_memory(self) -> dict[str, Any]:
        """What is needed to answer without the app."""
        return {
            "key": list(self.key),
            "status": self.status,
            "headers": [list(one) for one in self.response_headers],
            "protocol": self.protocol,
            "opened": [self.opened, self.opened_s],
            "events": [astuple(one) for one in self.events],
        }

    def turns(self, number: int) -> list[tuple[int, Turn]]:
        """What happened as turns of a line, each with its place in the order."""
        found: list[tuple[int, Turn]] = [(self.opened, (number, OPEN, None))]
        last_s = self.opened_s
        for one in self.events:
            data = one.data
            if one.what == CLOSE:
                data = [data, one.at_s - last_s >= QUIET_S]
            elif one.what in (HEAR, END):
                data = None
            found.append((one.order, (number, one.what, data)))
            last_s = one.at_s
        return found


@dataclass
class TalkGroup:
    """Lines that were open at once: what is said on one may be heard on another.

    Attributes:
        lines: Those of one app, in the order of their opening.
    """

    lines: list[RecordedTalk]

    def as_question(self) -> dict[str, Any]:
        """The talk as it is held again."""
        pairs = [pair for n, one in enumerate(self.lines) for pair in one.turns(n)]
        turns = [turn for _, turn in sorted(pairs, key=lambda pair: pair[0])]
        lines = [line(one.url, one.headers, one.protocols) for one in self.lines]
        first = self.lines[0]
        return {
            "cell": first.cell,
            "method": METHOD,
            "url": first.url,
            "headers": first.headers,
            "cookies": first.cookies,
            "body": base64.b64encode(body_of(lines, turns)).decode(),
        }

    @property
    def text(self) -> str:
        """What of the app's messages a later request may send back."""
        return "\n".join(one.text for one in self.lines)


def in_groups(recorded: Iterable[Any]) -> list[Any]:
    """Put the lines that were open at once together; other requests stay as they are.

    Args:
        recorded: Requests and talks of one app, in the order of their beginning.
    """
    found: list[Any] = []
    group, end = TalkGroup([]), float("-inf")
    for one in recorded:
        if not isinstance(one, RecordedTalk):
            found.append(one)
        elif one.opened < end:
            group.lines.append(one)
            end = max(end, one.closed)
        else:
            group, end = TalkGroup([one]), one.closed
            found.append(group)
    return found


def opened_urls(question: dict[str, Any]) -> list[str]:
    """List what is opened in a talk."""
    talk = json.loads(base64.b64decode(question["body"]))
    return [one["url"] for one in talk["lines"]]
