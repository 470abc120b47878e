"""The widget of a card, and what it takes from the front end."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from ipywidgets.widgets import widget as ipywidgets_widget

from werkbook import App, request
from werkbook.cells.requests import OutgoingRequest
from werkbook_ext.bodies.body import Body
from werkbook_ext.cards.announce_widget import AnnounceWidget
from werkbook_ext.cards.announcement import Announcement
from werkbook_ext.cards.answers import make_sender
from werkbook_ext.cards.card_widget import CardWidget, read_outgoing_request
from werkbook_ext.cards.model import Card, StatusLine
from werkbook_ext.transport.pending import PendingResponse


def card(text: str = "hi", status: int = 200) -> Card:
    return Card(
        hops=(StatusLine("GET", "/x", status, "OK"),),
        request_headers=(("Accept", "*/*"),),
        request=Body(b""),
        headers=(("Content-Type", "text/plain"),),
        body=Body(text.encode(), "text/plain"),
    )


class Front:
    """What a front end does: send messages and see what comes back."""

    def __init__(self, widget: CardWidget) -> None:
        self.widget = widget
        self.received: list[tuple[Any, list[Any]]] = []
        widget.send = lambda content, buffers=None: self.received.append(  # type: ignore[method-assign]  # in place of the comm
            (content, list(buffers or []))
        )

    def send(self, message: Any) -> None:
        self.widget._receive(self.widget, message, [])
        for thread in threading.enumerate():
            if thread.name == "werkbook-send":
                thread.join(5)

    def changes(self) -> list[list[Any]]:
        """Return the changed lines that the kernel gives for what is shown."""
        self.send({"type": "changes", "showing": self.widget.state["showing"]})
        rows = json.loads(self.received[-1][1][0])
        return sorted(row for row in rows if row[0] in "+-")


@pytest.fixture(autouse=True)
def closes_models() -> Iterator[None]:
    before = set(ipywidgets_widget._instances)
    yield
    for key in set(ipywidgets_widget._instances) - before:
        # A card closes its layout with it.
        if key in ipywidgets_widget._instances:
            ipywidgets_widget._instances[key].close()


REQUEST = {"method": "post", "url": "/y?q=1", "headers": [["X-A", "1"]], "body": "b"}


def test_send_again_shows_the_new_card_in_place() -> None:
    """What is sent from the card is shown in it, beside what was there before."""
    asked = []

    def resend(request: OutgoingRequest, progress: PendingResponse) -> Card:
        asked.append(request)
        return card("new", 201)

    front = Front(CardWidget(card("old"), resend=resend))
    front.send({"type": "send", "request": REQUEST})
    assert asked == [OutgoingRequest("POST", "/y?q=1", (("X-A", "1"),), b"b")]
    widget = front.widget
    assert widget.state["hops"][0]["status"] == 201
    assert widget.content == b"new"
    assert front.changes() == [
        ["+", "GET /x -> 201 OK"],
        ["+", "new"],
        ["-", "GET /x -> 200 OK"],
        ["-", "old"],
    ]
    assert widget.is_busy is False


def test_trace_is_drawn_when_its_tab_is_opened() -> None:
    """The kernel sends the request once more, with its cookies, and draws its way."""
    app = App("traced")

    @app.get("/x")
    def seen() -> str:
        return request.cookies.get("name", "nobody")

    asked = replace(card(), request_headers=(("Cookie", "name=ada"),))
    front = Front(CardWidget(asked, resend=make_sender(None, app)))
    assert front.widget.state["can_trace"] is True
    front.send({"type": "trace", "showing": front.widget.state["showing"]})
    message, (picture,) = front.received[-1]
    assert message["type"] == "trace"
    assert b"URL match: /x" in picture
    assert b"returns &#39;ada&#39;" in picture


def test_app_without_a_url_map_has_no_trace() -> None:
    """Other frameworks' apps have no such tab, and get no answer to its message."""
    sender = make_sender(None, lambda environ, start_response: [])
    front = Front(CardWidget(card(), resend=sender))
    assert front.widget.state["can_trace"] is False
    front.send({"type": "trace", "showing": front.widget.state["showing"]})
    assert front.received[-1][1] == [b""]


def test_card_that_differs_in_its_body_alone_is_drawn() -> None:
    """The front end draws when the state changes, so each card shown is a new state."""
    widget = CardWidget(card("1"))
    changes: list[Any] = []
    widget.observe(lambda change: changes.append(widget.content), names="state")
    widget.show(card("2"))
    widget.show_again(card("3"))
    widget.show(card("3"))
    assert changes == [b"2", b"3", b"3"]


def test_answer_that_comes_after_the_next_run_is_not_shown() -> None:
    """What a run of the cell shows is not replaced by what was sent before it."""
    has_begun, may_end = threading.Event(), threading.Event()

    def resend(request: OutgoingRequest, progress: PendingResponse) -> Card:
        has_begun.set()
        may_end.wait(5)
        return card("late")

    widget = CardWidget(card("old"), resend=resend)
    widget._receive(widget, {"type": "send", "request": REQUEST}, [])
    assert has_begun.wait(5)
    widget.show_again(card("next"), resend=lambda *asked: card("again"))
    may_end.set()
    front = Front(widget)
    front.send(None)  # waits for what is under way
    assert (widget.content, widget.is_busy) == (b"next", False)
    front.send({"type": "send", "request": REQUEST})
    assert widget.content == b"again"
    assert front.changes() == [["+", "again"], ["-", "next"]]


def test_slow_request_of_a_card_is_stopped() -> None:
    """It is waited for as the cell's own is; the card stays as it was."""

    def never(progress: PendingResponse) -> None:
        assert progress.stopped.wait(30)
        raise ConnectionError("shut down")

    front, waited = wait_in_card(never)
    assert waited == ["POST /y?q=1", ""]
    text = (
        "POST /y?q=1 had no answer yet. Its view, in a thread of the server, runs on"
        " until it returns."
    )
    assert front.received == [({"type": "failed", "text": text}, [])]
    widget = front.widget
    assert (widget.content, widget.waiting, widget.is_busy) == (b"old", "", False)
    front.send({"type": "stop"})  # nothing is under way


def test_slow_answer_of_a_card_is_shown_as_it_comes() -> None:
    def come(progress: PendingResponse) -> None:
        response: Any = requests.Response()
        response.request = requests.Request("GET", "http://localhost/y").prepare()
        response.status_code = 200
        progress.pieces.append(b"so far")
        progress.response = response
        assert progress.stopped.wait(30)

    front, _ = wait_in_card(come)
    assert (front.widget.content, front.widget.waiting) == (b"answer", "")
    assert front.received == []
    assert front.changes() == [
        ["+", "GET /x -> 201 OK"],
        ["+", "answer"],
        ["-", "GET /x -> 200 OK"],
        ["-", "old"],
    ]


def wait_in_card(come: Callable[[PendingResponse], object]) -> tuple[Front, list[str]]:
    """Send from a card whose request takes its time, and stop it once it says so."""
    is_waiting = threading.Event()
    waited: list[str] = []

    def resend(request: OutgoingRequest, progress: PendingResponse) -> Card:
        come(progress)
        return card("answer", 201)

    def look(change: Any) -> None:
        waited.append(change.new)
        is_waiting.set()

    front = Front(CardWidget(card("old"), resend=resend))
    front.widget.observe(look, names="waiting")
    front.widget._receive(front.widget, {"type": "send", "request": REQUEST}, [])
    assert is_waiting.wait(30)
    front.send({"type": "stop"})
    return front, waited


def test_failed_request_is_told() -> None:
    """An error while sending is a line in the card, which stays as it was."""

    def resend(request: OutgoingRequest, progress: PendingResponse) -> Card:
        raise ConnectionError("no answer")

    front = Front(CardWidget(card("old"), resend=resend))
    front.send({"type": "send", "request": REQUEST})
    failed = {"type": "failed", "text": "ConnectionError: no answer"}
    assert front.received == [(failed, [])]
    assert front.widget.content == b"old"
    front.send({"type": "send", "request": REQUEST})
    assert len(front.received) == 2


@pytest.mark.parametrize(
    "message",
    [
        None,
        "send",
        {"type": "send"},
        {"type": "send", "request": None},
        {"type": "send", "request": {**REQUEST, "url": "http://evil.test/"}},
        {"type": "send", "request": {**REQUEST, "url": 3}},
        {"type": "send", "request": {**REQUEST, "method": "GET /\r\nX: 1"}},
        {"type": "send", "request": {**REQUEST, "headers": [["A", "1\nB: 2"]]}},
        {"type": "send", "request": {**REQUEST, "headers": {"A": "1"}}},
        {"type": "send", "request": {**REQUEST, "headers": [["A"]]}},
        {"type": "send", "request": {**REQUEST, "body": ["x"]}},
        {"type": "send", "request": {**REQUEST, "body": "x" * 5_000_001}},
        {"type": "other", "request": REQUEST},
    ],
)
def test_forged_message_is_ignored(message: Any) -> None:
    """What is no request to the app itself is not sent."""

    def resend(request: OutgoingRequest, progress: PendingResponse) -> Card:
        raise AssertionError("sent")

    front = Front(CardWidget(card(), resend=resend))
    front.send(message)
    assert front.received == []


def test_network_path_is_a_path_of_the_app() -> None:
    """`//host/` is sent as a path: it never becomes a host."""
    request = read_outgoing_request({**REQUEST, "url": "//evil.test/"})
    assert request is not None
    assert request.url == "//evil.test/"


def test_long_body_comes_when_asked_for() -> None:
    """The state holds the beginning of a body; the rest is one message."""
    text = "x" * 200_000
    front = Front(CardWidget(card(text)))
    assert len(front.widget.content) == 64 * 1024
    assert front.widget.state["response"]["size_bytes"] == 200_000
    front.send({"type": "body"})
    assert front.received == [({"type": "body", "showing": 1}, [text.encode()])]


def test_close_leaves_no_model() -> None:
    """A card's model goes with that of its layout."""
    before = len(ipywidgets_widget._instances)
    CardWidget(card()).close()
    assert len(ipywidgets_widget._instances) == before


def test_announced_rule_is_tried_with_its_own_app() -> None:
    """Try sends to the app of the rule; the card's own buttons to the same one."""
    asked: list[str] = []

    def to(name: str) -> Any:
        def send(request: OutgoingRequest, progress: PendingResponse) -> Card:
            asked.append(f"{name} {request.method} {request.url}")
            return card(name)

        return send

    rules = [
        Announcement("GET /a -> a", ("GET",), "/a", "a", to("first")),
        Announcement("GET /b -> b", ("GET",), "/b", "b", to("second")),
        Announcement("GET /c -> c", ("GET",), "/c", "c"),
    ]
    front = Front(AnnounceWidget(rules))
    assert front.widget.state == {}
    front.send({"type": "body"})
    front.send({"type": "send", "rule": 1, "request": REQUEST})
    front.send({"type": "send", "request": REQUEST})
    front.send({"type": "send", "rule": 9, "request": REQUEST})
    assert asked == ["second POST /y?q=1"] * 3
    front.send({"type": "send", "rule": 2, "request": REQUEST})
    assert (
        front.received[-1][0]["text"] == "LookupError: The rule belongs to no app yet."
    )


def test_rules_of_the_next_run_stand_without_a_card() -> None:
    """A widget that tells of the next run's rules shows no card of those before."""
    rules = [Announcement("GET /a -> a", ("GET",), "/a", "a", lambda *asked: card("a"))]
    front = Front(AnnounceWidget(rules))
    front.send({"type": "send", "rule": 0, "request": REQUEST})
    assert front.widget.state["hops"]
    later = [Announcement("GET /b -> b", ("GET",), "/b", "b", lambda *asked: card("b"))]
    front.widget.announce_again(later, "and 2 more")
    widget = front.widget
    assert (widget.state, widget.content, widget.has_changes) == ({}, b"", False)
    assert [rule["rule"] for rule in widget.rules] == ["/b"]
    assert widget.more == "and 2 more"
    front.send({"type": "send", "rule": 0, "request": REQUEST})
    assert widget.content == b"b"


def test_what_belongs_to_a_card_before_is_not_sent() -> None:
    """A tab that was drawn of another card waits for nothing any more."""
    front = Front(CardWidget(card("old")))
    before = front.widget.state["showing"]
    front.widget.show(card("new"))
    front.send({"type": "body", "showing": before})
    assert front.received == []
    now = front.widget.state["showing"]
    front.send({"type": "body", "showing": now})
    assert front.received == [({"type": "body", "showing": now}, [b"new"])]


def test_answers_to_different_requests_are_not_compared() -> None:
    """What another request answered is no change of this one's answer."""
    other = replace(card("old"), hops=(StatusLine("GET", "/other", 200, "OK"),))
    assert CardWidget(card("new"), previous=other).has_changes is False
    assert CardWidget(card("new"), previous=card("old")).has_changes is True
