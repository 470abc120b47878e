"""What `%load_ext werkbook` puts into a shell, and takes out again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics

from werkbook.live import control as live

from .browser.refresh import close_watch
from .cards.view import forget_cards
from .config import options_of
from .front_end import foreign_apps
from .front_end.front_end import NotebookFrontEnd
from .magics import browse as browse_magic
from .magics import (
    check as check_magic,
)
from .magics import (
    completion,
    help_card,
)
from .magics import (
    doctor as doctor_magic,
)
from .magics import (
    export as export_magic,
)
from .magics import (
    http as http_magic,
)
from .magics import (
    route as route_magic,
)
from .magics import (
    routes as routes_magic,
)
from .magics import (
    serve as serve_magic,
)
from .magics import (
    static as static_magic,
)
from .magics import (
    template as template_magic,
)
from .notebook.live_cells import LiveCells, cells_of
from .transport.sessions import close_sessions

MAGICS: list[type[Magics]] = [
    *route_magic.MAGICS,
    *template_magic.MAGICS,
    *static_magic.MAGICS,
    *serve_magic.MAGICS,
    *http_magic.MAGICS,
    *browse_magic.MAGICS,
    *routes_magic.MAGICS,
    *check_magic.MAGICS,
    *doctor_magic.MAGICS,
    *export_magic.MAGICS,
    *help_card.MAGICS,
]

_undo: dict[int, list[Callable[[], None]]] = {}


def load(shell: InteractiveShell) -> None:
    """Make the apps of this process live, and the shell's cells their owners."""
    if cells_of(shell) is not None:
        return
    options_of(shell)
    for magics in MAGICS:
        shell.register_magics(magics)
    cells = LiveCells(shell)
    front_end = NotebookFrontEnd(shell)
    _undo[id(shell)] = [
        completion.install(shell),
        cells.uninstall,
        foreign_apps.install(front_end),
        serve_magic.follow_options(shell),
    ]
    live.set_front_end(front_end)
    live.enable()
    cells.install()


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
