"""What the live app answered to the requests that cells made, for the proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urljoin, urlsplit

from werkbook.cells.asked import Asked
from werkbook.serving import Exchange

from ..notebook.askers import AskingRun
from .notebook_parts import body_as_in_a_file

NOT_ASKED = "the live app remembers no such request"
OLDER = "a cell was changed after the answer"
OTHER_COOKIES = "other cookies came with it than the requests before it leave"
NOT_WHOLE = "the answer was not kept whole"
REDIRECTED = "where the redirect led to is not known"

Key = tuple[str, str, bytes]
Known = tuple[Exchange, AskingRun | None]


def with_answers(
    asked: Iterable[Asked],
    exchanges: Sequence[Known],
    since_s: float,
) -> list[Asked]:
    """Add to each request what the live app answered to it.

    The same request can have several answers: a form that is sent twice, a page before
    and after a log-in; and the mini browser asks too. So the exchange counts that the
    cell itself made in its last run, or one that no other such cell made, which carried
    the cookies that the requests before it in the notebook leave, and which is no older
    than the last change of a cell. Where there is none the request says why: it is
    asked, and compared with nothing.

    Args:
        asked: The requests, in the order of the notebook.
        exchanges: What is remembered, oldest first, each with the cell that asked.
        since_s: Exchanges that began before are out of date (`time.monotonic`).
    """
    asked = list(asked)
    cell_ids = {one.cell_id for one in asked}
    earlier: Counter[tuple[str, Key]] = Counter()
    jar: set[str] = set()
    answered = []
    for one in asked:
        if one.is_talk:
            answered.append(one)  # nobody remembers what was said
            continue
        key = (one.method, one.url, one.body)
        every = [known for known in exchanges if _key(known[0]) == key]
        same = [known for known in every if known[0].began_s >= since_s]
        candidates = [
            *_own(same, one.cell_id)[earlier[one.cell_id, key] :][:1],
            *_of_others(same, cell_ids),
        ]
        found = _with_cookies(jar, candidates)
        earlier[one.cell_id, key] += 1
        if found is None:
            why = OTHER_COOKIES if candidates else OLDER if every else NOT_ASKED
            answered.append(replace(one, why_unknown=why))
            continue
        hops = [found, *_followed(one, found, exchanges)]
        answered.append(_with_answer(one, hops[-1]))
        for hop in hops:
            _keep_cookies(jar, hop)
    return answered


def _key(exchange: Exchange) -> Key:
    return exchange.method, exchange.url, exchange.request_body


def _own(same: Sequence[Known], cell_id: str) -> list[Exchange]:
    """Return what a cell asked in its last run, in order."""
    own = [(one, asker) for one, asker in same if asker and asker.cell_id == cell_id]
    return [one for one, asker in own if asker == own[-1][1]]


def _of_others(same: Sequence[Known], cell_ids: set[str]) -> Iterator[Exchange]:
    """Yield exchanges that none of these cells asked for, the newest first."""
    for exchange, asker in reversed(same):
        if asker is None or asker.cell_id not in cell_ids:
            yield exchange


def _with_cookies(jar: set[str], exchanges: Iterable[Exchange]) -> Exchange | None:
    for exchange in exchanges:
        if _cookies(exchange.request_headers, "cookie").keys() == jar:
            return exchange
    return None


def _followed(
    asked: Asked, exchange: Exchange, exchanges: Sequence[Known]
) -> Iterator[Exchange]:
    """Yield the exchanges to which redirects led: the next ones of their URLs."""
    later = [one for one, _ in exchanges if one.began_s >= exchange.began_s]
    while asked.follows and 300 <= exchange.status < 400 and exchange in later:
        del later[: later.index(exchange) + 1]
        location = next(
            (v for k, v in exchange.response_headers if k.lower() == "location"), ""
        )
        parts = urlsplit(urljoin(exchange.url, location))
        wanted = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        found = next((one for one in later if one.url == wanted), None)
        if found is None:
            return
        yield found
        exchange = found


def _with_answer(asked: Asked, exchange: Exchange) -> Asked:
    if exchange.is_response_cut or not exchange.is_finished:
        return replace(asked, why_unknown=NOT_WHOLE)
    if asked.follows and 300 <= exchange.status < 400:
        return replace(asked, why_unknown=REDIRECTED)
    kinds = [v for k, v in exchange.response_headers if k.lower() == "content-type"]
    return replace(
        asked,
        status=exchange.status,
        content_type=kinds[0].partition(";")[0] if kinds else None,
        response=body_as_in_a_file(exchange.response_body),
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
            except CookieError:  # no browser would keep this cookie
                continue
    return cookies
