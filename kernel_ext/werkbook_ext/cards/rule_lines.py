"""One line under a cell for each rule that it registered, with a button to try it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook import live
from werkbook.frameworks.route_lists import describe_route, find_view
from werkbook.live import Changes, Registration

from ..notebook.apps import is_app, list_rules, named_apps
from ..notebook.environment import has_front_end
from ..output.notes import Note, show
from ..output.registration_lines import MAX_LINES, announced_rules, rule_line
from ..output.with_widget import show_with_widget
from .announce_widget import AnnounceWidget
from .announcement import Announcement
from .answers import make_forgetter, make_loader, make_sender
from .view import begin_cell_cards

_PARAMETER = re.compile(
    r"[{<](?P<name>[a-zA-Z_]\w*)(:(?P<converter>[a-zA-Z_]\w*))?[^{}<>]*[}>]"
)


def show_rules(shell: InteractiveShell, changes: Changes, told: Iterable[str]) -> None:
    """Show a line for each rule that a cell registered.

    Args:
        shell: The shell.
        changes: What the cell's run changed; it may have ended already.
        told: Lines that a magic has shown already.
    """
    known = set(told)
    owner_id = changes.owner.id if changes.owner else ""
    rules = [
        _announcement(shell, line, item)
        for line, item in announced_rules(changes)
        if line not in known
    ]
    if len(rules) > MAX_LINES:
        rest = len(rules) - MAX_LINES + 1
        announce(shell, rules[: MAX_LINES - 1], owner_id, more=f"and {rest} more")
    elif rules:
        announce(shell, rules, owner_id)


def announce_rules(
    shell: InteractiveShell, told: Sequence[tuple[str, Any, live.RuleInfo]]
) -> None:
    """Show the lines of rules at once, in a cell that still runs.

    Args:
        shell: The shell.
        told: At least one: the line, the app that has the rule now, and the rule.
    """
    owner = live.current_owner()
    rules = [
        _announced(shell, line, app, rule.rule, rule.told_methods, rule.endpoint)
        for line, app, rule in told
    ]
    announce(shell, rules, owner.id if owner is not None else "")


def announce(
    shell: InteractiveShell,
    rules: Sequence[Announcement],
    owner_id: str,
    *,
    more: str = "",
) -> None:
    """Show rules under the cell that registered them.

    Args:
        shell: The shell.
        rules: At least one.
        owner_id: The cell, whose run may have ended already.
        more: A line that stands for the rules that are not shown.
    """
    note = Note((*(rule.line for rule in rules), *filter(None, [more])))
    bundle: dict[str, Any] = {"text/plain": repr(note), "text/html": note._repr_html_()}
    if not has_front_end(shell):
        show(bundle, raw=True)
    else:
        widget = begin_cell_cards(shell, owner_id).widget(
            AnnounceWidget,
            lambda: AnnounceWidget(rules, more, getattr(shell, "kernel", None)),
            lambda widget: widget.announce_again(rules, more),
        )
        show_with_widget(bundle, widget)


def _announcement(
    shell: InteractiveShell, line: str, item: Registration
) -> Announcement:
    if item.kind == "route" and not is_app(item.app):
        for app, rule in _rules_of_router(shell, item):
            told = rule_line(rule.rule, rule.methods, rule.endpoint)
            facts = write_as_rule(rule.rule), rule.told_methods, rule.endpoint
            return _announced(shell, told, app, *facts)
    path, methods, endpoint = _read(item)
    # A card's Try sends one request; `%http --ws` has frames.
    app = None if methods == ["WS"] else item.app
    return _announced(shell, line, app, path, methods, endpoint)


def _rules_of_router(
    shell: InteractiveShell, item: Registration
) -> Iterator[tuple[Any, live.RuleInfo]]:
    """Find the rules that apps have of a route of a router which they include."""
    view = find_view(item.value)
    for _, app in named_apps(shell):
        for rule in list_rules(app):
            if rule.view is view and not rule.is_websocket:
                yield app, rule


def _announced(
    shell: InteractiveShell,
    line: str,
    app: Any,
    path: str,
    methods: list[str],
    endpoint: str,
) -> Announcement:
    if not is_app(app):
        return Announcement(line, tuple(methods), path, endpoint)
    return Announcement(
        line,
        tuple(methods),
        path,
        endpoint,
        send=make_sender(shell, app),
        load=make_loader(shell, app),
        forget=make_forgetter(shell, app),
    )


def _read(item: Registration) -> tuple[str, list[str], str]:
    """Return path, methods and name of a rule, of Werkbook's or another framework's."""
    rule: Any = item.value
    if item.kind == "route":
        facts = describe_route(rule)
        told = live.tell_methods(facts.methods or (), is_websocket=facts.is_websocket)
        return write_as_rule(facts.path), told, facts.name
    told = live.tell_methods(rule.methods or (), is_websocket=rule.websocket)
    return rule.rule, told, rule.endpoint


def write_as_rule(path: str) -> str:
    """Write the path of a Starlette or Bottle route as a rule, for the form in a card.

    ``/user/{id:int}`` and ``/user/<id:int>`` are ``/user/<int:id>``.
    """
    return _PARAMETER.sub(_variable, path)


def _variable(found: re.Match[str]) -> str:
    name, converter = found["name"], found["converter"]
    return f"<{converter}:{name}>" if converter else f"<{name}>"
