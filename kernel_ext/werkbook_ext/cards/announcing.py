"""One line for each rule that a cell registered, with a button that tries it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from ..notebook.environment import has_front_end
from ..output.notes import Note
from .announced import Announced
from .view import WIDGET_TYPE, cards_of_cell, widget_reference


def announce(
    shell: InteractiveShell,
    rules: Sequence[Announced],
    owner_id: str,
    *,
    more: str = "",
) -> None:
    """Show the rules under the cell that registered them.

    Args:
        shell: The shell.
        rules: At least one.
        owner_id: The cell, whose run may have ended already.
        more: A line that stands for the rules that are not shown.
    """
    note = Note((*(rule.line for rule in rules), *filter(None, [more])))
    bundle: dict[str, Any] = {"text/plain": repr(note), "text/html": note._repr_html_()}
    widget = _widget(shell, rules, owner_id, more) if has_front_end(shell) else None
    if widget is not None:
        bundle[WIDGET_TYPE] = widget_reference(widget)
    display(bundle, raw=True)  # type: ignore[no-untyped-call]  # IPython's


def _widget(
    shell: InteractiveShell, rules: Sequence[Announced], owner_id: str, more: str
) -> Any:
    try:
        from .announce_widget import AnnounceWidget  # anywidget is optional
    except ImportError:
        return None
    return cards_of_cell(shell, owner_id).widget(
        AnnounceWidget,
        lambda: AnnounceWidget(rules, more, getattr(shell, "kernel", None)),
        lambda widget: widget.announce_again(rules, more),
    )
