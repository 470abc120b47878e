"""Serving an app from the process that defines it, and noting each exchange."""

from typing import TYPE_CHECKING, Any

from werkbook.serving.access.gate import TOKEN_PARAMETER
from werkbook.serving.exchanges import Exchange, ExchangeRing
from werkbook.serving.http.limits import Limits
from werkbook.serving.log import ServerLog
from werkbook.serving.output import current_exchange
from werkbook.serving.recording import recorded
from werkbook.serving.registry import defaults, find_server, serve, servers
from werkbook.serving.serving_errors import (
    AddressError,
    NoServerError,
    NotWsgiError,
    NoUvicornError,
    PortInUseError,
)

if TYPE_CHECKING:
    from werkbook.serving.server import Server

__all__ = [
    "TOKEN_PARAMETER",
    "AddressError",
    "Exchange",
    "ExchangeRing",
    "Limits",
    "NoServerError",
    "NoUvicornError",
    "NotWsgiError",
    "PortInUseError",
    "Server",
    "ServerLog",
    "current_exchange",
    "defaults",
    "find_server",
    "recorded",
    "serve",
    "servers",
]


def __getattr__(name: str) -> Any:
    if name == "Server":  # loaded when asked for: a Python without sockets can't
        from werkbook.serving.server import Server

        return Server
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
