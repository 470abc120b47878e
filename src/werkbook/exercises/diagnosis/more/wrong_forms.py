"""Mistakes in the forms of pages."""

from __future__ import annotations

from ...words import say
from ..case import Case, Finding


def field_without_name(case: Case) -> Finding | None:
    """A field of the form has no name, and so is not sent."""
    if case.phrase.kind != "form" or case.phrase.verb != "has":
        return None
    from bs4 import BeautifulSoup  # an optional library

    page = BeautifulSoup(case.answer.text, "html.parser")
    fields = page.select("form input, form textarea, form select")
    nameless = [field for field in fields if not field.get("name")]
    if not nameless:
        return None
    return Finding(
        "field-without-name",
        say(
            "A field is sent by its name, which this one lacks: <input"
            ' name="{name}">. An id or a label is not sent.',
            name=case.phrase.subject,
        ),
    )


def field_names(case: Case) -> Finding | None:
    """The form sends other fields."""
    if case.phrase.kind != "form" or case.phrase.verb != "has":
        return None
    from bs4 import BeautifulSoup  # an optional library

    page = BeautifulSoup(case.answer.text, "html.parser")
    fields = page.select("form input, form textarea, form select")
    names = [str(field["name"]) for field in fields if field.get("name")]
    if not names or case.phrase.subject in names:
        return None
    return Finding(
        "field-names",
        say(
            'The form sends {names}. What is asked for is name="{name}".',
            names=", ".join(names),
            name=case.phrase.subject,
        ),
    )


def form_encoding(case: Case) -> Finding | None:
    """A form with a file is not sent as one."""
    is_about = case.phrase.kind == "page" and "enctype" in case.phrase.subject
    if not is_about or "<form" not in case.answer.text.lower():
        return None
    return Finding(
        "form-encoding",
        say(
            'A form sends a file only if it says so: <form method="post"'
            ' enctype="multipart/form-data">.'
        ),
    )


def form_method(case: Case) -> Finding | None:
    """The form is sent with GET."""
    is_about = case.phrase.kind == "page" and "method" in case.phrase.subject
    if not is_about or "<form" not in case.answer.text.lower():
        return None
    return Finding(
        "form-method",
        say(
            "A form without a method is sent with GET, its fields in the URL: <form"
            ' method="post">.'
        ),
    )


def outside_form(case: Case) -> Finding | None:
    """The field is in the page, and not in a form."""
    name = case.phrase.subject
    if case.phrase.kind != "form" or case.phrase.verb != "has" or case.has_crashed:
        return None
    from bs4 import BeautifulSoup  # an optional library

    page = BeautifulSoup(f"{case.answer.text}\n", "html.parser")
    fields = page.select("input, textarea, select")
    lone = [one for one in fields if not one.find_parent("form")]
    if name not in [str(one.get("name")) for one in lone]:
        return None
    return Finding(
        "outside-form",
        say(
            "The field {name} stands outside of <form>, and so is not sent.", name=name
        ),
    )


def value_not_kept(case: Case) -> Finding | None:
    """The field is empty again, where what was typed should stand in it."""
    wanted = case.phrase.value
    if case.phrase.kind != "form" or not isinstance(wanted, str) or case.has_crashed:
        return None
    return Finding(
        "value-not-kept",
        say(
            "What stands in a field is its value:"
            ' <input name="{name}" value="{{{{ ... }}}}">.',
            name=case.phrase.subject,
        ),
    )
