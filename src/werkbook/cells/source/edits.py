"""Changes to source text at the places that its tree names."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Edit:
    """Replace what stands between two places of a text (lines from 1, byte columns)."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


def replace(node: ast.expr | ast.stmt, text: str) -> Edit:
    """Replace a whole node."""
    return Edit(
        node.lineno,
        node.col_offset,
        node.end_lineno or node.lineno,
        node.end_col_offset or node.col_offset,
        text,
    )


def insert(line: int, column: int, text: str) -> Edit:
    """Insert text at a place."""
    return Edit(line, column, line, column, text)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Make all edits; they must not overlap."""
    starts = [0]
    data = text.encode()
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line.encode()) + 1)
    for edit in sorted(set(edits), reverse=True):
        start = starts[edit.line - 1] + edit.column
        end = starts[edit.end_line - 1] + edit.end_column
        data = data[:start] + edit.text.encode() + data[end:]
    return data.decode()
