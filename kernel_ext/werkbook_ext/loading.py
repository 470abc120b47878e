"""What `%load_ext werkbook` puts into a shell, and takes out again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics

from werkbook import live

from . import api_docs
from .agents import cell_failures
from .browser import close_watch, offer_tabs
from .cards import forget_cards, report_run
from .config import get_options
from .exercises.handing_in import answer_pages
from .front_end import (
    NotebookFrontEnd,
    asgi_runs,
    flask_name,
    follow_options,
    foreign_apps,
    held_frameworks,
    near_magics,
    open_websockets,
    view_displays,
)
from .front_end.link import Link
from .magic_cells import cell_trees
from .magics import (
    browse,
    check,
    completion,
    docs,
    doctor,
    exercise,
    export,
    help_card,
    http,
    route,
    routes,
    serve,
    static,
    template,
    trace,
)
from .notebook import LiveCells, figures, find_live_cells
from .panel.feed import Feed
from .transport import close_sessions

MAGICS: list[type[Magics]] = [
    *route.MAGICS,
    *template.MAGICS,
    *static.MAGICS,
    *serve.MAGICS,
    *http.MAGICS,
    *browse.MAGICS,
    *docs.MAGICS,
    *routes.MAGICS,
    *check.MAGICS,
    *doctor.MAGICS,
    *exercise.MAGICS,
    *trace.MAGICS,
    *export.MAGICS,
    *help_card.MAGICS,
]

_undo: dict[int, list[Callable[[], None]]] = {}


def load(shell: InteractiveShell) -> None:
    """Make the apps of this process live, and the shell's cells their owners."""
    if find_live_cells(shell) is not None:
        return
    get_options(shell)
    for magics in MAGICS:
        shell.register_magics(magics)
    cells = LiveCells(shell)
    cells.subscribe(partial(report_run, cells))
    front_end = NotebookFrontEnd(shell)
    _undo[id(shell)] = [
        completion.install(shell),
        cells.uninstall,
        foreign_apps.install(front_end),
        asgi_runs.install(front_end),
        live.subscribe(open_websockets.end_outdated),
        held_frameworks.install(shell, cells),
        follow_options(shell),
        figures.keep_apart(),
        view_displays.keep_apart(shell),
        api_docs.install(shell),
        cell_failures.install(shell, cells),
        offer_tabs(shell),
        flask_name.install(shell),
        near_magics.install(shell, _names(MAGICS)),
        cell_trees.install(shell),
    ]
    live.set_front_end(front_end)
    live.enable()
    cells.install()
    # These listen after the cells' own listener: the app has what the cell registered.
    _undo[id(shell)].append(exercise.install(shell))
    link = Link(shell, cells)
    answer_pages(shell, link)
    feed = Feed(shell, cells, link)
    _undo[id(shell)] += [feed.close, link.close]


def unload(shell: InteractiveShell) -> None:
    """Undo `load`: apps are strict again, registrations stay as they are."""
    for undo in _undo.pop(id(shell), []):
        undo()
    close_watch(shell)
    close_sessions(shell)
    forget_cards(shell)
    live.set_front_end(None)
    live.disable()
    for kind, name in _names(MAGICS):
        shell.magics_manager.magics[kind].pop(name, None)


def _names(magics: Iterable[type[Magics]]) -> Iterable[tuple[str, str]]:
    for cls in magics:
        for kind, names in cls.magics.items():
            for name in names:
                yield kind, name
