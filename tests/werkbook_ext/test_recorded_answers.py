"""Which of the remembered exchanges is the answer to a cell's request."""

from werkzeug.test import Client

from werkbook import App, session
from werkbook.export.asked import Asked
from werkbook.serving import ExchangeRing, recorded
from werkbook_ext.recorded_answers import with_answers

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


def bodies(asked: list[Asked]) -> list[bytes | None]:
    return [one.response for one in asked]


def test_answer_of_the_same_session_counts() -> None:
    """A page asked for before and after a log-in has an answer for each."""
    client, ring = served()
    for one in AGAIN:
        client.get(one.url).close()
    answered = with_answers(AGAIN, list(ring), since_s=0.0)
    assert bodies(answered) == [b"Hello stranger", b"in", b"Hello Ada"]
    assert [one.status for one in answered] == [200, 200, 200]
    assert answered[0].content_type == "text/html"


def test_answer_in_another_session_does_not_count() -> None:
    """What the mini browser got, logged in, is no answer to the first request."""
    client, ring = served()
    client.get("/in").close()
    client.get("/").close()
    answered = with_answers(NAMES[:1], list(ring), since_s=0.0)
    assert answered == NAMES[:1]


def test_answer_from_before_an_edit_does_not_count() -> None:
    """Once a cell changed, what was answered before says nothing."""
    client, ring = served()
    client.get("/").close()
    last = ring.last()
    assert last is not None
    since_s = last.began_s + 1
    assert with_answers(NAMES[:1], list(ring), since_s) == NAMES[:1]


def test_other_requests_do_not_count() -> None:
    """Method, URL and body must be the same."""
    client, ring = served()
    client.get("/?page=2").close()
    client.post("/", data=b"x").close()
    assert with_answers(NAMES[:1], list(ring), since_s=0.0) == NAMES[:1]
