"""`%%route`: the cell is the body of a view function."""

from __future__ import annotations

from contextvars import Context
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics

from werkbook import App, Blueprint
from werkbook.cells.routes import (
    ROUTE_USAGE,
    CellLineError,
    RouteLine,
    parse_route_line,
)
from werkbook.errors import WerkbookError
from werkbook.live import control as live

from ..config import options_of
from ..notebook.apps import rules_of, which_target
from ..notebook.cell_code import make_view
from ..notebook.live_cells import cells_of
from ..notebook.shadowing import shadowed_globals
from ..output.lines import rule_line
from ..output.notes import show, show_note
from . import http as http_magic
from .arguments import cell_magic, magics_class, shell_of
from .errors import as_usage_error, shown_briefly


class EndpointTakenError(WerkbookError, ValueError):
    """A name that `%%route` derived belongs to another view."""


@magics_class
class RouteMagics(Magics):
    """`%%route`."""

    @cell_magic("route")
    def route(self, line: str, cell: str) -> None:
        """Make this cell the body of a view function.

        `%%route [METHOD[,METHOD]] RULE [--name ENDPOINT] [--try URL]... [--app NAME]`

        The rule's variables are the function's arguments, the last expression is what
        it returns, names assigned inside are local. METHOD defaults to GET. `--try`
        sends a request and shows the response.
        """
        try:
            route = parse_route_line(line)
        except CellLineError as error:
            raise as_usage_error("%%route", error, ROUTE_USAGE) from None
        with shown_briefly():
            add_route(shell_of(self), route, cell)


def add_route(shell: InteractiveShell, route: RouteLine, body: str) -> None:
    """Register a `%%route` cell and try it.

    Args:
        shell: The shell whose cell it is.
        route: What the cell's first line says.
        body: The cell's other lines.

    Raises:
        EndpointTakenError: The derived name belongs to another view.
        SyntaxError: The body is not Python.
        UsageError: There is no telling which app is meant.
    """
    target = which_target(shell, route.app)
    view = make_view(
        shell, body, route.rule, endpoint=route.endpoint, methods=route.methods
    )
    if target is None:
        target = _make_app(shell)
    if route.name is None:
        _refuse_taken_name(target, route)
    target.add_url_rule(
        route.rule,
        endpoint=route.endpoint,
        view_func=view,
        methods=list(route.methods),
    )
    _announce(shell, route)
    show_note(shadowed_globals(body, route.rule, shell.user_ns), is_warning=True)
    for method, url in _tries(shell, target, route):
        show(http_magic.send(shell, _app_of(target), method, url))


def _make_app(shell: InteractiveShell) -> App:
    name = options_of(shell).app
    # In an empty context no cell owns the app: it outlives the cell that needed it.
    app = Context().run(App, "__main__")
    shell.user_ns[name] = app
    show_note([f"There was no app yet: made {name} = App()"])
    return app


def _refuse_taken_name(target: Any, route: RouteLine) -> None:
    """Check that a derived name takes no other view's; a redefined rule may (L6)."""
    taken = _rules_named(target, route.endpoint)
    if not taken or any(_claims_same(rule, route) for rule in taken):
        return
    raise EndpointTakenError(
        f"The rule {route.rule!r} gives its view the name {route.endpoint!r}.",
        why=f"that is the endpoint of {taken[0].rule!r} already.",
        fix=f"write %%route {','.join(route.methods)} {route.rule} --name NAME",
    )


def _rules_named(target: Any, endpoint: str) -> list[live.RuleInfo]:
    """Return the rules of other cells whose view has this name."""
    if not isinstance(target, Blueprint):
        named = (rule for rule in rules_of(target) if rule.endpoint == endpoint)
    else:
        ending = [target.name, endpoint]
        named = (
            rule
            for app in live.apps()
            for rule in live.rules(app)
            if rule.endpoint.split(".")[-2:] == ending
        )
    owner = live.current_owner()
    return [rule for rule in named if owner is None or rule.owner != owner]


def _claims_same(rule: live.RuleInfo, route: RouteLine) -> bool:
    # A blueprint's rule has its prefix in front.
    is_same = rule.rule.endswith(route.rule)
    return is_same and bool(set(rule.methods) & set(route.methods))


def _app_of(target: App | Blueprint) -> Any:
    if isinstance(target, Blueprint):
        return next(iter(live.apps()))
    return target


def _announce(shell: InteractiveShell, route: RouteLine) -> None:
    line = rule_line(route.rule, route.methods, route.endpoint)
    cells = cells_of(shell)
    if cells is not None:
        cells.mark_announced(line)
    if options_of(shell).announce:
        show_note([line])


def _tries(
    shell: InteractiveShell, target: App | Blueprint, route: RouteLine
) -> list[tuple[str, str]]:
    """Return the requests to send: those asked for, else a GET that needs nothing."""
    if route.tries:
        return [(route.methods[0], url) for url in route.tries]
    is_plain = "GET" in route.methods and "<" not in route.rule
    if is_plain and isinstance(target, App) and options_of(shell).try_get:
        return [("GET", route.rule)]
    return []


MAGICS: list[type[Magics]] = [RouteMagics]
