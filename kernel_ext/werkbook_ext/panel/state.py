"""The notebook's apps as plain data: rules, hooks, requests, lines that failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from wsgiref.types import WSGIApplication

from IPython.core.interactiveshell import InteractiveShell

from werkbook import live, serving
from werkbook.serving.exchanges import Exchange

from ..cards.tracebacks import list_frames, summarize_error
from ..notebook.apps import list_rules, named_apps
from ..notebook.cells import first_line
from ..notebook.flask_itself import unexpected_line
from ..notebook.live_cells import LiveCells
from ..transport.sessions import find_ring

MAX_LOG = 100
MAX_URL_CHARS = 500
MAX_ERROR_CHARS = 2000
PLACE = re.compile(r"Cell (?P<label>In\[\d+\]), line (?P<line>\d+)")
SHOWN_ELSEWHERE = {"rule", "view", "attribute", "config", "signal"}
DOCUMENTS = ("/openapi.json", "/openapi", "/apidoc/openapi.json", "/swagger.json")


def read_state(shell: InteractiveShell, cells: LiveCells) -> dict[str, Any]:
    """Return what a page shows of the notebook's apps.

    Args:
        shell: The shell whose apps they are.
        cells: Its cells, for their names.
    """
    found: dict[int, dict[str, Any]] = {}
    for name, app in named_apps(shell):
        if id(app) not in found:
            found[id(app)] = _app_state(name, app, cells)
            found[id(app)]["note"] = unexpected_line(shell, app)
    failures = [one for state in found.values() for one in state.pop("failures")]
    return {
        "type": "state",
        "apps": list(found.values()),
        "others": list(_others(cells)),
        "failures": failures,
        "edited": [one for one in cells.known if cells.was_edited(one)],
    }


def _app_state(name: str, app: WSGIApplication, cells: LiveCells) -> dict[str, Any]:
    server = serving.find_server(app)
    ring = find_ring(app)
    exchanges = list(ring or ())
    last = {one.rule: one for one in exchanges if one.rule is not None}
    counts = ring.counts(app) if ring is not None else {}
    rules = list_rules(app)
    paths = {info.rule for info in rules}
    return {
        "name": name,
        "is_serving": server is not None,
        "rules": [
            _rule_state(info, counts.get(info.rule, (0, None)), last.get(info.rule))
            for info in rules
        ],
        "log": [_entry(one) for one in exchanges[-MAX_LOG:]],
        "openapi": next((path for path in DOCUMENTS if path in paths), None),
        "failures": [
            failure
            for one in last.values()
            if (failure := _failure(one, cells)) is not None
        ],
    }


def _rule_state(
    info: live.RuleInfo, counted: tuple[int, int | None], last: Exchange | None
) -> dict[str, Any]:
    owner = info.owner
    return {
        "rule": info.rule,
        "methods": info.told_methods,
        "endpoint": str(info.endpoint),
        "cell": owner.id if owner is not None else "",
        "count": counted[0],
        "status": counted[1],
        "ms": round(last.duration_s * 1000, 1) if last is not None else None,
    }


def _entry(exchange: Exchange) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in exchange.response_headers}
    return {
        "number": exchange.number,
        "method": exchange.method,
        "url": exchange.url[:MAX_URL_CHARS],
        "status": exchange.status,
        "type": headers.get("content-type", "").partition(";")[0],
        "bytes": exchange.response_size_bytes,
        "ms": round(exchange.duration_s * 1000, 1),
    }


def _failure(exchange: Exchange, cells: LiveCells) -> dict[str, Any] | None:
    """Return the cell and the line where a rule's last request failed."""
    if exchange.exception is None:
        return None
    labels = {one.cell.owner.label: owner_id for owner_id, one in cells.known.items()}
    for frame in reversed(list_frames(exchange.exception)):
        place = PLACE.fullmatch(frame.place)
        cell = labels.get(place["label"]) if place is not None else None
        if place is not None and cell is not None:
            text = summarize_error(exchange.exception)[:MAX_ERROR_CHARS]
            return {
                "cell": cell,
                "line": int(place["line"]),
                "text": f"{exchange.method} {exchange.url}: {text}",
            }
    return None


def _others(cells: LiveCells) -> Iterator[dict[str, Any]]:
    """Return what cells registered beside rules: hooks, templates, static files."""
    for owner in live.owners():
        for item in live.list_registrations(owner.id):
            if item.kind not in SHOWN_ELSEWHERE and not item.is_derived:
                known = cells.known.get(owner.id)
                yield {
                    "kind": item.kind.replace("_", " "),
                    "name": _name_registration(item),
                    "cell": owner.id,
                    "line": first_line(known.cell.source) if known else "",
                }


def _name_registration(item: Any) -> str:
    name = getattr(item.value, "__name__", "")
    return item.key if isinstance(item.key, str) and item.key else str(name)


def find_app(shell: InteractiveShell, name: Any) -> WSGIApplication | None:
    """Return the app of a name that a page sent."""
    return next((app for one, app in named_apps(shell) if one == name), None)
