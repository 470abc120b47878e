"""Imports that go: what stood beside them finds another place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import libcst as cst

GONE = cst.Expr(cst.Name("__gone__"))
"""Stands for an import that goes, until its comments have found another place."""
_TOOL_COMMENTS = ("# noqa", "# isort", "# pylint", "# type:", "# ruff", "# flake8")


def with_names(
    node: cst.Import | cst.ImportFrom, names: Sequence[cst.ImportAlias]
) -> cst.BaseSmallStatement:
    if not names:
        return GONE
    last = names[-1]
    if len(names) < len(node.names):  # type: ignore[arg-type]  # no star
        last = last.with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return node.with_changes(names=[*names[:-1], last])


def without_empty(
    body: Iterable[cst.BaseStatement],
) -> tuple[list[cst.BaseStatement], list[cst.EmptyLine]]:
    """Take the statements out of which nothing is left; their comments go on.

    Returns:
        The statements, and the comment lines that stand behind the last.
    """
    kept: list[cst.BaseStatement] = []
    waiting: list[cst.EmptyLine] = []
    for one in body:
        if is_empty(one):
            waiting += comment_lines(one)
        else:
            kept.append(with_lines_above(one, waiting))
            waiting = []
    return kept, waiting


def with_lines_above(
    node: cst.BaseStatement, above: Sequence[cst.EmptyLine]
) -> cst.BaseStatement:
    """Put the lines of what stood above a statement there, without a gap twice."""
    own = list(getattr(node, "leading_lines", ()))
    lines = list(above)
    if any(one.comment for one in lines):
        while own and own[0].comment is None:
            own.pop(0)
    elif own:
        lines = []
    return node.with_changes(leading_lines=[*lines, *own])


def is_empty(node: cst.CSTNode) -> bool:
    """Say whether nothing is left of a statement."""
    return isinstance(node, cst.SimpleStatementLine) and node.body[0] is GONE


def without_gone(
    body: Sequence[cst.BaseSmallStatement],
) -> list[cst.BaseSmallStatement]:
    """Take out what goes; where that is all, one stays to say so."""
    kept = [one for one in body if one is not GONE]
    if not kept:
        return [GONE]
    if len(kept) < len(body):
        kept[-1] = kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
    return kept


def comment_lines(node: cst.CSTNode) -> list[cst.EmptyLine]:
    """Return the comments of a statement that goes, as lines of their own."""
    assert isinstance(node, cst.SimpleStatementLine)
    lines = list(node.leading_lines)
    comment = node.trailing_whitespace.comment
    if comment is not None and not comment.value.startswith(_TOOL_COMMENTS):
        lines.append(cst.EmptyLine(comment=comment))
    return lines
