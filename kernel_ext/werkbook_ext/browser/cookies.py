"""The cookies that a page may read and write, in the notebook's cookie jar."""

from __future__ import annotations

import copy
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.cookies import RequestsCookieJar

MAX_COOKIE_BYTES = 4096
MAX_COOKIES_AT_ONCE = 50
MAX_COOKIES = 180  # of one site, as in Chromium


def cookie_header(jar: CookieJar, host: str, url: str) -> str:
    """Return `document.cookie` of a page: all but the HttpOnly ones."""
    path = urlsplit(url).path or "/"
    found = [c for c in jar if is_readable(c) and applies(c, host, path)]
    found.sort(key=lambda cookie: -len(cookie.path))
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in found)


def set_cookies(jar: CookieJar, host: str, cookies: Any) -> None:
    """Set what a page's scripts set, as far as it is of the right form."""
    for one in cookies[:MAX_COOKIES_AT_ONCE] if isinstance(cookies, list) else []:
        cookie = one if isinstance(one, dict) else {}
        text, url = cookie.get("text"), cookie.get("url")
        if isinstance(text, str) and isinstance(url, str):
            set_cookie(jar, host, url, text)


def set_cookie(jar: CookieJar, host: str, url: str, text: str) -> None:
    """Do what a page's `document.cookie = text` does; bad cookies are ignored."""
    if len(text) > MAX_COOKIE_BYTES:
        return
    try:
        morsels: list[Any] = list(SimpleCookie(text).values())
    except CookieError:
        return
    for morsel in morsels[:1]:
        path = morsel["path"] or default_path(url)
        domain = jar_domain(host)
        hidden = [c for c in jar if c.name == morsel.key and not is_readable(c)]
        if any(cookie.path == path for cookie in hidden):
            continue  # a script never replaces an HttpOnly cookie
        if expired(morsel):
            remove(jar, domain, path, morsel.key)
        elif len(list(jar)) < MAX_COOKIES:
            jar.set_cookie(new_cookie(morsel.key, morsel.coded_value, domain, path))


def without_cookies(session: requests.Session) -> requests.Session:
    """Return a session that sends as this one does, without cookies; it keeps none."""
    stranger = copy.copy(session)
    stranger.cookies = RequestsCookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return stranger


def is_readable(cookie: Cookie) -> bool:
    rest = getattr(cookie, "_rest", {})
    return not any(name.lower() == "httponly" for name in rest)


def applies(cookie: Cookie, host: str, path: str) -> bool:
    is_below = path.startswith(cookie.path.rstrip("/") + "/") or path == cookie.path
    return cookie.domain.lstrip(".") == jar_domain(host).lstrip(".") and (
        is_below and not cookie.is_expired()
    )


def jar_domain(host: str) -> str:
    """Return the name a jar files a host's cookies under (RFC 2965)."""
    return host if "." in host else f"{host}.local"


def default_path(url: str) -> str:
    """Return the path of a cookie that names none (RFC 6265, 5.1.4)."""
    folder = (urlsplit(url).path or "/").rpartition("/")[0]
    return folder or "/"


def expired(morsel: Any) -> bool:
    age = morsel["max-age"]
    if age:
        return age.lstrip("-").isdigit() and int(age) <= 0
    return "1970" in morsel["expires"]


def remove(jar: CookieJar, domain: str, path: str, name: str) -> None:
    # A jar says that a cookie is not there by raising KeyError.
    try:
        jar.clear(domain, path, name)
    except KeyError:
        return


def new_cookie(name: str, value: str, domain: str, path: str) -> Cookie:
    return Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain=domain,
        domain_specified=False,
        domain_initial_dot=False,
        path=path,
        path_specified=True,
        secure=False,
        expires=None,
        discard=True,
        comment=None,
        comment_url=None,
        rest={},
    )
