"""Flask's API, live in a notebook: an app is what the cells, as last run, say."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from . import globals as _globals
from . import json
from .app import App
from .blueprints.blueprint import Blueprint
from .config import Config
from .ctx.functions import (
    after_this_request,
    copy_current_request_context,
    has_app_context,
    has_request_context,
)
from .errors import WerkbookError
from .helpers.files import send_file, send_from_directory
from .helpers.flashing import flash, get_flashed_messages
from .helpers.responding import (
    abort,
    get_template_attribute,
    make_response,
    redirect,
    url_for,
)
from .helpers.streaming import stream_with_context
from .signals import (
    appcontext_popped,
    appcontext_pushed,
    appcontext_tearing_down,
    before_render_template,
    got_request_exception,
    message_flashed,
    request_finished,
    request_started,
    request_tearing_down,
    template_rendered,
)
from .system import this_system as _this_system
from .version import __version__ as __version__
from .wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from .ctx.application import AppContext, AppGlobals
    from .ctx.request import RequestContext
    from .sessions import SessionMixin
    from .templating import (
        render_template,
        render_template_string,
        stream_template,
        stream_template_string,
    )

_this_system().prepare()

Flask = App
"""The name that Flask's tutorials use."""

# The exact types of what modules below this one know less of.
app_ctx: AppContext = _globals.app_ctx
current_app: App = _globals.current_app  # type: ignore[assignment]  # a proxy of one
g: AppGlobals = _globals.g
request: Request = _globals.request
request_ctx: RequestContext = _globals.request_ctx
session: SessionMixin = _globals.session
jsonify: Callable[..., Response] = json.jsonify  # type: ignore[assignment]  # the app's


def install_as_flask() -> None:
    """Let `import flask` give Werkbook in this process.

    Every documented `flask.*` module resolves too, also where Flask is installed.
    In a kernel it makes apps live, as `%load_ext werkbook` does.

    Raises:
        FlaskImportedError: The real Flask was imported before.
    """
    from .flask_names import install_as_flask as install  # start-up time

    install()


def load_ipython_extension(ipython: Any) -> None:
    """Load the notebook extension: what `%load_ext werkbook` calls."""
    import_module("werkbook_ext").load_ipython_extension(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """Unload the notebook extension: what `%unload_ext werkbook` calls."""
    import_module("werkbook_ext").unload_ipython_extension(ipython)


_RENDERING = frozenset(
    {
        "render_template",
        "render_template_string",
        "stream_template",
        "stream_template_string",
    }
)


def __getattr__(name: str) -> Any:
    # Start-up time: Jinja2 is imported when the first of its functions is asked for.
    if name in _RENDERING:
        value = getattr(import_module(".templating", __name__), name)
        setattr(sys.modules[__name__], name, value)
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "App",
    "Blueprint",
    "Config",
    "Flask",
    "Markup",
    "Request",
    "Response",
    "WerkbookError",
    "abort",
    "after_this_request",
    "app_ctx",
    "appcontext_popped",
    "appcontext_pushed",
    "appcontext_tearing_down",
    "before_render_template",
    "copy_current_request_context",
    "current_app",
    "escape",
    "flash",
    "g",
    "get_flashed_messages",
    "get_template_attribute",
    "got_request_exception",
    "has_app_context",
    "has_request_context",
    "install_as_flask",
    "json",
    "jsonify",
    "make_response",
    "message_flashed",
    "redirect",
    "render_template",
    "render_template_string",
    "request",
    "request_ctx",
    "request_finished",
    "request_started",
    "request_tearing_down",
    "send_file",
    "send_from_directory",
    "session",
    "stream_template",
    "stream_template_string",
    "stream_with_context",
    "template_rendered",
    "url_for",
]
