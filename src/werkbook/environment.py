"""What the environment variables say."""

from __future__ import annotations

import os

_NO = frozenset({"0", "false", "no"})


def get_debug_flag() -> bool:
    """Say whether `FLASK_DEBUG` asks for debug mode."""
    value = os.environ.get("FLASK_DEBUG", "")
    return bool(value) and value.lower() not in _NO


def get_load_dotenv(default: bool = True) -> bool:
    """Say whether `.env` files are read: unless `FLASK_SKIP_DOTENV` says not to.

    Args:
        default: The answer when the variable is not set.
    """
    value = os.environ.get("FLASK_SKIP_DOTENV", "")
    return value.lower() in _NO if value else default
