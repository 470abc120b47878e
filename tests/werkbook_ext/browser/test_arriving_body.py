"""Bodies that come piece by piece."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

import pytest
from tests.werkbook_ext.browser.test_conversation import Talk
from werkzeug.wrappers import Response

from werkbook_ext.browser import arriving_body
from werkbook_ext.browser.arriving_body import ArrivingBody
from werkbook_ext.browser.fetching import VIRTUAL_ORIGIN, PageResponse


def make_response(
    pieces: Iterator[bytes], stopped: list[bool] | None = None
) -> PageResponse:
    def stop() -> None:
        if stopped is not None:
            stopped.append(True)

    return PageResponse(200, "OK", "", "GET", [], [], "", 0.0, pieces, stop)


def fed(source: queue.Queue[bytes]) -> Iterator[bytes]:
    while piece := source.get(timeout=5):
        yield piece


def test_pieces_are_taken_as_they_come() -> None:
    source: queue.Queue[bytes] = queue.Queue()
    body = ArrivingBody(make_response(fed(source)))
    assert not body.wait(0)
    for piece in (b"one", b"two"):
        source.put(piece)
        assert body.take() == piece
    source.put(b"")
    assert body.take() == b""
    assert body.wait()


def test_stopped_body_ends_for_who_waits() -> None:
    source: queue.Queue[bytes] = queue.Queue()
    stopped: list[bool] = []
    body = ArrivingBody(make_response(fed(source), stopped))
    body.stop()
    assert (body.take(), body.error, stopped) == (b"", None, [True])
    source.put(b"")


def test_body_that_breaks_off_says_why() -> None:
    def broken() -> Iterator[bytes]:
        yield b"begun"
        raise OSError("the line is cut")

    body = ArrivingBody(make_response(broken()))
    assert body.wait(5)
    assert (body.so_far(), str(body.error)) == (b"begun", "the line is cut")


def test_endless_body_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving_body, "MAX_BODY_BYTES", 1000)
    stopped: list[bool] = []
    body = ArrivingBody(make_response(iter(lambda: b"x" * 300, b""), stopped))
    assert body.wait(5)
    assert stopped == [True]
    assert str(body.error) == "the body is longer than 1,000 bytes"


@pytest.fixture
def source() -> queue.Queue[bytes]:
    return queue.Queue()


def slow_talk(source: queue.Queue[bytes], **options: Any) -> Talk:
    """A conversation over an app whose page /slow comes from a queue."""
    options = {"mimetype": "text/html"} | options
    return Talk(index="<h1>home</h1>", slow=lambda _: Response(fed(source), **options))


def go(talk: Talk, **more: Any) -> None:
    talk.say(t="open")
    talk.wait("page")
    talk.say(t="go", id="7", method="GET", url=VIRTUAL_ORIGIN + "/slow", **more)


def test_page_goes_on_in_pieces(source: queue.Queue[bytes]) -> None:
    talk = slow_talk(source)
    source.put(b"<h1>slow</h1>")
    go(talk)
    message, buffers = talk.wait("page", 2)
    assert (message["id"], buffers[0]) == ("7", b"<h1>slow</h1>")
    source.put(b"<p>more</p>")
    piece, buffers = talk.wait("piece")
    assert (piece["id"], buffers) == (message["stream"], [b"<p>more</p>"])
    source.put(b"")
    end, _ = talk.wait("end")
    assert (end["id"], end["detail"]) == (message["stream"], None)


def test_aborted_page_sends_nothing_more(source: queue.Queue[bytes]) -> None:
    talk = slow_talk(source)
    source.put(b"<h1>slow</h1>")
    go(talk)
    message, _ = talk.wait("page", 2)
    talk.say(t="abort", id=message["stream"])
    talk.wait("end")
    source.put(b"late")
    source.put(b"")
    assert "piece" not in talk.kinds()


@pytest.mark.parametrize(
    "options",
    [
        {"mimetype": "application/json"},
        {"headers": {"Content-Disposition": "attachment; filename=a.html"}},
    ],
)
def test_what_no_beginning_can_be_shown_of_comes_whole(
    source: queue.Queue[bytes], options: dict[str, Any]
) -> None:
    talk = slow_talk(source, **options)
    go(talk)
    for piece in (b"[1,", b"2]", b""):
        source.put(piece)
    message, buffers = talk.wait("page", 2)
    assert (message["stream"], buffers[0]) == (None, b"[1,2]")


def test_page_that_is_to_be_saved_comes_whole(source: queue.Queue[bytes]) -> None:
    talk = slow_talk(source)
    go(talk, is_file=True)
    for piece in (b"<p>", b"</p>", b""):
        source.put(piece)
    assert talk.wait("page", 2)[1][0] == b"<p></p>"


def test_first_page_goes_on_in_the_view_that_opens(
    source: queue.Queue[bytes],
) -> None:
    talk = slow_talk(source)
    source.put(b"<h1>slow</h1>")
    first = talk.conversation.load_first(VIRTUAL_ORIGIN + "/slow")
    assert first.body == b"<h1>slow</h1>"
    talk.say(t="open", has_first=True)
    source.put(b"more")
    message, buffers = talk.wait("piece")
    assert (message["id"], buffers) == (first.message()[0]["stream"], [b"more"])
    talk.conversation.close()
    talk.wait("end")
    source.put(b"")


def test_first_page_that_nobody_takes_is_let_go(source: queue.Queue[bytes]) -> None:
    talk = slow_talk(source)
    source.put(b"<h1>slow</h1>")
    first = talk.conversation.load_first(VIRTUAL_ORIGIN + "/slow")
    talk.conversation.load_first(VIRTUAL_ORIGIN + "/")
    assert first.rest is not None
    assert first.rest.is_stopped
    source.put(b"")
