"""Whatever an app answers, its card is made in time that grows with its length."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.growth import grows_linearly

from werkbook_ext.bodies import masking
from werkbook_ext.bodies.body import Body, shortened
from werkbook_ext.browser.bundling import references
from werkbook_ext.cards.html import render_html
from werkbook_ext.cards.model import Card, make_card
from werkbook_ext.cards.text import render_text
from werkbook_ext.cards.tracebacks import Frame, summarize_error
from werkbook_ext.cards.whole_pages import with_resources
from werkbook_ext.cards.widget_state import make_state

CHARS = 30_000

# fmt: off
PIECES = [
    "a", "0x1", "1", "1-", "1/1.", "ipykernel_", "ipykernel_1/", "ipykernel_1/1",
    "In[1", "In[", ":", ",", "{", "[", "(", ")", "\"", "'", "[22/Nov/2026",
    "2026-11-22", "?a", "?a=", "&a=", ";a=", "&", "=", "%", "://a:", "://a@", "/", "\\",
    "\\\"", "\"a\":", "\"a\":\"", "nonce=", "nonce=\"", "<", "<a", "<input", "<input=",
    "<input/", "<input\"", "<input'", "<script", "<script>", "<style>", "<style",
    "<!--", "<!---", "--", "</script", "<meta", "<link", "<img/src=", "<img>",
    "<textarea>", "@import", "url(", "url(\"", "/*", "*/", "import", "from", "from\"",
    "import{", "export", "\u001b[", "\u001b[1", "thread", "id", "\ud800", "://", "//",
    "&amp", "&#1", " ", "\n", "a ", "=\n", "<input a='", "<input name=token value=",
    "<style>@import ", "@import ' ", "url( ", "import  ", "ERROR in a: Exception on ",
    "ERROR in a: Exception on \nTraceback (most recent call last):\n",
    "Traceback (most recent call last):\n ", "{\"a\":", "\"token\" : \"",
    "--x\r\nname=\"a", "name=\"", "token=", "token = '", "'token': '", "('token', \"",
    "token: ", "\n token: ", "&#34;", "&#34;token&#34;: &#34;", "%3F", "%3Ftoken%3D",
    "?next=%3Ftoken%3D", "https://", "https://aaaaaaaaaaaaaaaaaaaa", "#token=",
    "'a\\", "('a", "nonce ", "nonce = ", "bearer, ",
]
# fmt: on


def _nothing(_path: str) -> Body:
    return Body(b"x", "image/png")


def _readable(kind: str) -> Callable[[str], object]:
    return lambda text: Body(text.encode("utf-8", "replace"), kind).readable


WORKS: dict[str, Callable[[str], object]] = {
    "is_secret_name": masking.is_secret_name,
    "masked_form": masking.masked_form,
    "masked_header": lambda text: masking.masked_header("Set-Cookie", text),
    "masked_html": masking.masked_html,
    "masked_text": masking.masked_text,
    "masked_url": masking.masked_url,
    "steady_headers": lambda text: masking.steady_headers([("X", text)]),
    "steady_output": masking.steady_output,
    "visible_text": masking.visible_text,
    "without_exception_log": masking.without_exception_log,
    "html": _readable("text/html"),
    "json": _readable("application/json"),
    "form": _readable("multipart/form-data; boundary=x"),
    "charset": _readable("text/html; charset=a"),
    "shortened": lambda text: shortened(text, 12),
    "with_resources": lambda text: with_resources(text, "/", _nothing),
    "references of html": lambda text: references("text/html", text, "http://a/"),
    "references of css": lambda text: references("text/css", text, "http://a/"),
    "references of js": lambda text: references("text/javascript", text, "http://a/"),
}


@pytest.mark.parametrize("name", WORKS)
def test_work_grows_with_the_text_and_not_faster(name: str) -> None:
    """No text of an app holds the kernel: twice as long takes about twice the time."""
    slow = [piece for piece in PIECES if not grows_linearly(WORKS[name], piece, CHARS)]
    assert slow == []


def _response(body: bytes, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = 200
    response.url = "http://localhost/"
    response.request = requests.Request("GET", "http://localhost/").prepare()
    response._content = body
    response.headers.update({k.replace("_", "-"): v for k, v in headers.items()})
    return response


def _saved(response: requests.Response) -> str:
    """Return all that is said of a response, as a message carries it."""
    card = make_card(response)
    said = [render_text(card), render_html(card), make_state(card)]
    return json.dumps(said, ensure_ascii=False).encode().decode()


@pytest.mark.parametrize(
    ("body", "content_type", "shown"),
    [
        (b'{"a": "\\ud83d"}', "application/json", r'{"a": "\ud83d"}'),
        (b"[" * 900 + b"]" * 900, "application/json", "[" * 200 + "…"),
        (b"[" * 9000, "application/json", "[" * 200 + "…"),
        (b"UEs=", "text/plain; charset=base64", "UEs="),
        (b"\\ud800", "text/plain; charset=unicode_escape", r"\ud800"),
        (b"+2AA-", "text/plain; charset=utf-7", "+2AA-"),
        (b"a", "text/plain; charset=a\0b", "a"),
        (b"\x1b]52;c;cm0=\x07\x9b\x1b[31mred\x1b[0m", "text/plain", "␛]52;c;cm0=␇�red"),
    ],
)
def test_odd_text_has_a_card(body: bytes, content_type: str, shown: str) -> None:
    """No answer of an app makes the cell fail that asked for it."""
    response = _response(body, Content_Type=content_type)
    assert shown in render_text(make_card(response))
    assert _saved(response)


SAVED_CHARS = 20_000
CALL = Frame("Cell In[1], line 2", "Cell 'a', line 2", "rec", ("return rec()",), 2, 2)


def _with_long_error(card: Card) -> Card:
    return replace(card, error=summarize_error(ValueError("x" * 1_000_000)))


LONG: dict[str, Callable[[Card], Card]] = {
    "header": lambda card: replace(card, headers=(("X", "v" * 60_000),)),
    "headers": lambda card: replace(card, headers=(("X-A", "v"),) * 4000),
    "status": lambda card: replace(
        card, hops=(replace(card.hops[0], reason="r" * 60_000),)
    ),
    "url": lambda card: replace(card, hops=(replace(card.hops[0], url="/" * 60_000),)),
    "note": lambda card: replace(card, note="n" * 60_000),
    "error": _with_long_error,
    "lines": lambda card: replace(card, error="ValueError: a\n" + "b\n" * 50_000),
    "calls": lambda card: replace(card, error="RecursionError", frames=(CALL,) * 990),
}


@pytest.mark.parametrize("part", LONG)
def test_saved_card_is_short_however_long_a_part_is(part: str) -> None:
    """A notebook is no log: it keeps the beginning, and says that more was there."""
    card = LONG[part](make_card(_response(b"x", Content_Type="text/plain")))
    for saved in (render_text(card), render_html(card)):
        assert len(saved) < SAVED_CHARS
        assert "…" in saved


def test_calls_in_the_middle_of_a_long_traceback_are_counted() -> None:
    card = make_card(_response(b"x", Content_Type="text/plain"))
    text = render_text(replace(card, error="RecursionError", frames=(CALL,) * 990))
    lines = text.splitlines()
    begin = lines.index("Traceback:") + 1
    call = ["  Cell 'a', line 2, in rec", "    return rec()"]
    shown = [*call * 12, "  … 966 more calls", *call * 12, "RecursionError"]
    assert lines[begin : begin + len(shown)] == shown


@settings(max_examples=200, deadline=None)
@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(["text/html", "application/json", "text/plain", "", "a/b"]),
    charset=st.text(max_size=12),
)
def test_any_bytes_have_a_card(body: bytes, kind: str, charset: str) -> None:
    """Any bytes of any type and character set can be saved and sent."""
    assert _saved(_response(body, Content_Type=f"{kind}; charset={charset}"))


@pytest.mark.parametrize(
    ("source", "masked"),
    [
        ('<input name=csrf_token data-x=">" value=S>', "S"),
        ("<input data-name=q name=csrf_token value=S>", "S"),
        ("<input name=csrf_token value=S", "S"),
        ("<input name='csrf_token' value='S", "S"),
        ("<INPUT VALUE = S NAME = Csrf_Token>", "S"),
        ("<input name=csrf&#95;token value=S>", "S"),
        ("<button name=token value=S>", "S"),
        ("<body data-csrf-token=S>", "S"),
        ("<!-- <input name=token value=S> -->", "S"),
        ("<script>a = \"<input name='token' value='S'>\"</script>", "S"),
        ('<script>a = "<input \'"</script><input name=token value=S>', "S"),
        ('<a href="/cb?x=1&amp;token=S">', "S"),
        ('<a href="http://ada:S@example.org/">', "S"),
    ],
)
def test_secrets_of_pages_are_masked(source: str, masked: str) -> None:
    """However its attributes are written, a secret of a page is not saved."""
    shown = Body(source.encode(), "text/html").readable
    assert masked not in shown.replace("NAME", "").replace("VALUE", "")
    assert "***" in shown


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"token": "SECRET"', "application/json"),
        ('{"token": "SECRET", "a": "' + "x" * 1_000_000 + '"}', "application/json"),
        ('{"token": "SECRET"}\n{"token": "SECRET"}', "application/x-ndjson"),
        ('data: {"access_token":"SECRET\\"SECRET"}', "text/event-stream"),
        ("user=ada&password=SECRET&x=1", "application/x-www-form-urlencoded"),
        ("api%5Fkey=SECRET", "application/x-www-form-urlencoded"),
        (
            '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n'
            "SECRET\r\n--b--",
            "multipart/form-data; boundary=b",
        ),
    ],
)
def test_secrets_of_bodies_are_masked(body: str, content_type: str) -> None:
    """A secret is not saved where its name tells it, whatever the body's kind."""
    shown = Body(body.encode(), content_type).readable
    assert "SECRET" not in shown
    assert "***" in shown


def test_a_redirect_keeps_no_token() -> None:
    """Neither the request lines nor the headers of saved output name a token."""
    first = _response(b"", Location="/cb?a=1&token=SECRET")
    first.status_code = 302
    response = _response(b"in")
    response.url = "http://localhost/cb?a=1&token=SECRET"
    response.request = requests.Request("GET", response.url).prepare()
    response.history = [first]
    card = make_card(response, note="Redirects to http://a:SECRET@b/?token=SECRET.")
    told: list[Any] = [
        render_text(card),
        render_html(card),
        render_text(make_card(first)),
    ]
    assert [text for text in told if "SECRET" in text] == []
    assert told[0].splitlines()[1] == "GET /cb?a=1&token=*** -> 200"
