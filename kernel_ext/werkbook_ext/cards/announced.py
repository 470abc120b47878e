"""A rule to tell of, and how to try it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..transport.sending import Outgoing
from .model import Card
from .pages import Load


@dataclass(frozen=True, slots=True)
class Announced:
    """A rule to tell of.

    Attributes:
        line: How it reads as text: `GET /hello/<name> -> hello`.
        load: Loads what a page of its app shows.
        send: Sends a request to its app and makes the card; None when it has no app.
    """

    line: str
    methods: tuple[str, ...]
    rule: str
    endpoint: str
    send: Callable[[Outgoing], Card] | None = None
    load: Load | None = None
