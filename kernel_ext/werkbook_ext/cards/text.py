"""A card as plain text: short, and the same in each run of the same app."""

from __future__ import annotations

from textwrap import indent

from .bodies import readable, shortened
from .masking import steady_headers, steady_output, steady_text
from .model import Card, Hop

MAX_BODY_LINES = 24
MAX_OUTPUT_LINES = 12


def text_of(card: Card) -> str:
    """Return the text of a card."""
    blocks = [
        head_of(card),
        output_of(card),
        traceback_of(card) if card.error else "",
        "" if card.is_error_page else shortened(readable(card.body), MAX_BODY_LINES),
    ]
    return "\n\n".join(block for block in blocks if block)


def head_of(card: Card) -> str:
    """Return the request lines, the note and the headers worth reading."""
    lines = [str(hop) for hop in steady_hops(card)]
    lines += [card.note] if card.note else []
    return "\n".join(
        lines + [f"{name}: {value}" for name, value in shown_headers(card)]
    )


def steady_hops(card: Card) -> list[Hop]:
    """Return the request lines without what is secret in their URLs."""
    return [Hop(h.method, steady_text(h.url), h.status, h.reason) for h in card.hops]


def shown_headers(card: Card) -> list[tuple[str, str]]:
    """Return the headers that tell something about the app, secrets masked."""
    headers = steady_headers(card.headers)
    is_plain_page = card.is_error_page or card.body.kind == "html"
    return [
        (name, value)
        for name, value in headers
        if not (is_plain_page and name.lower() == "content-type")
        and name.lower() not in ("vary", "allow" if card.status < 400 else "")
    ]


def output_of(card: Card) -> str:
    """Return what the view printed and logged, without the times in it."""
    text = steady_output(card.output).strip("\n")
    if not text:
        return ""
    return "Output:\n" + indent(shortened(text, MAX_OUTPUT_LINES), "  ")


def traceback_of(card: Card) -> str:
    """Return the user's own frames and the error."""
    lines = ["Traceback:"]
    for frame in card.frames:
        lines.append(f"  {frame.steady_place}, in {frame.function}")
        lines += [f"    {frame.code}"] if frame.code else []
    return "\n".join([*lines, steady_text(card.error)])
