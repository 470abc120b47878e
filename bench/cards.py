"""What a card costs its cell beyond the request, for large bodies.

    python bench/cards.py [--rounds 5]

For each kind of body, in milliseconds: the request alone, and what the card adds: its
text and HTML, which are saved, and the state of its widget. Medians; the aim is under
500 ms for 5 MB of JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

from werkbook import App, Response
from werkbook.cells.requests import OutgoingRequest
from werkbook_ext.cards.card_widget import CardWidget
from werkbook_ext.cards.model import make_card
from werkbook_ext.cards.view import CardView
from werkbook_ext.transport.sending import send_request

AIM_MS = 500
MEGABYTE = 1_000_000


def list_bodies() -> dict[str, str]:
    """Return JSON texts of the forms that apps send."""
    rows = [
        {"id": number, "name": f"user {number}", "token": "abc", "score": number / 7}
        for number in range(100_000)
    ]
    records = json.dumps(rows)
    pretty = json.dumps(rows, indent=2)
    return {
        "5 MB of records": _cut(records, "}, ", "}]", 5 * MEGABYTE),
        "5 MB of records, indented": _cut(pretty, "},\n", "}]", 5 * MEGABYTE),
        "5 MB of one text": json.dumps("a" * 5 * MEGABYTE),
        "5 MB of numbers": json.dumps([number / 7 for number in range(250_000)]),
        "0.5 MB of records": _cut(records, "}, ", "}]", MEGABYTE // 2 - 10),
    }


def _cut(text: str, between: str, end: str, size: int) -> str:
    return text[: text.rindex(between, 0, size)] + end


def measure(text: str, rounds: int) -> tuple[float, float]:
    """Return the medians of the request and of its card, in milliseconds."""
    app = App("bench")
    app.add_url_rule("/", "body", lambda: Response(text, mimetype="application/json"))
    request = OutgoingRequest("GET", "/")
    asked, shown = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        answered = send_request(None, app, request)
        asked.append(time.perf_counter() - began)
        shown.append(_timed(lambda: _show(answered.response)))  # noqa: B023  # at once
    return statistics.median(asked) * 1000, statistics.median(shown) * 1000


def _show(response: object) -> None:
    card = make_card(response)  # type: ignore[arg-type]  # requests' own
    widget = CardWidget(card)
    CardView(card, widget)._repr_mimebundle_()
    widget.close()


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    measure("[]", 1)  # the first one imports and compiles
    print(f"{'body':28} {'request':>10} {'card adds':>10}")
    for name, text in list_bodies().items():
        asked_ms, shown_ms = measure(text, rounds)
        verdict = "ok" if shown_ms < AIM_MS else "over the aim"
        print(f"{name:28} {asked_ms:7.0f} ms {shown_ms:7.0f} ms  {verdict}")


if __name__ == "__main__":
    main()
