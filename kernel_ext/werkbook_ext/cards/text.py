"""A card as plain text: short, and the same in each run of the same app."""

from __future__ import annotations

from itertools import chain
from textwrap import indent

from werkbook.plain_words import cut_inside

from ..bodies.body import shortened
from ..bodies.masking import (
    steady_headers,
    steady_output,
    steady_text,
    visible_text,
    without_exception_log,
)
from .model import Card, StatusLine

MAX_BODY_LINES = 24
MAX_OUTPUT_LINES = 12
MAX_ERROR_LINES = 24
MAX_CALLS = 24
MAX_HEADERS = 100
MAX_PART_CHARS = 1000
"""Of a URL, a status, a header or a line of an error; the widget shows all of it."""


def render_text(card: Card) -> str:
    """Return the text of a card."""
    blocks = [
        render_head(card),
        render_output(card),
        render_traceback(card) if card.error else "",
        shown_body(card, MAX_BODY_LINES),
    ]
    return visible_text("\n\n".join(block for block in blocks if block))


def render_head(card: Card) -> str:
    """Return the request lines, the note and the headers worth reading."""
    lines = [str(hop) for hop in steady_hops(card)]
    lines += [steady_note(card)] if card.note else []
    return "\n".join(
        lines + [f"{name}: {value}" for name, value in shown_headers(card)]
    )


def steady_hops(card: Card) -> list[StatusLine]:
    """Return the request lines without what is secret in their URLs."""
    return [
        StatusLine(h.method, _part(steady_text(h.url)), h.status, _part(h.reason))
        for h in card.hops
    ]


def steady_note(card: Card) -> str:
    """Return what is remarked, without what is secret in it."""
    return _part(steady_text(card.note))


def saved_headers(card: Card) -> list[tuple[str, str]]:
    """Return the headers, secrets masked; of long ones and of many the beginning."""
    headers = steady_headers(card.headers)
    found = [(_part(name), _part(value)) for name, value in headers[:MAX_HEADERS]]
    left = len(headers) - MAX_HEADERS
    return [*found, ("…", f"{left} more headers")] if left > 0 else found


def _part(text: str) -> str:
    return cut_inside(text, MAX_PART_CHARS)


def shown_headers(card: Card) -> list[tuple[str, str]]:
    """Return the headers that tell something about the app, secrets masked."""
    # The reader sees that a page is HTML, and an empty body has no type to tell.
    is_plain_page = card.is_error_page or card.body.kind in ("html", "empty")
    return [
        (name, value)
        for name, value in saved_headers(card)
        if not (is_plain_page and name.lower() == "content-type")
        and name.lower() not in ("vary", "allow" if card.status < 400 else "")
    ]


def render_output(card: Card) -> str:
    """Return what the view printed and logged, without the times in it."""
    text = shown_output(card)
    return "Output:\n" + indent(text, "  ") if text else ""


def shown_output(card: Card) -> str:
    """Return what the view printed and logged, shortened."""
    output = card.output
    if card.error:
        output = without_exception_log(output, card.error)
    return shortened(steady_output(output).strip("\n"), MAX_OUTPUT_LINES)


def shown_body(card: Card, max_lines: int) -> str:
    """Return the body, shortened; of a redirect and of an error page nothing."""
    if card.is_error_page or 300 <= card.status < 400:
        return ""
    return shortened(card.body.readable, max_lines)


def render_traceback(card: Card) -> str:
    """Return the user's own frames and the error."""
    calls = [
        [f"  {one.steady_place}, in {one.function}"]
        + ([f"    {_part(one.code)}"] if one.code else [])
        for one in card.frames
    ]
    if (left := len(calls) - MAX_CALLS) > 1:  # what calls itself a thousand times
        calls[MAX_CALLS // 2 : -MAX_CALLS // 2] = [[f"  … {left} more calls"]]
    error = [_part(line) for line in steady_text(card.error).split("\n")]
    if (left := len(error) - MAX_ERROR_LINES) > 1:
        error[MAX_ERROR_LINES:] = [f"… {left} more lines"]
    return "\n".join(["Traceback:", *chain(*calls), *error])
