"""`%trace`: the way of one request through the app, as a picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics
from IPython.display import display

from werkbook.cells.requests import (
    Filler,
    OutgoingRequest,
    RequestSyntaxError,
    compose,
    read_request,
)
from werkbook.exercises.trace import trace_request
from werkbook.serving.applications import is_asgi

from ..notebook.apps import which_app
from ..notebook.environment import has_front_end
from ..output.trace_picture import write_picture, write_text
from ..output.trace_steps import write_steps
from ..output.with_widget import WIDGET_TYPE, refer_to_widget
from ..transport.sessions import session_for
from .arguments import get_shell, line_magic, magics_class
from .errors import as_usage_error, shown_briefly

USAGE = "%trace [METHOD] URL [ITEM]..."
HELP = f"""\
{USAGE}

Sends a request, as `%http` does, and shows its way through the app: the rules that were
tried, what the converters made, the hooks, the view with its arguments, the template
with what it was given, the response; each with its cell's line and its time."""


@magics_class
class TraceMagics(Magics):
    """`%trace`."""

    @line_magic("trace")
    def trace(self, line: str) -> None:
        """Show the way of one request through the app."""
        if line.strip() in ("", "-h", "--help"):
            print(HELP)
            return
        shell = get_shell(self)
        try:
            command = read_request(line.removesuffix(";"))
        except RequestSyntaxError as error:
            raise as_usage_error("%trace", error, USAGE) from None
        app: Any = which_app(shell, command.options.app)
        if not hasattr(app, "url_map") or is_asgi(app):
            raise UsageError("%trace: only apps with Flask's API can be traced")
        with shown_briefly():
            request = _with_cookies(shell, app, compose(command, Filler(shell.ev)))
            found = trace_request(app, request)
        bundle: dict[str, Any] = {
            "text/plain": write_text(found),
            "image/svg+xml": write_picture(found),
        }
        if has_front_end(shell):
            widget = _widget(write_steps(found))
            bundle.update({WIDGET_TYPE: refer_to_widget(widget)} if widget else {})
        display(bundle, raw=True)  # type: ignore[no-untyped-call]  # IPython's


def _with_cookies(shell: Any, app: Any, request: OutgoingRequest) -> OutgoingRequest:
    """Add the notebook's cookies, as `%http` does."""
    jar = session_for(shell, app).cookies
    cookies = "; ".join(f"{one.name}={one.value}" for one in jar)
    has_own = any(name.lower() == "cookie" for name, _ in request.headers)
    if not cookies or has_own:
        return request
    return replace(request, headers=(*request.headers, ("Cookie", cookies)))


def _widget(steps: str) -> Any:
    try:
        from ..exercises.trace_widget import TraceWidget  # anywidget is optional
    except ImportError:
        return None
    return TraceWidget(steps=steps)


TraceMagics.trace.__doc__ = HELP

MAGICS: list[type[Magics]] = [TraceMagics]
