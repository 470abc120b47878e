"""The mini browsers of a notebook: one widget for each app."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIApplication

from IPython.core.getipython import get_ipython

from werkbook import serving
from werkbook.serving import TOKEN_PARAMETER
from werkbook.serving.beside import mount
from werkbook.system import this_system

from ..cards.answers import base_url, make_forgetter, make_loader, make_sender
from ..cards.card_widget import CardWidget
from ..notebook.apps import name_app, which_app
from ..notebook.environment import has_own_domain, hub_prefix
from ..transport.sessions import ORIGIN, session_for
from .browser_widget import Browser
from .refresh import get_watch
from .tab.tab_pages import TabPages

HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")

_browsers: weakref.WeakKeyDictionary[Any, dict[int, Browser]]
_browsers = weakref.WeakKeyDictionary()


def browse(
    app: WSGIApplication | None = None,
    url: str = "/",
    *,
    allow: list[str] | None = None,
    live: bool = True,
    dock: bool = False,
    height_px: int = 420,
) -> Browser:
    """Show an app in a mini browser; the Python twin of `%browse`.

    Args:
        app: Any WSGI callable; None for the notebook's app.
        url: The page to show, a path of the app.
        allow: Hosts outside the app that pages may load from, such as
            `https://cdn.example.org`.
        live: Whether the page is shown anew after a cell ran that changed it.
        dock: Whether to open it beside the notebook.
        height_px: Height of the page.

    Returns:
        The widget: one for each app, the same again when there is one.
    """
    shell: Any = get_ipython()
    return open_browser(
        shell,
        which_app(shell, None) if app is None else app,
        url,
        allow=allow or [],
        live=live,
        dock=dock,
        height_px=height_px,
    )


def open_browser(
    shell: Any,
    app: WSGIApplication,
    url: str,
    *,
    allow: list[str],
    live: bool,
    dock: bool,
    height_px: int,
) -> Browser:
    """Return the mini browser of an app with a page loaded."""
    of_shell = _browsers.setdefault(shell, {})
    widget = of_shell.get(id(app))
    if widget is None or widget.comm is None:
        kernel = getattr(shell, "kernel", None)
        widget = of_shell[id(app)] = Browser(
            lambda: (session_for(shell, app), ORIGIN),
            kernel=kernel,
            tab_address=lambda host: tab_address(app, host),
            make_card=lambda card: CardWidget(
                card,
                resend=make_sender(shell, app),
                load=make_loader(shell, app),
                forget=make_forgetter(shell, app),
                base_url=base_url(app),
                kernel=kernel,
            ),
        )
        session_for(shell, app).stores.append(widget.forget_visitor)
    widget.allowed = allow
    widget.is_docked = dock
    widget.height_px = height_px
    widget.is_live = live
    widget.go(url)
    get_watch(shell).follow(widget, app)
    return widget


def tab_address(app: WSGIApplication, host: str) -> dict[str, Any]:
    """Return what is needed to say which URL opens the app in a tab.

    Args:
        app: The app.
        host: The name by which the reader reaches Jupyter; the app's server answers
            to it from now on.
    """
    if not this_system().has_sockets:
        return {}
    server = serving.serve(app)
    if HOST_NAME.fullmatch(host):
        server.allow_host(host)
    # Where one's own browser needs no token, none goes into the link.
    is_due = server.token is not None and server.entry("/") != "/"
    token = {"name": TOKEN_PARAMETER, "value": server.token} if is_due else None
    return {
        "port": server.port,
        "token": token,
        "prefix": hub_prefix(),
        "has_own_domain": has_own_domain(),
    }


def offer_tabs(shell: Any) -> Callable[[], None]:
    """Have the apps' servers show them in tabs of the browser's own, in the sandbox.

    Returns:
        What ends that.
    """

    def make(app: WSGIApplication) -> TabPages:
        return TabPages(lambda: (session_for(shell, app), ORIGIN), name_app(shell, app))

    return mount(make)
