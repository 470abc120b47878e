"""Python files that cells write: one may be the app, others may be its modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from werkbook.cells.parse import Parsed, Statement
from werkbook.export.flow.names import names_of


def candidates(
    parsed: Parsed, app: str | None
) -> Iterator[tuple[list[Statement], int]]:
    """The programs that may hold the app: each written file, then the notebook.

    Yields:
        Statements, and how far the notebook had come when the file was written; -1
        for the notebook itself.
    """
    for path in parsed.modules:
        yield _spliced(parsed.modules[path], parsed, {path}), parsed.order[path]
    yield _spliced(parsed.statements, parsed, set()), -1


def _spliced(
    statements: list[Statement], parsed: Parsed, open_paths: set[str]
) -> list[Statement]:
    """Put a written module's statements where it is imported from."""
    result: list[Statement] = []
    done: set[str] = set()
    for statement in statements:
        path = _written_module(statement.node, parsed)
        if path is None:
            result.append(statement)
        elif path in open_paths or path in done:
            continue
        elif _fits(statement, parsed.modules[path], statements):
            done.add(path)
            inner = _spliced(parsed.modules[path], parsed, open_paths | {path})
            result += [
                replace(one, main_block=one.main_block, position=statement.position)
                for one in inner
                if not one.main_block
            ]
        else:
            result.append(statement)
    return result


def _written_module(node: ast.stmt, parsed: Parsed) -> str | None:
    if not isinstance(node, ast.ImportFrom) or node.module is None:
        return None
    if any(alias.asname for alias in node.names):
        return None
    path = str(PurePosixPath(*node.module.split("."))) + ".py"
    if path in parsed.modules:
        return path
    package = str(PurePosixPath(*node.module.split("."), "__init__.py"))
    return package if package in parsed.modules else None


def _fits(
    importing: Statement, module: list[Statement], statements: list[Statement]
) -> bool:
    """Say whether a module's names mean nothing else where it is imported."""
    bound: set[str] = set()
    for statement in module:
        if not isinstance(statement.node, (ast.Import, ast.ImportFrom)):
            bound |= names_of(statement.node).binds
    assert isinstance(importing.node, ast.ImportFrom)
    asked = {alias.name for alias in importing.node.names}
    for statement in statements:
        if statement is importing:
            continue
        if isinstance(statement.node, (ast.Import, ast.ImportFrom)):
            continue
        if names_of(statement.node).binds & (bound - asked):
            return False
    return True
