"""A magic whose name was mistyped: which one was meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

from werkbook.errors import close_matches

from ..output.notes import show_note

_UNKNOWN = re.compile(r"(Cell|Line) magic (?:function )?`(%%?)(\w+)` not found\.")


def install(
    shell: InteractiveShell, names: Iterable[tuple[str, str]]
) -> Callable[[], None]:
    """Say below IPython's error which magic of Werkbook has a name that is near.

    Args:
        shell: The shell.
        names: The kind (`line` or `cell`) and name of each magic of Werkbook.

    Returns:
        What undoes it.
    """
    known = list(names)

    def look(result: ExecutionResult | None) -> None:
        error = result and (result.error_before_exec or result.error_in_exec)
        found = error and _UNKNOWN.match(str(error))
        if found:
            show_note(_hint(known, *found.groups()), is_warning=True)

    events: Any = shell.events
    events.register("post_run_cell", look)
    return partial(events.unregister, "post_run_cell", look)


def _hint(
    known: Iterable[tuple[str, str]], kind: str, mark: str, name: str
) -> list[str]:
    of_kind = [magic for of, magic in known if of == kind.lower()]
    return [f"Did you mean {mark}{meant}?" for meant in close_matches(name, of_kind)]
