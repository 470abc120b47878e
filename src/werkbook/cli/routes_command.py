"""The command that shows the URL map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..globals import current_app
from .script_info import with_appcontext

if TYPE_CHECKING:
    from werkzeug.routing import Rule

SORTS = ("endpoint", "methods", "domain", "rule", "match")


@click.command("routes", short_help="Show the routes for the app.")
@click.option(
    "--sort",
    "-s",
    type=click.Choice(SORTS),
    default="endpoint",
    help="What to sort by; 'match' is the order in which rules are tried.",
)
@click.option("--all-methods", is_flag=True, help="Show HEAD and OPTIONS methods.")
@with_appcontext
def routes_command(sort: str, all_methods: bool) -> None:
    """Show the application's rules with their endpoints and methods."""
    url_map = current_app.url_map
    rules = list(url_map.iter_rules())
    if not rules:
        click.echo("No routes were registered.")
        return
    is_host = url_map.host_matching
    columns = {"endpoint": "Endpoint", "methods": "Methods"}
    if any(_domain(rule, is_host) for rule in rules):
        columns["domain"] = "Host" if is_host else "Subdomain"
    columns["rule"] = "Rule"
    ignored = frozenset() if all_methods else frozenset({"HEAD", "OPTIONS"})
    rows = [
        {
            "endpoint": rule.endpoint,
            "methods": ", ".join(sorted((rule.methods or set()) - ignored)),
            "domain": _domain(rule, is_host),
            "rule": rule.rule,
        }
        for rule in rules
    ]
    if sort in columns:
        rows.sort(key=lambda row: row[sort])
    table = [[row[name] for name in columns] for row in rows]
    _print_table(list(columns.values()), table)


def _domain(rule: Rule, is_host: bool) -> str:
    return (rule.host if is_host else rule.subdomain) or ""


def _print_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    for row in (headers, ["-" * width for width in widths], *rows):
        cells = [f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells))
