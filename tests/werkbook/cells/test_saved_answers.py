"""Answers that saved outputs show."""

from __future__ import annotations

import pytest

from werkbook.cells.asked import asked_by
from werkbook.cells.cell import Cell
from werkbook.cells.saved_answers import with_saved_answers

Known = tuple[int | None, str | None, bytes | None]


def known(source: str, *shown: str) -> list[Known]:
    cell = Cell("c", source, shown=shown)
    found = with_saved_answers(asked_by([cell]), [cell])
    return [(one.status, one.content_type, one.response) for one in found]


def test_cards_tell_status_type_and_body() -> None:
    """Each of the request that it names, in order."""
    source = "%http GET /a\n%http POST /b\n%http GET /c"
    cards = (
        "GET /a -> 200 OK\n\nhello\n\nyou",
        'POST /b -> 201 CREATED\nContent-Type: application/json\n\n{"n": 1}',
        "GET /c -> 404 NOT FOUND\n\n<title>404</title>",
    )
    assert known(source, *cards) == [
        (200, None, b"hello\n\nyou"),
        (201, "application/json", b'{"n": 1}'),
        (404, None, None),
    ]


@pytest.mark.parametrize(
    "card",
    [
        "GET /a -> 200 OK\n\nline\n… 20 more lines",
        "GET /a -> 200 OK\n\nOutput:\n  printed\n\nbody",
        "GET /a -> 200 OK",
    ],
)
def test_a_body_that_is_not_whole_is_compared_with_nothing(card: str) -> None:
    """Its status counts all the same."""
    assert known("%http GET /a", card) == [(200, None, None)]


def test_a_followed_redirect_ends_with_the_last_status() -> None:
    """The lines of a card are its hops."""
    card = "POST /a -> 303 SEE OTHER\nGET /b -> 200 OK\n\nlanded"
    assert known("%http POST /a", card) == [(200, None, None)]


def test_a_card_of_another_request_is_passed_over() -> None:
    """So is what is no card."""
    assert known("%http GET /a", "7", "GET /b -> 200 OK", "GET /a -> 204 OK") == [
        (204, None, None)
    ]
    assert known("%http GET /a", "GET /b -> 200 OK") == [(None, None, None)]


@pytest.mark.parametrize(
    ("ending", "shown", "found"),
    [
        ("text", "'hi'", (None, None, b"hi")),
        ("data", "b'hi'", (None, None, b"hi")),
        ("get_data(as_text=True)", "'hi'", (None, None, b"hi")),
        ("status_code", "204", (204, None, None)),
        ("json", "{'a': [1]}", (None, "application/json", b'{"a": [1]}')),
        ("get_json()", "[1]", (None, "application/json", b"[1]")),
        ("headers", "EnvironHeaders([])", (None, None, None)),
        ("text", "<Response>", (None, None, None)),
    ],
)
def test_the_value_of_a_cell_tells_an_answer(
    ending: str, shown: str, found: Known
) -> None:
    """Where its last expression is what an answer holds."""
    assert known(f'client.get("/a").{ending}', shown) == [found]
