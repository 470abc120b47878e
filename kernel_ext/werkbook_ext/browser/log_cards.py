"""The cards of the network log: one widget for each view, an entry at a time.

A widget for each entry would be a model in the kernel for each; one that shows another
card is as many as there are views.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ..cards.card_widget import CardWidget
from ..cards.model import Card
from .log import Log, Record


class LogCards:
    """The card widgets of one mini browser, by view.

    Args:
        make: Makes a widget that shows a card.
    """

    def __init__(self, make: Callable[[Card], CardWidget]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._widgets: dict[str, CardWidget] = {}

    def show(self, view_id: str, card: Card, previous: Card | None) -> str:
        """Show a card in a view's widget; returns the id of its model."""
        with self._lock:
            widget = self._widgets.get(view_id)
            if widget is None:
                widget = self._widgets[view_id] = self._make(card)
            widget.show(card, previous)
            return str(widget.model_id)

    def show_record(
        self, view_id: str, record: Record, log: Log, cookies: list[Any]
    ) -> str:
        """Show an entry of the log, compared with the last one of its kind."""
        before = log.before(record)
        previous = before.card(cookies) if before is not None else None
        return self.show(view_id, record.card(cookies), previous)

    def close(self, view_id: str) -> None:
        """Close the widget of a view that is gone."""
        with self._lock:
            widget = self._widgets.pop(view_id, None)
            if widget is not None:
                widget.close()
