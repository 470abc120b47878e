"""Which names stand for one object, or for its parts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

from werkbook.cells.routes import own
from werkbook.cells.source.trees import arguments, chain, targets
from werkbook.export.flow import aliases
from werkbook.export.flow import known_calls as words
from werkbook.export.flow.apps.serving_calls import argument_roots, is_serving, serves
from werkbook.export.flow.context import Context


def find_links(node: ast.stmt, context: Context) -> set[tuple[str, str]]:
    """Pairs of a name that a statement binds, and the name that it then stands for."""
    pairs: list[tuple[list[ast.expr], ast.expr]] = []
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        pairs.append((targets(node), node.value))
    elif isinstance(node, (ast.For, ast.AsyncFor)):
        pairs.append((targets(node), node.iter))
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        pairs += [
            ([item.optional_vars], item.context_expr)
            for item in node.items
            if item.optional_vars is not None
        ]
    found = set()
    for bound, value in pairs:
        names = [one.id for one in bound if isinstance(one, ast.Name)]
        for root in _stands_for(value, context):
            found |= {(name, root) for name in names if name != root}
    return found


def makes_one(value: ast.expr, context: Context) -> bool:
    """Say whether names that are bound together may hold one object.

    `a = b = []`; or `add, show = make()`, where both have what `make` made.
    """
    if isinstance(value, ast.Call):
        return chain(value.func)[0] in context.functions
    return isinstance(value, ast.List | ast.Dict | ast.Set)


def _chosen(
    value: ast.ListComp | ast.SetComp | ast.GeneratorExp, context: Context
) -> set[str]:
    """What the items of `[row for row in rows if row["is_new"]]` are parts of."""
    return {
        root
        for one in value.generators
        if isinstance(value.elt, ast.Name) and value.elt.id in _names_within(one.target)
        for root in _stands_for(one.iter, context)
    }


def gone_through(node: ast.stmt, changed: Set[str], context: Context) -> Iterator[str]:
    """What comprehensions go through and change: `[row.pop() for row in rows]`.

    Args:
        node: The statement that they stand in.
        changed: The names that it changes.
        context: What the program says about its names.
    """
    if not changed:
        return
    changed = set(changed)
    loops = [one for one in own([node]) if isinstance(one, ast.comprehension)]
    while loops:
        found = [one for one in loops if _names_within(one.target) & changed]
        if not found:
            return
        for one in found:
            loops.remove(one)
            roots = _stands_for(one.iter, context)
            changed |= roots
            yield from roots


def _names_within(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _stands_for(value: ast.expr, context: Context) -> set[str]:
    """The names of which a value is an alias, a part or a holder."""
    if isinstance(value, ast.Await):
        value = value.value
    if isinstance(value, (ast.Name, ast.Attribute, ast.Subscript)):
        name, _ = chain(value)
        has_call = any(isinstance(one, ast.Call) for one in ast.walk(value))
        is_plain = name is not None and name not in context.imports
        return {name} if name and is_plain and not has_call else set()
    if isinstance(value, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return _chosen(value, context)
    if not isinstance(value, ast.Call) or is_serving(value, context):
        return set()
    name, attributes = chain(value.func)
    last = attributes[-1] if attributes else name or ""
    given = argument_roots(arguments(value))
    definition = context.functions.get(name or "")
    if definition is not None and serves(definition, context):
        return set()
    found = given & context.apps
    if not attributes and name in words.CHOOSING and name not in context.functions:
        return set[str]().union(
            *(_stands_for(one, context) for one in arguments(value))
        )
    if definition is not None and not attributes:
        found |= aliases.returned_by(definition)
    if isinstance(definition, ast.ClassDef):
        found |= given - context.imports.keys()
    if name is not None and name not in context.imports:
        is_object = name not in context.functions and not attributes
        if last in words.GIVING or (is_object and name not in words.SHOWING):
            found.add(name)
    if last in words.HOLDING:
        found |= given - context.imports.keys()
    for keyword in value.keywords:
        if keyword.arg in ("bind", "engine", "conn", "connection", "db", "app"):
            found |= argument_roots([keyword.value])
    return found - words.SHOWING
