"""Serving an app from the process that defines it, and noting each exchange."""

from werkbook.serving.errors import (
    AddressError,
    NoServerError,
    NotWsgiError,
    PortInUseError,
)
from werkbook.serving.exchanges import Exchange, ExchangeRing
from werkbook.serving.log import ServerLog
from werkbook.serving.output import current_exchange
from werkbook.serving.recording import recorded
from werkbook.serving.registry import serve, server_of, servers
from werkbook.serving.tokens import TOKEN_PARAMETER

__all__ = [
    "TOKEN_PARAMETER",
    "AddressError",
    "Exchange",
    "ExchangeRing",
    "NoServerError",
    "NotWsgiError",
    "PortInUseError",
    "ServerLog",
    "current_exchange",
    "recorded",
    "serve",
    "server_of",
    "servers",
]
