"""What is the same, what varies by nature, what differs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from flask.sessions import SecureCookieSessionInterface

from werkbook.cells.asked import Asked
from werkbook.export.proof.answers import ComparedRequest, Failure, KnownAnswer
from werkbook.export.proof.beside_bodies import compare_rules
from werkbook.export.proof.comparing import (
    compare,
    diff,
    is_reordered,
    same_body,
)
from werkbook.export.proof.inside.questions.asking import read_signed


def answer(body: bytes = b"x", status: int = 200, **more: object) -> KnownAnswer:
    return KnownAnswer(status, "text/html", body, "", (), (), **more)  # type: ignore[arg-type]


def compared(
    here: KnownAnswer | None, file: KnownAnswer, *again: KnownAnswer
) -> list[str]:
    one = ComparedRequest(Asked("In[1]", "GET", "/"), here, file, again)
    return [difference.what for difference in compare(one).differences]


def test_status_type_and_headers_are_compared() -> None:
    """Each in words of its own."""
    here = answer()
    cases = {
        answer(status=404): "GET / answers 404, not 200 as the notebook's own app.",
        KnownAnswer(200, "text/plain", b"x"): "GET / has the type 'text/plain', not"
        " 'text/html'.",
        KnownAnswer(
            200, "text/html", b"x", "/a", (), ()
        ): "GET / leads to '/a', not ''.",
        KnownAnswer(
            200, "text/html", b"x", "", ("GET",), ()
        ): "GET / allows GET, not none.",
        KnownAnswer(
            200, "text/html", b"x", "", (), ("s",)
        ): "GET / sets the cookies s, not none.",
        answer(b"y"): "GET / has another body.",
    }
    for file, what in cases.items():
        assert compared(here, file) == [what]
    assert compared(here, here) == []


def test_json_is_compared_as_data() -> None:
    """Blanks and the order of keys are no difference."""
    one = KnownAnswer(200, "application/json", b'{"a": 1, "b": 2}')
    assert same_body(one, KnownAnswer(200, "application/json", b'{"b":2,"a":1}'))
    assert not same_body(one, KnownAnswer(200, "application/json", b'{"a": 1}'))
    for other in (b'{"a": true, "b": 2}', b'{"a": 1.0, "b": 2}'):
        assert not same_body(one, KnownAnswer(200, "application/json", other))


def test_what_a_cookie_says_is_compared() -> None:
    """What varies between two runs of the file is not, nor is a time."""
    dark, light = ({"theme": value, "at": "1"} for value in ("dark", "light"))
    here, file = answer(cookie_values=dark), answer(cookie_values=light)
    said = ["GET / sets the cookie 'theme' to another value."]
    assert compared(here, file) == said
    assert compared(here, file, answer(cookie_values=light)) == said
    assert compared(here, file, here) == []
    assert compared(here, here) == compared(answer(), file) == []


def test_a_signed_cookie_is_read() -> None:
    """Its time and its signature are new in each process."""
    signer = SecureCookieSessionInterface().get_signing_serializer(
        SimpleNamespace(secret_key="x", config={"SECRET_KEY_FALLBACKS": None})  # type: ignore[arg-type]
    )
    assert signer is not None
    for value in ({"team": "red"}, {"long": "a" * 500}):
        assert json.loads(read_signed(str(signer.dumps(value)))) == value
    assert read_signed("dark") == "dark"


def test_the_time_of_the_request_is_no_difference() -> None:
    """Another time is one."""
    now = datetime.now(UTC)
    texts = [
        f"at {one:%Y-%m-%d %H:%M:%S}" for one in (now, now + timedelta(seconds=61))
    ]
    one, other = (answer(text.encode()) for text in texts)
    assert same_body(one, other)
    assert not same_body(one, answer(b"at 1999-01-01 03:04:05"))


def test_lines_of_blanks_are_as_empty_lines() -> None:
    """IPython 9 empties them, within the texts of a cell, too; older ones do not."""
    file = answer(b"<p>\n    \n</p>\n")
    assert same_body(answer(b"<p>\n\n</p>\n"), file)
    assert not same_body(answer(b"<p>\n</p>\n"), file)


def test_what_varies_in_the_file_may_vary_here() -> None:
    """The rest of the text has to be there."""
    file, again = answer(b"<p>key 1a2b</p>"), answer(b"<p>key 9z8y</p>")
    assert same_body(answer(b"<p>key 5c5c</p>"), file, [again])
    assert not same_body(answer(b"<b>key 5c5c</b>"), file, [again])


def test_two_processes_may_draw_the_same() -> None:
    """What a third one draws varies by nature, too: a text, a status, an address."""
    heads, tails = answer(b"<p>heads it is</p>"), answer(b"<p>it was tails</p>")
    said = ["GET / has another body."]
    assert compared(tails, heads, heads) == said
    assert compared(tails, heads, heads, heads, tails) == []
    assert compared(answer(b"<p>edge, it was</p>"), heads, heads, tails) == []
    assert compared(answer(b"<b>it was tails</b>"), heads, heads, tails) == said
    lost = answer(b"lost", status=404)
    assert compared(lost, heads, tails, lost) == []
    assert compared(lost, heads, tails) != []


def test_a_process_that_raises_is_no_chance() -> None:
    failed = answer(status=500, failure=Failure("KeyError", "KeyError: 'a'"))
    assert compared(failed, answer(), failed) != []
    assert compared(answer(), failed, answer()) != []


def test_an_error_of_the_file_alone_differs() -> None:
    """That of both is said, unless something is missing."""
    failed = answer(status=500, failure=Failure("KeyError", "KeyError: 'a'"))
    assert compared(answer(), failed) == ["GET / answers 500, not 200: KeyError: 'a'"]
    assert compared(failed, failed) == []
    other = answer(status=500, failure=Failure("NameError", "NameError: b"))
    assert compared(failed, other) == [
        "GET / raises NameError: b, not KeyError: 'a', as the notebook's app."
    ]
    gone = Failure("TemplateNotFound", "TemplateNotFound: a", template="a.html")
    lacking = answer(status=500, failure=gone)
    assert compared(lacking, lacking) == [
        "GET / answers 500: the template 'a.html' is not there."
    ]


def test_an_app_that_raises_and_a_file_that_does_not_differ() -> None:
    """There is no status of the notebook's app to name."""
    failure = Failure("SyntaxError", "SyntaxError: invalid syntax")
    raised = answer(status=0, problem="raised", failure=failure)
    assert compared(raised, answer(status=404)) == [
        "GET / answers 404, and raises SyntaxError: invalid syntax in the notebook."
    ]


def test_an_error_without_anything_to_compare_with_differs() -> None:
    """Nobody says that it should be one."""
    assert compared(None, answer(status=503)) == [
        "GET / answers 503, and nothing says that it should."
    ]
    raised = answer(status=500, failure=Failure("KeyError", "KeyError: 'a'"))
    assert compared(None, raised) == ["GET / raises KeyError: 'a'"]


@pytest.mark.parametrize(
    ("failure", "missing"),
    [
        (Failure("OSError", file="a.csv"), "the file 'a.csv' is not there"),
        (Failure("ImportError", module="b"), "the package 'b' is not installed here"),
        (
            Failure("URLError", hosts=("c.org",)),
            "the host 'c.org' cannot be reached from the proof",
        ),
        (Failure("KeyError", hosts=("c.org",)), ""),
    ],
)
def test_what_is_missing_is_named(failure: Failure, missing: str) -> None:
    """A file, a package, a host."""
    assert failure.missing == missing


def test_a_saved_answer_of_a_rule_that_came_later_is_not_compared() -> None:
    """The cell asked before another made the rule."""
    early = KnownAnswer(404, is_shown=True)
    one = ComparedRequest(Asked("In[1]", "GET", "/"), early, answer())
    result = compare(one)
    assert (result.differences, result.is_equal) == ((), False)
    assert result.note == (
        "GET / was asked before its rule was there, and is not compared."
    )
    other = KnownAnswer(302, is_shown=True)
    assert compared(other, answer()) == [
        "GET / answers 200, not 302 as the saved notebook shows."
    ]


def test_compare_rules_shows_both_sides() -> None:
    """A rule too few and one too many."""
    found = compare_rules([("/a", ("GET",), "a")], [("/b", ("GET",), "b")])
    assert [one.what for one in found] == [
        "The file has no rule '/a' (GET) of the endpoint 'a'.",
        "Only the file has the rule '/b' (GET) of the endpoint 'b'.",
    ]


def test_diff_is_small() -> None:
    """Long differences are cut."""
    lines = diff(b"", b"\n".join(b"%d" % n for n in range(100))).splitlines()
    assert len(lines) == 13
    assert lines[-1].endswith("lines more")


def with_headers(*headers: tuple[str, str]) -> KnownAnswer:
    return answer(headers=headers)


def test_headers_of_the_app_itself_are_compared() -> None:
    """One too few, one too many, another value."""
    here = with_headers(("x-app", "a"), ("vary", "B, A"))
    assert compared(here, with_headers(("vary", "A, B"))) == [
        "GET / sends X-App: nothing, not 'a'."
    ]
    more = with_headers(*here.headers or (), ("x-new", "1"))
    assert compared(here, more) == ["GET / sends X-New: '1', not nothing."]
    other = with_headers(("x-app", "b"), ("vary", "A"), ("vary", "B"))
    assert compared(here, other) == ["GET / sends X-App: 'b', not 'a'."]
    assert compared(here, here) == []
    assert compared(answer(), here) == []


def test_headers_that_vary_by_nature_may_vary() -> None:
    """A number of the request, how long it took, when a file was written."""
    here = with_headers(("x-id", "1"), ("etag", "a"), ("x-process-time", "0.2"))
    file = with_headers(("x-id", "2"), ("etag", "b"), ("x-process-time", "0.0"))
    again = with_headers(("x-id", "3"), ("etag", "b"), ("x-process-time", "0.0"))
    assert compared(here, file, again) == []
    assert compared(here, file, file) == ["GET / sends X-Id: '2', not '1'."]
    assert compared(with_headers(), file, again) == [
        "GET / sends X-Id: '2', not nothing.",
        "GET / sends X-Process-Time: '~', not nothing.",
    ]


def test_how_long_a_file_of_a_cell_is_kept_is_no_difference() -> None:
    """The live app lets no browser keep it; of a page it is one."""
    sent = ("content-disposition", "inline; filename=a.css")
    here = with_headers(sent, ("cache-control", "no-cache, max-age=0"))
    assert compared(here, with_headers(sent, ("cache-control", "max-age=60"))) == []
    page = with_headers(("cache-control", "no-cache, max-age=0"))
    assert compared(page, with_headers(("cache-control", "max-age=60"))) == [
        "GET / sends Cache-Control: 'max-age=60', not 'max-age=0, no-cache'."
    ]


def test_an_order_that_no_process_shares_is_no_difference() -> None:
    """Each has the same words: where two processes differ, a third may, too."""
    here, file, again = map(answer, (b"a, b, c", b"b, a, c", b"c, b, a"))
    assert is_reordered(here, file)
    assert same_body(here, file, [again])
    assert not same_body(here, file, [file])
    assert not same_body(answer(b"a, b, d"), file, [again])
    assert not is_reordered(here, here)
