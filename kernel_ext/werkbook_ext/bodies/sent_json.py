"""Reads JSON so that it can be written as it was sent: its numbers, repeated keys.

Python knows no `1.10`, `-0` or `1e400`, and of a key that an object has twice it keeps
the last value. While such a value is read, marks stand for what would be lost; no text
has them, as they are no characters (Unicode's noncharacters).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

_NUMBER, _REPEATED = "\ufdd0", "\ufdd1"
_MARKED = re.compile(rf'"{_NUMBER}([-+.\deE]+)"|{_REPEATED}+(?=")')


def read_as_sent(text: str) -> Any:
    """Return the value of a JSON text, with marks that `without_marks` takes back.

    Raises:
        ValueError: It is no JSON.
        RecursionError: It is nested too deep.
    """
    return json.loads(
        text,
        parse_int=_reader(int),
        parse_float=_reader(float),
        object_pairs_hook=_with_all_pairs,
    )


def without_marks(text: str) -> str:
    """Return JSON that was written of what `read_as_sent` returned, as it was sent."""
    return _MARKED.sub(lambda match: match[1] or "", text)


def _reader(kind: Callable[[str], float]) -> Callable[[str], float | str]:
    def read(text: str) -> float | str:
        number = kind(text)
        return number if repr(number) == text else _NUMBER + text

    return read


def _with_all_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found = {}
    for key, value in pairs:
        name = key
        while name in found:
            name += _REPEATED
        found[name] = value
    return found
