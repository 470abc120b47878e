"""A card under its cell: text and HTML that are saved, and the widget beside them."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook import live

from ..environment import has_front_end
from ..sending import Outgoing
from .html import html_of
from .model import Card
from .pages import Load
from .text import text_of

WIDGET_TYPE = "application/vnd.jupyter.widget-view+json"

Resend = Callable[[Outgoing], Card]


class View:
    """What is displayed of one card.

    Attributes:
        card: The data.
        widget: Its widget; None in a terminal and without anywidget.
    """

    def __init__(self, card: Card, widget: Any = None) -> None:
        """Keep the card and its widget."""
        self.card = card
        self.widget = widget

    def __repr__(self) -> str:
        """Return the card's text."""
        return text_of(self.card)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = {
            "text/plain": text_of(self.card),
            "text/html": html_of(self.card),
        }
        if self.widget is not None:
            bundle[WIDGET_TYPE] = widget_reference(self.widget)
        return bundle


def widget_reference(widget: Any) -> dict[str, Any]:
    """Return what a front end finds a widget by."""
    return {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}


@dataclass
class CellCards:
    """The cards of one cell: those of its last run, and of the run before."""

    run: Any = None
    cards: list[Card] = field(default_factory=list)
    earlier: list[Card] = field(default_factory=list)
    widgets: list[Any] = field(default_factory=list)


_shown: weakref.WeakKeyDictionary[Any, dict[str, CellCards]]
_shown = weakref.WeakKeyDictionary()


def show(
    shell: InteractiveShell | None,
    card: Card,
    *,
    resend: Resend | None = None,
    load: Load | None = None,
    base_url: str = "",
) -> View:
    """Make what is displayed of a card under the cell that runs.

    The widgets of the cell's run before are closed: a cell that runs again and again
    holds no more models than it shows.

    Args:
        shell: The shell; None outside IPython.
        card: The card.
        resend: Sends a request of the widget's and makes its card.
        load: Loads what a page of the app shows.
        base_url: Where the app can be reached from this machine.
    """
    if shell is None:
        return View(card)
    cell = cards_of_cell(shell)
    previous = next(iter(cell.earlier[len(cell.cards) :]), None)
    cell.cards.append(card)
    widget = None
    if has_front_end(shell):
        widget = _widget(
            card,
            resend=resend,
            load=load,
            base_url=base_url,
            previous=previous,
            kernel=getattr(shell, "kernel", None),
        )
    if widget is not None:
        cell.widgets.append(widget)
    return View(card, widget)


def cards_of_cell(shell: InteractiveShell, key: str | None = None) -> CellCards:
    """Return the cards of the cell that runs; those of its last run are put away.

    Args:
        shell: The shell.
        key: The cell, where it is known; None for the one that runs.
    """
    cells = _shown.setdefault(shell, {})
    cell = cells.setdefault(key or _key(shell), CellCards())
    run = run_of(shell)
    if cell.run != run:
        _close(cell)
        cell.run, cell.earlier, cell.cards, cell.widgets = run, cell.cards, [], []
    return cell


def _close(cell: CellCards) -> None:
    for widget in cell.widgets:
        widget.close()


def forget_cards(shell: InteractiveShell) -> None:
    """Close the widgets of a shell, and forget its cards."""
    for cell in _shown.pop(shell, {}).values():
        _close(cell)


def run_of(shell: InteractiveShell) -> Any:
    """Tell the runs of cells apart: the request's id, or the execution count."""
    header = getattr(shell, "parent_header", None) or {}
    header = header.get("header", header)
    return header.get("msg_id") or shell.execution_count


def _key(shell: InteractiveShell) -> str:
    """Name the cell that runs."""
    owner = live.current_owner()
    if owner is not None:
        return owner.id
    result = getattr(shell.displayhook, "exec_result", None)
    source = getattr(getattr(result, "info", None), "raw_cell", None) or ""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def _widget(card: Card, **options: Any) -> Any:
    try:
        from .widget import CardWidget  # anywidget is an optional dependency
    except ImportError:
        return None
    return CardWidget(card, **options)
