"""Registers a `%%route` cell: its body becomes the view function of its rule."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook import live
from werkbook.app import App
from werkbook.blueprints.blueprint import Blueprint
from werkbook.cells.routes import RouteLine
from werkbook.routing.view_functions import EndpointTakenError

from ..config import get_options
from ..notebook.apps import list_rules, which_app, which_target
from ..notebook.flask_itself import explained
from .cell_code import make_view


def register_route(
    shell: InteractiveShell,
    route: RouteLine,
    body: str,
    *,
    tell: Callable[[str], object],
) -> App | Blueprint:
    """Register a `%%route` cell with its app or blueprint, which is returned.

    Where the notebook has no app, one is made and bound to the name that the options
    say.

    Args:
        shell: The shell whose cell it is.
        route: What the cell's first line says.
        body: The cell's other lines.
        tell: Called with a line that says so when an app is made.

    Raises:
        EndpointTakenError: The derived name belongs to another view.
        FlaskItselfError: Flask itself has the rule already, or answered already.
        SyntaxError: The body is not Python.
        UsageError: There is no telling which app is meant.
    """
    target = which_target(shell, route.app)
    view = make_view(
        shell,
        body,
        route.rule,
        endpoint=route.endpoint,
        methods=route.methods,
        signature=route.signature,
    )
    if target is None:
        name = get_options(shell).app
        target = shell.user_ns[name] = make_unowned_app()
        tell(f"There was no app yet: made {name} = App()")
    if route.name is None:
        _refuse_taken_name(target, route)
    with explained(shell, target, f"%%route {route.rule}"):
        target.add_url_rule(
            route.rule,
            endpoint=route.endpoint,
            view_func=view,
            methods=list(route.methods),
        )
    return target


def make_unowned_app() -> App:
    """Make an app that no cell owns: it outlives the cell that needed it."""
    return Context().run(App, "__main__")


def app_to_try(
    shell: InteractiveShell, target: App | Blueprint, route: RouteLine
) -> Any:
    """Return the app that answers for the rule: of a blueprint one that has it.

    Raises:
        UsageError: No app has the blueprint yet, and there are several.
    """
    if isinstance(target, Blueprint):
        mounted = rules_of_cell(target, route)
        return mounted[0][0] if mounted else which_app(shell)
    return target


def rules_of_cell(
    target: App | Blueprint, route: RouteLine
) -> list[tuple[Any, live.RuleInfo]]:
    """Return the apps that have the rule of the cell that runs, and the rule there.

    A blueprint's rule has its prefix in front, once for each place that it has.
    """
    if not isinstance(target, Blueprint):
        own = live.RuleInfo(route.rule, route.methods, route.endpoint, None, None, "")
        return [(target, own)]
    owner = live.current_owner()
    return [
        (app, rule)
        for app in live.apps()
        for rule in live.rules(app)
        if rule.owner is not None
        and rule.owner == owner
        and rule.endpoint.rpartition(".")[2] == route.endpoint
        and rule.rule.endswith(route.rule)
    ]


def requests_to_try(
    shell: InteractiveShell, target: App | Blueprint, route: RouteLine
) -> list[tuple[str, str]]:
    """Return method and URL of the requests that the cell wants to be tried with.

    Those are the ones it names, else a GET of a rule that needs nothing more.
    """
    if route.tries:
        return [(route.methods[0], url) for url in route.tries]
    is_plain = "GET" in route.methods and not route.needs_values
    if is_plain and isinstance(target, App) and get_options(shell).try_get:
        return [("GET", route.rule)]
    return []


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
        named = (rule for rule in list_rules(target) if rule.endpoint == endpoint)
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
    # The URL map has a blueprint's rule with the blueprint's prefix in front.
    is_same = rule.rule.endswith(route.rule)
    return is_same and bool(set(rule.methods) & set(route.methods))
