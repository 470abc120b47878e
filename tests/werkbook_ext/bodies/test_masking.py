"""What saved output must not hold."""

from __future__ import annotations

import pytest

from werkbook_ext.bodies.masking import (
    is_secret_name,
    masked_header,
    masked_html,
    masked_json,
    masked_text,
    masked_url,
    steady_headers,
    steady_output,
    steady_text,
    without_exception_log,
)


def test_allowed_methods_stand_in_order() -> None:
    """Frameworks send a set's order, which differs between processes."""
    headers = [("Allow", "POST, HEAD,GET"), ("Vary", "Cookie, Accept")]
    assert steady_headers(headers) == [("Allow", "GET, HEAD, POST"), headers[1]]


@pytest.mark.parametrize(
    ("name", "value", "masked"),
    [
        (
            "Set-Cookie",
            "session=abc.def; Expires=Wed, 01 Jan 2031 00:00:00 GMT; HttpOnly; Path=/",
            "session=***; Expires=***; HttpOnly; Path=/",
        ),
        ("Cookie", "a=1; session=xyz", "a=***; session=***"),
        ("Authorization", "Basic YWRhOng=", "Basic ***"),
        ("authorization", "tok", "***"),
        ("X-Api-Key", "k", "***"),
        ("X-CSRFToken", "k", "***"),
        ("X-Authorization", "Bearer k", "***"),
        ("X-Total", "3", "3"),
        ("Cookie", 'a="1;2"; b=3;', "a=***; b=***"),
        ("Cookie", "nameless", "***"),
        ("Set-Cookie", "nameless; Path=/", "***; Path=/"),
        ("Set-Cookie", "=nameless; Path=/", "=***; Path=/"),
        ("Set-Cookie", 'a="1;2"; Path=/', "a=***; Path=/"),
        ("Authentication-Info", 'nextnonce = "x1"', 'nextnonce = "***"'),
        ("Sec-WebSocket-Protocol", "bearer, x1", "bearer, ***"),
        ("Sec-WebSocket-Protocol", "chat, json", "chat, json"),
        (
            "WWW-Authenticate",
            'Digest realm="a", nonce="x1", opaque="y2", qop="auth"',
            'Digest realm="a", nonce="***", opaque="***", qop="auth"',
        ),
        (
            "Content-Security-Policy",
            "script-src 'self' 'nonce-abc='; style-src 'self'",
            "script-src 'self' 'nonce-***'; style-src 'self'",
        ),
        ("Content-Type", "text/html", "text/html"),
    ],
)
def test_masked_header(name: str, value: str, masked: str) -> None:
    """Values of cookies, of Authorization and of tokens are masked."""
    assert masked_header(name, value) == masked


def test_steady_headers_leave_out_what_varies() -> None:
    """Date, Server, ETag and their like are of the moment, not of the app."""
    headers = [("Date", "now"), ("Server", "x"), ("ETag", '"1"'), ("X-A", "1")]
    assert steady_headers(headers) == [("X-A", "1")]


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("token", True),
        ("access_token", True),
        ("csrfmiddlewaretoken", True),
        ("csrf_token", True),
        ("apiKey", True),
        ("api-key", True),
        ("clientSecret", True),
        ("password", True),
        ("password2", True),
        ("newPassword1", True),
        ("accesstoken", True),
        ("secretkey", True),
        ("AWSAccessKeyId", True),
        ("X-Amz-Signature", True),
        ("private_key", True),
        ("X-Session-Id", True),
        ("PHPSESSID", True),
        ("HTTP_AUTHORIZATION", True),
        ("Set-Cookie", True),
        ("Passwort", True),
        ("contraseña", True),
        ("tokens", False),
        ("tokenizer", False),
        ("session", False),
        ("compass", False),
        ("author", False),
        ("key", False),
        ("pin", False),
        ("name", False),
        ("keyboard", False),
        ("secretary", False),
    ],
)
def test_is_secret_name(name: str, is_secret: bool) -> None:
    """A name is secret by its words, not by its letters."""
    assert is_secret_name(name) is is_secret


def test_masked_json() -> None:
    """Texts of secret names are masked at any depth; numbers and empty texts stay."""
    value = {"a": [{"token": "x", "n": 1}], "password": "", "tokens": ["y"], "nonce": 3}
    assert masked_json(value) == {
        "a": [{"token": "***", "n": 1}],
        "password": "",
        "tokens": ["y"],
        "nonce": 3,
    }


def test_masked_json_numbers() -> None:
    """A password or a code may be a number; an example keeps its type."""
    value = {"otp": 123456, "password1": 12.5, "cvv": True, "pins": 3}
    assert masked_json(value) == {**value, "otp": "***", "password1": "***"}
    assert masked_json(value, number=0) == {**value, "otp": 0, "password1": 0}


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ([{"name": "token", "value": "x"}], [{"name": "token", "value": "***"}]),
        ({"key": "api_key", "value": "x"}, {"key": "api_key", "value": "***"}),
        ({"token": {"value": "x", "ttl": 9}}, {"token": {"value": "***", "ttl": 9}}),
        ({"name": "ada", "value": "x"}, {"name": "ada", "value": "x"}),
        ({"password": {"type": "string"}}, {"password": {"type": "string"}}),
        ({"cookies": {"a": "x"}}, {"cookies": {"a": "***"}}),
        ({"Cookie": "a=x", "n": "/?token=x"}, {"Cookie": "***", "n": "/?token=***"}),
    ],
)
def test_masked_json_of_pairs(value: object, masked: object) -> None:
    """A value may stand beside its name, or below it; texts may be URLs."""
    assert masked_json(value) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("/a#access_token=x&state=1", "/a#access_token=***&state=1"),
        ("/a?to%6ben=x", "/a?to%6ben=***"),
        ("/a?t%5Btoken%5D=x", "/a?t%5Btoken%5D=***"),
        ("/in?next=%2Fb%3Ftoken%3Dx%26b%3D1", "/in?next=%2Fb%3Ftoken%3D***%26b%3D1"),
        ("redis://:x@host/0", "redis://:***@host/0"),
        ("https://ghp_0123456789abcdef@host/", "https://***@host/"),
        ("https://ada@host/", "https://ada@host/"),
        ("http://host:80/a@b?page=2#top", "http://host:80/a@b?page=2#top"),
    ],
)
def test_masked_url(text: str, masked: str) -> None:
    """Secrets in fragments, in encoded names, in a URL within a URL, before the @."""
    assert masked_url(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("{'user': 'ada', 'password': 'it\\'s'}", "{'user': 'ada', 'password': '***'}"),
        ("{'password': \"it's\", 'n': 1}", "{'password': \"***\", 'n': 1}"),
        (
            "MultiDict([('token', 'x'), ('a', 'b')])",
            "MultiDict([('token', '***'), ('a', 'b')])",
        ),
        ("Authorization: Bearer x\r\nHost: a\r\n", "Authorization: ***\r\nHost: a\r\n"),
        ("Cookie: a=b; c=d\nA: b", "Cookie: ***\nA: b"),
        ("login user=ada password=x, ok", "login user=ada password=***, ok"),
        ("password='x y'", "password='***'"),
        ('{"otp": 123456, "n": 1', '{"otp": ***, "n": 1'),
        ("token = get_token()", "token = get_token()"),
        ("token=get_token()", "token=get_token()"),
        ("if token == secret:", "if token == secret:"),
        ('["password", "email"]', '["password", "email"]'),
        ("the password: none", "the password: none"),
    ],
)
def test_masked_text(text: str, masked: str) -> None:
    """What views print of dicts, forms and headers, and what they log."""
    assert masked_text(text) == masked


@pytest.mark.parametrize(
    ("source", "masked"),
    [
        (
            '<script>var csrf_token = "x";</script>',
            '<script>var csrf_token = "***";</script>',
        ),
        (
            '<body hx-headers=\'{"X-CSRFToken": "x"}\'>',
            '<body hx-headers=\'{"X-CSRFToken": "***"}\'>',
        ),
        (
            "<pre>{&#39;token&#39;: &#39;x&#39;}</pre>",
            "<pre>{&#39;token&#39;: &#39;***&#39;}</pre>",
        ),
        ("<input type=password value=x>", '<input type=password value="***">'),
        ("<input id=csrf_token value=x>", '<input id=csrf_token value="***">'),
        ("<input name=password value=''>", "<input name=password value='***'>"),
        (
            '<label for="password">password=""</label>',
            '<label for="password">password=""</label>',
        ),
    ],
)
def test_masked_html_of_scripts_and_json(source: str, masked: str) -> None:
    """Pages hold secrets in scripts, in JSON, and in a dict that is shown."""
    assert masked_html(source) == masked


def test_masked_html() -> None:
    """The token of a form is masked, whatever the order of its attributes."""
    source = (
        '<input type=hidden name="csrf_token" value="abc"><input value=x name=token>'
        "<meta name='csrf-token' content='q'><input name=user value=ada>"
    )
    assert masked_html(source) == (
        '<input type=hidden name="csrf_token" value="***"><input value="***" '
        "name=token><meta name='csrf-token' content='***'>"
        "<input name=user value=ada>"
    )


def test_masked_html_nonce() -> None:
    """The nonce of a script differs with each answer."""
    source = "<script async nonce='a1' src=x.js></script><p>nonce=2</p>"
    assert masked_html(source) == (
        "<script async nonce='***' src=x.js></script><p>nonce=2</p>"
    )


def test_steady_text() -> None:
    """Addresses, execution counts and the kernel's file names do not stay."""
    text = "<A object at 0x7f3c2a1b> Cell In[12], line 3 /tmp/ipykernel_71/2.py:3 0x1f"
    assert steady_text(text) == "<A object at 0x…> Cell In [*], line 3 <cell>:3 0x1f"
    text = "was created in thread id 139842 and this is thread id 77."
    assert steady_text(text) == "was created in thread id … and this is thread id …."


def test_steady_output() -> None:
    """The times of log lines do not stay."""
    text = "[2026-11-22 10:00:01,123] ERROR in app: x\n[22/Nov/2026 10:00:01] GET"
    assert steady_output(text) == "[…] ERROR in app: x\n… GET"


LOG = """\
printed
[2026-11-22 10:00:01,123] ERROR in app: Exception on /x [GET]
Traceback (most recent call last):
  File "/home/ada/app.py", line 3, in view
    1 / 0
    ~~^~~
ZeroDivisionError: division by zero
after
"""


def test_tracebacks_in_output_lose_their_files() -> None:
    """Of a logged traceback the error stays; files of this machine do not."""
    assert steady_output(LOG) == (
        "printed\n[…] ERROR in app: Exception on /x [GET]\n"
        "ZeroDivisionError: division by zero\nafter\n"
    )


def test_without_exception_log() -> None:
    """What is shown as the card's traceback is not shown as output again."""
    assert without_exception_log(LOG) == "printed\nafter\n"
    error = "ZeroDivisionError: division by zero\n  Why: it is.\n  Fix: no.\nAnd a note"
    log = LOG.replace("ZeroDivisionError: division by zero", error)
    assert without_exception_log(log, error) == "printed\nafter\n"
    assert without_exception_log(LOG, error) == "printed\nafter\n"
