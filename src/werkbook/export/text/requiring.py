"""Which packages an exported file needs, and which its notebook imports."""

from __future__ import annotations

import ast

from werkbook.cells.parse import Parsed
from werkbook.cells.routes import is_async
from werkbook.export.flow.program import Program, imported_modules
from werkbook.export.flow.slicing import Slice
from werkbook.export.text.imports import Import

_BROUGHT = {"blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"}
"""What Flask, and Werkbook as well, bring along."""


def imported_packages(
    program: Program, slice_: Slice, imported: list[Import]
) -> set[str]:
    """The packages that the file imports, those inside functions included."""
    found = {one.package for one in imported if not one.module.startswith(".")}
    for number in slice_.kept:
        if program.is_import(number):
            continue
        for node in ast.walk(program.statements[number].node):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                modules = imported_modules(node).values()
                found |= {
                    one.partition(".")[0] for one in modules if not one.startswith(".")
                }
    return found


def needed_packages(imported: set[str], package: str) -> set[str]:
    """What to install: the framework, and what it does not bring."""
    brought = _BROUGHT if package in ("flask", "werkbook") else set()
    return {package} | imported - brought


def all_packages(parsed: Parsed) -> set[str]:
    """The packages that a notebook imports anywhere."""
    found = set()
    for statements in (parsed.statements, *parsed.modules.values()):
        for statement in statements:
            for node in ast.walk(statement.node):
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    modules = imported_modules(node).values()
                    found |= {one.partition(".")[0] for one in modules}
    return found


def has_async_views(program: Program, slice_: Slice) -> bool:
    """Say whether a view awaits: then the framework needs its `async` extra."""
    for number in slice_.kept:
        node = program.statements[number].node
        if isinstance(node, ast.AsyncFunctionDef) and node.decorator_list:
            return True
        if isinstance(node, ast.FunctionDef) and is_async(node.body):
            return True
    return False
