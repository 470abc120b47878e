"""What a saved notebook shows of the answers that its cells got."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from werkbook.cells.asked import Asked
from werkbook.cells.cell import Cell
from werkbook.cells.source import magics
from werkbook.cells.source.trees import chain
from werkbook.syntax_trees import parse_python, undisturbed

_HOP = re.compile(r"(?P<method>[A-Z]+) (?P<url>\S+) -> (?P<status>\d{3})\b")
_HEADER = re.compile(r"Content-Type: (?P<kind>[^;\n]+)")
_NOT_THE_BODY = ("Output:\n", "Traceback:\n")
_CUT = "… "
"""What a card says where it shows less than there is."""
_TEXTS = ("text", "data", "get_data")
_JSON = ("json", "get_json")


@dataclass(frozen=True)
class _Shown:
    """An answer as a card shows it."""

    method: str
    url: str
    status: int
    kind: str | None
    body: bytes | None


def with_saved_answers(asked: Iterable[Asked], cells: Sequence[Cell]) -> list[Asked]:
    """Add to requests what the saved outputs of their cells show of the answers.

    A card of `%http` or `--try` counts, and the value of a cell that ends with what an
    answer holds: `client.get("/").text`. Of a long body a card shows a part, which is
    compared with nothing.
    """
    by_id = {cell.id: cell for cell in cells}
    cards = {key: list(_cards(cell)) for key, cell in by_id.items()}
    found = []
    for one in asked:
        card = _take(cards.get(one.cell_id, []), one)
        if card is not None:
            one = replace(
                one, status=card.status, content_type=card.kind, response=card.body
            )
        found.append(one)
    return _with_values(found, by_id)


def _take(cards: list[_Shown], one: Asked) -> _Shown | None:
    """Take the first card of a request; those before it are of no request here."""
    for number, card in enumerate(cards):
        if (card.method, card.url) == (one.method, one.url):
            del cards[: number + 1]
            return card
    return None


def _cards(cell: Cell) -> Iterator[_Shown]:
    for text in cell.shown:
        head, *blocks = text.split("\n\n")
        hops = [match for line in head.split("\n") if (match := _HOP.match(line))]
        if hops and head.startswith(hops[0][0]):
            kind = _HEADER.search(head)
            status = int(hops[-1]["status"])
            is_plain = len(hops) == 1 and not any(
                block.startswith(_NOT_THE_BODY) for block in blocks
            )
            body = "\n\n".join(blocks)
            is_whole = is_plain and bool(body) and _CUT not in body
            yield _Shown(
                hops[0]["method"],
                hops[0]["url"],
                status,
                kind["kind"].strip() if kind else None,
                body.encode() if is_whole and status < 400 else None,
            )


def _with_values(asked: list[Asked], cells: dict[str, Cell]) -> list[Asked]:
    """Add what cells end with: `client.get("/").status_code`."""
    last = {one.cell_id: number for number, one in enumerate(asked)}
    found = list(asked)
    for cell_id, number in last.items():
        cell = cells.get(cell_id)
        name = _asked_of_answer(cell.source) if cell is not None else ""
        if cell is None or not name or not cell.shown or found[number].status:
            continue
        found[number] = _with_value(found[number], name, cell.shown[-1])
    return found


def _asked_of_answer(source: str) -> str:
    """What the last expression of a cell takes of an answer: `text`, `json`..."""
    try:
        body = parse_python(magics.transform(source).source).body
    except (SyntaxError, ValueError, RecursionError):
        return ""
    node = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    if isinstance(node, ast.Call):
        node = node.func
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Call):
        return ""
    _, attributes = chain(node.value.func)
    return node.attr if attributes else ""


def _with_value(one: Asked, name: str, text: str) -> Asked:
    try:
        value = undisturbed(ast.literal_eval, text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return one
    if name == "status_code" and isinstance(value, int):
        return replace(one, status=value)
    if name in _TEXTS and isinstance(value, str | bytes):
        return replace(
            one, response=value.encode() if isinstance(value, str) else value
        )
    if name in _JSON:
        body = json.dumps(value).encode()
        return replace(one, content_type="application/json", response=body)
    return one
