"""Mistakes in what a view gives to its template: a list for one, a misspelt name."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from typing import Any

from ...words import say
from ..case import Case, Finding
from ..wrong_pages import known_words, list_sources, misspelt_attribute


def _renderings(case: Case) -> Iterator[ast.Call]:
    for node in case.view.nodes(ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in ("render_template", "render_template_string"):
            yield node


def list_for_one(case: Case) -> Finding | None:
    """A template reads an attribute of a list, where it needs one of its things."""
    if not _is_about(case):
        return None
    for name, attribute in _given_attributes(case):
        value = _given(case).get(name)
        called = getattr(value, "id", "")
        if isinstance(case.place.names.get(called), (list, tuple)):
            return Finding(
                "list-for-one",
                say(
                    "{name} is the whole list {list}, and {{{{ {name}.{attribute} }}}}"
                    " is of one thing: give one of them, {list}[...].",
                    name=name,
                    list=called,
                    attribute=attribute,
                ),
            )
    return None


def dict_shown(case: Case) -> Finding | None:
    """A whole dict stands in the page, where one of its values was meant."""
    is_json_refused = case.phrase.verb == "lacks" and case.phrase.value == "{"
    is_plain = is_json_refused or not case.answer.is_json
    is_read = case.phrase.kind in ("text", "page") and is_plain
    found = re.search(r"\{['\"](\w+)['\"]: ?.*?\}", case.answer.visible_text)
    if not is_read or case.has_crashed or found is None:
        return None
    return Finding(
        "dict-shown",
        say(
            "A whole dict stands there. One value of it is {{{{ book.title }}}} in a"
            ' template, and book["title"] in Python.'
        ),
    )


def given_attribute(case: Case) -> Finding | None:
    """A template asks what the view gives it for something that nothing is called."""
    if not _is_about(case):
        return None
    for source in list_sources(case):
        known = known_words(case, source)
        for name, attribute in _given_attributes(case):
            near = difflib.get_close_matches(attribute, sorted(known), 1)
            if attribute not in known and near:
                return misspelt_attribute(name, attribute, near[0])
    return None


def _is_about(case: Case) -> bool:
    is_page = case.phrase.kind in ("page", "text") and case.phrase.verb != "lacks"
    return is_page and case.check.kind == "request" and not case.has_crashed


def _given(case: Case) -> dict[str, Any]:
    """Return the values that the view gives to its templates, by their names."""
    return {
        str(one.arg): one.value
        for call in _renderings(case)
        for one in call.keywords
        if one.arg is not None
    }


def _given_attributes(case: Case) -> Iterator[tuple[str, str]]:
    """Yield what templates show of what they are given: `("book", "title")`."""
    given = _given(case)
    for source in list_sources(case):
        for name, attribute in re.findall(r"\{\{-?\s*(\w+)\.(\w+)", source):
            if name in given:
                yield name, attribute
