"""A card under its cell, in each state of its request."""

from __future__ import annotations

from typing import Any

import pytest

from werkbook_ext.cards.model import Body, Card, StatusLine
from werkbook_ext.cards.view import CardView


class InterruptedWidget:
    """The reader presses stop just as it is to say that it waits."""

    def __init__(self) -> None:
        self.answers: list[Any] = []

    def wait_for(self, asked: str, stop: Any) -> None:
        raise KeyboardInterrupt

    def show_again(self, answer: Any) -> None:
        self.answers.append(answer)


def test_request_may_be_interrupted_before_its_card_is_there() -> None:
    widget = InterruptedWidget()
    line = StatusLine("GET", "/slow", 0, "")
    view = CardView(Card((line,), (), Body(b""), (), Body(b"")), widget)
    with pytest.raises(KeyboardInterrupt):
        view.wait_for("GET /slow", lambda: None)
    view.give_up("GET /slow was not answered.")
    assert widget.answers == [None]


class WaitingWidget:
    """Says that it waits."""

    def wait_for(self, asked: str, stop: Any) -> None:
        pass


def test_what_is_saved_of_a_request_that_is_waited_for_stays_true() -> None:
    """Nobody waits any more when the notebook is read; a secret is in no file."""
    line = StatusLine("GET", "/slow?token=abc", 0, "")
    view = CardView(Card((line,), (), Body(b""), (), Body(b"")), WaitingWidget())
    view.wait_for("GET /slow?token=abc", lambda: None)
    view.widget = None
    told = (
        "GET /slow?token=*** was sent; its answer was not complete when this was"
        " written."
    )
    assert view._repr_mimebundle_() == {
        "text/plain": told,
        "text/html": f"<p>{told}</p>",
    }
