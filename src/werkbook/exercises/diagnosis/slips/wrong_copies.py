"""Mistakes with copies: what is changed in one, the list or dict does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from ...words import say
from ..case import Case, Finding
from ..more.wrong_memory import changers

_COPIES = ("dict", "list", "copy", "deepcopy", "set")
_CHANGED_AT_ONCE = re.compile(
    r"^ *((?:list|dict)\((\w+)\))(?:\[.*\] \+?=|\.\w+\()", re.MULTILINE
)
"""A copy that is changed where it is made: `list(entries).append(x)`."""


def copy_changed(case: Case) -> Finding | None:
    """A copy is changed, and what it was made of stays as it was."""
    if not case.before or case.has_crashed:
        return None
    for function in changers(case):
        copies = dict(_copies(function))
        text = ast.unparse(function)
        made = _CHANGED_AT_ONCE.search(text)
        if made is not None:
            return _copy_changed(made[1], made[2])
        for name, whole in copies.items():
            is_changed = re.search(rf"\b{name}(?:\[[^\]]*\] =|\.append\()", text)
            is_put_back = re.search(rf"= {name}$|[(,] ?{name}\)", text, re.MULTILINE)
            if is_changed and not is_put_back:
                return _copy_changed(name, whole)
    return None


def _copy_changed(name: str, whole: str) -> Finding:
    return Finding(
        "copy-changed",
        say(
            "{name} is a copy of {whole}: what is changed in it, {whole} does not have."
            " Change {whole} itself.",
            name=name,
            whole=whole,
        ),
    )


def _copies(function: Any) -> Iterator[tuple[str, str]]:
    """Yield the names of copies, and what they are copies of."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        call, target = node.value, node.targets[0]
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        of = call.args[0] if call.args else getattr(call.func, "value", None)
        is_thing = isinstance(of, (ast.Name, ast.Subscript))
        if name in _COPIES and is_thing and isinstance(target, ast.Name):
            yield target.id, ast.unparse(of)  # type: ignore[arg-type]
