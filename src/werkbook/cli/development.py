"""`app.run()` outside a notebook: Werkzeug's development server."""

from __future__ import annotations

import os
from typing import Any

from werkzeug import serving

from ..config import get_debug_flag, get_load_dotenv
from .dotenv_files import load_dotenv
from .run import is_under_cli, show_server_banner


def serve_in_development(
    app: Any,
    host: str | None,
    port: int | None,
    debug: bool | None,
    reads_dotenv: bool,
    options: dict[str, Any],
) -> None:
    """Serve an app until it is interrupted; see `App.run`.

    Under a command that runs the server already, say so and do nothing.
    """
    if is_under_cli():
        return
    if get_load_dotenv(reads_dotenv):
        load_dotenv()
        if "FLASK_DEBUG" in os.environ:
            app.debug = get_debug_flag()
    if debug is not None:
        app.debug = bool(debug)
    named_host, _, named_port = (app.config.get("SERVER_NAME") or "").partition(":")
    if not port and port != 0:
        port = int(named_port or 5000)
    options.setdefault("use_reloader", app.debug)
    options.setdefault("use_debugger", app.debug)
    options.setdefault("threaded", True)
    show_server_banner(app.debug, app.name)
    try:
        serving.run_simple(host or named_host or "127.0.0.1", int(port), app, **options)
    finally:
        app.__dict__["_got_first_request"] = False
