"""`%routes`: the URL map, who registered what, and what was asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from wsgiref.types import WSGIApplication

from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics
from markupsafe import escape

from werkbook.app import App

from ..notebook import LiveCells, find_live_cells
from ..notebook.apps import app_here, list_rules, name_app, which_app
from ..notebook.cells import first_line
from ..notebook.flask_itself import is_of_flask_itself, quiet_line
from ..output import Varying, html_table, show_note, text_table
from ..transport.sessions import find_ring
from .arguments import MagicParser, get_shell, line_magic, magics_class
from .errors import shown_briefly

PARSER = MagicParser("%routes", "[APP] [--app NAME] [--log]")
PARSER.add_argument("name", nargs="?", metavar="APP", help="The app to list.")
PARSER.add_argument("--app", metavar="NAME", help="The same, by name.")
PARSER.add_argument(
    "--log",
    action="store_true",
    help="The last requests, and what threads printed outside of any.",
)

KEY_HEAD = ("rule", "methods", "endpoint")
SAVED_HEAD = (*KEY_HEAD, "cell")
SHOWN_HEAD = (*SAVED_HEAD, "requests", "last status")
APPROXIMATE = (
    "~ This front end does not name its cells: a cell is known by its source,"
    " so an edited cell counts as another one."
)


@dataclass(frozen=True)
class Route:
    """One row of the URL map.

    Attributes:
        cell: `[7]` for the cell that owns the rule, `~` where that is approximate,
            `*` where the cell was edited since it ran; empty outside cells.
        source: The first line of that cell; empty outside cells.
    """

    rule: str
    methods: str
    endpoint: str
    cell: str
    requests: int
    last_status: int | None
    source: str = ""

    @property
    def saved(self) -> tuple[str, ...]:
        """The columns that are the same in each run."""
        return *self._key, self.source

    @property
    def _key(self) -> tuple[str, ...]:
        return self.rule, self.methods, self.endpoint

    @property
    def shown(self) -> tuple[str, ...]:
        """All columns."""
        status = "" if self.last_status is None else str(self.last_status)
        return (*self._key, self.cell, str(self.requests or ""), status)


@magics_class
class RoutesMagics(Magics):
    """`%routes`."""

    @line_magic("routes")
    def routes(self, line: str) -> None:
        """Show the URL map of an app: rule, methods, endpoint, cell, requests.

        `%routes [APP] [--log]`; `--log` shows the last requests and what threads of
        the app printed outside any request.
        """
        arguments = PARSER.parse_line(line)
        if arguments.name and arguments.app:
            PARSER.error("one app at a time")
        shell = get_shell(self)
        app = which_app(shell, arguments.name or arguments.app)
        with shown_briefly():
            if arguments.log:
                show_log(shell, app)
                return
            show_routes(shell, app)
        if is_of_flask_itself(app):
            show_note([quiet_line(shell, app)], is_quiet=True)


def routes(app: WSGIApplication | None = None) -> list[Route]:
    """Return the URL map of an app, one row a rule, as `%routes` shows it.

    Args:
        app: A Werkbook app; None for the notebook's.
    """
    shell = get_ipython()
    if app is None:
        app = app_here(shell)
    cells = find_live_cells(shell) if shell is not None else None
    counts = _counts(app)
    return [
        Route(
            rule=info.rule,
            methods=", ".join(info.told_methods),
            endpoint=str(info.endpoint),
            cell=_cell_text(info, cells),
            requests=requests,
            last_status=status,
            source=_cell_line(info, cells),
        )
        for info in list_rules(app)
        for requests, status in [counts.get(info.rule, (0, None))]
    ]


def show_routes(shell: InteractiveShell, app: WSGIApplication) -> None:
    """Display the URL map; what varies stands in the widget."""
    rows = routes(app)
    if not rows:
        text = f"{name_app(shell, app)} has no rules"
        if not isinstance(app, App):
            text += " that Werkbook knows of"
        Varying(text, text, text).show(shell)
        return
    saved = [row.saved for row in rows]
    shown = [row.shown for row in rows]
    note = APPROXIMATE if any("~" in row.cell for row in rows) else ""
    Varying(
        saved=text_table(SAVED_HEAD, saved),
        shown=f"{text_table(SHOWN_HEAD, shown)}\n{note}".rstrip(),
        html=html_table(SHOWN_HEAD, shown) + (f"<p>{note}</p>" if note else ""),
        saved_html=html_table(SAVED_HEAD, saved),
        is_complete=True,
    ).show(shell)


def show_log(shell: InteractiveShell, app: WSGIApplication) -> None:
    """Display the last exchanges and what was printed outside of them."""
    ring = find_ring(app)
    exchanges = list(ring or ())
    rows = [
        (
            str(exchange.number),
            exchange.method,
            exchange.url,
            str(exchange.status),
            f"{exchange.duration_s * 1000:.0f} ms",
        )
        for exchange in exchanges
    ]
    head = ("no.", "method", "URL", "status", "time")
    saved = f"The log of {name_app(shell, app)} is shown while its kernel runs."
    output = str(ring.log) if ring is not None else ""
    Varying(
        saved=saved,
        shown=f"{text_table(head, rows)}\n{output}".rstrip(),
        html=html_table(head, rows) + _preformatted(output),
    ).show(shell)


def _preformatted(text: str) -> str:
    return f"<pre>{escape(text)}</pre>" if text else ""


def _counts(app: WSGIApplication) -> Mapping[Any, tuple[int, int | None]]:
    ring = find_ring(app)
    return ring.counts(app) if ring is not None else {}


def _cell_line(info: Any, cells: LiveCells | None) -> str:
    known = cells.known.get(info.owner.id) if cells and info.owner else None
    return first_line(known.cell.source) if known is not None else ""


def _cell_text(info: Any, cells: LiveCells | None) -> str:
    owner = info.owner
    if owner is None:
        return ""
    number = owner.label.removeprefix("In")
    is_edited = cells is not None and cells.was_edited(owner.id)
    return f"{'~' if owner.is_approximate else ''}{number}{'*' if is_edited else ''}"


MAGICS: list[type[Magics]] = [RoutesMagics]
