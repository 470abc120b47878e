"""What stands under a cell when its run has ended: rules, conflicts, what failed."""

from __future__ import annotations

from ..notebook import LiveCells, RunEnd
from ..notebook.flask_itself import growth_lines, refusal_lines
from ..output.notes import show_note
from ..output.registration_lines import (
    bare_wrapper_lines,
    conflict_lines,
    namesake_lines,
    quiet_lines,
    rolled_back_lines,
    spelling_lines,
)
from .rule_lines import show_rules
from .view import close_unused_cards


def report_run(cells: LiveCells, end: RunEnd) -> None:
    """Tell under a cell what its run registered, and close the cards it left behind.

    Args:
        cells: The listener of the shell, which names cells and knows the options.
        end: How the run ended.
    """
    if end.has_failed:
        known = cells.known.get(end.run.owner.id)
        lines = rolled_back_lines(end.changes)
        if known is not None:
            lines += refusal_lines(cells.shell, known.error)
        show_note(lines, is_warning=True)
    else:
        _report_success(cells, end)
    if not end.is_interrupted:  # then the next cell runs, and has cards of its own
        close_unused_cards(cells.shell, end.run.owner.id)


def _report_success(cells: LiveCells, end: RunEnd) -> None:
    changes = end.changes  # most cells change nothing, and shall cost nothing
    if changes.registered and cells.options.announce:
        show_rules(cells.shell, changes, end.announced)
        show_note(quiet_lines(changes), is_quiet=True)
    show_note(growth_lines(cells.shell), is_quiet=True)
    lines = conflict_lines(changes, cells.name_cell) if changes.taken else []
    if lines:
        lines += bare_wrapper_lines(changes)
    if changes.registered:
        lines += spelling_lines(changes)
    if end.run.constructed:
        lines += namesake_lines(end.run.owner.id, cells.name_cell)
    show_note(lines, is_warning=True)
