"""The app of a cell stays the same object when the cell runs again.

The n-th `App(...)` of a cell returns the object of the run before, so that other
cells' registrations, closures over `app` and the server stay valid. Where the cell
binds them to names, the name says which one it is: another one may be made above. When
that cell has gone or makes it no longer, an app that a new cell binds to the same name
inherits.
"""

from __future__ import annotations

import ast
import sys
from functools import partial
from typing import Any, TypeVar

from werkbook.syntax_trees import parse_python

from ..registrations.attributes import DividedAttributes
from ..registrations.divided import find_whole_class, make_divided_class
from ..registrations.ledger import Run, call_if_it_fails, in_run, ledger

T = TypeVar("T")
Key = tuple[str, str, int]

APPS = {"App", "Bottle", "Starlette"}
"""The families of apps; the others are `Blueprint`, `Router`, `Templates`."""

_instances: dict[Key, Any] = {}
_names: dict[Key, str | None] = {}


def find_or_make(cls: type[T], family: str) -> T:
    """Return the object that the running cell made here before, or a new one.

    Args:
        cls: The class that is called.
        family: What is counted within a cell, such as `App` or `Blueprint`. Objects of
            one family can become one of its other classes.
    """
    if not in_run():
        return object.__new__(cls)
    run = ledger.runs()[-1]
    number = run.constructed[family] = run.constructed.get(family, 0) + 1
    key = (run.owner.id, family, number)
    name = _bound_name(run)
    existing: T | None = _find_before(run, key, name)
    if existing is not None and _is_made_elsewhere(existing, key):
        existing = None  # another cell has inherited it
    if existing is None and name is not None:
        existing = _orphan(family, name)
    if existing is None or not _become_for_run(existing, cls):
        existing = object.__new__(cls)
    _instances[key] = existing
    _names[key] = name
    return existing


def _find_before(run: Run, key: Key, name: str | None) -> Any:
    """Return what the cell made under a name before, or else as the n-th.

    It takes the n-th place; what stood there goes to where that one came from, or to
    the end: what follows in the cell may be it.
    """
    owner_id, family, number = key
    places = [one for one in _instances if one[:2] == key[:2]]
    if number == 1:
        before = {place: (_instances[place], _names[place]) for place in places}
        call_if_it_fails(partial(_put_back, before))
    left = sorted(place for place in places if place[2] >= number)
    found = next((one for one in left if _names[one] == name), None)
    if _names.get(key) == name:
        found = key if key in left else found
    bound = set((run.bound_names or {}).values())
    if found is None and key in left and _names[key] not in bound:
        found = key
    if found != key and key in left:
        last = max(place[2] for place in places)
        other = found or (owner_id, family, last + 1)
        here = _instances[key], _names[key]
        _instances[key], _names[key] = _instances.pop(other, None), None
        _instances[other], _names[other] = here
    return None if found is None else _instances[key]


def _put_back(before: dict[Key, tuple[Any, str | None]]) -> None:
    """Let a cell's objects have the places of before a run that failed."""
    known = [one for one, _ in before.values()]
    kind = {place[:2] for place in before}
    for place in [one for one in _instances if one[:2] in kind]:
        if any(_instances[place] is one for one in known):
            del _instances[place], _names[place]
    for place, (one, name) in before.items():
        if place in _instances:  # a new one of the failed run: it may be made again
            owner_id, family, number = max(p for p in _instances if p[:2] in kind)
            last = max(number, max(p[2] for p in before)) + 1
            _instances[owner_id, family, last] = _instances[place]
            _names[owner_id, family, last] = _names[place]
        _instances[place], _names[place] = one, name


def find_namesakes(owner_id: str) -> list[tuple[str, str, Any]]:
    """Return the apps of other cells that are bound to the name of an app of this one.

    Each comes with the name and the other cell's id.
    """
    made = {_names[key]: one for key, one in _instances.items() if key[0] == owner_id}
    return [
        (name, key[0], other)
        for key, other in _instances.items()
        if key[0] != owner_id and key[1] in APPS and is_made(key)
        for name in [_names[key]]
        if name is not None and made.get(name, other) is not other
    ]


def _become_for_run(existing: Any, cls: type) -> bool:
    before = find_whole_class(existing)
    call_if_it_fails(partial(become, existing, before))
    return become(existing, cls)


def become(existing: Any, cls: type) -> bool:
    """Make an object one of another class; say whether that can be."""
    if find_whole_class(existing) is cls:
        return True
    is_divided = find_whole_class(existing) is not type(existing)
    try:
        wanted = make_divided_class(cls, DividedAttributes) if is_divided else cls
        object.__setattr__(existing, "__class__", wanted)
    except TypeError:
        return False
    return True


def _orphan(family: str, name: str) -> Any:
    for key, one in reversed(_instances.items()):
        is_same_name = key[1] == family and _names.get(key) == name
        if is_same_name and not is_made(key) and not _is_made_elsewhere(one, key):
            return one
    return None


def _is_made_elsewhere(existing: Any, key: Key) -> bool:
    return any(
        one is existing and other[0] != key[0] and is_made(other)
        for other, one in _instances.items()
    )


def is_made(key: Key) -> bool:
    """Say whether the notebook still holds a cell that makes this object."""
    owner_id, family, number = key
    if any(run.owner.id == owner_id for run in ledger.runs()):
        return True
    if owner_id in ledger.gone:
        return False
    return number <= ledger.constructed.get(owner_id, {}).get(family, 0)


def _bound_name(run: Run) -> str | None:
    """Find the name that the statement which runs now assigns to."""
    if not run.source:
        return None
    frame: Any = sys._getframe(2)
    while frame is not None and not _is_of_cell(frame):
        frame = frame.f_back
    if frame is None:
        return None
    if run.bound_names is None:
        run.bound_names = _assignments(run.source)
    return run.bound_names.get(frame.f_lineno)


def _is_of_cell(frame: Any) -> bool:
    # A factory of apps has frames of its own below the one of the cell's statement.
    is_outermost = frame.f_code.co_name.startswith(("<module>", "<cell line"))
    return bool(is_outermost and frame.f_globals.get("__name__") == "__main__")


def _assignments(source: str) -> dict[int, str]:
    """Map each line of an assignment to a name to that name."""
    try:
        tree = parse_python(source)
    except SyntaxError:
        return {}
    names: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            targets = [node.target]
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name):
                for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    names.setdefault(line, target.id)
    return names
