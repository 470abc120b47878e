"""What was probably meant by a URL without a rule, by a file's name, by a method."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException

from werkbook import live
from werkbook.app import App
from werkbook.errors import close_matches

from .apps import list_rules

MAX_NEAR = 3
MAX_FILES = 1000
LEAST_RATIO = 0.65
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def near_rules_note(app: Any, path: str, *, status: int, rule: str | None) -> str:
    """Return one line on the rules near a path that has none; empty for no such path.

    Args:
        app: The app that answered; one without a URL map has no near rules.
        path: Path and query that were asked for.
        status: The status of the answer: only a 404 can be a path without a rule.
        rule: The rule that was found; a view may answer 404 as well.
    """
    if status != 404 or rule is not None:
        return ""
    path = path.partition("?")[0]
    listed = list_rules(app)
    if not listed:
        return ""
    if any(one.is_websocket and _fits(path, one.rule) for one in listed):
        return _socket_note(path)  # an ASGI app answers it with 404
    rules = {one.rule for one in listed}
    near = find_near_rules(path, rules)
    return f"No rule matches {path}." + (f" Near: {', '.join(near)}" if near else "")


def near_file_note(app: Any, path: str, *, status: int, rule: str | None) -> str:
    """Return one line on the static file that a path was meant for; empty for none.

    Args:
        app: The app that answered; one without a static folder has no files.
        path: Path and query that were asked for.
        status: The status of the answer: only a 404 can be a file that is not there.
        rule: The rule that was found.
    """
    start = getattr(app, "static_url_path", None)
    if status != 404 or start is None or rule != f"{start}/<path:filename>":
        return ""
    name = unquote(path.partition("?")[0]).removeprefix(f"{start}/")
    near = close_matches(name, _static_files(app), count=MAX_NEAR)
    place = f"No static file is called {name}."
    return f"{place} Near: {', '.join(near)}" if near else place


def _static_files(app: Any) -> list[str]:
    """List the static files of cells, and some of those in an app's folder."""
    names = [*live.notebook.static]
    folder = Path(app.static_folder or "")
    if app.static_folder and folder.is_dir():
        files = (one for one in folder.rglob("*") if one.is_file())
        names += [
            one.relative_to(folder).as_posix() for one in islice(files, MAX_FILES)
        ]
    return sorted(names)


def near_protocol_note(app: Any, path: str, *, status: int, is_socket: bool) -> str:
    """Return one line on a WebSocket that was asked as a page, or the reverse.

    Args:
        app: The app that answered; one without a URL map has no rules to look through.
        path: Path and query that were asked for.
        status: The status of the answer: Werkzeug refuses such a request with 400.
        is_socket: Whether a WebSocket was asked for.
    """
    if status != 400 or not isinstance(app, App):
        return ""
    path = path.partition("?")[0]
    adapter = app.url_map.bind("localhost")
    try:
        adapter.match(unquote(path), "GET", websocket=not is_socket)
    except HTTPException:
        return ""
    if is_socket:
        return f"{path} is no WebSocket. Write: %http GET {path}"
    return _socket_note(path)


def _socket_note(path: str) -> str:
    return f"{path} is a WebSocket. Write: %http --ws {path}"


def near_method_note(method: str, *, status: int) -> str:
    """Return one line on the method that was meant; empty where none was mistyped.

    Args:
        method: The method that was sent; others than the common ones are no mistake.
        status: The status of the answer: that of a method that the app has not.
    """
    if status not in (405, 501) or method in METHODS:
        return ""
    return "".join(f"Did you mean {near}?" for near in close_matches(method, METHODS))


def find_near_rules(path: str, rules: set[str]) -> list[str]:
    """Return the rules that a path is nearest to, the nearest first.

    Where no rule is written nearly so, those whose variables could hold the path's
    parts are near: a rule that was renamed, `/hello/<name>` to `/hi/<name>`.
    """
    ratios = {rule: _ratio(path, rule) for rule in rules}
    near = [rule for rule in rules if ratios[rule] >= LEAST_RATIO]
    if near:
        return sorted(near, key=lambda rule: (-ratios[rule], rule))[:MAX_NEAR]
    alike = sorted(rule for rule in rules if _has_form(path, rule))
    return alike if len(alike) < MAX_NEAR else []  # many say nothing


def _has_form(path: str, rule: str) -> bool:
    """Say whether a rule's variables could hold the parts of a path."""
    asked, wanted = path.split("/")[1:], rule.split("/")[1:]
    if len(asked) != len(wanted):
        return False
    pairs = zip(asked, wanted, strict=True)
    variables = [pair for pair in pairs if pair[1].startswith(("<", "{"))]
    return 0 < len(variables) < len(asked) and all(
        _may_hold(part, variable) for part, variable in variables
    )


def _fits(path: str, rule: str) -> bool:
    """Say whether a path is surely one of a rule."""
    asked, wanted = path.split("/"), rule.split("/")
    return len(asked) == len(wanted) and all(
        _may_hold(part, other) if other.startswith(("<", "{")) else part == other
        for part, other in zip(asked, wanted, strict=True)
    )


def _may_hold(part: str, variable: str) -> bool:
    """Take Flask's way to write a variable, `<int:n>`, and Starlette's, `{n:int}`."""
    if "int" in variable.strip("<{}>").split(":"):
        return part.isdecimal()
    return bool(part) and ":" not in variable


def _ratio(path: str, rule: str) -> float:
    """Say how like a path is to a rule whose variables may hold anything."""
    asked, wanted = path.strip("/").split("/"), rule.strip("/").split("/")
    if len(asked) != len(wanted):
        return _likeness("/".join(asked), "/".join(wanted))
    fixed = [
        _likeness(*pair)
        for pair in zip(asked, wanted, strict=True)
        if not {"<", "{"} & {*pair[1]}
    ]
    return sum(fixed) / len(fixed) if fixed else 0.0


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()
