"""What looks at data: queries that read, their connections, methods of own classes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from werkbook.cells.source.trees import called, chain, dotted
from werkbook.export.flow.context import Context, Function

_READS = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(?:select|values|explain|show|describe)\b",
    re.I | re.S,
)
_PRAGMA = re.compile(r"\s*pragma\s+\w+\s*(?:\(\s*['\"\w]+\s*\))?\s*;?\s*\Z", re.I)
_WITH = re.compile(r"\s*with\b(?!.*\b(?:insert|update|delete|replace)\b)", re.I | re.S)
_CHANGES = re.compile(r"\b(?:into|for\s+update)\b|;\s*\S", re.I)
_QUERIES = frozenset(("execute", "exec_driver_sql", "query", "sql"))
_TABLES = frozenset(("read_sql", "read_sql_query", "read_sql_table"))
_CALLED_BY_NAME = frozenset(
    ("__init__", "__new__", "__init_subclass__", "__del__", "__call__", "__set_name__")
)
"""What a look at an object does not call."""
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_MAKERS = frozenset(("connect", "create_engine", "cursor", "begin"))


def only_reads(call: ast.Call, context: Context) -> bool:
    """Say whether a call is a query that changes nothing, by its literal text."""
    _, attributes = chain(call.func)
    last = attributes[-1] if attributes else dotted(call.func)
    if last == "read_sql_table":
        return True
    if last not in _QUERIES and last not in _TABLES:
        return False
    text = _query(call, context)
    if text is None or len(text) > 10_000:
        return False
    reads = _READS.match(text) or _PRAGMA.match(text) or _WITH.match(text)
    return bool(reads) and not _CHANGES.search(text)


def reads_table(call: ast.Call) -> bool:
    """Say whether a call gives a table of its own: `pd.read_sql(...)`."""
    return called(call) in _TABLES


def _query(call: ast.Call, context: Context) -> str | None:
    value = call.args[0] if call.args else None
    if isinstance(value, ast.Call) and dotted(value.func) in (
        "text",
        "sqlalchemy.text",
    ):
        value = value.args[0] if value.args else None
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.Name):
        return context.texts.get(value.id)
    return None


def connections_looked_through(
    node: ast.stmt, calls: list[ast.Call], context: Context
) -> set[int]:
    """The calls in a statement that open a database only for queries that read."""
    found: set[int] = set()
    queries = [call for call in calls if only_reads(call, context)]
    if not queries:
        return found
    for query in queries:
        found |= {id(one) for one in _makers([query])}
    if isinstance(node, ast.With):
        for item in node.items:
            name = item.optional_vars
            if isinstance(name, ast.Name) and _is_only_asked(name.id, node, queries):
                found |= {id(one) for one in _makers([item.context_expr])}
    return found


def _makers(nodes: list[ast.Call] | list[ast.expr]) -> Iterator[ast.Call]:
    for node in nodes:
        for one in ast.walk(node):
            if isinstance(one, ast.Call):
                name, attributes = chain(one.func)
                if (attributes[-1] if attributes else name) in _MAKERS:
                    yield one


def _is_only_asked(name: str, block: ast.With, queries: list[ast.Call]) -> bool:
    """Say whether a connection of a `with` block is used for queries alone."""
    uses = _count(name, list(block.body))
    return uses > 0 and uses == _count(name, [*_outermost(queries)])


def _outermost(queries: list[ast.Call]) -> Iterator[ast.AST]:
    inner = {
        id(one) for query in queries for one in ast.walk(query) if one is not query
    }
    return (query for query in queries if id(query) not in inner)


def _count(name: str, nodes: list[ast.stmt] | list[ast.AST]) -> int:
    return sum(
        isinstance(one, ast.Name) and one.id == name
        for node in nodes
        for one in ast.walk(node)
    )


def changed_by_looking(
    node: ast.stmt,
    context: Context,
    find_changes: Callable[[Function], set[str]],
) -> set[str]:
    """What changes because a statement looks at an object of the notebook's own class.

    `one == other`, `one[key]`, `if one`, `one.total` call methods of its class.

    Args:
        node: The statement.
        context: What all statements say.
        find_changes: What a method changes: names, parameters in angle brackets.
    """
    found: set[str] = set()
    for name in _loaded_now(node):
        value = context.values.get(name)
        if isinstance(value, ast.Call):
            for method in _implicit_methods(dotted(value.func), context, set()):
                changes = find_changes(method)
                found |= {one for one in changes if not one.startswith("<")}
                found |= {name} if "<self>" in changes else set()
    return found


def _implicit_methods(
    name: str | None, context: Context, seen: set[str]
) -> Iterator[Function]:
    """Yield the methods of a class and its bases that no code calls by their name."""
    made = context.functions.get(name or "")
    if not isinstance(made, ast.ClassDef) or made.name in seen:
        return
    seen.add(made.name)
    for one in made.body:
        if isinstance(one, Function) and _is_implicit(one):
            yield one
    for base in made.bases:
        yield from _implicit_methods(dotted(base), context, seen)


def _is_implicit(method: Function) -> bool:
    is_special = method.name.startswith("__") and method.name.endswith("__")
    if is_special:
        return method.name not in _CALLED_BY_NAME
    decorators = {dotted(one) for one in method.decorator_list}
    return "property" in decorators or method.name.startswith("_repr_")


def _loaded_now(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement reads when it runs, not in later calls."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    if not isinstance(node, _LATER):
        for one in ast.iter_child_nodes(node):
            yield from _loaded_now(one)
