"""What only looks at data: queries that read, and the connections made for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from werkbook.cells.source.trees import called, chain, dotted
from werkbook.export.flow.context import Context

_READS = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(?:select|values|explain|show|describe)\b",
    re.I | re.S,
)
_PRAGMA = re.compile(r"\s*pragma\s+\w+\s*(?:\(\s*['\"\w]+\s*\))?\s*;?\s*\Z", re.I)
_WITH = re.compile(r"\s*with\b(?!.*\b(?:insert|update|delete|replace)\b)", re.I | re.S)
_CHANGES = re.compile(r"\b(?:into|for\s+update)\b|;\s*\S", re.I)
_QUERIES = frozenset(("execute", "exec_driver_sql", "query", "sql"))
_TABLES = frozenset(("read_sql", "read_sql_query", "read_sql_table"))
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
