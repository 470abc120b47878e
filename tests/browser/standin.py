"""A mini browser over any WSGI app with Werkzeug's server, without the extension.

For tests of the browser itself: cells import this, show an app, and after each cell all
views are refreshed.
"""

from __future__ import annotations

import logging
import threading
from typing import Any
from wsgiref.types import WSGIApplication

import requests
from IPython.core.getipython import get_ipython
from werkzeug.serving import make_server

from werkbook_ext.browser.browser_widget import Browser
from werkbook_ext.widgets.background import start

logging.getLogger("werkzeug").setLevel(logging.ERROR)


def serve(app: WSGIApplication) -> str:
    """Serve an app from a thread and return its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def show(
    app: WSGIApplication, url: str = "/", *, live: bool = True, **traits: Any
) -> Browser:
    """Return a mini browser of an app, refreshed after each cell."""
    base = serve(app)
    session = requests.Session()
    session.trust_env = False
    shell: Any = get_ipython()
    browser = Browser(
        lambda: (session, base), kernel=getattr(shell, "kernel", None), **traits
    )
    browser.go(url)

    def refresh(result: Any) -> None:
        for view in list(browser.conversation.views.values()):
            start(lambda view=view: browser.conversation.refresh(view))

    if live:
        shell.events.register("post_run_cell", refresh)
    return browser
