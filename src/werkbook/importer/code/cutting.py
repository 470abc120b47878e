"""Statements cut into cells: imports, set-up, and each function or class by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

from .main_block import MainBlock, open_main_block
from .source_modules import SourceModule, dotted_name
from .weaving import Stretch

ROUTES = ("route", "get", "post", "put", "patch", "delete", "websocket")
_FOR_THE_SYSTEM = re.compile(r"#!|#.*?coding[:=]")


@dataclass(frozen=True)
class MadeCell:
    """A cell of the notebook.

    Attributes:
        source: Its text.
        kind: "code", "markdown" or "raw".
        about: What it holds: "imports", "route", "template", "static", "code", "text".
    """

    source: str
    kind: str = "code"
    about: str = "code"


def cut(stretch: Stretch, title: str) -> Iterator[MadeCell]:
    """Cut a stretch of a module into cells.

    Args:
        stretch: The statements; no `__main__` block among them.
        title: What stands over them; "" where nothing does.
    """
    statements = list(stretch.statements)
    text = ""
    if stretch.is_start and statements and _is_docstring(statements[0]):
        text = _docstring(statements[0])
        first = statements.pop(0)
        above = [one for one in _lines_above(first) if one.comment]
        if statements:
            lines = [*above, *_lines_above(statements[0])]
            statements[0] = statements[0].with_changes(leading_lines=lines)
        else:
            stretch.loose[:0] = above
    if title or text:
        head = "\n\n".join(part for part in (title, text) if part)
        yield MadeCell(head, "markdown", "text")
    for about, group in _groups(statements):
        source = "".join(stretch.tree.code_for_node(one) for one in group)
        source = trimmed(source)
        if source:
            yield MadeCell(source, about=about)
    loose = trimmed("".join(stretch.tree.code_for_node(one) for one in stretch.loose))
    if loose:
        yield MadeCell(loose)


def _lines_above(node: cst.BaseStatement) -> list[cst.EmptyLine]:
    return list(getattr(node, "leading_lines", ()))


def _groups(
    statements: Iterable[cst.BaseStatement],
) -> Iterator[tuple[str, list[cst.BaseStatement]]]:
    group: list[cst.BaseStatement] = []
    kind = ""
    for one in statements:
        about = _about(one)
        if group and (about != kind or about in ("route", "definition")):
            yield _shown(kind), group
            group = []
        kind = about
        group.append(one)
    if group:
        yield _shown(kind), group


def _shown(kind: str) -> str:
    return "code" if kind in ("definition", "set-up") else kind


def _about(node: cst.BaseStatement) -> str:
    if isinstance(node, cst.FunctionDef | cst.ClassDef):
        return "route" if is_route(node) else "definition"
    if isinstance(node, cst.SimpleStatementLine) and all(
        isinstance(one, cst.Import | cst.ImportFrom) for one in node.body
    ):
        return "imports"
    return "set-up"


def is_route(node: cst.CSTNode) -> bool:
    """Say whether a function or class is the view of a rule."""
    return any(
        isinstance(one.decorator, cst.Call)
        and dotted_name(one.decorator.func).rpartition(".")[2] in ROUTES
        for one in getattr(node, "decorators", ())
    )


def _is_docstring(node: cst.BaseStatement) -> bool:
    return (
        isinstance(node, cst.SimpleStatementLine)
        and len(node.body) == 1
        and isinstance(node.body[0], cst.Expr)
        and isinstance(node.body[0].value, cst.SimpleString)
        and isinstance(node.body[0].value.evaluated_value, str)
    )


def _docstring(node: cst.BaseStatement) -> str:
    assert isinstance(node, cst.SimpleStatementLine)
    expression = node.body[0]
    assert isinstance(expression, cst.Expr)
    assert isinstance(expression.value, cst.SimpleString)
    lines = str(expression.value.evaluated_value).strip().split("\n")
    return "\n".join([lines[0], *_dedented(lines[1:])]).strip()


def _dedented(lines: list[str]) -> list[str]:
    widths = [len(one) - len(one.lstrip()) for one in lines if one.strip()]
    width = min(widths, default=0)
    return [one[width:].rstrip() for one in lines]


def trimmed(source: str) -> str:
    """Take blank lines off both ends, and what is said to the system alone."""
    lines = source.rstrip().split("\n")
    while lines and (not lines[0].strip() or _FOR_THE_SYSTEM.match(lines[0])):
        lines.pop(0)
    return "\n".join(lines)


def take_main_block(stretches: list[Stretch], entry: SourceModule) -> MainBlock | None:
    """Take the entry's `if __name__ == "__main__":` out of its statements.

    Those of other modules never run when they are imported, and go.
    """
    found: MainBlock | None = None
    for stretch in stretches:
        kept: list[cst.BaseStatement] = []
        for one in stretch.statements:
            block = open_main_block(one, stretch.tree)
            if block is None:
                kept.append(one)
            elif stretch.module is entry:
                found = block if found is None else found.joined(block)
        stretch.statements = kept
    return found
