"""The `if __name__ == "__main__":` of an app, and what serves it elsewhere.

In a notebook `__name__` is `"__main__"`: the block runs there, so its statements become
cells. `app.run(...)` serves in the background there, other servers would never return.
What reads the command line has none to read, and stays as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import libcst as cst

from .source_modules import dotted_name

_READS_COMMAND_LINE = re.compile(
    r"\bsys\.argv\b|\bargparse\b|\bparse_args\(|\bfire\.Fire\(|\bdocopt\(|\binput\("
    r"|\bexecute_from_command_line\b|\bmanager\.run\(\)|\bcli\(\)"
)
_SERVERS = ("serve", "run_simple", "serve_forever", "run_server", "run", "listen")


@dataclass(frozen=True)
class MainBlock:
    """What a `__main__` block holds.

    Attributes:
        statements: Its statements, as they stand at the margin.
        otherwise: The text of its `else`, or "".
        tree: The tree that writes them.
    """

    statements: tuple[cst.BaseStatement, ...]
    otherwise: str
    tree: cst.Module

    def joined(self, other: MainBlock) -> MainBlock:
        """Return this block and one that follows it as one."""
        both = (*self.statements, *other.statements)
        return replace(
            self, statements=both, otherwise=self.otherwise or other.otherwise
        )

    def text(self, node: cst.CSTNode) -> str:
        """Return the text of one of its statements."""
        return self.tree.code_for_node(node)


def open_main_block(node: cst.BaseStatement, tree: cst.Module) -> MainBlock | None:
    """Return what a `__main__` block holds; None where a statement is none."""
    if not isinstance(node, cst.If) or not _is_main_test(node.test):
        return None
    body = node.body
    statements: list[cst.BaseStatement]
    tail: list[cst.EmptyLine] = []
    if isinstance(body, cst.SimpleStatementSuite):
        statements = [cst.SimpleStatementLine(body.body)]
    else:
        assert isinstance(body, cst.IndentedBlock)
        statements = list(body.body)
        tail = list(body.footer)
    head = list(node.leading_lines)
    lines = [*head, *getattr(statements[0], "leading_lines", ())]
    statements[0] = statements[0].with_changes(leading_lines=lines)
    if any(one.comment for one in tail):
        ending = cst.parse_statement("pass").with_changes(leading_lines=tail)
        statements.append(ending)
    otherwise = "" if node.orelse is None else tree.code_for_node(node.orelse)
    return MainBlock(tuple(statements), otherwise, tree)


def _is_main_test(node: cst.BaseExpression) -> bool:
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1:
        return False
    one = node.comparisons[0]
    sides = [node.left, one.comparator]
    names = [side.value for side in sides if isinstance(side, cst.Name)]
    texts = [
        side.evaluated_value for side in sides if isinstance(side, cst.SimpleString)
    ]
    is_equal = isinstance(one.operator, cst.Equal)
    return is_equal and names == ["__name__"] and texts == ["__main__"]


def reads_command_line(texts: Iterable[str]) -> bool:
    """Say whether code asks the command line, or a person at it."""
    return any(_READS_COMMAND_LINE.search(one) for one in texts)


def is_own_run(node: cst.CSTNode, apps: set[str]) -> bool:
    """Say whether a statement is `app.run(...)` of one of the apps."""
    call = _call(node)
    if call is None:
        return False
    name, _, last = dotted_name(call.func).rpartition(".")
    return last == "run" and name in apps


def blocks_for_good(node: cst.CSTNode, apps: set[str]) -> bool:
    """Say whether a statement serves an app with another server, and never returns."""
    finder = _Serving(apps)
    node.visit(finder)
    return finder.is_found


class _Serving(cst.CSTVisitor):
    def __init__(self, apps: set[str]) -> None:
        super().__init__()
        self.apps = apps
        self.is_found = False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Call(self, node: cst.Call) -> None:
        name, _, last = dotted_name(node.func).rpartition(".")
        if not last and isinstance(node.func, cst.Attribute):
            last = node.func.attr.value  # `WSGIServer(...).serve_forever()`
        if last == "serve_forever":
            self.is_found = True
        elif last in _SERVERS and name not in self.apps:
            given = [dotted_name(one.value) for one in node.args]
            self.is_found |= bool(self.apps.intersection(given))


def _call(node: cst.CSTNode) -> cst.Call | None:
    if not isinstance(node, cst.SimpleStatementLine) or len(node.body) != 1:
        return None
    expression = node.body[0]
    if not isinstance(expression, cst.Expr) or not isinstance(
        expression.value, cst.Call
    ):
        return None
    return expression.value
