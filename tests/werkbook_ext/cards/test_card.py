"""The card of a response, as data, as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from werkbook import App, Response, redirect, request, serving, session
from werkbook.cells.requests import OutgoingRequest
from werkbook_ext.cards.html import render_html
from werkbook_ext.cards.model import Card, Cookie, make_card, session_in
from werkbook_ext.cards.text import render_text
from werkbook_ext.transport.sending import send_request
from werkbook_ext.transport.sessions import close_sessions


@pytest.fixture
def app() -> App:
    app = App("cards")
    app.secret_key = "secret"

    @app.get("/hello/<name>")
    def hello(name: str) -> dict[str, Any]:
        print("greeting", name)
        return {"hello": name, "token": "abc", "at": "<b>"}

    @app.post("/login")
    def login() -> Any:
        session["user"] = request.form["user"]
        return redirect("/me")

    @app.get("/me")
    def me() -> str:
        return f"<h1>{session['user']}</h1>"

    @app.get("/boom")
    def boom() -> str:
        print("before")
        return str(1 / 0)

    @app.get("/bytes")
    def raw() -> Response:
        return Response(b"\0" * 2500, mimetype="application/zip")

    @app.get("/long")
    def long() -> Response:
        lines = "\n".join(str(number) for number in range(1000))
        return Response(lines, mimetype="text/plain")

    @app.get("/away")
    def away() -> Any:
        return redirect("https://example.org/")

    return app


@pytest.fixture
def ask(app: App) -> Iterator[Any]:
    def send(method: str, url: str, **options: Any) -> Card:
        answered = send_request(None, app, OutgoingRequest(method, url, **options))
        cookies = list(answered.session.cookies)
        return make_card(answered.response, cookies=cookies, note=answered.note)

    yield send
    close_sessions(None)
    server = serving.find_server(app)
    if server is not None:
        server.stop()


def test_json(ask: Any) -> None:
    """A card says what was asked, what was answered, printed and by which view."""
    card = ask("GET", "/hello/Ada?q=1")
    assert render_text(card) == (
        "GET /hello/Ada?q=1 -> 200 OK\n"
        "Content-Type: application/json\n\n"
        "Output:\n  greeting Ada\n\n"
        '{"at": "<b>", "hello": "Ada", "token": "***"}'
    )
    assert (card.endpoint, card.rule) == ("hello", "/hello/<name>")


def test_html_of_json(ask: Any) -> None:
    """The HTML escapes what came from the app and needs no style."""
    assert render_html(ask("GET", "/hello/Ada")) == (
        "<div><p><code>GET /hello/Ada</code> → <strong>200 OK</strong></p>\n"
        "<pre><code>{&#34;at&#34;: &#34;&lt;b&gt;&#34;, "
        "&#34;hello&#34;: &#34;Ada&#34;, &#34;token&#34;: &#34;***&#34;}</code></pre>\n"
        "<details open><summary>Output</summary>"
        "<pre><code>greeting Ada</code></pre></details>\n"
        "<details><summary>Headers</summary><table><tr><td>Content-Type</td>"
        "<td>application/json</td></tr></table></details></div>"
    )


def test_redirect_with_session(ask: Any) -> None:
    """A chain of redirects is told line by line; the session is read."""
    form = {"body": b"user=Ada", "headers": (("Content-Type", FORM),)}
    card = ask("POST", "/login", **form)
    assert render_text(card) == (
        "POST /login -> 302 FOUND\nGET /me -> 200 OK\n\n<h1>Ada</h1>"
    )
    assert card.session == {"user": "Ada"}
    assert [cookie.name for cookie in card.cookies] == ["session"]
    assert card.cookies[0].attributes == "HttpOnly"
    assert card.request.content == b"user=Ada"


def test_redirect_that_is_shown(ask: Any) -> None:
    """A redirect that is not followed shows where it leads, its cookie masked."""
    form = {"body": b"user=Ada", "headers": (("Content-Type", FORM),)}
    card = ask("POST", "/login", is_followed=False, **form)
    assert render_text(card) == (
        "POST /login -> 302 FOUND\n"
        "Location: /me\n"
        "Set-Cookie: session=***; HttpOnly; Path=/"
    )


FORM = "application/x-www-form-urlencoded"


def test_redirect_elsewhere(ask: Any) -> None:
    """A redirect out of the app is told and not followed."""
    assert render_text(ask("GET", "/away")) == (
        "GET /away -> 302 FOUND\n"
        "Redirects to https://example.org/, which is not followed: it is not the "
        "app's.\n"
        "Location: https://example.org/"
    )


def test_exception(ask: Any) -> None:
    """After an exception the user's own frames are shown, and what was printed."""
    card = ask("GET", "/boom")
    line = card.frames[-1].line
    assert render_text(card) == (
        "GET /boom -> 500 INTERNAL SERVER ERROR\n\n"
        "Output:\n  before\n\n"
        "Traceback:\n"
        f"  test_card.py, line {line}, in boom\n"
        "    return str(1 / 0)\n"
        "ZeroDivisionError: division by zero\n\n"
        "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n"
        "<h1>Internal Server Error</h1>\n<p>The server encountered an internal error "
        "and was unable to complete your request. Either the server is overloaded or "
        "there is an error in the application.</p>"
    )


def test_bytes_and_cuts(ask: Any) -> None:
    """Of bytes the size is told; of long texts how much was cut."""
    assert render_text(ask("GET", "/bytes")).endswith("\n\n[application/zip, 2.5 kB]")
    text = render_text(ask("GET", "/long"))
    assert text.endswith("\n23\n… 976 more lines")
    assert render_html(ask("GET", "/long")).count("\n") < 70


def test_head_and_not_found(ask: Any) -> None:
    """An answer without a body has its line and its headers."""
    assert render_text(ask("HEAD", "/me", headers=(("Cookie", "x=1"),))).startswith(
        "HEAD /me -> 500"
    )
    assert render_text(ask("GET", "/no")).startswith(
        "GET /no -> 404 NOT FOUND\n\n<!doc"
    )


def test_repeated_headers(ask: Any, app: App) -> None:
    """Each Set-Cookie is shown by itself."""

    @app.get("/cookies")
    def cookies() -> Response:
        response = Response("x")
        response.set_cookie("a", "1")
        response.set_cookie("b", "2", max_age=60, secure=True, samesite="Lax")
        return response

    card = ask("GET", "/cookies")
    assert render_text(card) == (
        "GET /cookies -> 200 OK\n"
        "Set-Cookie: a=***; Path=/\n"
        "Set-Cookie: b=***; Expires=***; Max-Age=60; Secure; Path=/; SameSite=Lax"
        "\n\nx"
    )
    assert card.cookies[1].attributes == "Secure; SameSite=Lax"


def test_deterministic(ask: Any) -> None:
    """Text and HTML are the same each time, and name no port."""
    for url in ("/hello/Ada", "/boom", "/bytes", "/no", "/away"):
        first, second = ask("GET", url), ask("GET", url)
        assert render_text(first) == render_text(second)
        assert render_html(first) == render_html(second)
        assert "127.0.0.1" not in render_html(first) + render_text(first)


@given(st.from_regex(r"[.]?[\w=-]{0,40}[.][\w=-]{0,12}[.][\w=-]{0,40}", fullmatch=True))
def test_cookie_that_looks_like_a_session_breaks_nothing(value: str) -> None:
    """What looks like a session cookie and is none says nothing, and breaks nothing."""
    assert session_in([Cookie("session", value, "/")]) in (
        None,
        *map(int, "0123456789"),
    )


def test_session_of_another_key_is_read() -> None:
    """Its signature does not matter, nor whether it is compressed."""
    for held in ({"user": "Ada"}, {"user": "Ada" * 100}):
        value = URLSafeTimedSerializer("k", salt="cookie-session").dumps(held)
        assert session_in([Cookie("session", value, "/")]) == held
