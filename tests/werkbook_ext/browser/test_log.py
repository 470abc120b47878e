"""What is kept of a page's requests for their cards."""

from __future__ import annotations

import pytest
from tests.werkbook_ext.browser.apps import Recorder, fetcher_of
from werkzeug.utils import redirect

from werkbook_ext.browser import log
from werkbook_ext.browser.fetching import VIRTUAL_ORIGIN, Fetcher, PageRequest


@pytest.fixture
def fetcher() -> Fetcher:
    big = lambda _: "x" * 3000  # noqa: E731  # a view
    return fetcher_of(Recorder(a=redirect("/b"), b="<p>b</p>", big=big))


def fetched(fetcher: Fetcher, path: str, *, is_read: bool = True) -> log.Record:
    answer = fetcher.fetch(PageRequest("GET", VIRTUAL_ORIGIN + path))
    if is_read:
        answer.read()
    record = fetcher.log.find(answer.head()["number"])
    assert record is not None
    return record


def test_card_has_the_redirect_and_the_body(fetcher: Fetcher) -> None:
    card = fetched(fetcher, "/a").card([])
    assert [hop.status for hop in card.hops] == [302, 200]
    assert (card.body.content, card.body.size_bytes, card.note) == (b"<p>b</p>", 8, "")


def test_card_of_a_body_that_still_comes_says_so(fetcher: Fetcher) -> None:
    card = fetched(fetcher, "/b", is_read=False).card([])
    assert (card.body.content, card.note) == (
        b"",
        "The body has not come to its end.",
    )


def test_large_body_is_kept_in_part(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MAX_BODY_BYTES", 1000)
    card = fetched(fetcher, "/big").card([])
    assert (len(card.body.content), card.body.size_bytes) == (0, 3000)
    assert card.note == "Only the beginning of the body is kept."


def test_oldest_bodies_go_first(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MAX_BYTES", 7000)
    records = [fetched(fetcher, "/big") for _ in range(4)]
    assert [record.kept_bytes for record in records] == [0, 3000, 3000, 3000]


def test_oldest_records_go_first(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MAX_RECORDS", 2)
    numbers = [fetched(fetcher, "/b").number for _ in range(3)]
    found = [fetcher.log.find(number) is not None for number in numbers]
    assert found == [False, True, True]
    assert fetcher.log.find("1") is None


def test_record_before_asked_for_the_same(fetcher: Fetcher) -> None:
    first = fetched(fetcher, "/a")
    assert fetcher.log.before(first) is None
    fetched(fetcher, "/b")
    last = fetched(fetcher, "/a")
    assert fetcher.log.before(last) is first
