"""HTTPie's nested JSON: `user[name]=Ada`, `tags[]=x`, `grid[0][1]:=3`.

The source is HTTPie's documentation, https://httpie.io/docs/cli/nested-json
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from .grammar import RequestSyntaxError

# One step into a JSON value: a name of an object, an index of an array, or None for
# one place more at the end of an array.
Step = str | int | None

_PART = re.compile(r"\[(?P<step>(?:\\.|[^\\\[\]])*)\]", re.DOTALL)
_ROOT = re.compile(r"(?:\\.|[^\\\[\]])*\\?", re.DOTALL)
_ESCAPE = re.compile(r"\\([\[\]\\])")
_INTEGER = re.compile(r"\s*[+-]?\d+(?:_\d+)*\s*\Z")
_MAX_INDEX = 100_000


def split_key(key: str) -> list[Step]:
    r"""Split the key of an item into steps; a backslash escapes `[`, `]` and digits.

    Raises:
        RequestSyntaxError: A bracket is not closed, or stands where none can.
    """
    root = _ROOT.match(key)
    position = root.end() if root else 0
    steps: list[Step] = []
    if position or not key:
        steps.append(_name(key[:position]))
    while position < len(key):
        part = _PART.match(key, position)
        if not part:
            raise RequestSyntaxError(
                f"The key {key!r} has a bracket that is not closed or not opened.",
                why="a nested key is name[name], name[0] or name[].",
                fix=r"write \[ for a bracket that belongs to the name.",
            )
        steps.append(_step(part["step"], key))
        if len(steps) == 1 and isinstance(steps[0], str):
            raise RequestSyntaxError(
                f"The key {key!r} starts with a bracket around a name.",
                why="a key that starts with a bracket is of an array: [0] or [].",
                fix=f"write {part['step']}{key[part.end() :]} without that bracket.",
            )
        position = part.end()
    return steps


def _name(text: str) -> str:
    """Undo the escapes of a name; a number is a name where an object is meant."""
    if _ESCAPE.search(text):
        return _ESCAPE.sub(r"\1", text)
    return text[1:] if text.startswith("\\") and _INTEGER.match(text[1:]) else text


def _step(text: str, key: str) -> Step:
    """Tell what stands between two brackets."""
    if not text:
        return None
    if not _INTEGER.match(text):
        return _name(text)
    index = int(text)
    if not 0 <= index <= _MAX_INDEX:
        raise RequestSyntaxError(
            f"The key {key!r} has the index {index}.",
            why=f"an index is a number from 0 to {_MAX_INDEX}.",
            fix=f"write {key.replace(f'[{text}]', '[]')!r} to add at the end.",
        )
    return index


def nest(pairs: Iterable[tuple[str, Any]]) -> Any:
    """Build the JSON value that items with nested keys describe.

    Raises:
        RequestSyntaxError: Two items disagree about what is an object or an array.
    """
    value: Any = None
    for key, leaf in pairs:
        value = _put(value, split_key(key), leaf, key)
    return value


def _put(value: Any, steps: Sequence[Step], leaf: Any, key: str) -> Any:
    """Set one leaf below a value; return the value, made where there was none."""
    if not steps:
        return leaf
    step, rest = steps[0], steps[1:]
    kind: type[Any] = dict if isinstance(step, str) else list
    if value is None:
        value = kind()
    if not isinstance(value, kind):
        raise RequestSyntaxError(
            f"The key {key!r} does not fit what earlier items made.",
            why=f"they made {_name_type(value)} where it needs {_name_type(kind())}.",
            fix="use names for an object, [0] or [] for an array.",
        )
    made: Any = value
    if isinstance(step, str):
        made[step] = _put(made.get(step), rest, leaf, key)
    else:
        index = len(made) if step is None else step
        made.extend([None] * (index + 1 - len(made)))
        made[index] = _put(made[index], rest, leaf, key)
    return made


def _name_type(value: object) -> str:
    """Name the JSON type of a value."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    return "a string" if isinstance(value, str) else "a number, a boolean or null"
