"""Names of fields whose values are secrets, and JSON without those values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

MASK = "***"
MAX_NAME_CHARS = 200
SECRET_WORDS = frozenset(
    (
        "apikey",
        "csrf",
        "csrfmiddlewaretoken",
        "csrftoken",
        "jwt",
        "nonce",
        "otp",
        "passphrase",
        "passwd",
        "password",
        "pwd",
        "secret",
        "sessionid",
        "sid",
        "token",
        "xsrf",
        "xsrftoken",
    )
)


_WORD_ENDS = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Tell whether a field of this name is likely to hold a secret or a token."""
    words = [word.lower() for word in _WORD_ENDS.split(name[:MAX_NAME_CHARS])]
    return not SECRET_WORDS.isdisjoint(words) or "api_key" in "_".join(words)


def masked_json(value: Any, name: str = "") -> Any:
    """Return a JSON value with the texts of secret names masked."""
    if isinstance(value, dict):
        return {key: masked_json(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [masked_json(item, name) for item in value]
    return MASK if value and isinstance(value, str) and is_secret_name(name) else value
