"""Which of the remembered exchanges is the answer to a cell's request."""

from dataclasses import replace

import requests
from werkzeug.test import Client

from werkbook import App, Response, redirect, session
from werkbook.cells.asked import Asked
from werkbook.serving import Exchange, ExchangeRing, recorded, serve
from werkbook_ext.notebook.askers import AskingRun
from werkbook_ext.restart.recorded_answers import (
    NOT_ASKED,
    OLDER,
    OTHER_COOKIES,
    with_answers,
)

NAMES = [Asked("cell 1", "GET", "/"), Asked("cell 2", "GET", "/in")]
AGAIN = [*NAMES, Asked("cell 3", "GET", "/")]


def served() -> tuple[Client, ExchangeRing]:
    """An app that greets who is logged in, and a browser for it."""
    app = App("greeter")
    app.secret_key = "a key"

    @app.get("/")
    def index() -> str:
        return f"Hello {session.get('name', 'stranger')}"

    @app.get("/in")
    def log_in() -> str:
        session["name"] = "Ada"
        return "in"

    ring = ExchangeRing()
    return Client(recorded(app, ring)), ring


def unknown(ring: ExchangeRing) -> list[tuple[Exchange, AskingRun | None]]:
    """Exchanges of which nobody knows who asked."""
    return [(exchange, None) for exchange in ring]


def bodies(asked: list[Asked]) -> list[bytes | None]:
    return [one.response for one in asked]


def test_answer_of_the_same_session_counts() -> None:
    """A page asked for before and after a log-in has an answer for each."""
    client, ring = served()
    for one in AGAIN:
        client.get(one.url).close()
    answered = with_answers(AGAIN, unknown(ring), since_s=0.0)
    assert bodies(answered) == [b"Hello stranger", b"in", b"Hello Ada"]
    assert [one.status for one in answered] == [200, 200, 200]
    assert answered[0].content_type == "text/html"


def test_answer_in_another_session_does_not_count() -> None:
    """What the mini browser got, logged in, is no answer to the first request."""
    client, ring = served()
    client.get("/in").close()
    client.get("/").close()
    answered = with_answers(NAMES[:1], unknown(ring), since_s=0.0)
    assert answered == [replace(NAMES[0], why_unknown=OTHER_COOKIES)]


def test_answer_from_before_an_edit_does_not_count() -> None:
    """Once a cell changed, what was answered before says nothing."""
    client, ring = served()
    client.get("/").close()
    last = ring.last()
    assert last is not None
    since_s = last.began_s + 1
    answered = with_answers(NAMES, unknown(ring), since_s)
    assert [one.why_unknown for one in answered] == [OLDER, NOT_ASKED]
    assert [one.status for one in answered] == [None, None]


def test_other_requests_do_not_count() -> None:
    """Method, URL and body must be the same."""
    client, ring = served()
    client.get("/?page=2").close()
    client.post("/", data=b"x").close()
    answered = with_answers(NAMES[:1], unknown(ring), since_s=0.0)
    assert answered == [replace(NAMES[0], why_unknown=NOT_ASKED)]


FORM = [
    Asked("cell 1", "GET", "/count", cell_id="a"),
    Asked("cell 1", "GET", "/count", cell_id="a"),
    Asked("cell 2", "GET", "/count", cell_id="b"),
]


def counted(*askers: AskingRun | None) -> list[tuple[Exchange, AskingRun | None]]:
    """An app that counts, and its exchanges with those who asked."""
    app = App("counter")
    numbers = iter(range(10))
    app.add_url_rule("/count", "count", lambda: str(next(numbers)))
    ring = ExchangeRing()
    client = Client(recorded(app, ring))
    for _ in askers:
        client.get("/count").close()
    return list(zip(ring, askers, strict=True))


def test_each_request_has_the_answer_that_it_got() -> None:
    """The same request, sent three times from two cells, has three answers."""
    first, second = AskingRun("a", 1), AskingRun("b", 2)
    known = counted(first, first, second)
    assert bodies(with_answers(FORM, known, since_s=0.0)) == [b"0", b"1", b"2"]


def test_last_run_of_the_cell_counts() -> None:
    """A cell that ran again got other answers; the other cell's stay as they were."""
    runs = [
        AskingRun("a", 1),
        AskingRun("a", 1),
        AskingRun("b", 2),
        AskingRun("a", 3),
        AskingRun("a", 3),
    ]
    known = counted(*runs, None)
    assert bodies(with_answers(FORM, known, since_s=0.0)) == [b"3", b"4", b"2"]


def test_answer_of_another_cell_does_not_count() -> None:
    """What the first cell got says nothing of the second; what a page got may."""
    known = counted(AskingRun("a", 1), AskingRun("a", 1))
    assert bodies(with_answers(FORM, known, since_s=0.0)) == [b"0", b"1", None]
    known = counted(AskingRun("a", 1), AskingRun("a", 1), AskingRun("gone", 2))
    assert bodies(with_answers(FORM, known, since_s=0.0)) == [b"0", b"1", b"2"]


def test_nobody_remembers_a_conversation() -> None:
    """It is said again for what it leaves behind: no answer of it is looked for."""
    client, ring = served()
    client.get("/")
    talk = Asked("cell 1", "WEBSOCKET", "/", body=b"{}")
    assert with_answers([talk], unknown(ring), 0) == [talk]


def test_answer_of_a_followed_redirect_is_that_of_its_last_page() -> None:
    """Each hop is an exchange; the cookies of all count for what comes after."""
    app = App("moved")
    app.secret_key = "a key"

    @app.get("/old")
    def old() -> Response:
        session["name"] = "Ada"
        return redirect("/middle?x=1")

    @app.get("/middle")
    def middle() -> Response:
        return redirect("/new")

    @app.get("/new")
    def new() -> str:
        return f"Hello {session.get('name')}"

    server = serve(app)
    ring = server.exchanges
    try:
        with requests.Session() as client:
            for path in ("/new", "/old", "/new"):
                client.get(server.url + path)
    finally:
        server.stop()
    asked = [
        Asked("cell 1", "GET", "/old", follows=True),
        Asked("cell 2", "GET", "/new"),
    ]
    found = with_answers(asked, unknown(ring), 0)
    assert [(one.status, one.response) for one in found] == [(200, b"Hello Ada")] * 2
    first = replace(asked[0], follows=False)
    assert with_answers([first], unknown(ring), 0)[0].status == 302
