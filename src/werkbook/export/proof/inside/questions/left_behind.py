"""What requests that cells make leave behind in the notebook's names and files."""

from __future__ import annotations

import os
import time
import types
from collections.abc import Iterable
from typing import Any

from .held_state import FILE, held_state, is_beside, list_files

_MAX_LOOKING_S = 4.0
"""So long the looks of a run may take together; what comes later is not noted."""


class RequestWatch:
    """Compares what is held before and after each request.

    What a view changes while its answer is read, as a stream, is not seen.

    Args:
        space: The notebook's names.
        sources: The text of its cells: the environment variables in it count.
    """

    def __init__(self, space: dict[str, Any], sources: Iterable[str]) -> None:
        self.found: list[tuple[Any, list[str]]] = []
        self._space = space
        self._sources = list(sources)
        self._left_s = _MAX_LOOKING_S

    def look(self) -> dict[str, str] | None:
        """Write down what is held now; None where looking has taken too long."""
        if self._left_s <= 0:
            return None
        began_s = time.monotonic()
        space = {
            name: value
            for name, value in list(self._space.items())
            if not _is_of_others(value)
        }
        found = held_state(space, self._sources)
        # What a cache keeps, it makes again.
        found = {name: text for name, text in found.items() if text[:6] != "cache "}
        for path in list_files():
            try:
                stat = os.stat(path)
            except OSError:
                continue
            found[f"{FILE}{path}"] = f"{stat.st_size} {stat.st_mtime_ns}"
        self._left_s -= time.monotonic() - began_s
        return found

    def note(self, request: Any, before: dict[str, str] | None) -> None:
        """Take what a request has changed since a look."""
        after = self.look() if before is not None else None
        if before is None or after is None:
            return
        changed = [name for name in after if before.get(name) != after[name]]
        if changed:
            self.found.append((request, sorted(changed)))


def _is_of_others(value: Any) -> bool:
    """Say whether a value is a library's module: `random` is no data of the app's."""
    return isinstance(value, types.ModuleType) and not is_beside(value)
