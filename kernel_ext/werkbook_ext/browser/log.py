"""The last requests of a browser's pages, as cards show them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import requests

from ..cards.model import Card, make_card

MAX_RECORDS = 300
# The most that is kept of one body, and of all bodies together.
MAX_BODY_BYTES = 5_000_000
MAX_BYTES = 40_000_000


@dataclass
class Record:
    """One response on its way to a page, with as much of its body as is kept."""

    number: int
    response: requests.Response
    pieces: list[bytes] = field(default_factory=list)
    kept_bytes: int = 0
    size_bytes: int = 0
    is_whole: bool = False

    def keeping(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Pass a body on, and keep its beginning."""
        for piece in pieces:
            self.size_bytes += len(piece)
            if self.size_bytes <= MAX_BODY_BYTES:
                self.pieces.append(piece)
                self.kept_bytes += len(piece)
            yield piece
        self.is_whole = True

    def is_like(self, other: Record) -> bool:
        """Tell whether another record is of the same method and URL."""
        return self._asked() == other._asked()

    def _asked(self) -> tuple[str | None, str | None]:
        request = (*self.response.history, self.response)[0].request
        return request.method, request.url

    def card(self, cookies: list[Any]) -> Card:
        """Return the card of the response, as far as it has come."""
        response = self.response
        response._content = b"".join(self.pieces)
        response._content_consumed = True  # type: ignore[attr-defined]  # as `content` does
        so_far = getattr(response, "exchange_so_far", None)
        exchange = None if self.is_whole else so_far
        card = make_card(response, exchange, cookies=cookies, note=self._note())
        body = replace(card.body, size_bytes=self.size_bytes)
        return replace(card, body=body)

    def _note(self) -> str:
        notes = [] if self.is_whole else ["The body has not come to its end."]
        if self.kept_bytes < self.size_bytes:
            notes.append("Only the beginning of the body is kept.")
        return " ".join(notes)


class Log:
    """The last requests; safe to use from any thread."""

    def __init__(self) -> None:
        self._records: dict[int, Record] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def add(
        self, response: requests.Response, history: list[requests.Response]
    ) -> Record:
        """Note a response and the redirects that led to it."""
        response.history = history
        with self._lock:
            record = Record(next(self._numbers), response)
            self._records[record.number] = record
            if len(self._records) > MAX_RECORDS:
                del self._records[min(self._records)]
            self._shed()
        return record

    def find(self, number: Any) -> Record | None:
        """Return the record of a number; None when it is none, or too old."""
        return self._records.get(number) if isinstance(number, int) else None

    def before(self, record: Record) -> Record | None:
        """Return the last record before one for which the same was asked."""
        with self._lock:
            earlier = [one for one in self._records.values() if one.is_like(record)]
        older = (one for one in reversed(earlier) if one.number < record.number)
        return next(older, None)

    def _shed(self) -> None:
        """Drop the oldest bodies when all together are too large."""
        total = sum(one.kept_bytes for one in self._records.values())
        for record in self._records.values():
            if total <= MAX_BYTES:
                return
            total -= record.kept_bytes
            record.pieces, record.kept_bytes = [], 0
