"""A rule that a cell registered, as it is told under the cell, and how to try it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from werkbook.cells.requests import OutgoingRequest

from ..transport.pending import PendingResponse
from .model import Card
from .whole_pages import Load


@dataclass(frozen=True, slots=True)
class Announcement:
    """One rule to tell of.

    Attributes:
        line: How it reads as text: `GET /hello/<name> -> hello`.
        send: Sends a request to its app and makes the card; None when it has no app.
        load: Loads what a page of its app shows.
        forget: Makes the app's visitor a new one.
    """

    line: str
    methods: tuple[str, ...]
    rule: str
    endpoint: str
    send: Callable[[OutgoingRequest, PendingResponse], Card] | None = None
    load: Load | None = None
    forget: Callable[[], object] | None = None
