"""Recorded exchanges as examples for an app's description: JSON, secrets masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from werkbook.app import App
from werkbook.live.kit_pages import kit_pages
from werkbook.openapi import RecordedExchange, make_document
from werkbook.openapi.pages import answer_kit_page
from werkbook.openapi.recorded import NOTHING
from werkbook.serving import Exchange

from ..bodies.body import Body
from ..bodies.masking import masked_json
from ..transport.remembered import list_exchanges


def install(shell: InteractiveShell) -> Callable[[], None]:
    """Let the shell's apps answer /docs and /openapi.json; return what ends that."""
    listed = partial(list_masked, shell)
    kit_pages.answer = partial(answer_kit_page, list_recorded=listed)

    def undo() -> None:
        kit_pages.answer = None

    return undo


def list_masked(shell: InteractiveShell, app: Any) -> Iterator[RecordedExchange]:
    """Yield the exchanges of an app that matched a rule, oldest first."""
    for exchange in list_exchanges(shell, app):
        if exchange.is_finished and exchange.rule is not None:
            yield _mask(exchange)


def describe_live(shell: InteractiveShell, app: App) -> dict[str, Any]:
    """Return an app's document, with what was recorded of it as examples."""
    return make_document(app, list_masked(shell, app))


def _mask(exchange: Exchange) -> RecordedExchange:
    sent = Body(exchange.request_body, _find_type(exchange.request_headers))
    received = Body(exchange.response_body, _find_type(exchange.response_headers))
    return RecordedExchange(
        exchange.method,
        exchange.rule or "",
        exchange.status,
        received.mimetype if received.content else "",
        NOTHING if exchange.is_request_cut else _read(sent),
        NOTHING if exchange.is_response_cut else _read(received),
    )


def _read(body: Body) -> Any:
    if body.kind != "json":
        return NOTHING
    try:
        return masked_json(body.json(), number=0)
    except (ValueError, RecursionError):
        return NOTHING


def _find_type(headers: list[tuple[str, str]]) -> str:
    return next((v for k, v in headers if k.lower() == "content-type"), "")
