"""Regular expressions that are looked for in what a student's app answers.

A text can be made so that Python's own `re` looks at it for years, and lets no other
thread run meanwhile. The library `regex` looks for so long and no longer.
"""

from __future__ import annotations

import importlib
import re
from contextlib import suppress
from functools import lru_cache
from typing import Any

TIMEOUT_S = 2.0
_BRACE = re.compile(r"(\\N\{[^}]*\}|\\.|\{\d*(?:,\d*)?\})|\{", re.DOTALL)


def is_found(pattern: str, text: str) -> bool:
    """Tell whether a pattern of Python's `re` is somewhere in a text.

    Raises:
        TimeoutError: It takes too long to tell, where `regex` is installed.
    """
    compiled, options = _compiled(pattern)
    return compiled.search(text, **options) is not None


@lru_cache(50)
def _compiled(pattern: str) -> tuple[Any, dict[str, Any]]:
    with suppress(ImportError):  # in a browser there is none, and no thread to wait
        regex = importlib.import_module("regex")
        with suppress(regex.error):
            options = {"timeout": TIMEOUT_S, "concurrent": True}
            return regex.compile(_without_fuzziness(pattern)), options
    return re.compile(pattern), {}


def _without_fuzziness(pattern: str) -> str:
    """Escape braces that are braces to `re`: `regex` reads `{e}` as "or nearly so"."""
    return _BRACE.sub(lambda found: found[1] or r"\{", pattern)
