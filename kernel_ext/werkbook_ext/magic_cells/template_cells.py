"""Registers a `%%template` cell, and renders it with values of the notebook."""

from __future__ import annotations

import re
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from jinja2 import Environment, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import TemplateError

from werkbook import live
from werkbook.app import App
from werkbook.cells.routes import TEMPLATE_USAGE
from werkbook.dispatch.error_page import find_user_frames, name_place
from werkbook.errors import WerkbookError
from werkbook.templating import render_template

from ..notebook.apps import which_app
from .cell_code import name_line, remember_lines, running_file
from .near_words import near_word
from .route_cells import make_unowned_app


class CellFile(str):
    """The file name of a cell whose template begins on its second line."""

    first_line = 2


class CellTemplate(str):
    """The source of a template cell, with what tracebacks name it by."""

    filename: CellFile


class TemplateCellError(WerkbookError, ValueError):
    """A `%%template` cell does not parse."""


def register_template(
    shell: InteractiveShell, name: str, line: str, source: str
) -> None:
    """Register a template cell, so that errors in it name the cell and its lines.

    Raises:
        TemplateCellError: It does not parse; nothing is registered.
    """
    check_template(shell, name, source)
    template = CellTemplate(source)
    template.filename = CellFile(running_file(shell))
    live.notebook.templates[name] = template
    remember_lines(template.filename, [f"%%template {line}", *source.splitlines()])


def check_template(shell: InteractiveShell, name: str, source: str) -> None:
    """Check that a template cell parses in one of the apps, if there are any.

    Apps may differ in the Jinja extensions that they have.

    Raises:
        TemplateCellError: It does not; the error names the line of the cell.
    """
    environments = [app.jinja_env for app in live.apps()] or [Environment()]
    problems = [_problem(environment, source) for environment in environments]
    if None in problems:
        return
    problem = problems[0]
    assert problem is not None
    near = near_word(problem, environments[0])
    place = name_line(shell, running_file(shell), (problem.lineno or 1) + 1)
    raise TemplateCellError(
        f"Template {name!r} does not parse: {place}.",
        why=f"{(problem.message or 'it is no Jinja template').rstrip('.')}.",
        fix=f"write {near}."
        if near
        else "mend that line and run the cell again; the template is as it was before.",
    )


def render_preview(shell: InteractiveShell, name: str, expression: str) -> str:
    """Render a template with the values that `--with` names.

    Raises:
        UsageError: The expression is neither a dict nor the arguments of a call.
        TemplateCellError: The template fails with these values.
    """
    context = _context(shell, expression)
    app = _preview_app(shell)
    with app.test_request_context():
        try:
            return render_template(name, **context)
        except WerkbookError:
            raise
        except Exception as error:  # whatever it raises, the template's author wrote it
            fix = _preview_fix(name, expression, error, app.jinja_env)
            raise _make_preview_error(name, error, fix) from None


def _make_preview_error(name: str, error: Exception, fix: str) -> TemplateCellError:
    frames = find_user_frames(error)
    place = f": {name_place(*frames[-1][:2])}" if frames else ""
    return TemplateCellError(
        f"Template {name!r} cannot be rendered{place}.",
        why=f"{type(error).__name__}: {error}".rstrip(".") + ".",
        fix=fix,
    )


def _preview_fix(
    name: str, expression: str, error: Exception, environment: Environment
) -> str:
    near = near_word(error, environment) if isinstance(error, TemplateError) else None
    if near is not None and near != name:
        return (
            f"write {near!r}."
            if isinstance(error, TemplateNotFound)
            else (f"write {near}.")
        )
    missing = re.match(r"'(\w+)' is undefined", str(error))
    if missing and not expression.startswith("{"):
        return f"write --with {expression}, {missing[1]}=..."
    return "mend that line, or give other values to --with, and run the cell again."


def _problem(environment: Environment, source: str) -> TemplateSyntaxError | None:
    try:
        environment.parse(source)
    except TemplateSyntaxError as error:
        return error
    return None


def _context(shell: InteractiveShell, expression: str) -> dict[str, Any]:
    """Evaluate `--with`: a mapping, or the arguments of a call."""
    try:
        code = compile(expression, "<--with>", "eval")
    except SyntaxError:
        try:
            code = compile(f"dict({expression})", "<--with>", "eval")
        except SyntaxError as error:
            why = (error.msg or "invalid syntax").partition(". ")[0]
            raise UsageError(
                f"%%template: --with cannot read {expression!r}: {why}."
                f"\nUsage: {TEMPLATE_USAGE}"
            ) from None
    try:
        value = eval(code, shell.user_ns)
    except Exception as error:  # whatever the expression raises, the user wrote it
        raise TemplateCellError(
            f"%%template: --with {expression!r} cannot be evaluated.",
            why=f"{type(error).__name__}: {error}.",
            fix="define what it names in a cell that ran, or write the value itself.",
        ) from None
    try:
        values = dict(value)
    except (TypeError, ValueError):
        raise UsageError(
            f"%%template: --with {expression!r} is {type(value).__name__}, not a dict"
            f"\nUsage: {TEMPLATE_USAGE}"
        ) from None
    for key in values:
        if not isinstance(key, str):
            raise UsageError(
                f"%%template: --with names a value {key!r}; names are texts: 'a'"
                f"\nUsage: {TEMPLATE_USAGE}"
            )
    return values


def _preview_app(shell: InteractiveShell) -> App:
    if live.apps():
        app = which_app(shell)
        if isinstance(app, App):
            return app
    return make_unowned_app()
