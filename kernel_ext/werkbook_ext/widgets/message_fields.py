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


def read_message(value: Any) -> Any:
    """Return what a front end sent, with None where JavaScript says null.

    Pyodide's kernel hands on JavaScript's `null` as a value of its own.
    """
    if isinstance(value, dict):
        return {name: read_message(one) for name, one in value.items()}
    if isinstance(value, list):
        return [read_message(one) for one in value]
    return None if type(value).__name__ in ("JsNull", "JsUndefined") else value


def is_name(value: Any) -> bool:
    """Say whether a field can be the name of a view or of a request."""
    return isinstance(value, str) and 0 < len(value) <= 64
