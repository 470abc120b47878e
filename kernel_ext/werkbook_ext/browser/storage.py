"""localStorage and sessionStorage of an app's pages: a sandboxed page has none.

They are kept in the kernel, so that they outlive a view and a reload of Jupyter.
"""

from __future__ import annotations

import threading
from typing import Any

QUOTA_BYTES = 5_000_000
MAX_NAMES = 20_000


class Storage:
    """Names and values of one app; changes come from any of its views."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, str] = {}
        self._size = 0

    def snapshot(self) -> dict[str, str]:
        with self._lock:
            return dict(self._values)

    def apply(self, changes: list[Any]) -> list[list[str | None]]:
        """Make changes `[name, value]`, `[name, None]`, `[None, None]` (clear).

        Returns those that were made; malformed ones and those over the quota are not.
        """
        with self._lock:
            return [
                list(change)
                for change in changes
                if is_change(change) and self._apply(*change)
            ]

    def _apply(self, name: str | None, value: str | None) -> bool:
        if name is None:
            self._values.clear()
            self._size = 0
            return True
        size = self._size - self._measure(name)
        if value is None:
            self._values.pop(name, None)
        elif size + len(name) + len(value) > QUOTA_BYTES or self._is_full(name):
            return False
        else:
            self._values[name] = value
        self._size = size + self._measure(name)
        return True

    def _is_full(self, name: str) -> bool:
        return len(self._values) >= MAX_NAMES and name not in self._values

    def _measure(self, name: str) -> int:
        return len(name) + len(self._values[name]) if name in self._values else 0


def is_change(change: Any) -> bool:
    is_pair = isinstance(change, list) and len(change) == 2
    return is_pair and all(part is None or isinstance(part, str) for part in change)
