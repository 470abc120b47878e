"""`%%route`: the cell is the body of a view function."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics

from werkbook.app import App
from werkbook.blueprints.blueprint import Blueprint
from werkbook.cells.requests import OutgoingRequest
from werkbook.cells.routes import (
    ROUTE_USAGE,
    CellLineError,
    RouteLine,
    parse_route_line,
)
from werkbook.errors import WerkbookError
from werkbook.system import this_system

from ..cards import ask
from ..cards.rule_lines import announce_rules
from ..config import get_options
from ..magic_cells.cell_code import name_file
from ..magic_cells.route_cells import (
    app_to_try,
    register_route,
    requests_to_try,
    rules_of_cell,
)
from ..magic_cells.shadowing import shadowed_globals
from ..notebook import find_live_cells, flask_itself
from ..output import show_note
from ..output.registration_lines import rule_line
from ..transport import NoAnswerError
from .arguments import cell_magic, get_shell, magics_class
from .errors import as_usage_error, shown_briefly

LIMIT_S = 60.0
"""How long a view may take that is tried."""
LIMIT_HERE_S = 10.0
"""That where nobody can interrupt it (Pyodide): nothing else runs meanwhile."""


@magics_class
class RouteMagics(Magics):
    """`%%route`."""

    @cell_magic("route")
    def route(self, line: str, cell: str) -> None:
        """Make this cell the body of a view function.

        `%%route [METHOD[,METHOD]] RULE [(PARAMETERS)] [--name ENDPOINT] [--try URL]...
        [--app NAME]`

        The rule's variables are the function's arguments, the last expression is what
        it returns, names assigned inside are local. METHOD defaults to GET. `--try`
        sends a request and shows the response. PARAMETERS are written as a function's,
        `(item: NewItem, limit: int = 10) -> Item`: query, JSON body and the rest.
        """
        try:
            route = parse_route_line(line)
        except CellLineError as error:
            raise as_usage_error("%%route", error, ROUTE_USAGE) from None
        with shown_briefly():
            _add_route(get_shell(self), route, cell)


class RouteSyntaxError(WerkbookError, ValueError):
    """The body of a `%%route` cell is no Python."""


def _add_route(shell: InteractiveShell, route: RouteLine, body: str) -> None:
    try:
        target = register_route(shell, route, body, tell=lambda line: show_note([line]))
    except WerkbookError:
        raise
    except SyntaxError as error:
        raise _explained(shell, error, body) from None
    _announce(shell, route, target)
    show_note(flask_itself.warning_lines(shell, target), is_warning=True)
    arguments = route.signature.names if route.signature is not None else []
    lines = shadowed_globals(body, route.rule, shell.user_ns, arguments)
    show_note(lines, is_warning=True)
    _try(shell, route, target)


def _try(shell: InteractiveShell, route: RouteLine, target: App | Blueprint) -> None:
    """Show what the rule answers; where it does not answer, the cell has not failed."""
    limit_s = LIMIT_S if this_system().has_threads else LIMIT_HERE_S
    for method, url in requests_to_try(shell, target, route):
        request = OutgoingRequest(method, url, timeout_s=limit_s)
        try:
            ask(shell, app_to_try(shell, target, route), request)[1].show()
        except NoAnswerError as error:
            show_note(str(error).splitlines(), is_warning=True)


def _explained(
    shell: InteractiveShell, error: SyntaxError, body: str
) -> RouteSyntaxError:
    """Say in the cell's own words and line what Python said of a body."""
    name = name_file(shell, error.filename or "") or "this cell"
    lines = ["", "", *body.splitlines()]  # the cell's first line is the magic's
    at = error.lineno or 0
    text = error.text or (lines[at] if at < len(lines) else "")
    code = f": {text.strip()}" if text.strip() else "."
    return RouteSyntaxError(
        f"The body of a %%route is no Python: {name}, line {error.lineno}{code}",
        why=f"{error.msg}.",
        fix="mend that line and run the cell again; the app is as it was before.",
    )


def _announce(
    shell: InteractiveShell, route: RouteLine, target: App | Blueprint
) -> None:
    """Say above what is tried of it where the apps have the rule now.

    A blueprint that no app has yet adds it later, so that there is nothing to try.
    """
    found = rules_of_cell(target, route)
    told = {
        rule_line(one.rule, one.methods, one.endpoint): (app, one) for app, one in found
    }
    lines = [*told] or [rule_line(route.rule, route.methods, route.endpoint)]
    cells = find_live_cells(shell)
    if cells is not None:
        for line in lines:
            cells.mark_announced(line)
    if not get_options(shell).announce:
        return
    if told:
        announce_rules(shell, [(line, *where) for line, where in told.items()])
    else:
        show_note(lines)


MAGICS: list[type[Magics]] = [RouteMagics]
