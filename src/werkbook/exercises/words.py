"""The words that a student reads, in their language (gettext).

A message is looked up as it stands in the source, `{names}` included, and filled in
after that. `locale/` has the catalogues; English needs none.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

DOMAIN = "werkbook"
LOCALE_FOLDER = Path(__file__).with_name("locale")
VARIABLE = "WERKBOOK_LANGUAGE"
"""The system's own variables are not followed: what a notebook shows is saved, and is
to be the same on each machine."""

_chosen: ContextVar[str] = ContextVar("werkbook_language", default="")


def languages() -> list[str]:
    """Name the languages that there are: English, and those with a catalogue."""
    found = [path.parent.parent.name for path in LOCALE_FOLDER.glob("*/*/*.mo")]
    return sorted({"en", *found})


@contextmanager
def language(name: str) -> Iterator[None]:
    """Speak a language inside of a `with`; an empty name is that of around it.

    Args:
        name: Such as `de` or `es_MX`; what has no catalogue is answered in English.
    """
    token = _chosen.set(name or _chosen.get())
    try:
        yield
    finally:
        _chosen.reset(token)


def current_language() -> str:
    """Name the language that is spoken: `WERKBOOK_LANGUAGE`'s where none is chosen."""
    return _chosen.get() or os.environ.get(VARIABLE) or "en"


def say(message: str, /, **values: object) -> str:
    """Return a message in the current language, with its names filled in."""
    return _catalogue(current_language()).gettext(message).format(**values)


def count(one: str, many: str, number: int, /, **values: object) -> str:
    """Return the message for a number of things, in the current language."""
    text = _catalogue(current_language()).ngettext(one, many, number)
    return text.format(number=number, **values)


@cache
def _catalogue(name: str) -> gettext.NullTranslations:
    names = [one.partition(".")[0] for one in name.split(":")]
    if names[0].partition("_")[0] in ("en", "C", "POSIX"):
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE_FOLDER, names, fallback=True)
