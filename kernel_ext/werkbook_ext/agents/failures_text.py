"""All that fails in a notebook and its apps now, with cells and lines."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent

from IPython.core.interactiveshell import InteractiveShell

from werkbook.serving.exchanges import Exchange

from ..bodies.masking import steady_text
from ..cards.tracebacks import list_frames, summarize_error
from ..notebook import LiveCells
from ..notebook.apps import named_apps
from ..transport.sessions import find_ring
from .cell_failures import CellFailure, list_failed_cells
from .cell_places import describe_cell, describe_frames


def describe_failures(shell: InteractiveShell, cells: LiveCells) -> str:
    """Return the cells that failed, and for each rule its last request if that failed.

    What ran or answered well since then is not told any more.
    """
    found = [
        _describe_failed_cell(cells, one) for one in list_failed_cells(shell, cells)
    ]
    found += [_describe_failed_request(cells, one) for one in _failed_requests(shell)]
    if not found:
        return "Nothing fails: no cell by its last run, no rule by its last request."
    return "\n\n".join(found)


def _describe_failed_cell(cells: LiveCells, failure: CellFailure) -> str:
    lines = [
        f"{describe_cell(cells, failure.cell_id)} failed,"
        " and the app is as it was before it:",
        failure.error,
        *describe_frames(cells, failure.frames),
    ]
    if failure.line is not None:
        known = cells.known.get(failure.cell_id)
        source = known.cell.source.splitlines() if known is not None else []
        lines.append(f"line {failure.line}")
        lines += [f"  > {one}" for one in source[failure.line - 1 : failure.line]]
    return _block(lines)


def _describe_failed_request(cells: LiveCells, exchange: Exchange) -> str:
    error = exchange.exception
    assert error is not None  # only those are listed
    return _block(
        [
            f"{exchange.method} {steady_text(exchange.url)} -> {exchange.status}",
            steady_text(summarize_error(error)),
            *describe_frames(cells, list_frames(error)),
        ]
    )


def _block(lines: list[str]) -> str:
    head, *rest = lines
    return "\n".join([head, indent("\n".join(rest), "  ")])


def _failed_requests(shell: InteractiveShell) -> Iterator[Exchange]:
    """Yield the last request of each rule that has an error, oldest first."""
    seen: set[int] = set()
    for _, app in named_apps(shell):
        if id(app) in seen:
            continue
        seen.add(id(app))
        last = {
            (one.method, one.rule or one.url): one
            for one in find_ring(app) or ()
            if one.is_finished
        }
        yield from (one for one in last.values() if one.exception is not None)
