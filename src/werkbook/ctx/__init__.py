"""The contexts that `current_app`, `g`, `request` and `session` refer to.

Imports `globals`, `signals` and, for types alone, what a request consists of.
`scaffold`, `dispatch`, `app` and what stands above them may import it.
"""

from __future__ import annotations

from .application import AppContext, AppGlobals
from .functions import (
    after_this_request,
    copy_current_request_context,
    has_app_context,
    has_request_context,
)
from .request import RequestContext

__all__ = [
    "AppContext",
    "AppGlobals",
    "RequestContext",
    "after_this_request",
    "copy_current_request_context",
    "has_app_context",
    "has_request_context",
]
