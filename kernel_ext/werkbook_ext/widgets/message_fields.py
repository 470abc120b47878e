"""Fields of a front end's messages: any code in Jupyter's page can send some."""

from __future__ import annotations

from typing import Any


def is_header(pair: Any) -> bool:
    """Say whether a field is the name and the value of a header."""
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(part, str) and "\n" not in part for part in pair)
        and pair[0] != ""
    )


def is_name(value: Any) -> bool:
    """Say whether a field can be the name of a view or of a request."""
    return isinstance(value, str) and 0 < len(value) <= 64
