"""What a cell's output says about the registrations that the cell made."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from werkbook import live
from werkbook.blueprints.blueprint import Blueprint
from werkbook.frameworks.route_lists import describe_route, find_view
from werkbook.live import Changes, Registration
from werkbook.live.instances import find_namesakes
from werkbook.routing.other_spellings import spelling_hint, with_angles, with_braces

from ..notebook.apps import list_rules

MAX_LINES = 12
QUIET_KINDS = {
    "before_request",
    "after_request",
    "teardown_request",
    "teardown_appcontext",
    "error_handler",
    "context_processor",
    "template_filter",
    "template_test",
    "template_global",
    "url_value_preprocessor",
    "url_default",
}
COMPANION = "route_function"
"""A kind that comes with one which is told: the name of a route of FastHTML's."""
WORDS = {
    "config": "app.config[{key!r}]",
    "attribute": "app.{key}",
    "view": "the view of endpoint {key!r}",
    "template": "template {key}",
    "static": "static file {key}",
}


def rule_line(
    rule: str, methods: Iterable[str], endpoint: str, *, is_websocket: bool = False
) -> str:
    """Return the line that names one rule: `GET /hello/<name> -> hello`."""
    shown = live.tell_methods(methods, is_websocket=is_websocket)
    return f"{', '.join(shown) or 'ANY'} {rule} -> {endpoint}"


def announced_rules(changes: Changes) -> list[tuple[str, Registration]]:
    """Return the rules that the cell registered, each with its line."""
    rules = {
        _describe(item): item
        for item in changes.registered
        if (item.kind == "rule" and not _is_of_static_files(item))
        or (item.kind == "route" and _is_of_cell(item))
    }
    return list(rules.items())


def _is_of_cell(item: Registration) -> bool:
    """Say whether a route has a view of the notebook's, not of its framework."""
    view = find_view(item.value)
    package = str(getattr(view, "__module__", "")).partition(".")[0]
    return view is not None and package not in ("fastapi", "starlette", "fasthtml")


def quiet_lines(changes: Changes) -> list[str]:
    """Return a line for each hook, filter or error handler that the cell registered."""
    return _capped(
        _describe_function(item)
        for item in changes.registered
        if item.kind in QUIET_KINDS and not item.is_derived
    )


def _describe_function(item: Registration) -> str:
    name = getattr(item.value, "__name__", "")
    if item.kind == "error_handler":
        kind = item.key
        code = getattr(kind, "code", None) or getattr(kind, "__name__", kind)
        return f"error handler {code}: {name}"
    if isinstance(item.key, str):
        return f"{item.kind.replace('_', ' ')} {item.key}"
    return f"{item.kind}: {name}"


def conflict_lines(changes: Changes, name_cell: Callable[[str], str]) -> list[str]:
    """Return a line for each thing that another cell had and that this one has now.

    Args:
        changes: What the run changed.
        name_cell: From a cell's id to words that name it in saved output.
    """
    taken = [
        (item.registration, item.previous_owner.id)
        for item in changes.taken
        if item.previous_owner is not None
    ]
    rules = {
        (item.value.endpoint, owner_id)
        for item, owner_id in taken
        if item.kind == "rule"
    }
    return _capped(
        f"{_describe(item)} takes over from {name_cell(owner_id)}"
        for item, owner_id in taken
        # For the reader a rule and its view are one thing when one cell has both.
        if item.kind != "view" or (item.key, owner_id) not in rules
    )


def bare_wrapper_lines(changes: Changes) -> list[str]:
    """Return a line for each endpoint that two cells share by a decorator's mistake.

    A wrapper that does not take the name of what it wraps names each view alike.
    """
    views = (one.registration for one in changes.taken)
    return _capped(
        _bare_wrapper_line(item, _bare_wrapped(item.value))
        for item in views
        if item.kind == "view" and (_is_lambda(item) or _bare_wrapped(item.value))
    )


def _bare_wrapper_line(item: Registration, wrapped: str | None) -> str:
    if _is_lambda(item):
        return (
            "Each lambda is named '<lambda>': give each rule a name of its own,"
            ' endpoint="...".'
        )
    return (
        f"Each view below that decorator is named {item.key!r}: write"
        f" @functools.wraps({wrapped}) above def {item.value.__name__}, and run the"
        " cells of the views again."
    )


def spelling_lines(changes: Changes) -> list[str]:
    """Return a line for each rule that spells a variable as another framework does."""
    return _capped(filter(None, map(_spelling_line, changes.registered)))


def _spelling_line(item: Registration) -> str:
    if item.kind == "rule":
        return spelling_hint(item.value.rule, with_angles)
    is_starlettes = item.kind == "route" and hasattr(item.value, "path_regex")
    return spelling_hint(item.value.path, with_braces) if is_starlettes else ""


def _is_lambda(item: Registration) -> bool:
    return bool(item.key == "<lambda>")


def _bare_wrapped(view: Any) -> str | None:
    """Return what a wrapper without `functools.wraps` calls the function it wraps."""
    if not inspect.isfunction(view) or hasattr(view, "__wrapped__"):
        return None
    held = inspect.getclosurevars(view).nonlocals
    return next(
        (
            name
            for name, value in held.items()
            if inspect.isfunction(value) and value.__name__ != view.__name__
        ),
        None,
    )


def namesake_lines(owner_id: str, name_cell: Callable[[str], str]) -> list[str]:
    """Return a line where a cell made an app by the name of one that others fill.

    Args:
        owner_id: The cell.
        name_cell: From a cell's id to words that name it in saved output.
    """
    return _capped(
        f"{name} is another app now. What cells registered with the one of"
        f" {name_cell(other_id)} stays there: run them again."
        for name, other_id, app in find_namesakes(owner_id)
        if any(rule.owner and rule.owner.id != other_id for rule in list_rules(app))
    )


def rolled_back_lines(changes: Changes) -> list[str]:
    """Return one line that says what a failed cell did not register."""
    names = list(dict.fromkeys(_names(changes.registered)))
    if not names:
        return []
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return [
        f"Not registered, because the cell failed: {', '.join(names[:3])}{more};"
        " the app is as it was before."
    ]


def _names(registrations: Iterable[Registration]) -> Iterator[str]:
    items = list(registrations)
    endpoints = {item.value.endpoint for item in items if item.kind == "rule"}
    for item in items:
        if (item.kind == "view" and item.key in endpoints) or item.kind == COMPANION:
            continue
        if item.is_lasting:  # App(...) registers these; of them only its name is told
            if item.key == "import_name" and isinstance(item.app, Blueprint):
                yield f"Blueprint({item.app.name!r})"
            elif item.key == "import_name":
                yield f"App({item.value!r})"
        elif not _is_of_static_files(item):
            yield _describe(item)


def _describe(item: Registration) -> str:
    if item.kind == "rule":
        rule = item.value
        told = rule.rule, rule.methods or (), rule.endpoint
        return rule_line(*told, is_websocket=rule.websocket)
    if item.kind == "route":
        facts = describe_route(item.value)
        told = facts.path, facts.methods or (), facts.name
        return rule_line(*told, is_websocket=facts.is_websocket)
    if item.kind == "attribute" and not _is_app(item.app):
        return f"the {type(item.app).__name__}'s {item.key}"
    if item.kind in WORDS:
        return WORDS[item.kind].format(key=item.key)
    name = item.key if isinstance(item.key, str) else None
    name = name or getattr(item.value, "__name__", "")
    return f"{item.kind} {name}".strip()


def _is_app(thing: Any) -> bool:
    """Say whether it is an app of any framework's, no router or blueprint of one."""
    return hasattr(thing, "router") or hasattr(thing, "url_map")


def _is_of_static_files(item: Registration) -> bool:
    """Say whether it is the static files' rule, which every app brings by itself."""
    name = item.value.endpoint if item.kind == "rule" else item.key
    if item.kind not in ("rule", "view") or not isinstance(name, str):
        return False
    return name.rpartition(".")[2] == "static"


def _capped(lines: Iterable[str]) -> list[str]:
    unique = list(dict.fromkeys(lines))
    if len(unique) <= MAX_LINES:
        return unique
    return [*unique[: MAX_LINES - 1], f"and {len(unique) - MAX_LINES + 1} more"]
