"""Answers to the mistakes that a notebook invites, for exceptions of views."""

from __future__ import annotations

import ast
import builtins
import linecache
import re
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from jinja2 import TemplateNotFound
from jinja2.exceptions import TemplateError
from werkzeug.exceptions import BadRequestKeyError

import werkbook
from werkbook import live
from werkbook.cells.routes import CellLineError, parse_template_line
from werkbook.dispatch.responses import ResponseError
from werkbook.errors import close_matches
from werkbook.syntax_trees import parse_python

from ..magic_cells.near_words import near_word
from ..magic_cells.shadowing import assigned_names
from ..notebook.apps import named_apps
from ..notebook.cells import first_line
from ..notebook.documents.saved import SavedNotebook, find_notebook
from ..notebook.live_cells import find_live_cells


def hint_for(exception: BaseException, shell: InteractiveShell) -> str | None:
    """Say what to type when a view failed in one of the ways that cells invite.

    Args:
        exception: What the view raised.
        shell: The shell whose names and notebook are looked through.

    Returns:
        One line, or None when the exception is none of those.
    """
    if isinstance(exception, UnboundLocalError):
        return _for_unbound_local(exception, shell)
    if isinstance(exception, NameError):
        return _for_missing_name(exception, shell)
    if isinstance(exception, TemplateNotFound):
        return _for_missing_template(exception, shell)
    if isinstance(exception, TemplateError):
        return _for_missing_word(exception)
    if isinstance(exception, BadRequestKeyError):
        return _for_missing_key(exception)
    if isinstance(exception, sqlite3.ProgrammingError):
        return _for_sqlite_thread(exception)
    if isinstance(exception, ResponseError):
        return _for_printed_page(exception)
    return None


def _for_unbound_local(
    exception: UnboundLocalError, shell: InteractiveShell
) -> str | None:
    name = _quoted(exception)
    if name is None or name not in shell.user_ns:
        return None
    return (
        f"Names assigned in a view are local, and the notebook has a {name} too."
        f" To change that one, begin with: global {name}"
    )


def _for_missing_name(exception: NameError, shell: InteractiveShell) -> str | None:
    name = getattr(exception, "name", None) or _quoted(exception)
    if name is None or name in shell.user_ns:
        return None
    for source in _notebook_sources(shell):
        if name in assigned_names(source):
            return f"Run the cell that defines {name} first: {first_line(source)}"
    if name in werkbook.__all__:
        return f"Run this in a cell first: from werkbook import {name}"
    meant = close_matches(name, _names_at(exception, shell))
    if name in sys.stdlib_module_names and not {*meant} - {*dir(builtins)}:
        return f"Run this in a cell first: import {name}"
    return f"Did you mean {meant[0]}?" if meant else None


def _names_at(exception: NameError, shell: InteractiveShell) -> set[str]:
    """Return the names that the failing line could have used, Python's own included."""
    names = {*dir(builtins), *shell.user_ns}
    for frame, _ in list(traceback.walk_tb(exception.__traceback__))[-1:]:
        names |= {*frame.f_locals}
    return {name for name in names if not name.startswith("_")}


def _for_missing_template(exception: TemplateNotFound, shell: InteractiveShell) -> str:
    name = str(exception.name or (exception.templates or ["name.html"])[0])
    for source in _notebook_sources(shell):
        head = source.lstrip().partition("\n")[0]
        if head.startswith("%%template") and _template_name(head) == name:
            return f"Run the cell that holds it first: {head.strip()}"
    meant = close_matches(name, _template_names(shell))
    if meant:
        return f"Did you mean {meant[0]!r}?"
    return f"No cell holds it. Write a cell that begins with: %%template {name}"


def _for_missing_word(exception: TemplateError) -> str | None:
    for app in live.apps():
        near = near_word(exception, app.jinja_env)
        if near is not None:
            return f"Did you mean {near}?"
    return None


def _template_names(shell: InteractiveShell) -> set[str]:
    """Return the names of the notebook's templates, of cells and of its apps' files."""
    made = live.apps()
    apps: list[Any] = [app for _, app in named_apps(shell) if app in made]
    of_apps = (app.jinja_env.list_templates() for app in apps)
    return {*live.notebook.templates}.union(*of_apps)


def _for_missing_key(exception: BadRequestKeyError) -> str:
    key = exception.args[0] if exception.args else ""
    return (
        f"The request has no {key!r} there. Send it, or write .get({key!r})"
        " where it may be missing."
    )


def _for_sqlite_thread(exception: sqlite3.ProgrammingError) -> str | None:
    if "same thread" not in str(exception):
        return None
    return (
        "Views run in the server's threads, and this connection was made by a cell."
        " Write sqlite3.connect(..., check_same_thread=False), or connect in the view."
    )


def _for_printed_page(exception: ResponseError) -> str | None:
    if exception.view_place is None or not _prints_last(*exception.view_place):
        return None
    return (
        "A view returns its page, and print returns nothing: what it prints is only"
        " shown with the request. Write the text itself in place of print(...)."
    )


def _prints_last(filename: str, line: int, name: str) -> bool:
    """Say whether the last statement of a function is a call of `print`."""
    try:
        tree = parse_python("".join(linecache.getlines(filename)))
    except SyntaxError:  # the cell has magics among its lines
        return False
    return any(
        isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.lineno, node.name) == (line, name)
        and _is_print(node.body[-1])
        for node in ast.walk(tree)
    )


def _is_print(statement: ast.stmt) -> bool:
    """Say whether a statement is, or returns, a call of `print`."""
    called = getattr(getattr(statement, "value", None), "func", None)
    return isinstance(called, ast.Name) and called.id == "print"


def _notebook_sources(shell: InteractiveShell) -> Iterator[str]:
    """List the cells of the saved notebook, where it can be found."""
    cells = find_live_cells(shell)
    path = cells.notebook.path if cells is not None else find_notebook(shell)
    notebook = SavedNotebook(path)
    notebook.refresh()
    for cell in notebook.cells:
        yield cell.source


def _template_name(head: str) -> str | None:
    try:
        return parse_template_line(head.removeprefix("%%template")).name
    except CellLineError:
        return None


def _quoted(exception: BaseException) -> str | None:
    match = re.search(r"'(\w+)'", str(exception))
    return match.group(1) if match else None
