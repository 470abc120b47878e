"""Room for deep syntax trees: a sum of a thousand terms is a thousand levels."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import TypeVar

from werkbook.cells.cell import Cell, NotebookError, named_code
from werkbook.cells.source.parse import parse_cells
from werkbook.cells.source.trees import levels
from werkbook.plain_words import shortened
from werkbook.system import this_system

Result = TypeVar("Result")

TREE_LEVELS = 10_000
"""More than Python itself compiles, whose own limits lie between 3,000 and 10,000."""
STACK_LEVELS = 30_000
STACK_BYTES = 512 * 1024 * 1024
"""Reserved, not used: a system takes memory for what is touched."""
_MAX_LINE_CHARS = 60


@dataclass(frozen=True)
class _Deepest:
    """The statement of a notebook whose tree has the most levels.

    Attributes:
        place: Its cell and line.
        text: The beginning of it.
        levels: Of its tree; infinite when Python can't even parse it.
    """

    place: str
    text: str
    levels: float = 0


def with_deep_stack(function: Callable[[], Result], cells: Sequence[Cell]) -> Result:
    """Call a function; again with a deep stack, when it nests too deeply for Python's.

    Args:
        function: What reads the cells.
        cells: The notebook's.

    Raises:
        NotebookError: A cell nests deeper than that; the message names it.
    """
    try:
        return function()
    except RecursionError as error:
        if not this_system().has_threads:
            raise _too_deep(_find_deepest(cells)) from error
        deepest = _in_deep_thread(lambda: _find_deepest(cells))
        if deepest.levels > TREE_LEVELS:
            raise _too_deep(deepest) from error
    try:
        return _in_deep_thread(function)
    except (RecursionError, MemoryError) as error:
        raise _too_deep(deepest) from error


def _in_deep_thread(function: Callable[[], Result]) -> Result:
    found: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            found.append(function())
        except BaseException as error:  # raised again in the caller's thread
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES)
    try:
        sys.setrecursionlimit(max(limit, STACK_LEVELS))
        thread = threading.Thread(target=run, name="werkbook-export")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return found[0]


def _find_deepest(cells: Sequence[Cell]) -> _Deepest:
    found = (one for cell in named_code(cells) for one in _depths(cell))
    return max(found, key=attrgetter("levels"), default=_Deepest("The notebook", ""))


def _depths(cell: Cell) -> Iterator[_Deepest]:
    """Measure the statements of one cell, those of a file that it writes too."""
    try:
        parsed = parse_cells([cell])
    except RecursionError:
        yield _Deepest(cell.name, cell.source, math.inf)
        return
    for statement in chain(parsed.statements, *parsed.modules.values()):
        yield _Deepest(statement.place, statement.text, levels(statement.node))


def _too_deep(deepest: _Deepest) -> NotebookError:
    first = shortened(deepest.text.strip().partition("\n")[0], _MAX_LINE_CHARS)
    count = "too many" if math.isinf(deepest.levels) else f"{deepest.levels:,}"
    return NotebookError(
        f"{deepest.place} nests too deeply: {first!r}.",
        why=f"its syntax tree has {count} levels; {TREE_LEVELS:,} can be read.",
        fix="cut its longest expression into several statements.",
    )
