"""`%export`: the live notebook as a standalone file."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics

from werkbook import serving
from werkbook.cells.asked import asked_by
from werkbook.export import Cell
from werkbook.export.delivering import Delivery, RuleMap, Wish, deliver

from ..notebook.apps import named_apps, which_app
from ..notebook.askers import asker_of
from ..notebook.document import document_of
from ..notebook.live_cells import cells_of
from ..transport.recorded_answers import with_answers
from ..transport.sessions import ORIGIN, InProcessAdapter, session_for
from .arguments import MagicParser, line_magic, magics_class
from .errors import shown_briefly

USAGE = (
    "[PATH] [--target werkbook|flask] [--app NAME] [--upto N] [--project DIR] "
    "[--tests] [--no-check] [--env NAME]... [--timeout SECONDS] [--force]"
)
PARSER = MagicParser("%export", USAGE)
PARSER.add_argument("path", nargs="?", type=Path)
PARSER.add_argument("--target", choices=["werkbook", "flask"])
PARSER.add_argument("--app")
PARSER.add_argument("--upto", type=int)
PARSER.add_argument("--project", type=Path)
PARSER.add_argument("--tests", action="store_true")
PARSER.add_argument("--no-check", action="store_true")
PARSER.add_argument("--env", action="append", default=[])
PARSER.add_argument("--timeout", type=float, default=60.0)
PARSER.add_argument("--force", action="store_true")


@magics_class
class ExportMagics(Magics):
    """`%export`."""

    shell: InteractiveShell  # IPython sets it when the magics are registered

    @line_magic("export")
    def export(self, line: str) -> None:
        """Write this notebook's app as a file that runs anywhere, and prove it.

        `%export [PATH] [--target werkbook|flask] [--app NAME] [--upto N]
        [--project DIR] [--tests] [--no-check] [--env NAME]... [--force]`

        The file is the app after Restart and Run All. It is started in a clean
        process, and the requests that cells made are asked again.
        """
        given = PARSER.parse_line(line)
        wish = Wish(
            notebook=notebook_of(self.shell),
            output=given.path,
            target=given.target,
            app=given.app,
            upto=given.upto,
            project=given.project,
            tests=given.tests,
            is_checked=not given.no_check,
            env=tuple(given.env),
            timeout_s=given.timeout,
            force=given.force,
        )
        with shown_briefly():
            print(run(self.shell, wish).text)


def export(path: str | Path | None = None, **options: Any) -> Delivery:
    """Export the running notebook's app, as `%export` does.

    Args:
        path: The file to write; app.py beside the notebook when None.
        options: Those of `werkbook.export.delivering.Wish`.

    Raises:
        RuntimeError: No notebook runs here.
        NoAppError: The notebook makes no app.
    """
    shell = get_ipython()
    if shell is None:
        raise RuntimeError("export() needs a running notebook; see `werkbook export`.")
    wish = Wish(notebook_of(shell), Path(path) if path is not None else None)
    return run(shell, replace(wish, **options))


def run(shell: InteractiveShell, wish: Wish) -> Delivery:
    """Export what the shell's cells say.

    Raises:
        NoAppError: They make no app.
        ExportExistsError: A file that Werkbook did not write is in the way.
    """
    cells = cells_to_export(shell)
    app = _live_app(shell, wish.app)
    known = cells_of(shell)
    since_s = known.last_edit_s if known is not None else 0.0
    exchanges = [
        (exchange, asker_of(shell, exchange)) for exchange in exchanges_of(shell, app)
    ]
    asked = with_answers(asked_by(cells), exchanges, since_s)
    is_whole = wish.upto is None and getattr(app, "url_map", None) is not None
    rules = url_map_of(app) if is_whole else None
    if sys.platform == "emscripten":
        wish = replace(wish, is_checked=False)  # JupyterLite can start no process
    if wish.output is None and wish.project is None:
        wish = replace(wish, output=Path("app.py"))
    return deliver(cells, wish, requests=asked, rules=rules)


def cells_to_export(shell: InteractiveShell) -> list[Cell]:
    """The notebook's code cells as last run, in document order where it is known."""
    cells = cells_of(shell)
    if cells is None:
        raise UsageError("%export needs the extension: %load_ext werkbook")
    known = document_of(cells)
    sources = {cell.source.strip() for cell in known}
    earlier = [
        Cell(f"before-{number}", source)
        for number, source in _before_loading(shell, sources)
    ]
    # Counts change with every run, and the report is saved: cells go by position.
    return earlier + [Cell(cell.id, cell.source) for cell in known]


def _before_loading(
    shell: InteractiveShell, sources: set[str]
) -> Iterable[tuple[int, str]]:
    """Cells that ran before the extension was loaded; no event told of them."""
    cells = cells_of(shell)
    known = [] if cells is None else list(cells.known.values())
    counts = [one.cell.execution_count for one in known]
    history = shell.history_manager
    raw = history.input_hist_raw if history is not None else []
    for number, source in enumerate(raw[: min(counts, default=len(raw))]):
        if source.strip() and source.strip() not in sources:
            yield number, source


def notebook_of(shell: InteractiveShell) -> Path:
    """The notebook's path; a made-up one in the working folder when none is known."""
    cells = cells_of(shell)
    path = cells.notebook.path if cells is not None else None
    return path if path is not None else Path.cwd() / "notebook.ipynb"


def _live_app(shell: InteractiveShell, name: str | None) -> Any:
    try:
        return which_app(shell, name)
    except UsageError:
        return None


def url_map_of(app: Any) -> RuleMap:
    """The rules of a live app: pattern, methods, endpoint."""
    return [
        (rule.rule, tuple(sorted(rule.methods or ())), rule.endpoint)
        for rule in app.url_map.iter_rules()
    ]


def exchanges_of(shell: InteractiveShell, app: Any) -> list[serving.Exchange]:
    """The exchanges of an app that are remembered, oldest first."""
    if app is None or not any(value is app for _, value in named_apps(shell)):
        return []
    server = serving.server_of(app)
    if server is not None:
        return list(server.exchanges)
    # Where there is no socket the app is called in process; nothing is started here.
    adapter = session_for(shell, app).get_adapter(f"{ORIGIN}/")
    return list(adapter.ring) if isinstance(adapter, InProcessAdapter) else []


MAGICS: list[type[Magics]] = [ExportMagics]
