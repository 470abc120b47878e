"""The signals that an application sends (blinker); receivers get the app first."""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

template_rendered = _signals.signal("template-rendered")
"""A template was rendered: `template`, `context`."""
before_render_template = _signals.signal("before-render-template")
"""A template is about to be rendered: `template`, `context`."""
request_started = _signals.signal("request-started")
"""The request context is there, nothing was done yet."""
request_finished = _signals.signal("request-finished")
"""The response is about to be sent: `response`."""
request_tearing_down = _signals.signal("request-tearing-down")
"""The request context is going: `exc`."""
got_request_exception = _signals.signal("got-request-exception")
"""An exception was not handled: `exception`."""
appcontext_tearing_down = _signals.signal("appcontext-tearing-down")
"""The application context is going: `exc`."""
appcontext_pushed = _signals.signal("appcontext-pushed")
"""An application context was pushed."""
appcontext_popped = _signals.signal("appcontext-popped")
"""An application context was popped."""
message_flashed = _signals.signal("message-flashed")
"""A message was flashed: `message`, `category`."""
