"""The parts of the guide that are made from the code, so that they can't go stale.

A page has a line `<!-- generated: NAME -->`; when Sphinx reads the page, what the maker
of that name writes stands in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from . import (
    api,
    commands,
    errors,
    export_cases,
    grammar,
    magics,
    opening,
    registrations,
    settings,
)

MARK = re.compile(r"^<!-- generated: (?P<name>[a-z -]+) -->$", re.MULTILINE)
MAKERS: dict[str, Callable[[], str]] = {
    "api": api.write,
    "magics": magics.write,
    "commands": commands.write,
    "options": settings.write_options,
    "limits": settings.write_limits,
    "app config": settings.write_app_config,
    "jupyterlab settings": settings.write_jupyterlab,
    "environment": settings.write_environment,
    "errors": errors.write,
    "registrations": registrations.write,
    "request items": grammar.write_items,
    "expectations": grammar.write_expectations,
    "checks": grammar.write_checks,
    "exercise lines": grammar.write_exercise_lines,
    "export cases": export_cases.write,
    "try": opening.write_try,
}


def has_generated(text: str) -> bool:
    """Tell whether a part of a page is made from the code."""
    return MARK.search(text) is not None


def fill(text: str) -> str:
    """Put what is made from the code into a page."""
    return MARK.sub(lambda found: MAKERS[found["name"]](), text)
