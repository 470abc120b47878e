"""Requests as cells write them: `%http` lines and `%%http` cells as pure functions.

The magics and the exporter both read requests here, so that a cell asks the exported
file what it asked the live app. Nothing is sent here.
"""

from .compose import Composed, compose, read_file
from .fill import Filler, FillError
from .grammar import Item, Message, RequestLine, RequestSyntaxError
from .options import HELP, OPTION_NAMES, USAGE, Command, Options, read_command

__all__ = [
    "HELP",
    "OPTION_NAMES",
    "USAGE",
    "Command",
    "Composed",
    "FillError",
    "Filler",
    "Item",
    "Message",
    "Options",
    "RequestLine",
    "RequestSyntaxError",
    "compose",
    "read_command",
    "read_file",
]
