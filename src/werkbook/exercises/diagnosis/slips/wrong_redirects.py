"""Mistakes with redirects: none, to another place, or where a status was wanted."""

from __future__ import annotations

import ast

from ...words import say
from ..case import Case, Finding


def sent_on(case: Case) -> Finding | None:
    """The visitor is sent elsewhere, where a status is wanted."""
    wanted = case.wanted_statuses[0] if case.wanted_statuses else ""
    is_sent = bool(case.answer.hops) and 300 <= case.answer.hops[0].status < 400
    is_other = wanted.startswith("4") or wanted in ("201", "202", "204")
    if not is_sent or not is_other:
        return None
    return Finding(
        "redirect-for-status",
        say(
            "Your app sends the visitor on to {url}. Asked for is the status {status}:"
            " a redirect is another answer.",
            url=case.answer.hops[-1].url,
            status=wanted,
        ),
    )


def no_redirect(case: Case) -> Finding | None:
    """A page where a redirect was wanted."""
    if not case.is_wanted_redirect or not 200 <= case.answer.status < 300:
        return None
    if case.check.is_next and case.method == "GET" and "redirect(" in case.view.text:
        return None
    if any(map(_is_redirect, case.view.nodes(ast.Return))):
        return Finding(
            "condition",
            say(
                "Your view has a redirect, and this request does not come to that line:"
                " look at the condition in front of it."
            ),
        )
    return Finding(
        "no-redirect",
        say("End the view with return redirect(...), so that the browser goes there."),
    )


def _is_redirect(node: ast.Return) -> bool:
    call = node.value if isinstance(node.value, ast.Call) else None
    return getattr(call and call.func, "id", "") == "redirect"


def wrong_redirect(case: Case) -> Finding | None:
    """A redirect to somewhere else."""
    if case.phrase.kind != "redirect" or not 300 <= case.answer.status < 400:
        return None
    return Finding(
        "wrong-redirect",
        say(
            "The redirect is there; only its address is another: redirect({url}).",
            url=f'"{case.phrase.value}"',
        ),
    )
