"""Which names a call or a store changes through something that stands for them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from werkbook.cells.source.names import BUILTINS, local_names
from werkbook.cells.source.trees import calls, chain, dotted
from werkbook.export.flow.context import Context, Definition

_LITERALS = (ast.List, ast.Tuple, ast.Set, ast.Dict)
_SEEN_THROUGH = ("vars", "getattr")


def root_of(node: ast.AST) -> tuple[str | None, list[str]]:
    """The name that an expression starts from: that of `x` in `vars(x)["y"]`."""
    name, attributes = chain(node)
    if name in _SEEN_THROUGH:
        for call in calls([node]):
            if dotted(call.func) in _SEEN_THROUGH and call.args:
                return chain(call.args[0])
    return name, attributes


def held_by(node: ast.expr, context: Context) -> set[str]:
    """The names of what `box["x"]` may stand for, where `box = {"x": a}` says it.

    Those of a loop's variable are what it runs through: `for one in (a, b)`. Of a
    function of the notebook's own, those that it returns: `get().append(1)`.
    """
    name, _ = chain(node)
    if name is None:
        return set()
    if name in context.loops:
        return _names_in(context.loops[name])
    definition = context.functions.get(name)
    if definition is not None:
        is_call = any(isinstance(one, ast.Call) for one in ast.walk(node))
        return returned_by(definition) if is_call else set()
    value = context.values.get(name)
    if isinstance(value, ast.Call) and chain(value.func)[1][-1:] == ["app_context"]:
        return {chain(value.func)[0] or name}  # pushed, it makes the app current
    is_part = not isinstance(node, ast.Name)
    return _names_in(value) if is_part and isinstance(value, _LITERALS) else set()


def returned_by(definition: Definition) -> set[str]:
    """The module's names that a function gives back."""
    if isinstance(definition, ast.ClassDef):
        return set()
    found = {
        chain(one.value)[0]
        for one in ast.walk(definition)
        if isinstance(one, ast.Return)
        and isinstance(one.value, ast.Name | ast.Attribute | ast.Subscript)
    }
    return {name for name in found if name} - local_names(definition)


def _names_in(value: ast.expr) -> set[str]:
    return set(_elements(value))


def _elements(value: ast.expr | None) -> Iterator[str]:
    if isinstance(value, (ast.Name, ast.Attribute)):
        name, _ = chain(value)
        if name is not None:
            yield name
    elif isinstance(value, ast.Dict):
        for one in value.values:
            yield from _elements(one)
    elif isinstance(value, ast.List | ast.Tuple | ast.Set):
        for one in value.elts:
            yield from _elements(one)


def changed_by_calling(function: ast.expr, context: Context) -> set[str]:
    """What the call of a variable changes that may keep something for itself.

    A bound method changes its object, a closure and a partial what they hold.
    """
    name, attributes = chain(function)
    is_variable = name is not None and not attributes and name not in BUILTINS
    if not is_variable or name in context.imports or name in context.functions:
        return set()
    assert name is not None
    return {name} | _kept_by(context.values.get(name), context)


def _kept_by(value: ast.expr | None, context: Context) -> set[str]:
    if isinstance(value, ast.Attribute):
        root, _ = chain(value)
        return {root} if root and root not in context.imports else set()
    if isinstance(value, _LITERALS):
        return _names_in(value) - context.functions.keys() - context.imports.keys()
    if isinstance(value, ast.Call) and chain(value.func)[1][-1:] == ["partial"]:
        return {one for arg in value.args[:1] for one in _kept_by(arg, context)}
    return set()


def keeps_count(function: ast.expr, context: Context) -> bool:
    """Say whether a variable is a closure that rebinds what it closes over."""
    name, attributes = chain(function)
    value = context.values.get(name or "")
    if attributes or not isinstance(value, ast.Call):
        return False
    maker = context.functions.get(chain(value.func)[0] or "")
    return maker is not None and any(
        isinstance(one, ast.Nonlocal) for one in ast.walk(maker)
    )


def mutable_defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The parameters whose default is one object for all calls: `found=[]`."""
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(reversed(plain), reversed(arguments.defaults), strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return {
        one.arg for one, default in pairs if isinstance(default, (*_LITERALS, ast.Call))
    }
