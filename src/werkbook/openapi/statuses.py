"""Which statuses a view function returns, as far as its code says so in numbers."""

from __future__ import annotations

import dis
import inspect
from typing import Any

_RETURNS = ("RETURN_VALUE", "RETURN_CONST")


def list_written_statuses(function: Any) -> list[int]:
    """Return the statuses of success that a function's `return` statements name.

    `return item, 201` names one, and a `return` without one is 200.

    Args:
        function: A view function, or the method of a class; unwrapped.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return []
    steps = [one for one in dis.get_instructions(code) if one.opname != "CACHE"]
    found = {
        _find_status(steps, place)
        for place, step in enumerate(steps)
        if step.opname in _RETURNS
    }
    return sorted(status for status in found if 200 <= status < 300)


def _find_status(steps: list[dis.Instruction], place: int) -> int:
    """Return the status that the value has which an instruction returns."""
    step, before = steps[place], steps[max(0, place - 1)]
    value = step.argval if step.opname == "RETURN_CONST" else before.argval
    if isinstance(value, tuple) and len(value) == 2:
        return _read_status(value[1])
    if step.opname == "RETURN_VALUE" and before.opname == "BUILD_TUPLE":
        is_pair = before.argval == 2 and place >= 2
        return _read_status(steps[place - 2].argval) if is_pair else 0
    return 200


def _read_status(value: object) -> int:
    """Return a status; 0 for one that only the run knows."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
