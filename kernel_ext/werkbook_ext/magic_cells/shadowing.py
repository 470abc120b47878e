"""Finds names that a `%%route` cell assigns and most likely meant to set globally."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any

from werkbook.cells.source.magics import PYTHON_MAGICS, cell_magic, transform
from werkbook.routing.variables import list_variables
from werkbook.syntax_trees import parse_python

SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Moment = tuple[int, int]


def shadowed_globals(
    body: str, rule: str, names: Mapping[str, Any], arguments: Iterable[str] = ()
) -> list[str]:
    """Return a line for each name where a `global` seems to be missing.

    Names assigned in a `%%route` cell are local. Where the notebook has a global of
    that name, and the view never reads what it wrote or reads it before, the view
    was meant to change the notebook's.

    Args:
        body: The lines of the cell after its first.
        rule: The rule, whose variables are arguments.
        names: The notebook's globals.
        arguments: The view's other arguments.
    """
    uses = _Uses()
    uses.visit(parse_python(body))
    local = uses.writes.keys() - uses.declared - set(list_variables(rule))
    local -= set(arguments)
    return [
        f"{name} is local to this view, and the notebook has a {name} too:"
        f" to change that one, begin the cell with: global {name}"
        for name in sorted(local & names.keys())
        if _looks_global(uses.reads.get(name, []), uses.writes[name])
    ]


def assigned_names(source: str) -> set[str]:
    """Return the names that a cell binds when it runs; none if it is no Python."""
    magic = cell_magic(source)
    if magic is not None:
        source = magic.body if magic.name in PYTHON_MAGICS else ""
    try:
        tree = parse_python(transform(source).source)
    except SyntaxError:
        return set()
    uses = _Uses()
    uses.visit(tree)
    return set(uses.writes)


def _looks_global(reads: list[Moment], writes: list[Moment]) -> bool:
    return not reads or min(reads) < min(writes)


class _Uses(ast.NodeVisitor):
    """Collects when names are read and written, in the order of execution.

    A moment is a line and 0 for a read, 1 for a write: what stands on the right of an
    assignment is read before its left is written.
    """

    def __init__(self) -> None:
        self.reads: dict[str, list[Moment]] = {}
        self.writes: dict[str, list[Moment]] = {}
        self.declared: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.reads.setdefault(node.id, []).append((node.lineno, 0))
        else:
            self._write(node.id, node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.reads.setdefault(node.target.id, []).append((node.lineno, 0))
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.declared.update(node.names)

    def visit_Import(self, node: ast.Import) -> None:
        self._write_aliases(node, node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._write_aliases(node, node.names)

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, SCOPES):
            if not isinstance(node, ast.Lambda):
                self._write(node.name, node)
            self._visit_inner(node, set())
        elif isinstance(node, COMPREHENSIONS):
            bound = {
                part.id
                for generator in node.generators
                for part in ast.walk(generator.target)
                if isinstance(part, ast.Name)
            }
            self._visit_inner(node, bound)
        else:
            super().generic_visit(node)

    def _visit_inner(self, node: ast.AST, bound: set[str]) -> None:
        """Note what an inner scope reads from the outer one."""
        for part in ast.walk(node):
            is_read = isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
            if isinstance(part, ast.Name) and is_read and part.id not in bound:
                self.reads.setdefault(part.id, []).append((part.lineno, 0))

    def _write(self, name: str, node: ast.stmt | ast.expr) -> None:
        self.writes.setdefault(name, []).append((node.lineno, 1))

    def _write_aliases(self, node: ast.stmt, aliases: Iterable[ast.alias]) -> None:
        for alias in aliases:
            self._write(alias.asname or alias.name.partition(".")[0], node)
