"""A magic that is mistyped, or not in its cell's first line: what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

from werkbook.errors import close_matches
from werkbook.plain_words import said_by

from ..output.notes import show_note

_UNKNOWN = re.compile(r"(Cell|Line) magic (?:function )?`(%%?)(\w+)` not found\.")
_BELOW = re.compile(r"^[ \t]*%%(\w+)", re.M)


def install(
    shell: InteractiveShell, names: Iterable[tuple[str, str]]
) -> Callable[[], None]:
    """Say below IPython's error which magic of Werkbook was meant, and where it goes.

    Args:
        shell: The shell.
        names: The kind (`line` or `cell`) and name of each magic of Werkbook.

    Returns:
        What undoes it.
    """
    known = list(names)

    def look(result: ExecutionResult | None) -> None:
        if result is not None and not result.success:
            show_note(_hints(known, result), is_warning=True)

    events: Any = shell.events
    events.register("post_run_cell", look)
    return partial(events.unregister, "post_run_cell", look)


def _hints(known: list[tuple[str, str]], result: ExecutionResult) -> list[str]:
    source = getattr(result.info, "raw_cell", "").strip()
    below = _BELOW.search(source)
    # In a cell of another magic the line may be part of its text.
    if below and ("cell", below[1]) in known and not source.startswith("%%"):
        return [
            f"%%{below[1]} has to be the cell's first line: move what stands above it"
            " into another cell, or below."
        ]
    found = _UNKNOWN.match(said_by(result.error_before_exec or result.error_in_exec))
    if not found:
        return []
    kind, mark, name = found.groups()
    of_kind = [magic for of, magic in known if of == kind.lower()]
    return [f"Did you mean {mark}{near}?" for near in close_matches(name, of_kind)]
