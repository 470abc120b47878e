from __future__ import annotations

import pytest
from requests.cookies import RequestsCookieJar

from werkbook_ext.browser.cookies import cookie_header, new_cookie, set_cookie


def test_page_sets_reads_and_removes_a_cookie() -> None:
    jar = RequestsCookieJar()
    set_cookie(jar, "localhost", "/a/b", "n=1; path=/")
    assert cookie_header(jar, "localhost", "/a/b") == "n=1"
    set_cookie(jar, "localhost", "/a/b", "n=; path=/; max-age=0")
    assert cookie_header(jar, "localhost", "/a/b") == ""


def test_cookie_without_a_path_belongs_to_the_pages_folder() -> None:
    jar = RequestsCookieJar()
    set_cookie(jar, "localhost", "/shop/item", "n=1")
    assert cookie_header(jar, "localhost", "/shop/other") == "n=1"
    assert cookie_header(jar, "localhost", "/elsewhere") == ""


def test_page_never_reads_or_replaces_an_http_only_cookie() -> None:
    jar = RequestsCookieJar()
    hidden = new_cookie("session", "secret", "localhost.local", "/")
    hidden._rest = {"HttpOnly": None}  # type: ignore[attr-defined]  # where jars keep it
    jar.set_cookie(hidden)
    set_cookie(jar, "localhost", "/", "session=forged; path=/")
    assert cookie_header(jar, "localhost", "/") == ""
    assert [cookie.value for cookie in jar] == ["secret"]


@pytest.mark.parametrize("text", ["", "=", "a b c", "x" * 5000, "\0=1"])
def test_malformed_cookies_are_ignored(text: str) -> None:
    jar = RequestsCookieJar()
    set_cookie(jar, "localhost", "/", text)
    assert len(jar) == 0
