"""A card under its cell: text and HTML that are saved, and the widget beside them."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import DisplayHandle
from markupsafe import Markup

from werkbook import live

from ..bodies.masking import steady_text
from ..notebook.cells import current_run
from ..notebook.environment import has_front_end
from ..output.notes import Note, show
from ..output.with_widget import WIDGET_TYPE, refer_to_widget
from .card_widget import CardWidget, Forget, Resend
from .html import render_html
from .model import Card
from .text import render_text
from .whole_pages import Load

Kind = TypeVar("Kind")


class CardView:
    """What is displayed of one card.

    Attributes:
        card: The data.
        widget: Its widget; None in a terminal.
    """

    def __init__(self, card: Card, widget: Any = None) -> None:
        """Keep the card and its widget."""
        self.card = card
        self.widget = widget
        self._waiting = ""
        self._display: Any = None

    def wait_for(self, asked: str, stop: Callable[[], None]) -> None:
        """Display that a request is waited for; its answer is shown in that place.

        Args:
            asked: Names the request: `GET /slow`.
            stop: Ends the waiting.
        """
        # A notebook that is saved meanwhile holds it: it is true whenever it is read.
        self._waiting = steady_text(
            f"{asked} was sent; its answer was not complete when this was written."
        )
        self.widget.wait_for(asked, stop)
        # It is there before it is shown: the reader may interrupt at any moment.
        self._display = DisplayHandle()  # type: ignore[no-untyped-call]  # IPython's
        self._display.display(self)

    def answer(self, card: Card, previous: Card | None) -> None:
        """Have the card take the place of what is waited for."""
        self.card, self._waiting = card, ""
        self.widget.show_answer(card, previous)

    def give_up(self, line: str) -> None:
        """Leave a line where an answer was waited for."""
        self.widget.show_again(None)
        if self._display is not None:
            self._display.update(Note((line,)))

    def show(self) -> None:
        """Display it; where it was waited for, in that place."""
        if self._display is None:
            show(self)
        else:
            self._display.update(self)

    def __repr__(self) -> str:
        """Return the card's text."""
        return self._waiting or render_text(self.card)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        html = str(Markup("<p>{}</p>").format(self._waiting)) if self._waiting else ""
        bundle: dict[str, Any] = {
            "text/plain": repr(self),
            "text/html": html or render_html(self.card),
        }
        if self.widget is not None:
            bundle[WIDGET_TYPE] = refer_to_widget(self.widget)
        return bundle


@dataclass
class CellCards:
    """The cards of one cell: those of its last run, and of the run before.

    A run takes the widgets of the run before, as far as it needs as many: to make one
    costs a front end more than to show another card in it.
    """

    run: Any = None
    cards: list[Card] = field(default_factory=list)
    earlier: list[Card] = field(default_factory=list)
    widgets: list[tuple[type[Any], Any]] = field(default_factory=list)
    unused: list[tuple[type[Any], Any]] = field(default_factory=list)

    def begin(self, run: Any) -> None:
        """Put away what the run before showed, unless this is still the same run."""
        if self.run == run:
            return
        self.close_unused()
        self.run = run
        self.earlier, self.cards = self.cards, []
        self.unused, self.widgets = self.widgets, []

    def widget(
        self,
        kind: type[Kind],
        make: Callable[[], Kind],
        show_again: Callable[[Kind], None],
    ) -> Kind:
        """Return a widget for this run: one of the run before, if any is left.

        Args:
            kind: Its class as it is defined; anywidget gives each instance its own.
            make: Makes a new one.
            show_again: Has one of the run before show what this run does.
        """
        for number, (its_kind, widget) in enumerate(self.unused):
            # A front end closes its widgets when it ends.
            if its_kind is kind and widget.comm is not None:
                del self.unused[number]
                show_again(widget)
                break
        else:
            widget = make()
        self.widgets.append((kind, widget))
        return widget  # type: ignore[no-any-return]  # its class was compared

    def close_unused(self) -> None:
        """Close the widgets that the run before showed and this one does not."""
        for _, widget in self.unused:
            widget.close()
        self.unused = []


_shown: weakref.WeakKeyDictionary[Any, dict[str, CellCards]]
_shown = weakref.WeakKeyDictionary()


def view_card(
    shell: InteractiveShell | None,
    card: Card,
    *,
    resend: Resend | None = None,
    load: Load | None = None,
    forget: Forget | None = None,
    base_url: str = "",
) -> CardView:
    """Make what is displayed of a card under the cell that runs.

    The widgets of the cell's run before show what this run shows: a cell that runs
    again and again holds no more models than it needs.

    Args:
        shell: The shell; None outside IPython.
        card: The card.
        resend: Sends a request of the widget's and makes its card.
        load: Loads what a page of the app shows.
        forget: Makes the app's visitor a new one.
        base_url: Where the app can be reached from this machine.
    """
    if shell is None:
        return CardView(card)
    cell = begin_cell_cards(shell)
    previous = next(iter(cell.earlier[len(cell.cards) :]), None)
    cell.cards.append(card)
    widget = None
    if has_front_end(shell):
        kernel = getattr(shell, "kernel", None)
        widget = _widget(
            cell,
            card,
            kernel,
            resend=resend,
            load=load,
            forget=forget,
            base_url=base_url,
            previous=previous,
        )
    return CardView(card, widget)


def replace_card(shell: InteractiveShell, view: CardView, card: Card) -> None:
    """Show an answer in the view that was made while it was waited for."""
    cell = begin_cell_cards(shell)
    place = next(n for n, one in enumerate(cell.cards) if one is view.card)
    cell.cards[place] = card
    view.answer(card, next(iter(cell.earlier[place:]), None))


def begin_cell_cards(shell: InteractiveShell, key: str | None = None) -> CellCards:
    """Return the cards of the cell that runs; those of its last run are put away.

    Args:
        shell: The shell.
        key: The cell, where it is known; None for the one that runs.
    """
    cells = _shown.setdefault(shell, {})
    cell = cells.setdefault(key or _key(shell), CellCards())
    cell.begin(current_run(shell))
    return cell


def close_unused_cards(shell: InteractiveShell, key: str) -> None:
    """Close the widgets that a cell showed before and shows no more.

    Args:
        shell: The shell.
        key: The cell.
    """
    cell = _shown.get(shell, {}).get(key)
    if cell is not None:
        cell.begin(current_run(shell))
        cell.close_unused()


def forget_cards(shell: InteractiveShell) -> None:
    """Close the widgets of a shell, and forget its cards."""
    for cell in _shown.pop(shell, {}).values():
        for _, widget in cell.widgets + cell.unused:
            widget.close()


def _key(shell: InteractiveShell) -> str:
    """Name the cell that runs."""
    owner = live.current_owner()
    if owner is not None:
        return owner.id
    result = getattr(shell.displayhook, "exec_result", None)
    source = getattr(getattr(result, "info", None), "raw_cell", None) or ""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def _widget(cell: CellCards, card: Card, kernel: Any, **options: Any) -> CardWidget:
    return cell.widget(
        CardWidget,
        lambda: CardWidget(card, kernel=kernel, **options),
        lambda widget: widget.show_again(card, **options),
    )
