"""Requests as cells write them: `%http` lines and `%%http` cells as pure functions.

The magics and the exporter both read requests here, so that a cell asks the exported
file what it asked the live app. Nothing is sent here.
"""

from .compose import (
    OutgoingMessages,
    OutgoingRequest,
    compose,
    compose_messages,
    read_file,
)
from .fill import Filler, FillError
from .grammar import Item, Message, RequestLine, RequestSyntaxError
from .options import (
    HELP,
    OPTION_NAMES,
    USAGE,
    RequestOptions,
    WrittenRequest,
    read_request,
)

__all__ = [
    "HELP",
    "OPTION_NAMES",
    "USAGE",
    "FillError",
    "Filler",
    "Item",
    "Message",
    "OutgoingMessages",
    "OutgoingRequest",
    "RequestLine",
    "RequestOptions",
    "RequestSyntaxError",
    "WrittenRequest",
    "compose",
    "compose_messages",
    "read_file",
    "read_request",
]
