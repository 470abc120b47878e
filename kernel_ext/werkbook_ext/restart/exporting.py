"""The live notebook handed to the exporter: its cells, its requests, its URL map."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from werkbook.app import App
from werkbook.cells.asked import asked_by
from werkbook.export import Cell
from werkbook.export.delivering import Delivery, RuleMap, Wish, deliver
from werkbook.export.proof.inside.questions.app_rules import list_rules
from werkbook.export.proof.progress import ProofProgress

from ..notebook.apps import which_app
from ..notebook.askers import find_asker
from ..notebook.documents.restart_order import lasting_error, read_document
from ..notebook.live_cells import find_live_cells
from ..transport.remembered import list_exchanges
from .checking import unplaced_lines
from .live_answers import ask_live_app, find_other_requests
from .recorded_answers import with_answers


def export_notebook(
    shell: InteractiveShell,
    wish: Wish,
    progress: ProofProgress,
    describe: Callable[[App], dict[str, Any]] | None = None,
) -> Delivery:
    """Export what the shell's cells say, and tell how the proof goes on.

    Args:
        shell: The shell with the notebook's cells.
        wish: What was asked for.
        progress: Shows what the proof does.
        describe: Gives the OpenAPI document of the live app, for `--docs`.

    Raises:
        NoAppError: They make no app.
        ExportExistsError: A file that Werkbook did not write is in the way.
    """
    cells = cells_to_export(shell)
    app = _live_app(shell, wish.app)
    known = find_live_cells(shell)
    since_s = known.last_edit_s if known is not None else 0.0
    exchanges = [
        (exchange, find_asker(shell, exchange))
        for exchange in list_exchanges(shell, app)
    ]
    asked = with_answers(asked_by(cells), exchanges, since_s)
    is_whole = wish.upto is None and getattr(app, "url_map", None) is not None
    rules = list_url_map(app) if is_whole else None
    wish = replace(wish, check="live")
    if "WERKBOOK_PROOF" in os.environ:  # a proof runs this notebook
        wish = replace(wish, is_checked=False)
    if wish.output is None and wish.project is None:
        wish = replace(wish, output=Path("app.py"))
    return deliver(
        cells,
        wish,
        requests=asked,
        rules=rules,
        ask_live=partial(ask_live_app, app) if app is not None else None,
        why_unsure=find_other_requests(asked, [one for one, _ in exchanges]),
        doubts=unplaced_lines(shell),
        progress=progress,
        describe=partial(describe, app) if describe and isinstance(app, App) else None,
    )


def cells_to_export(shell: InteractiveShell) -> list[Cell]:
    """Return the code cells as last run, in document order where that is known."""
    cells = find_live_cells(shell)
    if cells is None:
        raise UsageError("%export needs the extension: %load_ext werkbook")
    known = read_document(cells)
    sources = {cell.source.strip() for cell in known}
    earlier = [
        Cell(f"before-{number}", source)
        for number, source in _before_loading(shell, sources)
    ]
    # The saved report must not change with each run, so it names cells by position.
    return earlier + [
        Cell(cell.id, cell.source, error=lasting_error(cell)) for cell in known
    ]


def _before_loading(
    shell: InteractiveShell, sources: set[str]
) -> Iterator[tuple[int, str]]:
    """Yield cells that ran before the extension was loaded; no event told of them."""
    cells = find_live_cells(shell)
    known = [] if cells is None else list(cells.known.values())
    counts = [one.cell.execution_count for one in known]
    history = shell.history_manager
    raw = history.input_hist_raw if history is not None else []
    for number, source in enumerate(raw[: min(counts, default=len(raw))]):
        if source.strip() and source.strip() not in sources:
            yield number, source


def notebook_path(shell: InteractiveShell) -> Path:
    """Return the notebook's path; one in the working folder when it is not known."""
    cells = find_live_cells(shell)
    if cells is not None and cells.notebook.path is not None:
        return cells.notebook.path
    # JupyterLite says where a notebook is to its page alone.
    shown = cells.documents.only_path if cells is not None else None
    return Path.cwd() / (Path(shown).name if shown else "notebook.ipynb")


def _live_app(shell: InteractiveShell, name: str | None) -> Any:
    try:
        return which_app(shell, name)
    except UsageError:
        return None


def list_url_map(app: Any) -> RuleMap:
    """Return the rules of a live app: rule, methods, endpoint, as the proof has them.

    Those of apps that its `wsgi_app` dispatches to are among them.
    """
    rules = list_rules(app)
    return [(one.text, tuple(one.all_methods), one.endpoint) for one in rules]
