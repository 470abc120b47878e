"""Mistakes with what is not there: a place of a list, a key, an attribute."""

from __future__ import annotations

import re

from ...words import say
from ..case import Case, Finding
from ..wrong_python import values_of_rule
from ..wrong_views import part_is_text

_LAST_NUMBER = re.compile(r"\w+ ?(>|<=) ?len\(\w+\)(?! ?-)")


def no_item(case: Case) -> Finding | None:
    """A list has no such place."""
    if not case.raised(r"^IndexError: (?:list|tuple|string|pop) .*range"):
        return None
    let_through = _LAST_NUMBER.search(case.view.text)
    if let_through is not None:
        return Finding(
            "last-number",
            say(
                "The last place of a list is one less than its length. {code} lets the"
                " length itself through: it needs {needed}.",
                code=let_through[0],
                needed={">": ">=", "<=": "<"}[let_through[1]],
            ),
        )
    wanted = _refusal(case)
    if wanted:
        return Finding(
            "no-item",
            say(
                "The list has no such place. Look first: if number >= len(things):"
                " abort({status}).",
                status=wanted,
            ),
        )
    return Finding(
        "no-item",
        say(
            "The list has no such place: of three things the places are 0, 1 and 2,"
            " and -1 is the last."
        ),
    )


def _refusal(case: Case) -> str:
    """Return the first status that an app gives on purpose."""
    refusals = (one for one in case.wanted_statuses if re.fullmatch(r"4\d\d", one))
    return next(refusals, "")


_HEADER_KEY = re.compile(r"'(?:HTTP_)?([A-Z0-9_]+)'")
"""How the WSGI environ (PEP 3333), and so a KeyError, calls a header."""


def no_key(case: Case) -> Finding | None:
    """A dict does not have the key."""
    found = case.raised(r"^KeyError: (.+)$")
    if found is None or case.answer.mishap is None:
        return None
    key, code = found[1], case.answer.mishap.code
    wanted = _refusal(case)
    header = _HEADER_KEY.fullmatch(key) if "headers[" in code else None
    if header is not None:
        return _no_header(header[1].replace("_", "-").title())
    if "environ" in code or "config[" in code:
        text = say(
            '{key} is not set, and brackets raise an error then: .get({key}, "...")'
            " has a second value for that.",
            key=key,
        )
    elif re.search(r"\+=|\+ ?1", code):
        text = say(
            "At the first time {key} is not there yet. .get({key}, 0) + 1 begins with"
            " 0.",
            key=key,
        )
    elif wanted:
        text = say(
            "There is no {key}, and brackets raise an error then. Look first: if it is"
            " not in there, abort({status}).",
            key=key,
            status=wanted,
        )
    else:
        text = say(
            "There is no {key}, and brackets raise an error then. Is it called so?"
            " .get({key}) gives None instead.",
            key=key,
        )
    return Finding("no-key", text)


def _no_header(name: str) -> Finding:
    return Finding(
        "missing-header",
        say(
            "A browser need not send the header {name}, and brackets raise an error"
            ' then: request.headers.get("{name}", "...") has a second value for that.',
            name=name,
        ),
    )


def divided(case: Case) -> Finding | None:
    """A number is divided by the length of nothing."""
    if not case.raised(r"^ZeroDivisionError"):
        return None
    return Finding(
        "divided",
        say(
            "What it divides by is 0 here: an empty list has the length 0. Look at that"
            " first, with if."
        ),
    )


_LENGTH = ("length", "len", "size", "count")


def wrong_attribute(case: Case) -> Finding | None:
    """Something is asked for what things of its kind do not have."""
    found = case.raised(
        r"^AttributeError: '(str|dict|list|int|set|tuple|AppGlobals|Row)' object has no"
        r" attribute '(\w+)'"
    )
    if found is None:
        return None
    kind, name = found[1], found[2]
    if name in _LENGTH:
        text = say("How long a text or a list is says len(...): len(word).")
    elif kind == "dict" and name in ("append", "add"):
        text = say("Into a dict something is put by its key: things[key] = value.")
    elif kind in ("dict", "Row"):
        text = say('A dict is read by its key, in brackets: ["{name}"].', name=name)
    elif kind == "list" and name in ("add", "push"):
        text = say("Something is added to a list by append(...).")
    elif kind == "AppGlobals":
        text = say(
            "Nothing is called g.{name} in this request. Look at what is put into g,"
            " and under which name.",
            name=name,
        )
    else:
        text = say("A value of the type {kind} has no {name}.", kind=kind, name=name)
    return Finding("wrong-attribute", text)


_PLAIN_NAMES = re.compile(r"\bfor (\w+), ?(\w+) in (\w+)(?![\w.(\[])")


def keys_alone(case: Case) -> Finding | None:
    """A loop over a dict takes two names, and a dict alone gives its keys."""
    if not case.raised(r"^ValueError: (?:too many|not enough) values to unpack"):
        return None
    mishap = case.answer.mishap
    found = _PLAIN_NAMES.search(mishap.code if mishap is not None else "")
    if found is None:
        return None
    return Finding(
        "keys-alone",
        say(
            "A loop over a dict gives its keys alone. Keys and values are in"
            " {name}.items().",
            name=found[3],
        ),
    )


def text_for_key(case: Case) -> Finding | None:
    """A part of the rule is text, and the keys are numbers."""
    found = case.raised(r"^KeyError: '(\d+)'$")
    if found is None:
        return None
    for name, value in values_of_rule(case):
        if value == found[1] and f"<{name}>" in case.answer.rule:
            return part_is_text(name)
    return None
