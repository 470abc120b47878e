"""Mistakes in what a page is made of: another kind of answer, an element's name."""

from __future__ import annotations

import re

from ...words import say
from ..case import Case, Finding

_ATTRIBUTE = re.compile(
    r"(?P<tag>\w+)\[(?P<name>[\w-]+)=['\"]?(?P<value>[^'\"\]]+)['\"]?\]"
)
_ID = re.compile(r"[\w-]*#([\w-]+)")


def own_text(case: Case) -> Finding | None:
    """HTML that must not be there stands in the student's own cells."""
    phrase = case.phrase
    is_about = phrase.kind == "text" and phrase.verb == "lacks"
    if not is_about or "<" not in phrase.value or phrase.value not in case.code.text:
        return None
    return Finding(
        "own-text",
        say("{text} stands in your own cells: take it away.", text=phrase.value),
    )


def json_for_page(case: Case) -> Finding | None:
    """A page is asked for, and the answer is JSON."""
    is_about = case.phrase.kind == "page" and case.phrase.verb == "has"
    if not is_about or not case.answer.is_json:
        return None
    return Finding(
        "json-for-page",
        say("A page is asked for here, and your view answers with JSON."),
    )


def attribute_missing(case: Case) -> Finding | None:
    """An element is there, and its attribute is not, or has another value."""
    found = _ATTRIBUTE.fullmatch(case.phrase.subject)
    if case.phrase.kind != "page" or case.phrase.verb != "has" or found is None:
        return None
    from bs4 import BeautifulSoup  # an optional library

    tag, name, value = found["tag"], found["name"], found["value"]
    elements = BeautifulSoup(case.answer.text, "html.parser").find_all(tag)
    values = [str(one[name]) for one in elements if one.has_attr(name)]
    if values:
        return Finding(
            "attribute",
            say(
                'Your <{tag}> has {name}="{found}". What is asked for is'
                ' {name}="{value}".',
                tag=tag,
                name=name,
                found=values[0],
                value=value,
            ),
        )
    return Finding(
        "attribute",
        say(
            'What is asked for is <{tag} {name}="{value}">, and the page has none.',
            tag=tag,
            name=name,
            value=value,
        ),
    )


def id_missing(case: Case) -> Finding | None:
    """The word that is asked for as an id is a class, a name or a tag."""
    found = _ID.fullmatch(case.phrase.subject if case.phrase.kind == "page" else "")
    if found is None or case.phrase.verb != "has":
        return None
    from bs4 import BeautifulSoup  # an optional library

    name = found[1]
    soup = BeautifulSoup(case.answer.text, "html.parser")
    for attribute in ("class", "name"):
        if soup.select_one(f'[{attribute}~="{name}"]') is not None:
            return Finding(
                "id-missing",
                say(
                    '#{name} is an element with id="{name}"; yours has'
                    ' {attribute}="{name}".',
                    name=name,
                    attribute=attribute,
                ),
            )
    return None
