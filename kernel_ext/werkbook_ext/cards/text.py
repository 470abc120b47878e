"""A card as plain text: short, and the same in each run of the same app."""

from __future__ import annotations

from textwrap import indent

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
    lines += [steady_text(card.note)] if card.note else []
    return "\n".join(
        lines + [f"{name}: {value}" for name, value in shown_headers(card)]
    )


def steady_hops(card: Card) -> list[StatusLine]:
    """Return the request lines without what is secret in their URLs."""
    return [
        StatusLine(h.method, steady_text(h.url), h.status, h.reason) for h in card.hops
    ]


def shown_headers(card: Card) -> list[tuple[str, str]]:
    """Return the headers that tell something about the app, secrets masked."""
    headers = steady_headers(card.headers)
    # The reader sees that a page is HTML, and an empty body has no type to tell.
    is_plain_page = card.is_error_page or card.body.kind in ("html", "empty")
    return [
        (name, value)
        for name, value in headers
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
    lines = ["Traceback:"]
    for frame in card.frames:
        lines.append(f"  {frame.steady_place}, in {frame.function}")
        lines += [f"    {frame.code}"] if frame.code else []
    return "\n".join([*lines, steady_text(card.error)])
