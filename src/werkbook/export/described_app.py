"""The OpenAPI document of a notebook's app, made where the app runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from werkbook.app import App
from werkbook.cells.asked import asked_by
from werkbook.cells.cell import Cell, NotebookError
from werkbook.cells.read import load
from werkbook.export.running import load_app
from werkbook.openapi import RecordedExchange, make_document
from werkbook.openapi.recorded import NOTHING
from werkbook.plain_words import read_strangers_json
from werkbook.secret_names import masked_json


def describe_app(name: str, app: str | None = None) -> dict[str, Any]:
    """Make a notebook's app in this process and return its document.

    Args:
        name: The notebook, in the working folder.
        app: The app's name; the last one when None.

    Raises:
        NotebookError: The file is no notebook, or its app is another framework's.
        NoAppError: It makes no app.
        Exception: Whatever the notebook's own code raises.
    """
    notebook = Path.cwd() / name
    made = load_app(notebook, app=app, target="werkbook")
    if not isinstance(made, App):
        raise NotebookError(
            f"The app of {name!r} is not Werkbook's or Flask's.",
            why=f"it is a {type(made).__name__}, whose rules are not known here.",
            fix="ask that framework for its document.",
        )
    document = make_document(made, list(ask_app(made, load(notebook).cells)))
    if document["info"]["title"] == made.import_name:  # that of a module made here
        document["info"]["title"] = "Notebook"
    return document


def ask_app(app: App, cells: list[Cell]) -> Iterator[RecordedExchange]:
    """Ask an app what a notebook's cells ask, and yield what came of it."""
    client = app.test_client()
    for asked in asked_by(cells):
        if asked.is_talk:
            continue  # no document tells of WebSockets
        headers = [pair for pair in asked.headers if pair[0].lower() != "host"]
        try:
            response = client.open(
                asked.url, method=asked.method, headers=headers, data=asked.body
            )
        except Exception:  # a view's own, which an app in test mode lets through
            continue
        rule = _find_rule(app, asked.method, response.request.path)
        if rule is not None:
            yield RecordedExchange(
                asked.method,
                rule,
                response.status_code,
                (response.mimetype or "") if response.data else "",
                _read(asked.body),
                _read(response.data) if response.is_json else NOTHING,
            )


def _find_rule(app: App, method: str, path: str) -> str | None:
    try:
        adapter = app.url_map.bind("localhost")
        rule, _ = adapter.match(path, method=method, return_rule=True)
    except Exception:  # no rule, another method, a redirect
        return None
    return str(rule.rule)


def _read(body: bytes) -> Any:
    try:
        return masked_json(read_strangers_json(body), number=0)
    except (ValueError, RecursionError):
        return NOTHING
