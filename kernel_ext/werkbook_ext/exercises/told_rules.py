"""The rules of another framework's app, spelled as exercises spell rules."""

from __future__ import annotations

import inspect
import re
from typing import Any

from werkbook.exercises.workplace import Rules
from werkbook.frameworks.listed_rules import list_foreign_rules

_VARIABLE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_CONVERTERS = {int: "int", float: "float", "int": "int", "float": "float"}
_KITS_OWN = ("fastapi.", "starlette.")


def tell_rules(app: Any) -> Rules:
    """Return the rules and methods of an app that has no URL map.

    A variable `{n}`, whose type FastAPI reads from the view, is `<int:n>` for an int.
    """
    if app is None or hasattr(app, "url_map"):
        return ()
    return tuple(
        (_spelled(one.rule, one.view), one.methods)
        for one in list_foreign_rules(app)
        if not getattr(one.view, "__module__", "").startswith(_KITS_OWN)
    )


def _spelled(rule: str, view: Any) -> str:
    try:
        hints = inspect.get_annotations(inspect.unwrap(view))
    except TypeError:
        hints = {}

    def spell(match: re.Match[str]) -> str:
        name, converter = match[1], match[2]
        converter = converter or _CONVERTERS.get(hints.get(name))
        return f"<{converter}:{name}>" if converter else f"<{name}>"

    return _VARIABLE.sub(spell, rule)
