"""Cards: what a response looks like under the cell that asked for it.

A card is data (`model`), shown as text and HTML that are saved, and as a widget that is
not. The mini browser and magics import it; no cell, app or request needs it.
"""

from .answers import ask, ask_websocket
from .model import Card, make_card
from .run_reports import report_run
from .view import CardView, forget_cards

__all__ = [
    "Card",
    "CardView",
    "ask",
    "ask_websocket",
    "forget_cards",
    "make_card",
    "report_run",
]
