"""A card as HTML for where no kernel runs: GitHub, nbconvert, untrusted notebooks.

Plain elements only, since those places strip styles, classes and scripts, and all that
came from the app is escaped. The same in each run of the same app.
"""

from __future__ import annotations

from markupsafe import Markup

from ..bodies.body import shortened
from ..bodies.masking import visible_text
from .model import Card
from .text import (
    render_traceback,
    saved_headers,
    shown_body,
    shown_output,
    steady_hops,
    steady_note,
)

MAX_BODY_LINES = 60


def render_html(card: Card) -> str:
    """Return the HTML of a card."""
    parts = [_status_line(card)]
    if card.note:
        parts.append(Markup("<p><em>{}</em></p>").format(steady_note(card)))
    if card.error:
        parts.append(_pre(render_traceback(card)))
    if body := shown_body(card, MAX_BODY_LINES):
        parts.append(_pre(body))
    if output := shown_output(card):
        parts.append(_details("Output", _pre(output), is_open=True))
    parts.append(_details("Headers", _table(saved_headers(card))))
    sent = card.request.readable
    if sent:
        parts.append(_details("Request body", _pre(shortened(sent, MAX_BODY_LINES))))
    return visible_text(Markup("<div>{}</div>").format(Markup("\n").join(parts)))


def _status_line(card: Card) -> Markup:
    lines = [
        Markup("<code>{} {}</code> → <strong>{} {}</strong>").format(
            hop.method, hop.url, hop.status, hop.reason
        )
        for hop in steady_hops(card)
    ]
    return Markup("<p>{}</p>").format(Markup("<br>").join(lines))


def _pre(text: str) -> Markup:
    return Markup("<pre><code>{}</code></pre>").format(text)


def _details(title: str, content: Markup, *, is_open: bool = False) -> Markup:
    opening = Markup("<details open>") if is_open else Markup("<details>")
    return opening + Markup("<summary>{}</summary>{}</details>").format(title, content)


def _table(headers: list[tuple[str, str]]) -> Markup:
    rows = [
        Markup("<tr><td>{}</td><td>{}</td></tr>").format(name, value)
        for name, value in headers
    ]
    return Markup("<table>{}</table>").format(Markup("").join(rows))
