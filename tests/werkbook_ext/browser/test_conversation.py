from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.werkbook_ext.browser.apps import Recorder, fetcher_of
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from werkbook_ext.browser.conversation import (
    MAX_AT_ONCE,
    MAX_VIEWS,
    MAX_WAITING,
    BrowserConversation,
)
from werkbook_ext.browser.fetching import VIRTUAL_ORIGIN
from werkbook_ext.browser.messages import MESSAGES, Direction


def check(direction: Direction, message: dict[str, Any]) -> None:
    """Fail where a message is not one of the table's."""
    fields = set(message) - {"t", "view"}
    assert fields <= set(MESSAGES[direction][message["t"]]["fields"]), message


class Talk:
    """A conversation, with what the kernel said."""

    def __init__(self, **answers: Any) -> None:
        self.app = Recorder(**answers)
        self.said: list[tuple[dict[str, Any], list[bytes]]] = []
        self.conversation = BrowserConversation(fetcher_of(self.app), self._send)
        self._event = threading.Condition()

    def _send(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        check("kernel to view", message)
        with self._event:
            self.said.append((message, buffers))
            self._event.notify_all()

    def say(self, **message: Any) -> None:
        check("view to kernel", message)
        self.conversation.receive({"view": "v", **message}, [])

    def wait(self, kind: str, count: int = 1) -> tuple[dict[str, Any], list[bytes]]:
        deadline = time.monotonic() + 5
        with self._event:
            while True:
                found = [one for one in self.said if one[0]["t"] == kind]
                if len(found) >= count:
                    return found[-1]
                assert self._event.wait(deadline - time.monotonic()), self.said

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        with self._event:
            assert self._event.wait_for(is_so, 10), self.said

    def kinds(self) -> list[str]:
        return [message["t"] for message, _ in self.said]


@pytest.fixture
def talk() -> Talk:
    return Talk(index="<h1>home</h1>", other="<h1>other</h1>")


def test_answers_of_the_table_are_kinds_of_the_other_direction() -> None:
    back: dict[Direction, Direction] = {
        "page to view": "view to page",
        "view to page": "page to view",
        "view to kernel": "kernel to view",
    }
    for there, here in back.items():
        for message in MESSAGES[there].values():
            assert set(message.get("answered by", [])) <= set(MESSAGES[here])


def test_view_that_still_asks_whether_the_kernel_is_there_is_not_answered(
    talk: Talk,
) -> None:
    talk.say(t="open")
    talk.wait("page")
    before = list(talk.said)
    talk.say(t="alive")
    assert talk.said == before


def test_view_that_opens_gets_the_page(talk: Talk) -> None:
    talk.say(t="open", agent="Test", language="de")
    message, buffers = talk.wait("page")
    assert (message["view"], message["status"]) == ("v", 200)
    assert buffers == [b"<h1>home</h1>"]
    assert talk.app.seen[0].headers["User-Agent"] == "Test"


def test_first_page_is_asked_for_once(talk: Talk) -> None:
    talk.conversation.load_first(VIRTUAL_ORIGIN + "/")
    talk.say(t="open", has_first=True)
    assert talk.kinds() == ["opened"]
    assert len(talk.app.seen) == 1


def test_navigation_answers_with_its_id(talk: Talk) -> None:
    talk.say(t="open")
    talk.wait("page")
    talk.say(t="go", id="7", method="GET", url=VIRTUAL_ORIGIN + "/other")
    message, buffers = talk.wait("page", 2)
    assert (message["id"], buffers) == ("7", [b"<h1>other</h1>"])


def test_page_outside_the_app_is_a_problem_not_a_request(talk: Talk) -> None:
    talk.say(t="open")
    talk.wait("page")
    talk.say(t="go", id="1", method="GET", url="http://example.org/")
    message, _ = talk.wait("page", 2)
    assert message["problem"] == "outside"
    assert len(talk.app.seen) == 1


def test_page_that_redirects_without_an_end_says_so() -> None:
    talk = Talk(index=redirect("/"))
    talk.say(t="open")
    message, _ = talk.wait("page")
    assert message["problem"] == "endless"
    assert message["detail"] == "/ is behind 20 redirects, and redirects to /"


def test_page_that_breaks_off_at_once_shows_what_came() -> None:
    def broken(_: Any) -> Response:
        def produce() -> Iterator[str]:
            yield "<h1>half</h1>"
            raise ValueError("no more of it")

        return Response(produce(), mimetype="text/html")

    talk = Talk(index=broken)
    talk.say(t="open")
    message, buffers = talk.wait("page")
    assert "problem" not in message
    assert buffers == [b"<h1>half</h1>"]
    ended, _ = talk.wait("end")
    assert (ended["id"], "no more of it" in ended["detail"]) == (
        message["stream"],
        True,
    )


def test_fetch_may_have_a_method_of_its_own(talk: Talk) -> None:
    talk.say(t="open")
    talk.wait("page")
    url = VIRTUAL_ORIGIN + "/other"
    talk.say(t="fetch", id="7", method="PROPFIND", url=url)
    assert talk.wait("head")[0]["status"] == 200
    assert talk.app.seen[-1].method == "PROPFIND"


@pytest.mark.parametrize(
    "message",
    [
        None,
        "text",
        {},
        {"view": 1, "t": "open"},
        {"view": "v", "t": "unknown"},
        {"view": "other", "t": "go", "id": "1", "method": "GET", "url": "/"},
        {"view": "v", "t": "go", "method": "GET", "url": VIRTUAL_ORIGIN},
        {"view": "v", "t": "go", "id": "1", "method": "TRACE", "url": VIRTUAL_ORIGIN},
        {"view": "v", "t": "go", "id": "1", "method": "A B", "url": VIRTUAL_ORIGIN},
        {"view": "v", "t": "go", "id": "1", "method": "GET", "url": 5},
        {"view": "v", "t": "store", "changes": "x"},
        {"view": "v", "t": "cookie", "text": 1},
        {"view": "v", "t": "part", "id": "1"},
        {"view": "v", "t": "moved", "url": "http://example.org/"},
    ],
)
def test_forged_messages_are_ignored(talk: Talk, message: Any) -> None:
    talk.say(t="open")
    talk.wait("page")
    before = list(talk.said)
    talk.conversation.receive(message, [])
    assert talk.said == before
    assert len(talk.app.seen) == 1


def test_large_upload_comes_in_parts() -> None:
    talk = Talk(index="x", up=lambda request: str(len(request.get_data())))
    talk.say(t="open")
    talk.wait("page")
    for _ in range(3):
        message = {"view": "v", "t": "part", "id": "9"}
        talk.conversation.receive(message, [b"x" * 1000])
    talk.say(t="fetch", id="9", method="POST", url=VIRTUAL_ORIGIN + "/up")
    _, buffers = talk.wait("head")
    assert buffers == [b"3000"]


def test_refresh_marks_a_page_from_a_post_stale() -> None:
    talk = Talk(index="x")
    talk.say(t="open")
    talk.wait("page")
    talk.say(t="go", id="1", method="POST", url=VIRTUAL_ORIGIN + "/")
    talk.wait("page", 2)
    talk.conversation.refresh(talk.conversation.views["v"])
    assert talk.kinds()[-1] == "stale"
    assert len(talk.app.seen) == 2


def test_refresh_asks_for_the_address_that_the_script_put_there(talk: Talk) -> None:
    talk.say(t="open")
    talk.wait("page")
    talk.say(t="moved", url=VIRTUAL_ORIGIN + "/other")
    talk.conversation.refresh(talk.conversation.views["v"])
    assert talk.wait("page", 2)[1] == [b"<h1>other</h1>"]


def test_closed_view_hears_nothing_more(talk: Talk) -> None:
    talk.say(t="open")
    talk.wait("page")
    view = talk.conversation.views["v"]
    talk.say(t="close")
    talk.conversation.refresh(view)
    assert talk.kinds() == ["opened", "page"]


def test_what_one_view_stores_the_others_hear(talk: Talk) -> None:
    talk.say(t="open")
    talk.conversation.receive({"view": "w", "t": "open"}, [])
    talk.wait("page", 2)
    talk.say(t="store", area="local", changes=[["a", "1"]])
    assert talk.wait("store")[0]["changes"] == [["a", "1"]]
    talk.say(t="store", area="session", changes=[["b", "2"]])
    assert talk.conversation.stored() == {"local": {"a": "1"}, "session": {"b": "2"}}
    assert talk.kinds().count("store") == 1


def test_what_is_aborted_is_answered_all_the_same(talk: Talk) -> None:
    """The view counts what is under way by the answers."""
    talk.say(t="open")
    talk.wait("page")
    for number in range(300):
        url = f"{VIRTUAL_ORIGIN}/other?{number}"
        talk.say(t="fetch", id=f"f{number}", method="GET", url=url)
        talk.say(t="abort", id=f"f{number}")
    talk.wait_until(
        lambda: (
            {f"f{number}" for number in range(300)}
            == {one["id"] for one, _ in talk.said if one.get("id")}
        )
    )
    view = talk.conversation.views["v"]
    assert (view.pending, view.aborted, view.running) == (set(), set(), {})


def test_an_abort_of_nothing_leaves_nothing(talk: Talk) -> None:
    """A page can't fill the memory with requests that it never sent."""
    talk.say(t="open")
    talk.wait("page")
    for number in range(1000):
        talk.say(t="abort", id=f"x{number}")
    assert talk.conversation.views["v"].aborted == set()


def test_so_many_requests_wait_and_no_more() -> None:
    """The first that is too much is answered with the limit that it met."""
    gate = threading.Event()

    def late(_request: Any) -> str:
        gate.wait(10)
        return "late"

    talk = Talk(index="home", late=late)
    talk.say(t="open")
    talk.wait("page")
    try:
        for number in range(MAX_AT_ONCE + MAX_WAITING + 5):
            url = VIRTUAL_ORIGIN + "/late"
            talk.say(t="fetch", id=f"f{number}", method="GET", url=url)
        message, _ = talk.wait("failed")
        assert message["detail"] == f"more than {MAX_WAITING} requests wait"
        running = [t for t in threading.enumerate() if t.name == "werkbook-browser"]
        assert len(running) <= MAX_AT_ONCE + 1
    finally:
        talk.conversation.close()
        gate.set()


def test_so_many_views_and_no_more(talk: Talk) -> None:
    """Any code in Jupyter's page can open views."""
    for number in range(MAX_VIEWS + 10):
        talk.conversation.receive({"view": f"v{number}", "t": "open"}, [])
    assert len(talk.conversation.views) == MAX_VIEWS
    talk.wait("page", MAX_VIEWS)
