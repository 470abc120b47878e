"""The mini browser in a tab of its own: what it sends and gets over HTTP."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.werkbook_ext.browser.apps import Recorder, fetcher_of
from werkzeug.test import Client, TestResponse

from werkbook_ext.browser.tab import tab_pages
from werkbook_ext.browser.tab.tab_channel import TabChannel, packed, unpacked
from werkbook_ext.browser.tab.tab_pages import TabPages

OPEN = {"t": "open", "view": "v", "agent": "x", "has_first": False}


@pytest.fixture
def pages() -> Iterator[TabPages]:
    fetcher = fetcher_of(Recorder())
    made = TabPages(lambda: (fetcher.session, "http://localhost"), "shop </title>")
    yield made
    made.close()


@pytest.fixture
def client(pages: TabPages) -> Client:
    return Client(pages)


def open_tab(client: Client, query: str = "") -> str:
    page = client.get("/tab" + query)
    found = re.search(r'"tab": "([\w-]+)"', page.text)
    assert found, page.text
    return found[1]


def send(client: Client, tab: str, *messages: dict[str, Any]) -> TestResponse:
    body = packed([(message, []) for message in messages])
    return client.post(f"/send?tab={tab}", data=body)


def news(client: Client, tab: str, count: int) -> list[tuple[dict[str, Any], Any]]:
    found: list[tuple[dict[str, Any], Any]] = []
    while len(found) < count:
        found += unpacked(client.get(f"/news?tab={tab}").data)
    return found


def test_page_of_a_tab_is_framed_by_nobody_and_kept_nowhere(client: Client) -> None:
    page = client.get("/tab")
    assert page.status_code == 200
    assert page.headers["X-Frame-Options"] == "DENY"
    assert page.headers["Cache-Control"] == "no-store"
    assert "<title>shop &lt;/title&gt;</title>" in page.text
    assert open_tab(client) != open_tab(client)
    script = client.get("/tab.js")
    assert script.mimetype == "text/javascript"
    assert script.text.startswith("const BRIDGE = ")


def test_tab_is_told_of_the_page_that_it_asked_for(client: Client) -> None:
    tab = open_tab(client, "?page=/shown%3Fa=1")
    assert send(client, tab, OPEN).status_code == 200
    (opened, _), (page, buffers) = news(client, tab, 2)
    assert opened["t"] == "opened"
    assert (page["t"], page["url"]) == ("page", "http://app.invalid/shown?a=1")
    assert buffers


@pytest.mark.parametrize("page", ["//evil.example/", "https://evil.example", "x"])
def test_tab_shows_the_app_alone(client: Client, page: str) -> None:
    tab = open_tab(client, f"?page={page}")
    send(client, tab, OPEN)
    _, (shown, _) = news(client, tab, 2)
    assert shown["url"].startswith("http://app.invalid/")


def test_tab_that_nobody_opened_is_not_there(client: Client) -> None:
    for answer in (send(client, "x", OPEN), client.get("/news?tab=x"), client.get("/")):
        assert answer.status_code == 404
        assert answer.text == "There is no such tab any more.\n"


@pytest.mark.parametrize(
    "body", [b"", b"\0\0\0\1", b"\0\0\0\2{}", b"\0\0\0\1[", b"\0\0\0\3[1]"]
)
def test_body_of_another_form_is_refused(client: Client, body: bytes) -> None:
    tab = open_tab(client)
    answer = client.post(f"/send?tab={tab}", data=body)
    if body == b"\0\0\0\2{}":
        assert answer.status_code == 200  # a table without messages
    else:
        assert (answer.status_code, answer.text) == (400, "No messages of a tab.\n")


def test_tabs_are_limited_in_number_and_silent_ones_end(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tab_pages, "MAX_TABS", 2)
    first, second, third = (open_tab(client) for _ in range(3))
    send(client, third, OPEN)
    assert news(client, third, 1)
    assert client.get(f"/news?tab={first}").status_code == 404
    monkeypatch.setattr(tab_pages, "SILENT_S", -1.0)
    open_tab(client)
    assert client.get(f"/news?tab={second}").status_code == 404


@pytest.mark.parametrize("kind", ["image", "iframe", "empty", "script"])
def test_foreign_page_closes_no_tab(
    client: Client, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A picture whose address is the page's makes no tab, and so ends none."""
    monkeypatch.setattr(tab_pages, "MAX_TABS", 1)
    own = open_tab(client)
    answer = client.get("/tab", headers={"Sec-Fetch-Dest": kind})
    assert (answer.status_code, answer.text) == (403, "This is a page for a tab.\n")
    assert send(client, own, OPEN).status_code == 200
    opened = client.get("/tab", headers={"Sec-Fetch-Dest": "document"})
    assert opened.status_code == 200


def test_closing_lets_nobody_wait(pages: TabPages, client: Client) -> None:
    tab = open_tab(client)
    answers: list[bytes] = []
    asking = threading.Thread(
        target=lambda: answers.append(client.get(f"/news?tab={tab}").data)
    )
    asking.start()
    pages.close()
    asking.join(10)
    assert answers in ([packed([])], [b"There is no such tab any more.\n"])


def test_messages_keep_their_buffers() -> None:
    messages = [({"t": "a", "text": "ä"}, [b"12", b""]), ({"t": "b"}, [])]
    assert unpacked(packed(messages)) == messages
    channel = TabChannel()
    channel.put({"t": "half \ud800"}, [])
    assert unpacked(packed(channel.take(0.0)))[0][0]["t"].startswith("half ")
    with pytest.raises(ValueError, match="beyond the body"):
        unpacked(packed([({}, [b"123"])])[:-1])
