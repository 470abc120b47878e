from __future__ import annotations

from werkbook_ext.browser.storage import Storage


def test_changes_are_kept() -> None:
    storage = Storage()
    assert storage.apply([["a", "1"], ["b", "2"], ["a", None]]) == [
        ["a", "1"],
        ["b", "2"],
        ["a", None],
    ]
    assert storage.snapshot() == {"b": "2"}
    storage.apply([[None, None]])
    assert storage.snapshot() == {}


def test_malformed_and_too_large_changes_are_not_made() -> None:
    storage = Storage()
    bad = [["a"], "ab", ["a", 1], [1, "a"], None, ["big", "x" * 6_000_000]]
    assert storage.apply(bad) == []
    assert storage.snapshot() == {}
