"""Values that any message to the front end can carry."""

from __future__ import annotations

from typing import Any

MAX_DEPTH = 60


def sendable(value: Any, depth: int = 0) -> Any:
    """Return a JSON value that any message can carry: Unicode, and not nested deep."""
    if isinstance(value, str):
        return well_formed(value)
    if depth > MAX_DEPTH:
        return "…" if isinstance(value, (dict, list, tuple)) else value
    if isinstance(value, dict):
        return {
            well_formed(str(key)): sendable(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [sendable(item, depth + 1) for item in value]
    return value


def well_formed(text: str) -> str:
    """Return text that is Unicode: of a lone surrogate its escape."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text
