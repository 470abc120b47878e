"""A request of the log as a card: made of what the server remembers of it."""

from __future__ import annotations

from datetime import timedelta
from http.client import responses as reasons
from wsgiref.types import WSGIApplication

import requests
from IPython.core.getipython import get_ipython
from requests.structures import CaseInsensitiveDict

from werkbook.serving.exchanges import Exchange

from ..cards.answers import make_forgetter, make_loader, make_sender
from ..cards.model import make_card
from ..cards.view import CardView, view_card
from ..transport.sessions import ORIGIN, AppResponse, find_ring
from .state import find_app


def show_exchange(app_name: str, number: int) -> CardView | None:
    """Return the card of a request that an app's server remembers.

    Args:
        app_name: The notebook's name of the app.
        number: The number of the request in the server's log.
    """
    shell = get_ipython()
    app = find_app(shell, app_name) if shell is not None else None
    exchange = _find(app, number) if app is not None else None
    if app is None or exchange is None:
        return None
    card = make_card(_response(exchange), exchange)
    return view_card(
        shell,
        card,
        resend=make_sender(shell, app),
        load=make_loader(shell, app),
        forget=make_forgetter(shell, app),
    )


def _find(app: WSGIApplication, number: int) -> Exchange | None:
    exchanges = list(find_ring(app) or ())
    return next((one for one in exchanges if one.number == number), None)


def _response(exchange: Exchange) -> AppResponse:
    request = requests.Request(
        exchange.method,
        ORIGIN + exchange.url,
        headers=dict(exchange.request_headers),
        data=exchange.request_body or None,
    )
    response = AppResponse()
    response.status_code = exchange.status
    response.reason = exchange.reason or reasons.get(exchange.status, "")
    response.url = ORIGIN + exchange.url
    response.headers = CaseInsensitiveDict(exchange.response_headers)
    response.request = request.prepare()
    response.elapsed = timedelta(seconds=exchange.duration_s)
    response._content = exchange.response_body
    response._content_consumed = True  # type: ignore[attr-defined]  # as `content` does
    return response
