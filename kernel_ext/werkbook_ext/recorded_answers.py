"""What the live app answered to the requests that cells made, for the proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie

from werkbook.export.asked import Asked
from werkbook.serving import Exchange


def with_answers(
    asked: Iterable[Asked], exchanges: Sequence[Exchange], since_s: float
) -> list[Asked]:
    """Add to each request what the live app answered to it.

    An answer can depend on the session, and the mini browser asks too. So an exchange
    counts that carried the cookies which the requests before it in the notebook leave,
    and that is no older than the last change of a cell. Where there is none the
    request stays as it is: it is asked, and compared with nothing.

    Args:
        asked: The requests, in the order of the notebook.
        exchanges: What is remembered, oldest first.
        since_s: Exchanges that began before are out of date (`time.monotonic`).
    """
    jar: set[str] = set()
    answered = []
    for one in asked:
        found = _find(one, exchanges, jar, since_s)
        answered.append(one if found is None else _with_answer(one, found))
        if found is not None:
            _keep_cookies(jar, found)
    return answered


def _find(
    asked: Asked, exchanges: Sequence[Exchange], jar: set[str], since_s: float
) -> Exchange | None:
    for exchange in reversed(exchanges):
        is_same = (exchange.method, exchange.url) == (asked.method, asked.url)
        if (
            is_same
            and exchange.began_s >= since_s
            and exchange.request_body == asked.body
            and _cookies(exchange.request_headers, "cookie").keys() == jar
        ):
            return exchange
    return None


def _with_answer(asked: Asked, exchange: Exchange) -> Asked:
    if exchange.is_response_cut or not exchange.is_finished:
        return asked
    if asked.follows and 300 <= exchange.status < 400:
        return asked
    kinds = [v for k, v in exchange.response_headers if k.lower() == "content-type"]
    return replace(
        asked,
        status=exchange.status,
        content_type=kinds[0].partition(";")[0] if kinds else None,
        response=exchange.response_body,
    )


def _keep_cookies(jar: set[str], exchange: Exchange) -> None:
    """Do to the jar what the response's cookies do to a browser's."""
    for name, cookie in _cookies(exchange.response_headers, "set-cookie").items():
        if cookie["max-age"] == "0":
            jar.discard(name)
        else:
            jar.add(name)


def _cookies(headers: Iterable[tuple[str, str]], header: str) -> SimpleCookie:
    cookies = SimpleCookie()
    for name, value in headers:
        if name.lower() == header:
            try:
                cookies.load(value)
            except CookieError:  # what no browser would take, we don't either
                continue
    return cookies
