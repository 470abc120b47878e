"""How a request of a cell or of a page reaches the app, and its response comes back.

Over the socket, or by a call in this process where there are no sockets. Cards and the
mini browser send through it; it shows nothing.
"""

from .sending import NoAnswerError, WholeResponse, find_app, is_elsewhere, send_request
from .sessions import (
    ORIGIN,
    AppResponse,
    AppSession,
    close_sessions,
    session_for,
)

__all__ = [
    "ORIGIN",
    "AppResponse",
    "AppSession",
    "NoAnswerError",
    "WholeResponse",
    "close_sessions",
    "find_app",
    "is_elsewhere",
    "send_request",
    "session_for",
]
