"""The word of a template that was probably meant: a name, a filter, a test, a tag."""

from __future__ import annotations

import re

from jinja2 import Environment, TemplateNotFound
from jinja2.exceptions import TemplateError

from werkbook.errors import close_matches

TAGS = frozenset(
    """autoescape block call elif else endautoescape endblock endcall endfilter endfor
    endif endmacro endset endwith extends filter for from if import include macro raw
    set with""".split()  # noqa: SIM905  # reads as a text
)
_UNKNOWN = re.compile(r"(?i)no (?P<kind>filter|test) named '(?P<name>[^']+)'")
_UNKNOWN_TAG = re.compile(r"unknown tag '(?P<name>[^']+)'")


def near_word(error: TemplateError, environment: Environment) -> str | None:
    """Return the word that was meant where a template names what is not there.

    Args:
        error: What Jinja says of the template.
        environment: Its templates, filters, tests and tags are looked through.
    """
    if isinstance(error, TemplateNotFound):
        names = set(environment.list_templates()) if environment.loader else set()
        return _near((error.templates or [error.name])[-1], names)
    message = error.message or ""
    if unknown := _UNKNOWN.search(message):
        is_filter = unknown["kind"].lower() == "filter"
        known = environment.filters if is_filter else environment.tests
        return _near(unknown["name"], set(known))
    if unknown := _UNKNOWN_TAG.search(message):
        tags = (one.tags for one in environment.extensions.values())
        return _near(unknown["name"], set(TAGS).union(*tags))
    return None


def _near(word: object, known: set[str]) -> str | None:
    return next(iter(close_matches(str(word), sorted(known))), None)
