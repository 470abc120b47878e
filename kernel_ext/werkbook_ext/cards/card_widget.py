"""The widget of a card: it holds the data; the browser draws what is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

import anywidget
import traitlets

from werkbook.cells.requests import OutgoingRequest
from werkbook.system import this_system

from ..transport.pending import PendingResponse
from ..transport.waiting import Waiting
from ..widgets import busy_comm as fast_lane
from ..widgets.esm import TRACE_CSS, join_modules, style_source
from ..widgets.message_fields import is_header, read_message
from .changes import list_changes
from .model import Card, make_card_so_far
from .whole_pages import Load, with_resources
from .widget_state import body_head, make_state

HERE = Path(__file__).parent
MAX_SENT_CHARS = 5_000_000

Resend = Callable[[OutgoingRequest, PendingResponse], Card]
Forget = Callable[[], object]


@dataclass(frozen=True)
class Showing:
    """What a widget shows, until it shows something else.

    Attributes:
        number: Tells it from what the widget showed before; the front end names it
            in what it asks for.
        previous: What the card is compared with.
    """

    number: int
    card: Card
    previous: Card | None = None


class CardWidget(anywidget.AnyWidget):
    """A card that is shown under a cell.

    Its state is of this moment and is not saved with the notebook; what is saved
    stands beside it as text and HTML.
    """

    _esm = join_modules(HERE / "js" / "card_view.js")
    _css = style_source(HERE / "js" / "card.css", TRACE_CSS)

    state = traitlets.Dict().tag(sync=True)
    content = traitlets.Bytes().tag(sync=True)
    has_changes = traitlets.Bool(False).tag(sync=True)
    is_busy = traitlets.Bool(False).tag(sync=True)
    waiting = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        card: Card | None,
        *,
        resend: Resend | None = None,
        load: Load | None = None,
        forget: Forget | None = None,
        base_url: str = "",
        previous: Card | None = None,
        kernel: Any = None,
        **more: Any,
    ) -> None:
        """Make the widget of a card.

        Args:
            card: What is shown; None for nothing yet.
            resend: Sends a request again and makes its card; None when it cannot be.
            load: Loads what a page of the app shows; None when it has no app.
            forget: Clears the visitor's cookies and storage; None when it has no app.
            base_url: Where the app can be reached from this machine.
            previous: The card of the cell's run before this one.
            kernel: The kernel; messages are then answered while a cell runs.
            more: Other traits.
        """
        self._numbers = count(1)
        self._begin(resend, load, forget, base_url)
        super().__init__(**self._shown(card, previous), **more)
        self.on_msg(self._receive)
        if self.comm is not None:
            take = partial(self._receive, self)
            fast_lane.join(kernel, self.comm.comm_id, take)

    def show_again(
        self,
        card: Card | None,
        *,
        resend: Resend | None = None,
        load: Load | None = None,
        forget: Forget | None = None,
        base_url: str = "",
        previous: Card | None = None,
        **more: Any,
    ) -> None:
        """Show what the next run of the cell has to show; see `__init__`.

        What was sent from the card before and is not answered yet will not be shown.
        """
        self._begin(resend, load, forget, base_url)
        self._set(is_busy=False, waiting="", **more, **self._shown(card, previous))

    def _begin(
        self,
        resend: Resend | None,
        load: Load | None,
        forget: Forget | None,
        base_url: str,
    ) -> None:
        self._resend = resend
        self._load = load
        self._forget = forget
        self._stop: Callable[[], None] | None = None
        self._base_url = base_url
        self._sending = Lock()  # held by the one request that is under way

    def _shown(self, card: Card | None, previous: Card | None) -> dict[str, Any]:
        if card is None:
            self._showing = None
            return {"has_changes": False, "content": b"", "state": {}}
        self._showing = Showing(next(self._numbers), card, previous)
        can_send = self._resend is not None
        # Answers to different requests are not compared.
        is_same = previous is not None and _asked(previous) == _asked(card)
        state = make_state(
            card,
            base_url=self._base_url,
            can_send=can_send,
            can_forget=self._forget is not None,
        )
        state["can_trace"] = _can_trace(self._resend)
        return {
            "has_changes": is_same,
            "content": body_head(card.body),
            # The state comes last, for the front end draws when it changes. Two answers
            # that took equally long can have the same state: the number is always new.
            "state": {**state, "showing": self._showing.number},
        }

    def wait_for(self, asked: str, stop: Callable[[], None]) -> None:
        """Show that a request is waited for, until a card is shown by `show_answer`.

        Args:
            asked: Names the request: `GET /slow`.
            stop: Ends the waiting.
        """
        self._stop = stop
        self._set(waiting=asked)

    def show_answer(self, card: Card, previous: Card | None = None) -> None:
        """Show the answer that was waited for."""
        self._stop = None
        self._set(waiting="", **self._shown(card, previous))

    def show(self, card: Card, previous: Card | None = None) -> None:
        """Show another card in place of this one.

        Args:
            card: What is shown now.
            previous: What it is compared with.
        """
        self._set(**self._shown(card, previous))

    def _set(self, **traits: Any) -> None:
        with self.hold_sync():
            for name, value in traits.items():
                setattr(self, name, value)

    def close(self) -> None:
        """Close the model, and that of its layout, which nothing else needs."""
        layout = self.layout
        if self.comm is not None:
            fast_lane.leave(self.comm.comm_id)
        super().close()
        layout.close()

    def _receive(self, _widget: Any, message: Any, _buffers: Any) -> None:
        """Answer a message of the front end; what is not one of ours is ignored."""
        message = read_message(message)
        kind = message.get("type") if isinstance(message, dict) else None
        if kind in ("body", "page", "changes", "trace"):
            showing = self._showing
            # Tabs of a card that was shown before are gone: none waits for an answer.
            if showing and message.get("showing", showing.number) == showing.number:
                _in_background(partial(self._send_part, kind, showing))
        elif kind == "send" and self._resend is not None:
            request = read_outgoing_request(message.get("request"))
            if request is not None and self._sending.acquire(blocking=False):
                _in_background(partial(self._send_again, self._sending, request))
        elif kind == "stop" and self._stop is not None:
            self._stop()
        elif kind == "forget" and self._forget is not None:
            self._forget()
            self.send({"type": "forgotten"})

    def _send_part(self, kind: str, showing: Showing) -> None:
        """Send what a tab of the card shows and its state does not hold."""
        parts = {
            "body": _body,
            "page": self._page,
            "changes": _changes,
            "trace": self._trace,
        }
        message = {"type": kind, "showing": showing.number}
        self.send(message, [parts[kind](showing)])

    def _page(self, showing: Showing) -> bytes:
        """Return the page with its style sheets and images inside."""
        page = showing.card.body.text
        if self._load is not None:
            page = with_resources(page, showing.card.hops[-1].url, self._load)
        return page.encode("utf-8", "replace")

    def _trace(self, showing: Showing) -> bytes:
        """Return the steps of the request's way: it is sent once more for that."""
        trace: Callable[[Card], str] | None = getattr(self._resend, "trace", None)
        if trace is None or not _can_trace(self._resend):
            return b""
        return trace(showing.card).encode()

    def _send_again(self, sending: Lock, request: OutgoingRequest) -> None:
        previous = self._showing.card if self._showing else None
        try:
            self.is_busy = True
            card = self._answer(sending, request)
            if self._sending is sending:
                self.show_answer(card, previous)
        except (Exception, KeyboardInterrupt) as error:  # the reader sees any error
            kind = "" if isinstance(error, KeyboardInterrupt) else type(error).__name__
            told = ": ".join(filter(None, (kind, str(error))))
            self.send({"type": "failed", "text": told})
        finally:
            if self._sending is sending:
                self._stop = None
                self._set(waiting="", is_busy=False)
            sending.release()

    def _answer(self, sending: Lock, request: OutgoingRequest) -> Card:
        """Send a request; one that takes its time is shown, and can be stopped."""
        assert self._resend is not None
        if not this_system().has_threads:
            return self._resend(request, PendingResponse())

        def show(stop: Callable[[], None]) -> None:
            if self._sending is sending:
                self.wait_for(asked, stop)

        def show_so_far(progress: PendingResponse) -> None:
            if self._sending is sending:
                self.show(make_card_so_far(progress))

        asked = f"{request.method} {request.url}"
        waiting = Waiting(partial(self._resend, request), show, show_so_far)
        try:
            return waiting.run(asked)
        except KeyboardInterrupt:
            if waiting.answer is None:
                raise
            return waiting.answer


def _can_trace(resend: Resend | None) -> bool:
    return bool(getattr(resend, "can_trace", False))


def _body(showing: Showing) -> bytes:
    return showing.card.body.content


def _changes(showing: Showing) -> bytes:
    """Return the lines that differ from the answer of the run before, as JSON."""
    rows = list_changes(showing.previous or showing.card, showing.card)
    return json.dumps(rows).encode()


def _in_background(work: Callable[[], None]) -> None:
    """Work beside, so that messages are read on."""
    this_system().start(work, "werkbook-send")


def _asked(card: Card) -> tuple[str, str]:
    return card.hops[0].method, card.hops[0].url


def read_outgoing_request(request: Any) -> OutgoingRequest | None:
    """Read the request of a message; None when it is not one of the card's form.

    Only URLs of the app itself are taken: a card sends nothing to other servers.
    """
    if not isinstance(request, dict):
        return None
    method, url = request.get("method"), request.get("url")
    body, headers = request.get("body"), request.get("headers")
    if not (isinstance(method, str) and method.isascii() and method.isalpha()):
        return None
    if not (isinstance(url, str) and url.startswith("/")):
        return None
    if not (body is None or (isinstance(body, str) and len(body) <= MAX_SENT_CHARS)):
        return None
    if not (isinstance(headers, list) and all(map(is_header, headers))):
        return None
    return OutgoingRequest(
        method.upper(),
        url,
        tuple((name, value) for name, value in headers),
        body.encode() if body else None,
        is_followed=request.get("is_followed") is not False,
    )
