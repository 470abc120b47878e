"""What the live app answers in a proof, and whether its state can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from typing import Any

from werkbook import serving
from werkbook.cells.asked import Asked
from werkbook.export.proof.answers import KnownAnswer, answer_from, question_from
from werkbook.export.proof.inside.questions.asgi import AsgiAsWsgi, is_asgi
from werkbook.export.proof.inside.questions.asking import Asker

from .notebook_parts import body_as_in_a_file, headers_as_in_a_file

LIMIT_S = 10.0
"""Seconds that one request to the live app may take."""
_ASKED = ("GET", "HEAD")
_SAFE = (*_ASKED, "OPTIONS")


def ask_live_app(app: Any, asked: Asked) -> KnownAnswer | None:
    """Send a request that changes nothing to the live app, in this process.

    It is no exchange: neither its server nor a card sees it.
    """
    if asked.method not in _ASKED:
        return None
    with (
        redirect_stdout(StringIO()),
        redirect_stderr(StringIO()),
        _callable(app) as one,
    ):
        found = answer_from(Asker(one, LIMIT_S).ask(question_from(asked)))
    return replace(
        found,
        body=body_as_in_a_file(found.body or b""),
        headers=tuple(headers_as_in_a_file(app, found.headers or ())),
    )


@contextmanager
def _callable(app: Any) -> Iterator[Any]:
    """Give a WSGI app; an ASGI app is called where it is served, its lifespan kept."""
    if not is_asgi(app):
        yield app
        return
    server = serving.find_server(app)
    if server is None:
        found = AsgiAsWsgi(app)
    else:
        found = AsgiAsWsgi(app, server.run_asgi, server.lifespan_state)
    try:
        yield found
    finally:
        found.close()


def find_other_requests(
    asked: Sequence[Asked], exchanges: Sequence[serving.Exchange]
) -> str:
    """Say why the live app may be in another state than cells alone make it, or ""."""
    known = Counter((one.method, one.url) for one in asked)
    others = [
        one
        for one in exchanges
        if one.method not in _SAFE
        and one.status < 400
        and not known[one.method, one.url]
    ]
    if not others:
        return ""
    first = f"{others[0].method} {others[0].url}"
    return f"the live app had requests that no cell makes ({first})"
