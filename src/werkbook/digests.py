"""The hash that session cookies are signed with."""

from __future__ import annotations

import hashlib
from typing import Any


def lazy_sha1(string: bytes = b"") -> Any:
    """Make a SHA-1 hash; only a call needs one, as FIPS builds of Python have none."""
    return hashlib.sha1(string)
