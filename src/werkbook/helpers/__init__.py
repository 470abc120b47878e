"""The functions that view functions use, in one place, under the names Flask gives.

Imports `globals`, `signals` and, for types alone, `wrappers`. `templating`, `scaffold`
and what stands above them may import it.
"""

from __future__ import annotations

from ..config import get_debug_flag, get_load_dotenv
from .files import send_file, send_from_directory
from .flashing import flash, get_flashed_messages
from .paths import get_root_path
from .responding import abort, get_template_attribute, make_response, redirect, url_for
from .streaming import stream_with_context

__all__ = [
    "abort",
    "flash",
    "get_debug_flag",
    "get_flashed_messages",
    "get_load_dotenv",
    "get_root_path",
    "get_template_attribute",
    "make_response",
    "redirect",
    "send_file",
    "send_from_directory",
    "stream_with_context",
    "url_for",
]
