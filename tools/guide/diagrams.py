"""Draws the diagrams of the guide: `python -m tools.guide.diagrams` writes docs/img.

Each is plain SVG with a white ground, so that it reads in dark pages and in print, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parents[2] / "docs/img"
INK, GREY, LINE = "#1f2933", "#52606d", "#9aa5b1"
FILLS = {
    "cell": ("#f1f5f9", "#64748b"),
    "run": ("#e0ecff", "#2563a8"),
    "failed": ("#fde8e8", "#b42318"),
    "gone": ("#ffffff", "#9aa5b1"),
    "app": ("#e6f6ec", "#1b7f44"),
    "new": ("#fff4d6", "#92600a"),
    "plain": ("#ffffff", "#64748b"),
}
"""Fill and stroke of each kind of box."""

FONT = "font-family='system-ui, sans-serif'"
MONO = "font-family='ui-monospace, monospace'"


@dataclass(frozen=True)
class Box:
    """A box with lines of text.

    Attributes:
        text: Its lines; code where the kind is a cell's or a registration's.
        kind: A key of `FILLS`.
        label: What stands before it, such as `[3]`.
    """

    text: str
    kind: str = "cell"
    label: str = ""


@dataclass(frozen=True)
class Column:
    """One moment: what the cells are, and what the app then has."""

    title: str
    cells: tuple[Box, ...]
    app: tuple[Box, ...]
    words: str = ""


def draw_moments(title: str, columns: tuple[Column, ...]) -> str:
    """Draw moments beside each other, with arrows between."""
    width, gap, x = 236, 26, 12
    tall = max(_height(c.cells) for c in columns)
    low = max(_height(c.app) for c in columns)
    top, bottom = 52, 52 + tall + 40
    parts = []
    for number, column in enumerate(columns):
        parts.append(_text(x + width / 2, 26, column.title, bold=True))
        parts += _boxes(x, top, width, column.cells)
        parts.append(_text(x + width / 2, bottom - 12, "the app has", size=12))
        parts += _boxes(x, bottom, width, column.app)
        parts.append(_text(x + width / 2, bottom + low + 18, column.words, size=12))
        if number + 1 < len(columns):
            parts.append(_arrow(x + width + 4, top + 20, x + width + gap - 4, top + 20))
        x += width + gap
    return _svg(title, x - gap + 12, bottom + low + 32, parts)


def draw_chain(title: str, rows: tuple[tuple[Box, ...], ...], width: int = 168) -> str:
    """Draw boxes in rows, each leading to the next, the rows one below the other."""
    parts, y = [], 14.0
    widest = max(len(row) for row in rows)
    for number, row in enumerate(rows):
        height = max(_box_height(box) for box in row)
        x = 12.0
        for place, box in enumerate(row):
            parts += _box(x, y, width, height, box)
            if place + 1 < len(row):
                middle = y + height / 2
                parts.append(_arrow(x + width + 3, middle, x + width + 25, middle))
            x += width + 28
        if number + 1 < len(rows):
            parts.append(
                _arrow(12 + width / 2, y + height + 3, 12 + width / 2, y + height + 25)
            )
        y += height + 28
    return _svg(title, 12 + widest * (width + 28) - 16, y - 14, parts)


def _height(boxes: tuple[Box, ...]) -> float:
    return sum(_box_height(box) + 8 for box in boxes)


def _box_height(box: Box) -> float:
    return 16 + 17 * len(box.text.split("\n"))


def _boxes(x: float, y: float, width: float, boxes: tuple[Box, ...]) -> list[str]:
    parts: list[str] = []
    for box in boxes:
        height = _box_height(box)
        parts += _box(x, y, width, height, box)
        y += height + 8
    return parts


def _box(x: float, y: float, width: float, height: float, box: Box) -> list[str]:
    fill, stroke = FILLS[box.kind]
    dashes = " stroke-dasharray='5 4'" if box.kind == "gone" else ""
    parts = [
        f"<rect x='{x:g}' y='{y:g}' width='{width:g}' height='{height:g}' rx='6'"
        f" fill='{fill}' stroke='{stroke}' stroke-width='1.3'{dashes}/>"
    ]
    is_code = box.kind in ("cell", "run", "failed", "gone", "app", "new")
    for number, line in enumerate(box.text.split("\n")):
        at = y + 21 + 17 * number
        label = box.label if number == 0 else ""
        start = x + 10
        if label:
            parts.append(_text(start, at, label, size=12, anchor="start", fill=GREY))
        start += 32 if box.label else 0
        parts.append(
            _text(
                start,
                at,
                line,
                size=12,
                anchor="start",
                is_code=is_code,
                is_struck=box.kind == "gone",
            )
        )
    return parts


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int = 14,
    anchor: str = "middle",
    bold: bool = False,
    is_code: bool = False,
    is_struck: bool = False,
    fill: str = INK,
) -> str:
    if not text:
        return ""
    weight = " font-weight='600'" if bold else ""
    struck = " text-decoration='line-through'" if is_struck else ""
    return (
        f"<text x='{x:g}' y='{y:g}' font-size='{size}' text-anchor='{anchor}'"
        f" fill='{GREY if is_struck else fill}' {MONO if is_code else FONT}"
        f"{weight}{struck} xml:space='preserve'>{escape(text)}</text>"
    )


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f"<line x1='{x1:g}' y1='{y1:g}' x2='{x2:g}' y2='{y2:g}' stroke='{INK}'"
        " stroke-width='1.6' marker-end='url(#tip)'/>"
    )


def _svg(title: str, width: float, height: float, parts: list[str]) -> str:
    tip = (
        "<defs><marker id='tip' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='7'"
        f" markerHeight='7' orient='auto'><path d='M0 0L8 4L0 8z' fill='{INK}'/>"
        "</marker></defs>"
    )
    body = "\n".join(part for part in parts if part)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:g} {height:g}'"
        f" width='{width:g}' height='{height:g}' role='img'>\n"
        f"<title>{escape(title)}</title>\n{tip}\n"
        f"<rect width='100%' height='100%' rx='8' fill='#ffffff'/>\n{body}\n</svg>\n"
    )


GET = '@app.get("{}")'
DIAGRAMS = {
    "law1": draw_moments(
        "L1: a run replaces what the cell registered before",
        (
            Column(
                "The cell ran",
                (Box(GET.format("/old") + "\ndef page(): ...", "cell", "[3]"),),
                (Box("/old", "app", "[3]"),),
            ),
            Column(
                "It is edited, and runs",
                (Box(GET.format("/new") + "\ndef page(): ...", "run", "[3]"),),
                (Box("/old", "app", "[3]"), Box("/new", "new", "[3]")),
                "requests see both for a moment",
            ),
            Column(
                "It has run",
                (Box(GET.format("/new") + "\ndef page(): ...", "cell", "[4]"),),
                (Box("/new", "app", "[4]"), Box("/old", "gone")),
                "no ghost of the old rule",
            ),
        ),
    ),
    "law2": draw_moments(
        "L2: a cell that fails changes nothing",
        (
            Column(
                "The cell ran",
                (Box(GET.format("/tea") + "\n@app.before_request", "cell", "[3]"),),
                (Box("/tea", "app", "[3]"), Box("before_request", "app", "[3]")),
            ),
            Column(
                "It runs again, and fails",
                (Box(GET.format("/cake") + "\n1 / 0", "failed", "[4]"),),
                (Box("/tea", "app", "[3]"), Box("before_request", "app", "[3]")),
                "/cake was there while it ran",
            ),
            Column(
                "After that",
                (Box(GET.format("/cake") + "\n1 / 0", "failed", "[4]"),),
                (Box("/tea", "app", "[3]"), Box("before_request", "app", "[3]")),
                "a line says what was not registered",
            ),
        ),
    ),
    "law3": draw_moments(
        "L3: what the notebook no longer holds goes, and comes back with its cell",
        (
            Column(
                "Two cells",
                (
                    Box(GET.format("/"), "cell", "[2]"),
                    Box(GET.format("/tea"), "cell", "[3]"),
                ),
                (Box("/", "app", "[2]"), Box("/tea", "app", "[3]")),
            ),
            Column(
                "One is deleted",
                (
                    Box(GET.format("/"), "cell", "[2]"),
                    Box(GET.format("/tea"), "gone", "[3]"),
                ),
                (Box("/", "app", "[2]"), Box("/tea", "gone")),
            ),
            Column(
                "The deletion is undone",
                (
                    Box(GET.format("/"), "cell", "[2]"),
                    Box(GET.format("/tea"), "cell", "[3]"),
                ),
                (Box("/", "app", "[2]"), Box("/tea", "app", "[3]")),
                "without running anything",
            ),
        ),
    ),
    "law4": draw_moments(
        "L4: the app's own cell runs again and the app stays the same object",
        (
            Column(
                "The cells ran",
                (
                    Box("app = App()\napp.debug = True", "cell", "[1]"),
                    Box(GET.format("/"), "cell", "[2]"),
                ),
                (Box("debug: True", "app", "[1]"), Box("/", "app", "[2]")),
            ),
            Column(
                "[1] is edited, and runs",
                (Box("app = App()", "run", "[1]"), Box(GET.format("/"), "cell", "[2]")),
                (Box("debug: False", "new", "[1]"), Box("/", "app", "[2]")),
                "its own settings are made anew",
            ),
            Column(
                "The same object",
                (
                    Box("app = App()", "cell", "[3]"),
                    Box(GET.format("/"), "cell", "[2]"),
                ),
                (Box("debug: False", "app", "[3]"), Box("/", "app", "[2]")),
                "server, closures, rules of others stay",
            ),
        ),
    ),
    "law5": draw_chain(
        "L5: a request uses one snapshot to its last byte",
        (
            (
                Box("request A begins", "plain"),
                Box("snapshot 1\n/ , page.html", "app"),
                Box("A renders page.html\nof snapshot 1", "plain"),
                Box("A ends as it began", "plain"),
            ),
            (
                Box("meanwhile a cell runs:\n%%template page.html", "run"),
                Box("snapshot 2\n/ , page.html new", "new"),
                Box("request B begins", "plain"),
                Box("B gets the new page", "plain"),
            ),
        ),
        width=176,
    ),
    "law6": draw_moments(
        "L6: of two cells that claim one rule the one run last has it",
        (
            Column(
                "[2] ran",
                (Box(GET.format("/") + "\ndef index(): 1", "cell", "[2]"),),
                (Box("/  (1)", "app", "[2]"),),
            ),
            Column(
                "[3] claims it, too",
                (
                    Box(GET.format("/") + "\ndef index(): 1", "cell", "[2]"),
                    Box(GET.format("/") + "\ndef home(): 2", "run", "[3]"),
                ),
                (Box("/  (2)", "new", "[3]"), Box("/  (1)", "gone")),
                "its output says so in one line",
            ),
            Column(
                "[3] goes",
                (
                    Box(GET.format("/") + "\ndef index(): 1", "cell", "[2]"),
                    Box(GET.format("/") + "\ndef home(): 2", "gone", "[3]"),
                ),
                (Box("/  (1)", "app", "[2]"),),
                "the other's claim returns",
            ),
        ),
    ),
    "law7": draw_chain(
        "L7: the export is the app",
        (
            (
                Box("the notebook's cells", "cell"),
                Box("Restart and Run All", "plain"),
                Box("the live app", "app"),
                Box("GET /  200\nPOST /notes  302", "plain"),
            ),
            (
                Box("%export app.py", "run"),
                Box("python app.py", "plain"),
                Box("the exported app", "app"),
                Box("GET /  200\nPOST /notes  302", "plain"),
            ),
        ),
    ),
    "request": draw_chain(
        "How a request runs, from the socket to the card",
        (
            (
                Box("the server's gate:\nHost, token, limits", "plain"),
                Box("one snapshot of the\nregistrations is taken", "new"),
                Box("the matcher finds the\nrule and its variables", "plain"),
                Box("before_request hooks", "app"),
            ),
            (
                Box("the view function,\ntyped or plain", "app"),
                Box("templates of the\nsame snapshot", "app"),
                Box("error handlers,\nwhere it raised", "app"),
                Box("after_request hooks,\nsession's cookie", "app"),
            ),
            (
                Box("the response is sent,\npiece by piece", "plain"),
                Box("teardown hooks", "app"),
                Box("the exchange is kept:\noutput, error, time", "plain"),
                Box("the card, the log,\n%routes", "plain"),
            ),
        ),
        width=178,
    ),
    "export": draw_chain(
        "How the export finds what the app needs",
        (
            (
                Box("cells as text", "cell"),
                Box("parsed: Python, magics,\ntemplates, static files", "plain"),
                Box("the app is chosen:\nthe one that is served", "plain"),
                Box("what registers on it\nis needed", "app"),
            ),
            (
                Box("what needed code reads\nis needed", "app"),
                Box("and what changes that,\nin the cells' order", "app"),
                Box("what can't be shown to\nbe unneeded stays", "new"),
                Box("the rest stays behind:\nplots, pip, requests", "gone"),
            ),
            (
                Box("magics become\ndecorators", "plain"),
                Box("imports first, then your\ncode in your order", "plain"),
                Box("templates and static\nfiles are embedded", "plain"),
                Box("app.py, and the proof", "app"),
            ),
        ),
        width=186,
    ),
    "proof": draw_chain(
        "How the proof proves",
        (
            (
                Box("the notebook, all cells,\nin a clean process", "cell"),
                Box("what the cells ask\nis written down", "plain"),
                Box("requests are added for\nrules nobody asked", "plain"),
                Box("its answers", "app"),
            ),
            (
                Box("app.py, in a clean\nprocess, twice", "run"),
                Box("the same requests,\nin the same order", "plain"),
                Box("what the two processes\ndiffer in varies by nature", "plain"),
                Box("its answers", "app"),
            ),
            (
                Box("compared: status, type,\nbody, Location, cookies", "plain"),
                Box("Proved / Not proved /\nStarts, nothing compared", "new"),
                Box("two workers, and a\nrestart in the middle", "plain"),
                Box("what lives in one\nprocess is named", "new"),
            ),
        ),
        width=198,
    ),
    "security": draw_chain(
        "What stands between a page and the rest",
        (
            (
                Box("Jupyter's page:\ncookies, files, kernels", "plain"),
                Box("Werkbook's frame:\nits policy opens nothing", "new"),
                Box("the page's frame:\nsandboxed, no origin", "new"),
                Box("a page of your app", "failed"),
            ),
            (
                Box("other programs and\nsites: requests", "plain"),
                Box("127.0.0.1 alone;\nforeign Host: 421", "new"),
                Box("other users: a token;\nlimits of time and size", "new"),
                Box("your app's code,\nwhich runs as you", "failed"),
            ),
        ),
        width=190,
    ),
}


def main() -> None:
    """Write all diagrams."""
    for name, text in DIAGRAMS.items():
        (FOLDER / f"{name}.svg").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
