"""Fill `{{ expr }}` in the text of a request from the notebook's namespace.

Where the text is JSON, a form or a URL the value is quoted as that place needs it: a
name with a quote or an ampersand stays one value.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

from werkbook.errors import WerkbookError

from .grammar import pieces

Evaluate = Callable[[str], Any]


class FillError(WerkbookError, ValueError):
    """An expression in `{{ }}` cannot be evaluated, or its value cannot be sent."""


class Filler:
    """Fills expressions; `evaluate` gives the value of one in the notebook."""

    def __init__(self, evaluate: Evaluate) -> None:
        """Keep the function that evaluates an expression."""
        self._evaluate = evaluate

    def text(self, template: str) -> str:
        """Fill in each value as text."""
        return self._fill(template, lambda value, before: _as_text(value))

    def url(self, template: str) -> str:
        """Fill in values percent-encoded; the first thing in a URL stands as it is."""
        return self._fill(template, _in_url)

    def json(self, template: str) -> str:
        """Fill in values as JSON, or escaped where they stand inside of a string."""
        return self._fill(template, _in_json)

    def form(self, template: str) -> str:
        """Fill in values as a form's, percent-encoded."""
        return self._fill(template, lambda value, before: quote_plus(_as_text(value)))

    def _fill(self, template: str, encode: Callable[[Any, str], str]) -> str:
        filled = ""
        for is_expression, text in pieces(template):
            filled += encode(self.value(text), filled) if is_expression else text
        return filled

    def value(self, expression: str) -> Any:
        """Evaluate one expression.

        Raises:
            FillError: It raises.
        """
        try:
            return self._evaluate(expression)
        except Exception as error:
            raise FillError(
                f"{{{{ {expression} }}}} raises {type(error).__name__}: {error}.",
                why="what stands in {{ }} is a Python expression of this notebook.",
                fix=r"define it in a cell above, or write \{{ to send the braces.",
            ) from error


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else _dump(value)


def _dump(value: Any) -> str:
    """Write what JSON knows as JSON (True is true); anything else by str()."""
    if value is None or isinstance(value, (bool, list, dict)):
        return as_json(value)
    return str(value)


def as_json(value: Any) -> str:
    """Write a value as JSON."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise FillError(
            f"{value!r:.60} cannot be written as JSON.",
            why=f"{error}.",
            fix="convert it to dict, list, str, int, float, bool or None.",
        ) from error


def _in_url(value: Any, before: str) -> str:
    text = _as_text(value)
    if not before:
        return text
    return quote_plus(text) if "?" in before else quote(text, safe="/")


def _in_json(value: Any, before: str) -> str:
    if _is_in_string(before):
        return json.dumps(_as_text(value), ensure_ascii=False)[1:-1]
    return as_json(value)


def _is_in_string(before: str) -> bool:
    """Tell whether the end of a JSON text lies inside of a string."""
    is_inside = is_escaped = False
    for char in before:
        if is_escaped:
            is_escaped = False
        elif char == "\\":
            is_escaped = is_inside
        elif char == '"':
            is_inside = not is_inside
    return is_inside
