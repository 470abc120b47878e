"""Mistakes in whose a rule is: an older cell's, a blueprint's; names kept too long."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from ...words import say
from ..case import Case, Finding
from .wrong_statuses import begins_anew

_VARIABLE = re.compile(r"<[^<>]*>")


def older_cell(case: Case) -> Finding | None:
    """The rule of an older cell answers, and one of a later cell would, too."""
    if not case.answer.rule or case.check.kind != "request" or case.is_lost:
        return None
    app: Any = case.place.app
    at = case.code.place_of(case.answer.rule, _view_name(app, case.answer.endpoint))
    for rule in app.url_map.iter_rules():
        is_other = rule.rule != case.answer.rule and "path:" not in rule.rule
        later = case.code.place_of(rule.rule, _view_name(app, rule.endpoint))
        is_later = is_other and -1 < at < later
        if is_later and (_takes(app, rule, case) or _leaves(rule, case)):
            return Finding(
                "older-cell",
                say(
                    "An older cell of yours answers here, by its rule {rule}, and not"
                    " the later one with {other}. Change that cell, or delete it.",
                    rule=case.answer.rule,
                    other=rule.rule,
                ),
            )
    return None


def _view_name(app: Any, endpoint: str) -> str:
    view = app.view_functions.get(endpoint)
    view = getattr(view, "view_class", view)
    return str(getattr(view, "__name__", ""))


def _takes(app: Any, rule: Any, case: Case) -> bool:
    """Say whether a rule alone would take the request."""
    alone = Map([rule.empty()], converters=app.url_map.converters)
    try:
        alone.bind("localhost").match(case.path, case.method)
    except HTTPException:
        return False
    return True


def _leaves(rule: Any, case: Case) -> bool:
    """Say whether a rule is the older one but for its converters, and leaves this out.

    So it is where nothing is to be found: the later rule takes whole numbers, say.
    """
    wanted = case.phrase.value if case.phrase.kind == "status" else ()
    is_wrong = any(one in ("404", "4xx") for one in wanted)
    older, later = (_VARIABLE.sub("<>", one) for one in (case.answer.rule, rule.rule))
    return is_wrong and older == later and case.method in (rule.methods or ())


def other_prefix(case: Case) -> Finding | None:
    """A rule lacks its blueprint's prefix, or has it twice."""
    if not case.is_lost:
        return None
    for name, prefix in _prefixes(case):
        for rule, _ in case.place.rules:
            if _fits(prefix + rule, case.path):
                return Finding(
                    "prefix",
                    say(
                        "Your rule {rule} is the app's own. {prefix} stands in front of"
                        ' the rules of {name}: @{name}.route("{rule}")',
                        rule=rule,
                        prefix=prefix,
                        name=name,
                    ),
                )
            if _fits(rule, prefix + case.path):
                return Finding("prefix", _with_prefix(case.path, rule, prefix, name))
    return None


def _fits(rule: str, path: str) -> bool:
    """Say whether a rule takes a path, whatever its converters say."""
    parts = re.split(r"<[^<>]*>", rule)
    return re.fullmatch("[^/]+".join(map(re.escape, parts)), path) is not None


def _with_prefix(path: str, rule: str, prefix: str, name: str) -> str:
    """Say that a rule has a prefix too many."""
    if path.startswith(prefix):
        return say(
            "{prefix} stands there twice: {name} puts it in front of each"
            " of its rules. Your rule is {rule} then.",
            prefix=prefix,
            name=name,
            rule=path.removeprefix(prefix),
        )
    return say(
        "The rule {whole} is one of {name}, which puts {prefix} in front of it. A rule"
        ' of the app itself has none: @app.route("{rule}")',
        whole=rule,
        name=name,
        prefix=prefix,
        rule=rule.removeprefix(prefix),
    )


def _prefixes(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the notebook's names of blueprints, with their prefixes."""
    for name, value in list(case.place.names.items()):
        # Of its type: a proxy such as `request` refuses to be looked at here.
        if callable(getattr(type(value), "register_blueprint", None)):
            prefix = getattr(value, "url_prefix", None)
            if prefix and not name.startswith("_"):
                yield name, str(prefix).rstrip("/")


def beside_blueprint(case: Case) -> Finding | None:
    """A rule of the app has a blueprint's prefix, and its errors are no JSON."""
    is_error = case.answer.status >= 400 and not case.answer.is_json
    if case.phrase.kind != "json" or not is_error or case.has_crashed:
        return None
    app: Any = case.place.app
    for name, prefix in _prefixes(case):
        own = getattr(case.place.names[name], "name", name)
        is_own = case.answer.endpoint.startswith(f"{own}.")
        handled = getattr(app, "error_handler_spec", {}).get(own) or {}
        is_handled = handled.get(case.answer.status) or handled.get(None)
        is_within = case.answer.rule.startswith(f"{prefix}/")
        if is_within and is_handled and not is_own:
            return Finding(
                "beside-blueprint",
                say(
                    "Your rule {rule} is the app's own, so the error handlers of {name}"
                    ' do not see it. A rule of {name}: @{name}.{method}("{rest}")',
                    rule=case.answer.rule,
                    name=name,
                    method=case.method.lower(),
                    rest=case.answer.rule.removeprefix(prefix),
                ),
            )
    return None


def own_container(case: Case) -> Finding | None:
    """A view fills a list or dict of its own, called as the one outside."""
    if case.has_crashed or case.is_lost:
        return None
    for function in case.code.functions:
        made = {name for name, _ in _emptied(function)}
        kept = {
            name
            for name in made & _filled(function)
            if isinstance(case.place.names.get(name), (dict, list, set))
        }
        if kept:
            return begins_anew(sorted(kept)[0])
    return None


def emptied_again(case: Case) -> Finding | None:
    """A cell makes a list or dict empty that another cell had filled."""
    if case.has_crashed or case.is_lost:
        return None
    filled: set[str] = set()
    for tree in case.code.trees:
        for node in tree.body:
            names = _assigned(node)
            if not names:
                continue
            is_empty = ast.unparse(node.value) in _EMPTY  # type: ignore[attr-defined]
            if is_empty and names & filled and names & set(_loaded(case)):
                return Finding(
                    "always-anew",
                    say(
                        "{code} empties what an earlier cell put there: take that line"
                        " out.",
                        code=f"`{ast.unparse(node)}`",
                    ),
                )
            filled = filled - names if is_empty else filled | names
    return None


_EMPTY = ("{}", "[]", "dict()", "list()", "set()")


def _assigned(node: ast.stmt) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return {one.id for one in targets if isinstance(one, ast.Name)}


def _loaded(case: Case) -> Iterator[str]:
    """Yield the names that the view reads."""
    for node in case.view.nodes(ast.Name):
        if isinstance(node.ctx, ast.Load):
            yield node.id


def _emptied(function: Any) -> Iterator[tuple[str, ast.Assign]]:
    """Yield the names that a function makes an empty list or dict."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        is_empty = ast.unparse(node.value) in _EMPTY
        for target in node.targets:
            if is_empty and isinstance(target, ast.Name):
                yield target.id, node


def _filled(function: Any) -> set[str]:
    return {
        node.value.id
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
    }


def grows(case: Case) -> Finding | None:
    """A view that only shows something adds to a list outside of it."""
    is_again = case.check.repeat > 1 or case.check.is_next
    if case.has_crashed or not is_again or case.method != "GET":
        return None
    if re.search(r"session|request\.(?:method|form|get_json|json)", case.view.text):
        return None  # it does more than show something
    for function in case.view.functions:
        own = {name for name, _ in _emptied(function)}
        for node in ast.walk(function):
            is_added = isinstance(node, ast.Attribute) and node.attr == "append"
            name = getattr(node.value, "id", "") if is_added else ""  # type: ignore[attr-defined]
            is_kept = isinstance(case.place.names.get(name), list)
            if is_kept and name not in own:
                return Finding(
                    "kept-outside",
                    say(
                        "{name} is outside of the view, so it keeps what was put in,"
                        " and grows with each request. Make it inside: {name} = []",
                        name=name,
                    ),
                )
    return None


def outside_context(case: Case) -> Finding | None:
    """A stream uses the request when it is over."""
    is_about = case.raised(r"[Ww]orking outside of (?:application|request) context")
    if not is_about or not any(case.code.nodes(ast.Yield, ast.YieldFrom)):
        return None
    return Finding(
        "stream-context",
        say(
            "What yields is run when the view is over, and then g, request and session"
            " are gone: Response(stream_with_context(lines())) keeps them."
        ),
    )
