"""Send a request of a cell to an app, and make the card of its response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from wsgiref.types import WSGIApplication

import requests
from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell

from werkbook import live, serving
from werkbook.cells.requests import USAGE, OutgoingMessages, OutgoingRequest
from werkbook.exercises.trace import trace_request
from werkbook.serving.applications import is_asgi
from werkbook.system import this_system

from ..bodies.body import Body
from ..bodies.masking import steady_text
from ..notebook import find_live_cells
from ..notebook.cells import current_run
from ..notebook.environment import has_front_end
from ..notebook.near_rules import (
    near_file_note,
    near_method_note,
    near_protocol_note,
    near_rules_note,
)
from ..output.notes import show
from ..output.trace_steps import write_steps
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

if TYPE_CHECKING:
    from ..transport.transcript import Transcript

Answer = TypeVar("Answer")

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
    *,
    is_quiet: bool = False,
) -> tuple[ShownResponse, CardView]:
    """Talk on a WebSocket; return its response and the card, yet to be displayed.

    Args:
        shell: The shell under whose running cell the card will stand; None in a script.
        app: Any application; None for a server of someone else's.
        asked: What to send.
        is_quiet: Whether nothing is displayed while messages are waited for.

    Raises:
        NoAnswerError: No server answers, or it speaks no WebSocket.
        UsageError: The URL or a header cannot be sent.
    """
    showing = ShownRequest(shell, app, StatusLine("WS", asked.url, 0, ""), {}, is_quiet)
    try:
        (found, _), view = showing.ask(
            lambda progress: talk_with(shell, app, asked, progress),
            lambda talked: _socket_card(*talked, app),
        )
    except requests.RequestException as error:
        raise UsageError(f"%http: {error}\nUsage: {USAGE}") from None
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
    line = StatusLine(request.method, request.url, 0, "")
    return ShownRequest(shell, app, line, options, is_quiet).ask(
        lambda progress: send_request(shell, app, request, progress),
        lambda answered: _card(answered, app),
    )


@dataclass
class ShownRequest:
    """A request whose card is shown while its answer is waited for.

    Attributes:
        shell: The shell under whose running cell the card stands; None in a script.
        app: The app that is asked; None for a server of someone else's.
        line: What is asked for.
        options: What the card's view is made with.
        is_quiet: Whether nothing is displayed.
    """

    shell: InteractiveShell | None
    app: WSGIApplication | None
    line: StatusLine
    options: dict[str, Any]
    is_quiet: bool
    _shown: CardView | None = None

    def ask(
        self,
        send: Callable[[PendingResponse], Answer],
        card_of: Callable[[Answer], Card],
    ) -> tuple[Answer, CardView]:
        """Send it; return its answer and its card.

        Args:
            send: Sends it, and returns its answer.
            card_of: Makes the card of an answer.
        """
        can_wait = this_system().has_threads and not self.is_quiet
        if self.shell is None or not (can_wait and has_front_end(self.shell)):
            answer = send(PendingResponse())
            return answer, self._view(card_of(answer))
        asked = f"{self.line.method} {self.line.url}"
        show = partial(self._wait, asked)
        gone = _gone_with_its_cell(self.shell)
        waiting = Waiting(send, show, self._show_so_far, gone)
        try:
            answer = waiting.run(asked)
        except BaseException:
            if waiting.answer is not None:
                self._finish(card_of(waiting.answer)).show()
            elif self._shown is not None:
                self._shown.give_up(steady_text(f"{asked} was not answered."))
            raise
        return answer, self._finish(card_of(answer))

    def _finish(self, card: Card) -> CardView:
        if self._shown is None or self.shell is None:
            return self._view(card)
        replace_card(self.shell, self._shown, card)
        return self._shown

    def _wait(self, asked: str, stop: Callable[[], None]) -> None:
        self._shown = self._view(Card((self.line,), (), Body(b""), (), Body(b"")))
        self._shown.wait_for(asked, stop)

    def _show_so_far(self, pending: PendingResponse) -> None:
        assert self._shown is not None
        self._shown.widget.show(make_card_so_far(pending))

    def _view(self, card: Card) -> CardView:
        where = base_url(self.app)
        return view_card(self.shell, card, **self.options, base_url=where)


def _gone_with_its_cell(shell: InteractiveShell) -> Callable[[], bool]:
    """Return what says whether the cell that runs now was deleted since."""
    cells, owner = find_live_cells(shell), live.current_owner()
    if cells is None or owner is None:
        return lambda: False
    return partial(cells.is_deleted, owner.id)


class AppSender:
    """Sends requests to an app, as cards do for their readers."""

    def __init__(self, shell: InteractiveShell | None, app: WSGIApplication) -> None:
        """Send to an app, with the notebook's cookies."""
        self._shell = shell
        self._app = app

    def __call__(
        self, request: OutgoingRequest, progress: PendingResponse | None = None
    ) -> Card:
        """Send a request and make its card; another thread may stop it."""
        answered = send_request(self._shell, self._app, request, progress)
        return _card(answered, self._app)

    @property
    def can_trace(self) -> bool:
        """Whether the way of a request can be shown: the app has Flask's API."""
        return hasattr(self._app, "url_map") and not is_asgi(self._app)

    def trace(self, card: Card) -> str:
        """Send a card's request again, and write its way through the app."""
        first = card.hops[0]
        body = card.request.content or None
        request = OutgoingRequest(first.method, first.url, card.request_headers, body)
        return write_steps(trace_request(self._app, request))


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


def _socket_card(
    found: Transcript, session: requests.Session, app: WSGIApplication | None
) -> Card:
    card = make_card(found.response, cookies=list(session.cookies), note=found.note)
    last = card.hops[-1]
    note = near_rules_note(app, last.url, status=last.status, rule=card.rule)
    note = note or near_protocol_note(app, last.url, status=last.status, is_socket=True)
    card = replace(card, note=card.note or note)
    if found.ending is None:
        return card
    text = found.text().encode("utf-8", "replace")
    return replace(card, body=Body(text, "text/plain; charset=utf-8"))
