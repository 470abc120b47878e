"""Which of the notebook's names code reads, and whether their values have changed.

A page depends on the globals that its view reads, those of the functions that these
call included. Values are compared before and after a cell, so that a cell counts by
what it did: rebinding, changes in place, calls of functions that change something.
"""

from __future__ import annotations

import ast
import hashlib
import io
import pickle
from collections.abc import Callable, Iterable, Mapping
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from werkbook.syntax_trees import parse_python

MAX_PICKLE_BYTES = 256_000
MAX_WALK = 5_000
MISSING = object()
# Builtins that change none of their arguments.
HARMLESS = frozenset(
    """abs all any bool bytes dict dir display enumerate filter float format frozenset
    hash help id int isinstance len list map max min print range repr reversed round
    set sorted str sum tuple type vars zip""".split()  # noqa: SIM905  # reads as a text
)


def names_read(functions: Iterable[Any], namespace: Mapping[str, Any]) -> set[str]:
    """Return the names of the notebook that functions read, those they call included.

    A class counts with its methods. A name that is not bound yet is one, too.
    """
    names: set[str] = set()
    waiting = list(functions)
    seen: set[int] = set()
    while waiting and len(seen) < MAX_WALK:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        for function in functions_in(value):
            if function.__globals__ is not namespace:
                continue
            waiting += list_contents(function)
            fresh = global_names(function.__code__) - names
            names |= fresh
            waiting += [namespace[name] for name in fresh if name in namespace]
    return names


def constants_read(functions: Iterable[Any], namespace: Mapping[str, Any]) -> set[str]:
    """Return the texts that stand in functions and in those they call."""
    names = names_read(functions, namespace)
    values = [namespace[name] for name in names if name in namespace]
    found = {value for value in values if isinstance(value, str)}
    for value in [*functions, *values]:
        for function in functions_in(value):
            if function.__globals__ is namespace:
                found |= texts_in(function.__code__)
    return found


def functions_in(value: Any) -> list[FunctionType]:
    """Return the Python functions that a callable, method or class consists of."""
    if isinstance(value, FunctionType):
        return [value]
    if isinstance(value, MethodType):
        return functions_in(value.__func__)
    if isinstance(value, type):
        parts = [one for base in value.__mro__[:-1] for one in vars(base).values()]
        return [part for one in parts for part in _plain(one)]
    wrapped = getattr(value, "__wrapped__", None) if callable(value) else None
    found = functions_in(wrapped) if wrapped is not None else []
    if type(value).__module__ == "__main__":
        found += functions_in(type(value))
    return found


def _plain(part: Any) -> list[FunctionType]:
    if isinstance(part, FunctionType):
        return [part]
    if isinstance(part, (staticmethod, classmethod)):
        return _plain(part.__func__)
    if isinstance(part, property):
        return [one for one in (part.fget, part.fset) if isinstance(one, FunctionType)]
    return []


def list_contents(function: FunctionType) -> list[Any]:
    """Return what a function holds besides globals: closure, defaults, wrapped."""
    found: list[Any] = list(function.__defaults__ or ())
    found += (function.__kwdefaults__ or {}).values()
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:
            continue  # the variable has no value yet
    found.append(vars(function).get("__wrapped__"))
    view_class = vars(function).get("view_class")
    return [*found, view_class] if view_class is not None else found


def global_names(code: CodeType) -> set[str]:
    """Return the names that code and the code inside it may read as globals."""
    inner = (one for one in code.co_consts if isinstance(one, CodeType))
    return set(code.co_names).union(*map(global_names, inner))


def texts_in(code: CodeType) -> set[str]:
    found: set[str] = set()
    for one in code.co_consts:
        if isinstance(one, str):
            found.add(one)
        elif isinstance(one, CodeType):
            found |= texts_in(one)
        elif isinstance(one, tuple):
            found |= {part for part in one if isinstance(part, str)}
    return found


class State:
    """The values of some names, to be compared with later ones.

    Args:
        names: The names.
        namespace: The notebook's namespace.
    """

    def __init__(self, names: Iterable[str], namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace
        values = {name: namespace.get(name, MISSING) for name in names}
        # The values are kept: an id may be used again after its object has gone.
        self._values = values
        self._digests = {name: digest(value) for name, value in values.items()}

    def changed(self, touched: Callable[[], set[str]]) -> set[str]:
        """Return the names whose values are other ones now.

        Args:
            touched: Gives the names that a cell may have changed in place; asked
                where values cannot be compared.
        """
        found = set()
        unknown = set()
        for name, old in self._values.items():
            new = self._namespace.get(name, MISSING)
            before = self._digests[name]
            if before is not None and digest(new) == before:
                continue
            if new is not old or before is not None:
                found.add(name)
            elif not is_fixed(new):
                unknown.add(name)
        return found | (unknown & touched() if unknown else set())


def is_fixed(value: Any) -> bool:
    """Tell whether a value stays the same when a cell uses it: code does."""
    return isinstance(value, (ModuleType, FunctionType, MethodType, type)) or callable(
        value
    )


def digest(value: Any) -> bytes | None:
    """Return a digest of a value's content; None where that takes too long."""
    if value is MISSING:
        return b"missing"
    if is_fixed(value):
        return None
    out = _Limited()
    try:
        pickle.Pickler(out, protocol=5).dump(value)
    except Exception:
        # An object's own pickling can raise anything; then it can't be compared.
        return None
    return hashlib.blake2b(out.getvalue(), digest_size=16).digest()


class _Limited(io.BytesIO):
    """A buffer that raises an error when more than a fixed number of bytes comes."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > MAX_PICKLE_BYTES:
            raise OverflowError("too large to compare")
        return super().write(data)


def touched_names(source: str, namespace: Mapping[str, Any]) -> set[str]:
    """Return the names that a cell's code may change the values of in place."""
    try:
        tree = parse_python(source)
    except SyntaxError:
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            if not isinstance(node.ctx, ast.Load):
                found.add(root_name(node))
        elif isinstance(node, ast.AugAssign):
            found.add(root_name(node.target))
        elif isinstance(node, ast.Call):
            found |= touched_by(node, namespace)
    return found - {""}


def touched_by(call: ast.Call, namespace: Mapping[str, Any]) -> set[str]:
    """Return what a call may change: object, arguments, the globals it reads."""
    callee = call.func
    if isinstance(callee, ast.Name):
        if callee.id in HARMLESS:
            return set()
        found = names_read([namespace.get(callee.id)], namespace)
    else:
        found = {root_name(callee)}
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    return found | {root_name(argument) for argument in arguments}


def root_name(node: ast.AST) -> str:
    """Return the name that an expression begins with, `a` of `a.b[c].d()`."""
    while True:
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return node.id if isinstance(node, ast.Name) else ""
