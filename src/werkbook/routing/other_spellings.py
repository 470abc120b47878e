"""Variables of a rule as other frameworks spell them: `{name}`, `:name`, `<name>`.

Such a part is allowed text, so nothing is refused here; a notebook says what it means.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_IN_BRACES = re.compile(
    r"\{(?P<name>[a-zA-Z_]\w*)(?::(?P<converter>[a-zA-Z_]\w*))?\}", re.ASCII
)
_AFTER_A_COLON = re.compile(r"(?<=/):(?P<name>[a-zA-Z_]\w*)\??(?=/|\Z)", re.ASCII)
_IN_ANGLES = re.compile(
    r"<(?:(?P<converter>[a-zA-Z_]\w*)(?:\([^<>]*\))?:)?(?P<name>[a-zA-Z_]\w*)>",
    re.ASCII,
)
_FROM_STARLETTE = {"str": "", "int": "int:", "float": "float:", "path": "path:"}
_TO_STARLETTE = {"string": "", "default": ""}


def with_angles(rule: str) -> str:
    """Return a rule with the variables of FastAPI and Express written `<name>`.

    A rule that has none is returned as it is. `:name` is a variable where it is all
    that stands between two slashes; `/items:batch` is text.
    """
    rule = _IN_BRACES.sub(_angles, rule)
    return _AFTER_A_COLON.sub(r"<\g<name>>", rule)


def with_braces(path: str) -> str:
    """Return a Starlette path with the variables of Flask's rules written `{name}`."""
    return _AFTER_A_COLON.sub(r"{\g<name>}", _IN_ANGLES.sub(_braces, path))


def spelling_hint(text: str, rewrite: Callable[[str], str]) -> str:
    """Say in one line that a rule's text has no variables; empty when it is meant so.

    Args:
        text: The rule.
        rewrite: `with_angles` or `with_braces`, by the framework that takes it.
    """
    meant = rewrite(text)
    if meant == text:
        return ""
    sign = "<name>" if rewrite is with_angles else "{name}"
    return f"{text} is text to its last letter: a variable is written {sign}, {meant}"


def _angles(found: re.Match[str]) -> str:
    converter = _FROM_STARLETTE.get(found["converter"] or "str")
    if converter is None:
        converter = f"{found['converter']}:"
    return f"<{converter}{found['name']}>"


def _braces(found: re.Match[str]) -> str:
    converter = found["converter"] or "string"
    converter = _TO_STARLETTE.get(converter, f":{converter}")
    return f"{{{found['name']}{converter}}}"
