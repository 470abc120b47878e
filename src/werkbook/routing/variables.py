"""The variables in a rule's text: `<name>`, `<int:id>`, `<any(a, b):kind>`.

The expression is that of `werkzeug.routing.rules`, which keeps its own private.
"""

from __future__ import annotations

import re

VARIABLE = re.compile(
    r"<(?:(?P<converter>[a-zA-Z_][a-zA-Z0-9_]*)(?:\((?P<arguments>.*?)\))?:)?"
    r"(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)>"
)


def list_variables(rule: str) -> list[str]:
    """Return the names of a rule's variables, in their order."""
    return [match["name"] for match in VARIABLE.finditer(rule)]


def may_match(rule: str, path: str) -> bool:
    """Say whether a rule could match a path, whatever its converters take."""
    pattern = ".+".join(map(re.escape, VARIABLE.sub("\n", rule).split("\n")))
    return re.fullmatch(pattern, path) is not None


def strip_names(rule: str) -> str:
    """Return a rule's text without the names of its variables.

    Two rules with the same result match the same paths.
    """
    return VARIABLE.sub(_strip_name, rule)


def _strip_name(match: re.Match[str]) -> str:
    converter = match["converter"] or "string"
    arguments = match["arguments"]
    converter = "string" if converter == "default" else converter
    return f"<{converter}({arguments})>" if arguments else f"<{converter}>"
