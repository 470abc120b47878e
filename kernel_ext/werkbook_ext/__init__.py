"""The IPython extension of Werkbook: magics, cards, mini browser, live cells.

`%load_ext werkbook` loads it. What the magics do can be called from Python, too:
`from werkbook_ext import serve, http, browse, export, routes, doctor`.
"""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from .browser import browse
from .front_end import serve
from .loading import load, unload
from .magics.doctor import doctor
from .magics.export import export
from .magics.http import http
from .magics.routes import routes

__all__ = [
    "browse",
    "doctor",
    "export",
    "http",
    "load_ipython_extension",
    "routes",
    "serve",
    "unload_ipython_extension",
]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Load the extension; once is enough, twice does no harm.

    Args:
        shell: The shell that loads it.
    """
    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics and the listeners away; the apps stay as they are.

    Args:
        shell: The shell that unloads it.
    """
    unload(shell)
