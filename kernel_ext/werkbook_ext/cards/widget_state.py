"""What the widget of a card is told: the card as JSON, and bytes beside it."""

from __future__ import annotations

from typing import Any

from ..bodies.body import Body
from ..widgets.sendable import sendable
from .model import Card

HEAD_BYTES = 64 * 1024
MAX_IMAGE_BYTES = 8_000_000
MAX_OUTPUT_CHARS = 100_000


def make_state(
    card: Card, *, base_url: str = "", can_send: bool = True, can_forget: bool = False
) -> dict[str, Any]:
    """Return the state of a card's widget.

    Args:
        card: The card.
        base_url: Where the app can be reached from this machine, for `curl`.
        can_send: Whether the request can be sent again.
        can_forget: Whether the visitor can be made a new one.
    """
    state: dict[str, Any] = sendable(
        {
            "hops": [
                {
                    "method": h.method,
                    "url": h.url,
                    "status": h.status,
                    "reason": h.reason,
                    "headers": list(h.headers),
                    "set_cookies": list(h.set_cookies),
                    "endpoint": h.endpoint,
                    "rule": h.rule,
                }
                for h in card.hops
            ],
            "request": {
                **_body_state(card.request),
                "headers": list(card.request_headers),
            },
            "response": {**_body_state(card.body), "headers": list(card.headers)},
            "sent": _sent(card.request),
            "duration_ms": round(card.duration_s * 1000, 1),
            "output": card.output[:MAX_OUTPUT_CHARS],
            "error": card.error,
            "frames": [
                {
                    "place": frame.place,
                    "function": frame.function,
                    "source": list(frame.source),
                    "first_line": frame.first_line,
                    "line": frame.line,
                }
                for frame in card.frames
            ],
            "cookies": [
                {"name": c.name, "value": c.value, "path": c.path, "more": c.attributes}
                for c in card.cookies
            ],
            "session": card.session,
            "note": card.note,
            "endpoint": card.endpoint,
            "rule": card.rule,
            "base_url": base_url,
            "can_send": can_send,
            "can_forget": can_forget,
        }
    )
    return state


def _body_state(body: Body) -> dict[str, Any]:
    return {
        "kind": body.kind,
        "mimetype": body.mimetype,
        "charset": body.charset,
        "size_bytes": len(body.content) if body.size_bytes is None else body.size_bytes,
    }


def _sent(body: Body) -> str:
    """Return the request's body as text to edit; empty for bytes."""
    if body.kind in ("empty", "image", "binary") or len(body.content) > HEAD_BYTES:
        return ""
    return body.text


def body_head(body: Body) -> bytes:
    """Return the part of a body that travels with the card; images are whole."""
    is_image = body.kind == "image" and len(body.content) <= MAX_IMAGE_BYTES
    return body.content if is_image else body.content[:HEAD_BYTES]
