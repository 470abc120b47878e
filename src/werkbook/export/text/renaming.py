"""One name of the file changed for another, wherever the module's own is meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from werkbook.cells.source.edits import Edit, apply
from werkbook.cells.source.edits import replace as replace_node
from werkbook.cells.source.names import local_names
from werkbook.export.text.emit import Parts
from werkbook.export.text.imports import Import
from werkbook.syntax_trees import parse_python

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def rename_in_parts(parts: Parts, old: str, new: str) -> None:
    """Rename a name of the module in all parts of a file."""
    for piece in (*parts.early, *parts.pieces):
        piece.text = rename_global(piece.text, old, new)
    parts.imports = [_renamed_import(one, old, new) for one in parts.imports]
    parts.late_imports = [_renamed_import(one, old, new) for one in parts.late_imports]


def _renamed_import(one: Import, old: str, new: str) -> Import:
    return replace(one, alias=new) if one.bound == old else one


def rename_global(text: str, old: str, new: str) -> str:
    """Rename a name of the module in a text; locals of the same name stay."""
    if old not in text:
        return text
    return apply(text, _edits(parse_python(text), text.split("\n"), old, new))


def _edits(tree: ast.Module, lines: list[str], old: str, new: str) -> Iterator[Edit]:
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, _Scope) and old in local_names(node):
            stack.extend(_outside(node))
            continue
        if isinstance(node, ast.Name) and node.id == old:
            yield replace_node(node, new)
        elif isinstance(node, ast.Global) and old in node.names:
            names = [new if name == old else name for name in node.names]
            yield replace_node(node, f"global {', '.join(names)}")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from _import_edits(node, old, new)
        elif isinstance(node, _Definition) and node.name == old:
            yield _name_edit(node, lines, old, new)
        stack.extend(ast.iter_child_nodes(node))


def _outside(node: _Scope) -> Iterator[ast.AST]:
    yield from getattr(node, "decorator_list", ())
    yield from node.args.defaults
    yield from (default for default in node.args.kw_defaults if default)


def _import_edits(
    node: ast.Import | ast.ImportFrom, old: str, new: str
) -> Iterator[Edit]:
    for alias in node.names:
        if (alias.asname or alias.name) == old:
            end_line, end = alias.end_lineno or 1, alias.end_col_offset or 0
            text = f"{alias.name} as {new}"
            yield Edit(alias.lineno, alias.col_offset, end_line, end, text)


def _name_edit(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
    lines: list[str],
    old: str,
    new: str,
) -> Edit:
    line = lines[node.lineno - 1].encode()
    column = line.index(f" {old}".encode(), node.col_offset) + 1
    return Edit(node.lineno, column, node.lineno, column + len(old.encode()), new)
