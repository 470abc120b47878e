"""What arrows and notes part."""

from __future__ import annotations

from werkbook.cells.requests.punctuation import split_arrow, split_note


def test_arrow_parts_the_request_from_what_must_hold() -> None:
    """An arrow in quotes is text; both ways to write one are."""
    assert split_arrow('/ a="x -> y" -> 200') == ('/ a="x -> y"', "200")
    assert split_arrow("/ → 200") == ("/", "200")
    assert split_arrow("/ a=b->c") == ("/ a=b->c", None)


def test_note_stands_behind_a_lone_hash() -> None:
    """A selector's # is no note."""
    assert split_note("page has #main  # the frame") == ("page has #main", "the frame")
