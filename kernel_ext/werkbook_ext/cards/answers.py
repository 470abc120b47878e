"""Send a request of a cell to an app, and make the card of its response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from wsgiref.types import WSGIApplication

import requests
from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell

from werkbook import serving
from werkbook.cells.requests import USAGE, OutgoingMessages, OutgoingRequest
from werkbook.exercises.trace import trace_request
from werkbook.system import this_system

from ..bodies.body import Body
from ..bodies.masking import steady_text
from ..notebook.cells import current_run
from ..notebook.environment import has_front_end
from ..notebook.near_rules import (
    near_file_note,
    near_method_note,
    near_protocol_note,
    near_rules_note,
)
from ..output.notes import show
from ..output.trace_picture import write_picture
from ..transport.pending import PendingResponse
from ..transport.sending import (
    NoAnswerError,
    WholeResponse,
    send_request,
    talk_with,
)
from ..transport.sessions import AppResponse, session_for
from ..transport.waiting import Waiting
from .model import Card, StatusLine, make_card, make_card_so_far
from .view import CardView, replace_card, view_card

LOAD_TIMEOUT_S = 5.0
"""A page waits no longer for one of its style sheets or images."""


class ShownResponse(AppResponse):
    """The response of `%http`: its card stands under the cell already."""

    _view: CardView | None = None
    _run: Any = None

    @classmethod
    def of(
        cls, response: AppResponse, view: CardView, shell: InteractiveShell | None
    ) -> ShownResponse:
        """Make the response whose card is displayed under the cell that runs now."""
        shown = cls()
        shown.__dict__.update(response.__dict__)
        shown._view = view
        shown._run = current_run(shell) if shell is not None else None
        return shown

    def _ipython_display_(self) -> None:
        """Show the card, but not twice under the cell that asked."""
        shell = get_ipython()
        is_shown = shell is not None and current_run(shell) == self._run
        if self._view is not None and not is_shown:
            show(CardView(self._view.card))
        elif shell is None or not has_front_end(shell):
            print(repr(self))  # a terminal has written `Out[3]:` already


def ask(
    shell: InteractiveShell | None,
    app: WSGIApplication | None,
    request: OutgoingRequest,
    *,
    is_quiet: bool = False,
) -> tuple[ShownResponse, CardView]:
    """Send a request; return the response and its card, which is yet to be displayed.

    Args:
        shell: The shell under whose running cell the card will stand; None in a script.
        app: Any WSGI application; None for a server of someone else's.
        request: What to send.
        is_quiet: Whether nothing is displayed while the answer is waited for.

    Raises:
        NoAnswerError: No server answers, or not in time.
        UsageError: The URL or a header cannot be sent.
    """
    try:
        answered, view = _answered(shell, app, request, is_quiet)
    except requests.exceptions.InvalidSchema:
        rest = request.url.partition("://")[2] or request.url
        raise UsageError(
            f"%http: Nothing here sends to {request.url!r}.\n"
            "  Why: it is sent to http:// and https:// alone.\n"
            f"  Fix: write http://{rest}\nUsage: {USAGE}"
        ) from None
    except requests.RequestException as error:
        raise UsageError(f"%http: {error}\nUsage: {USAGE}") from None
    return ShownResponse.of(answered.response, view, shell), view


def ask_websocket(
    shell: InteractiveShell | None,
    app: WSGIApplication | None,
    asked: OutgoingMessages,
) -> tuple[ShownResponse, CardView]:
    """Talk on a WebSocket; return its response and the card, yet to be displayed.

    Args:
        shell: The shell under whose running cell the card will stand; None in a script.
        app: Any application; None for a server of someone else's.
        asked: What to send.

    Raises:
        NoAnswerError: No server answers, or it speaks no WebSocket.
        UsageError: The URL or a header cannot be sent.
    """
    try:
        found, session = talk_with(shell, app, asked)
    except requests.RequestException as error:
        raise UsageError(f"%http: {error}\nUsage: {USAGE}") from None
    card = make_card(found.response, cookies=list(session.cookies), note=found.note)
    last = card.hops[-1]
    note = near_rules_note(app, last.url, status=last.status, rule=card.rule)
    note = note or near_protocol_note(app, last.url, status=last.status, is_socket=True)
    card = replace(card, note=card.note or note)
    if found.ending is not None:
        text = found.text().encode("utf-8", "replace")
        card = replace(card, body=Body(text, "text/plain; charset=utf-8"))
    view = view_card(shell, card, base_url=base_url(app))
    return ShownResponse.of(found.response, view, shell), view


def _answered(
    shell: InteractiveShell | None,
    app: WSGIApplication | None,
    request: OutgoingRequest,
    is_quiet: bool,
) -> tuple[WholeResponse, CardView]:
    """Send a request; one that takes its time is displayed while it is waited for."""
    options: dict[str, Any] = {
        "resend": make_sender(shell, app) if app is not None else None,
        "load": make_loader(shell, app) if app is not None else None,
        "forget": make_forgetter(shell, app) if app is not None else None,
    }
    if (
        shell is None
        or is_quiet
        or not (has_front_end(shell) and this_system().has_threads)
    ):
        answered = send_request(shell, app, request)
        where = base_url(app)
        return answered, view_card(
            shell, _card(answered, app), **options, base_url=where
        )
    asked = f"{request.method} {request.url}"
    view: CardView | None = None

    def wait(stop: Callable[[], None]) -> None:
        nonlocal view
        view = view_card(
            shell, _waiting_card(request), **options, base_url=base_url(app)
        )
        view.wait_for(asked, stop)

    def show_so_far(pending: PendingResponse) -> None:
        assert view is not None
        view.widget.show(make_card_so_far(pending))

    waiting = Waiting(
        lambda progress: send_request(shell, app, request, progress), wait, show_so_far
    )
    try:
        answered = waiting.run(asked)
    except BaseException:
        if view is not None:
            view.give_up(steady_text(f"{asked} was not answered."))
        raise
    card = _card(answered, app)
    if view is None:
        return answered, view_card(shell, card, **options, base_url=base_url(app))
    replace_card(shell, view, card)
    return answered, view


def _waiting_card(request: OutgoingRequest) -> Card:
    line = StatusLine(request.method, request.url, 0, "")
    return Card((line,), (), Body(b""), (), Body(b""))


class AppSender:
    """Sends requests to an app, as cards do for their readers."""

    def __init__(self, shell: InteractiveShell | None, app: WSGIApplication) -> None:
        """Send to an app, with the notebook's cookies."""
        self._shell = shell
        self._app = app

    def __call__(self, request: OutgoingRequest) -> Card:
        """Send a request and make its card."""
        return _card(send_request(self._shell, self._app, request), self._app)

    @property
    def can_trace(self) -> bool:
        """Whether the way of a request can be shown: the app has Flask's API."""
        return hasattr(self._app, "url_map")

    def trace(self, card: Card) -> str:
        """Send a card's request again, and draw its way through the app."""
        first = card.hops[0]
        body = card.request.content or None
        request = OutgoingRequest(first.method, first.url, card.request_headers, body)
        return write_picture(trace_request(self._app, request), has_times=True)


def make_sender(shell: InteractiveShell | None, app: WSGIApplication) -> AppSender:
    """Return what sends a request to an app and makes its card."""
    return AppSender(shell, app)


def make_loader(
    shell: InteractiveShell | None, app: WSGIApplication
) -> Callable[[str], Body | None]:
    """Return a function that loads a style sheet or an image of an app's page."""

    def load(url: str) -> Body | None:
        request = OutgoingRequest("GET", url, timeout_s=LOAD_TIMEOUT_S)
        try:
            response = send_request(shell, app, request).response
        except (NoAnswerError, requests.RequestException):
            return None
        content_type = response.headers.get("Content-Type", "")
        return Body(response.content, content_type) if response.ok else None

    return load


def make_forgetter(
    shell: InteractiveShell | None, app: WSGIApplication
) -> Callable[[], None]:
    """Return a function that makes the visitor of an app a new one."""

    def forget() -> None:
        session_for(shell, app).forget_visitor()

    return forget


def base_url(app: WSGIApplication | None) -> str:
    """Return where the app can be reached from this machine; empty for nowhere."""
    server = serving.find_server(app) if app is not None else None
    return server.url.rstrip("/") if server is not None else ""


def _card(answered: WholeResponse, app: WSGIApplication | None) -> Card:
    cookies = list(answered.session.cookies)
    card = make_card(answered.response, cookies=cookies, note=answered.note)
    last = card.hops[-1]
    note = near_rules_note(app, last.url, status=last.status, rule=card.rule)
    note = note or near_file_note(app, last.url, status=last.status, rule=card.rule)
    note = note or near_method_note(last.method, status=last.status)
    note = note or near_protocol_note(
        app, last.url, status=last.status, is_socket=False
    )
    return replace(card, note=card.note or note)
