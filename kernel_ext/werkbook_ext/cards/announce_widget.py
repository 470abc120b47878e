"""The widget that tells of rules: their lines, and a card below when one is tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from werkbook.cells.requests import OutgoingRequest

from ..transport.pending import PendingResponse
from ..widgets.esm import join_modules
from .announcement import Announcement
from .card_widget import HERE, CardWidget
from .model import Card


class AnnounceWidget(CardWidget):
    """The rules of a cell, each with Try; what is tried shows as a card."""

    _esm = join_modules(HERE / "js" / "announce_view.js")

    rules: Any = traitlets.List().tag(sync=True)
    more: Any = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, announced: Sequence[Announcement], more: str = "", kernel: Any = None
    ) -> None:
        """Make the widget of the rules; no card is shown yet."""
        self._announced = announced
        self._index = 0
        super().__init__(
            None,
            resend=self._send_to_rule,
            rules=_shown(announced),
            more=more,
            kernel=kernel,
        )

    def announce_again(self, announced: Sequence[Announcement], more: str) -> None:
        """Show the rules of the cell's next run, and no card."""
        self._announced = announced
        self._index = 0
        rules = _shown(announced)
        self.show_again(None, resend=self._send_to_rule, rules=rules, more=more)

    def _receive(self, widget: Any, message: Any, buffers: Any) -> None:
        """Note which rule is tried; the card's own buttons send to the same app."""
        index = message.get("rule") if isinstance(message, dict) else None
        if isinstance(index, int) and 0 <= index < len(self._announced):
            self._index = index
            self._load = self._announced[index].load
            self._forget = self._announced[index].forget
        super()._receive(widget, message, buffers)

    def _send_to_rule(
        self, request: OutgoingRequest, progress: PendingResponse
    ) -> Card:
        send = self._announced[self._index].send
        if send is None:
            raise LookupError("The rule belongs to no app yet.")
        return send(request, progress)


def _shown(announced: Sequence[Announcement]) -> list[dict[str, Any]]:
    return [
        {
            "methods": list(rule.methods),
            "rule": rule.rule,
            "endpoint": rule.endpoint,
            "can_try": rule.send is not None,
        }
        for rule in announced
    ]
