# lines of HTML and JavaScript stay whole
from __future__ import annotations

import gzip

import pytest
from tests.werkbook_ext.browser.apps import Recorder, fetcher_of
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from werkbook_ext.browser import fetching
from werkbook_ext.browser.fetching import (
    VIRTUAL_ORIGIN,
    EndlessRedirectError,
    ForeignOriginError,
    PageRequest,
    own_path,
)


def test_fetch_follows_redirects_and_tells_them() -> None:
    app = Recorder(a=redirect("/b?x=1"), b="<p>b</p>")
    answer = fetcher_of(app).fetch(PageRequest("GET", VIRTUAL_ORIGIN + "/a"))
    assert answer.read() == b"<p>b</p>"
    assert answer.head()["hops"] == [[302, VIRTUAL_ORIGIN + "/a"]]
    assert answer.head()["url"] == VIRTUAL_ORIGIN + "/b?x=1"


@pytest.mark.parametrize(
    ("status", "method", "follows_with", "keeps_body"),
    [
        (301, "POST", "GET", False),
        (302, "POST", "GET", False),
        (303, "PUT", "GET", False),
        (302, "PUT", "PUT", True),
        (307, "POST", "POST", True),
        (308, "POST", "POST", True),
    ],
)
def test_redirect_changes_the_method_as_browsers_do(
    status: int, method: str, follows_with: str, keeps_body: bool
) -> None:
    app = Recorder(a=redirect("/b", status), b="done")
    headers = [("Content-Type", "text/plain"), ("X-Own", "1")]
    fetcher_of(app).fetch(
        PageRequest(method, VIRTUAL_ORIGIN + "/a", headers, b"x=1")
    ).read()
    last = app.seen[-1]
    assert (last.method, last.get_data()) == (
        follows_with,
        b"x=1" if keeps_body else b"",
    )
    assert last.headers.get("Content-Type", "") == ("text/plain" if keeps_body else "")
    assert last.headers["X-Own"] == "1"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://app.invalid/",
        "http://app.invalid:81/",
        "http://app.invalid@evil.example/",
        "http://localhost:8888/api/contents",
        "file:///etc/passwd",
        "//evil.example/",
        "",
    ],
)
def test_fetch_refuses_what_is_outside(url: str) -> None:
    app = Recorder()
    with pytest.raises(ForeignOriginError):
        fetcher_of(app).fetch(PageRequest("GET", url))
    assert app.seen == []


@pytest.mark.parametrize(
    "target", ["http://example.org/x", "//example.org/", "ftp://a/"]
)
def test_redirect_to_the_outside_is_refused(target: str) -> None:
    app = Recorder(a=Response("", 302, {"Location": target}))
    with pytest.raises(ForeignOriginError):
        fetcher_of(app).fetch(PageRequest("GET", VIRTUAL_ORIGIN + "/a"))
    assert len(app.seen) == 1


def test_redirect_to_the_apps_own_absolute_url_is_followed() -> None:
    app = Recorder(a=Response("", 302, {"Location": "http://localhost/b"}), b="b")
    assert (
        fetcher_of(app).fetch(PageRequest("GET", VIRTUAL_ORIGIN + "/a")).read() == b"b"
    )


def test_endless_redirect_ends() -> None:
    app = Recorder(a=redirect("/a"))
    fetcher = fetcher_of(app)
    with pytest.raises(EndlessRedirectError) as caught:
        fetcher.fetch(PageRequest("GET", VIRTUAL_ORIGIN + "/a"))
    assert str(caught.value) == "/a is behind 20 redirects, and redirects to /a"
    assert len(app.seen) == 21


def test_app_sees_a_loopback_host_and_its_own_origin() -> None:
    app = Recorder(form="ok")
    page = VIRTUAL_ORIGIN + "/page#part"
    request = PageRequest("POST", VIRTUAL_ORIGIN + "/form", [("Host", "x")], b"", page)
    fetcher_of(app).fetch(request).read()
    headers = app.seen[0].headers
    assert headers["Host"] == "localhost"
    assert headers["Origin"] == "http://localhost"
    assert headers["Referer"] == "http://localhost/page"


def test_page_cannot_set_headers_that_are_the_browsers() -> None:
    app = Recorder(a="ok")
    forbidden = [
        ("Cookie", "a=1"),
        ("Origin", "http://x"),
        ("X-Werkbook-Exchange", "t"),
        ("X-Werkbook-Token", "t"),
        ("Sec-Fetch-Site", "none"),
    ]
    fetcher_of(app).fetch(PageRequest("GET", VIRTUAL_ORIGIN + "/a", forbidden)).read()
    names = {name.lower() for name, _ in app.seen[0].headers.items()}
    assert not names & {name.lower() for name, _ in forbidden}


def test_cookies_are_kept_and_http_only_ones_hidden() -> None:
    def log_in(_: object) -> Response:
        response = Response("in")
        response.set_cookie("session", "secret", httponly=True)
        response.set_cookie("colour", "red")
        return response

    app = Recorder(login=log_in, a="ok")
    fetcher = fetcher_of(app)
    answer = fetcher.fetch(PageRequest("GET", VIRTUAL_ORIGIN + "/login"))
    assert answer.cookie == "colour=red"
    fetcher.fetch(PageRequest("GET", VIRTUAL_ORIGIN + "/a")).read()
    assert app.seen[1].cookies.to_dict() == {"session": "secret", "colour": "red"}


def test_request_that_omits_cookies_sends_none_and_keeps_none() -> None:
    def log_in(request: object) -> Response:
        response = Response("in")
        response.set_cookie("colour", "red")
        return response

    app = Recorder(login=log_in, a=log_in)
    fetcher = fetcher_of(app)
    without = PageRequest("GET", VIRTUAL_ORIGIN + "/a", has_cookies=False)
    assert fetcher.fetch(without).cookie == ""
    fetcher.fetch(PageRequest("GET", VIRTUAL_ORIGIN + "/login")).read()
    assert fetcher.fetch(without).cookie == "colour=red"
    assert [one.cookies.to_dict() for one in app.seen] == [{}, {}, {}]


def test_request_that_follows_no_redirects_gets_the_first_one() -> None:
    app = Recorder(a=redirect("/b"), b="<p>b</p>")
    asked = PageRequest("GET", VIRTUAL_ORIGIN + "/a", follows_redirects=False)
    answer = fetcher_of(app).fetch(asked)
    assert (answer.status, answer.hops, len(app.seen)) == (302, [], 1)


def test_own_path_takes_the_real_address_too() -> None:
    assert (
        own_path("http://127.0.0.1:5000/x?y=1#z", "http://127.0.0.1:5000") == "/x?y=1"
    )


def test_body_that_unpacks_to_more_than_a_page_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The length that its head tells is that of what is packed."""
    monkeypatch.setattr(fetching, "MAX_BODY_BYTES", 100_000)
    packed = gzip.compress(b"x" * 1_000_000)
    app = Recorder(index=Response(packed, headers={"Content-Encoding": "gzip"}))
    answer = fetcher_of(app).fetch(PageRequest("GET", VIRTUAL_ORIGIN + "/"))
    assert answer.is_whole_soon
    with pytest.raises(ValueError, match="the body is longer than 100,000 bytes"):
        answer.read()
