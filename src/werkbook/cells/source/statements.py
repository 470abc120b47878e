"""The statements of a cell: each with its text, its comments and its place."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from werkbook.cells.routes import RouteLine
from werkbook.cells.source.lines import dedent, strip_line_ends
from werkbook.cells.source.trees import first_line
from werkbook.syntax_trees import parse_python

_DEAD_COMMENT = re.compile(r"\s*#+\s*(?:[!%]|@title|@param)")


@dataclass(eq=False)
class Statement:
    """One statement of the notebook's namespace.

    Attributes:
        cell: The cell's label, as people see it: `In[5]` or `cell 4`.
        line: The line of the cell on which the statement starts.
        node: Its tree.
        text: Its lines, at the left margin.
        comments: The comment lines above it, blank lines between them included.
        space: Blank lines between it and what stands above it in its cell.
        is_first: It is the first statement of its cell.
        is_last: It is the last one, whose value a cell shows.
        is_hushed: A semicolon after it keeps its value from being shown.
        route: What the `%%route` line says, when the cell is one.
        main_block: The line of the `if __name__ == "__main__":` that it stood in, or 0.
        path: The file that a cell writes and that it stands in, or "".
        note: What to say of it where the app needs it.
        writes: Texts that may name the files which a script writes that it runs.
        number: Its place in the program; given when the program is put together.
        position: Its place among all statements of the notebook.
    """

    cell: str
    line: int
    node: ast.stmt
    text: str
    comments: list[str] = field(default_factory=list)
    space: int = 0
    is_first: bool = False
    is_last: bool = False
    is_hushed: bool = False
    route: RouteLine | None = None
    main_block: int = 0
    path: str = ""
    note: str = ""
    writes: frozenset[str] = frozenset()
    number: int = -1
    position: int = -1

    @property
    def place(self) -> str:
        """The cell and line, for messages."""
        return f"{self.cell}, line {self.line}"


def parse_source(text: str) -> ast.Module:
    """Parse Python; its warnings are the author's own business.

    Raises:
        SyntaxError: It is not Python, or more than Python's parser can hold.
        ValueError: It has a character that no source may have.
        RecursionError: It nests deeper than the stack.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = parse_python(text)
        except MemoryError as error:
            raise SyntaxError("it nests too deeply") from error
        # What only the compiler refuses ('return' outside a function) fails too.
        compile(tree, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return tree


def split_statements(
    tree: ast.Module, text: str, cell: str, cell_line: int = 1, path: str = ""
) -> list[Statement]:
    """Cut a module into its statements; a `__main__` block counts as its body."""
    lines = text.split("\n")
    nodes = list(_flatten(tree.body, 0))
    found: list[Statement] = []
    above = 0
    for position, (node, block) in enumerate(nodes):
        start = first_line(node)
        following = nodes[position + 1][0] if position + 1 < len(nodes) else None
        comments, space = _gap(lines, above, start - 1)
        above = node.end_lineno or start
        statement = Statement(
            cell=cell,
            line=start + cell_line - 1,
            node=node,
            text=_cut(lines, node, following),
            comments=comments,
            space=space,
            is_first=position == 0,
            is_last=position == len(nodes) - 1,
            is_hushed=_tail(lines, node).startswith(";"),
            main_block=block,
            path=path,
        )
        found.append(statement)
    return found


def _flatten(body: list[ast.stmt], block: int) -> Iterator[tuple[ast.stmt, int]]:
    for node in body:
        if isinstance(node, ast.If) and _is_main_block(node):
            yield from _flatten(node.body, node.lineno)
        else:
            yield node, block


def _is_main_block(node: ast.If) -> bool:
    """Say whether a statement is `if __name__ == "__main__":`."""
    if not isinstance(node.test, ast.Compare):
        return False
    test = node.test
    sides = [test.left, *test.comparators]
    names = {side.id for side in sides if isinstance(side, ast.Name)}
    values = {side.value for side in sides if isinstance(side, ast.Constant)}
    return (
        isinstance(test.ops[0], ast.Eq)
        and names == {"__name__"}
        and values == {"__main__"}
    )


def _gap(lines: list[str], above: int, until: int) -> tuple[list[str], int]:
    """The comments above a statement, and the blank lines above those."""
    gap = [line.strip() for line in lines[above:until]]
    comments = [
        line
        for line in gap
        if not line or (line.startswith("#") and not _DEAD_COMMENT.match(line))
    ]
    space = 0
    while comments and not comments[0]:
        comments.pop(0)
        space += 1
    return comments, space


def _tail(lines: list[str], node: ast.stmt) -> str:
    """What stands on a statement's last line after it."""
    last = lines[(node.end_lineno or node.lineno) - 1]
    return last.encode()[node.end_col_offset or 0 :].decode().strip()


def _cut(lines: list[str], node: ast.stmt, following: ast.stmt | None) -> str:
    start, end = first_line(node), node.end_lineno or node.lineno
    column = node.col_offset
    first, last = lines[start - 1], lines[end - 1]
    head = first.encode()[:column].decode()
    tail = last.encode()[node.end_col_offset or 0 :].decode()
    shares = following is not None and first_line(following) == end
    if not shares and not head.strip() and not tail.strip().startswith(";"):
        text = "\n".join(lines[start - 1 : end])
        return strip_line_ends(dedent(text, len(head))) if head else text
    comment = "" if shares else tail.lstrip("; \t")
    text = "\n".join(lines[start - 1 : end])
    stop = len(text.encode()) - len(tail.encode())
    code = text.encode()[column:stop].decode()
    return f"{code}  {comment}".rstrip() if comment else code
