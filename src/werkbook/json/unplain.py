"""What to type for a value that JSON cannot hold, and where in an answer it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .late_types import is_instance
from .tabular import tabular_fix

MAX_DEPTH = 50
"""How deep a value is searched for what JSON cannot hold."""

_WAYS = (
    ("enum", "Enum", "value.name, or value.value"),
    ("datetime", "timedelta", "value.total_seconds()"),
    ("datetime", "time", "value.isoformat()"),
    ("numpy", "timedelta64", 'value / numpy.timedelta64(1, "s")'),
    ("numpy", "ndarray", "value.tolist()"),
    ("pandas", "Period", "str(value)"),
    ("pandas", "Interval", "str(value)"),
    ("types", "MappingProxyType", "dict(value)"),
    ("types", "SimpleNamespace", "vars(value)"),
    ("builtins", "bytes", "value.decode(), or base64.b64encode(value).decode()"),
    ("builtins", "bytearray", "value.decode(), or base64.b64encode(value).decode()"),
    ("builtins", "memoryview", "base64.b64encode(value).decode()"),
    ("builtins", "complex", "[value.real, value.imag]"),
    ("builtins", "type", "value.__name__"),
    ("collections.abc", "Mapping", "dict(value)"),
    ("collections.abc", "Set", "sorted(value), or list(value)"),
    ("collections.abc", "Iterable", "list(value)"),
)


def fix_for(value: Any) -> str:
    """Say what to type in the place of a value."""
    name = type(value).__name__
    if fix := tabular_fix(value):
        return fix
    for module, class_name, way in _WAYS:
        if is_instance(value, module, class_name):
            return (
                f"write {way} in place of the {name}, or set app.json.default to a"
                " function that does."
            )
    return (
        f"turn the {name} into one of these types before returning it, or set "
        "app.json.default to a function that does."
    )


def with_keys(problem: str, value: Any, default: Callable[[Any], Any]) -> str:
    """Add to a problem where in a larger value it is: `["rows"][2]`.

    Args:
        problem: The first line of the error.
        value: The answer.
        default: What turns values into those that JSON knows; raises TypeError.
    """

    def is_bad(one: Any) -> bool:
        if isinstance(one, dict | list | tuple | str | int | float | None):
            return False
        try:
            default(one)
        except TypeError:
            return True
        return False

    return _placed(problem, _find(value, default, is_bad, ()))


def unsortable_keys(
    value: Any, default: Callable[[Any], Any]
) -> tuple[str, list[str]] | None:
    """Find a dict whose keys cannot be sorted: the problem, and the names of types."""
    found: list[dict[Any, Any]] = []

    def is_bad(one: Any) -> bool:
        if not isinstance(one, dict):
            return False
        try:
            sorted(one.items())
        except TypeError:
            found.append(one)
            return True
        return False

    keys = _find(value, default, is_bad, ())
    if keys is None:
        return None
    names = sorted({type(key).__name__ for key in found[0]})
    kinds = " and ".join(names)
    problem = f"A dict with keys of types {kinds} is not JSON serializable."
    return _placed(problem, keys), names


def _placed(problem: str, keys: list[str] | None) -> str:
    if not keys:
        return problem
    return f"{problem.removesuffix('.')}: it is at {''.join(keys)} of the answer."


def _find(
    value: Any,
    default: Callable[[Any], Any],
    is_bad: Callable[[Any], bool],
    around: tuple[int, ...],
) -> list[str] | None:
    """Return the keys that lead to the first bad value; None where there is none."""
    if is_bad(value):
        return []
    if id(value) in around or len(around) > MAX_DEPTH:
        return None
    for key, item in _items(value, default):
        keys = _find(item, default, is_bad, (*around, id(value)))
        if keys is not None:
            return [f"[{key!r}]", *keys]
    return None


def _items(value: Any, default: Callable[[Any], Any]) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, list | tuple):
        return enumerate(value)
    if isinstance(value, str | int | float | None):
        return ()
    try:
        return _items(default(value), default)
    except TypeError:
        return ()
