"""`%%template`: the cell is a Jinja template of every app of the notebook."""

from __future__ import annotations

from contextvars import Context
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics
from jinja2 import Environment, TemplateSyntaxError
from markupsafe import escape

from werkbook import App, render_template
from werkbook.cells.routes import TEMPLATE_USAGE, CellLineError, parse_template_line
from werkbook.errors import WerkbookError
from werkbook.live import control as live

from ..front_end.front_end import place_of
from ..notebook.apps import which_app
from ..notebook.cell_code import remember_lines, running_file
from ..output.notes import show, show_note
from .arguments import cell_magic, magics_class, shell_of
from .errors import as_usage_error, shown_briefly


class CellFile(str):
    """The file name of a cell whose template begins on its second line."""

    first_line = 2


class CellTemplate(str):
    """The source of a template cell, with what tracebacks name it by."""

    filename: CellFile


class TemplateCellError(WerkbookError, ValueError):
    """A `%%template` cell does not parse."""


@magics_class
class TemplateMagics(Magics):
    """`%%template`."""

    @cell_magic("template")
    def template(self, line: str, cell: str) -> None:
        """Make this cell a Jinja template.

        `%%template NAME [--with EXPR]`

        `render_template`, `{% extends %}`, `{% include %}` and `{% import %}` find it
        in every app of the notebook, before files. `--with` shows it rendered: EXPR
        is a dict, or arguments such as `name="Ada", n=3`.
        """
        try:
            template = parse_template_line(line)
        except CellLineError as error:
            raise as_usage_error("%%template", error, TEMPLATE_USAGE) from None
        shell = shell_of(self)
        with shown_briefly():
            check_template(shell, template.name, cell)
            register_template(shell, template.name, line, cell)
        show_note([f"template {template.name}"])
        if template.preview is not None:
            show_preview(shell, template.name, template.preview)


def register_template(
    shell: InteractiveShell, name: str, line: str, source: str
) -> None:
    """Register a template cell, so that errors in it name the cell and its lines."""
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
    place = place_of(shell, running_file(shell), (problem.lineno or 1) + 1)
    raise TemplateCellError(
        f"Template {name!r} does not parse: {place}.",
        why=f"{(problem.message or 'it is no Jinja template').rstrip('.')}.",
        fix="mend that line and run the cell again; the template is as it was before.",
    )


def show_preview(shell: InteractiveShell, name: str, expression: str) -> None:
    """Render a template with values from the notebook and show it in a sandbox."""
    context = _context(shell, expression)
    app = _preview_app(shell)
    with app.test_request_context():
        text = render_template(name, **context)
    frame = (
        f'<iframe sandbox="" srcdoc="{escape(text)}" title="{escape(name)}" '
        'style="width:100%;height:240px;border:1px solid #ccc"></iframe>'
    )
    show({"text/plain": text, "text/html": frame}, raw=True)


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
        except SyntaxError:
            raise UsageError(
                f"%%template: --with cannot read {expression!r}"
                f"\nUsage: {TEMPLATE_USAGE}"
            ) from None
    value = eval(code, shell.user_ns)
    try:
        return dict(value)
    except (TypeError, ValueError):
        raise UsageError(
            f"%%template: --with {expression!r} is {type(value).__name__}, not a dict"
            f"\nUsage: {TEMPLATE_USAGE}"
        ) from None


def _preview_app(shell: InteractiveShell) -> App:
    if live.apps():
        app = which_app(shell)
        if isinstance(app, App):
            return app
    return Context().run(App, "__main__")


MAGICS: list[type[Magics]] = [TemplateMagics]
