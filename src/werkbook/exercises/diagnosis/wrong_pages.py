"""Mistakes in templates and forms."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from ..words import say
from .case import Case, Finding

_NOT_FOUND = ("TemplateNotFound", "MissingTemplateError", "TemplatesNotFound")
_CALLS = ("render_template", "stream_template")


def no_template(case: Case) -> Finding | None:
    """The template is not found."""
    mishap = case.answer.mishap
    if mishap is None or mishap.kind not in _NOT_FOUND:
        return None
    name = case.check.subject or _missing_name(case) or mishap.message.split()[0]
    known = ", ".join(_template_names(case.place.app)) or "–"
    return Finding(
        "no-template",
        say(
            "There is no template {name}; there is: {known}. The names must be the"
            " same, letter by letter.",
            name=name,
            known=known,
        ),
    )


def _missing_name(case: Case) -> str:
    known = _template_names(case.place.app)
    used = [name for name, _ in _rendered(case)]
    return next((name for name in used if name not in known), "")


def _template_names(app: Any) -> list[str]:
    try:
        return [str(name) for name in app.jinja_env.list_templates()]
    except Exception:  # a loader need not be able to list
        return []


def _rendered(case: Case) -> Iterator[tuple[str, set[str] | None]]:
    """Yield the templates that the view renders, and the names it gives them.

    None stands for names that are not known (`**values`).
    """
    for node in case.view.nodes(ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in _CALLS and node.args and isinstance(node.args[0], ast.Constant):
            given = {one.arg for one in node.keywords}
            known = None if None in given else {str(one) for one in given}
            yield str(node.args[0].value), known


def template_names(case: Case) -> Finding | None:
    """The template uses a name that the view does not give it."""
    if case.check.kind != "request" or case.answer.mishap is not None:
        return None
    for template, given in _rendered(case):
        if given is None:
            continue
        missing = sorted(_used_names(case, template) - given)
        if missing:
            return Finding(
                "template-names",
                say(
                    "{template} uses {name}, and the view does not give it:"
                    ' render_template("{template}", {name}=...).',
                    template=template,
                    name=missing[0],
                ),
            )
    return None


def _used_names(case: Case, template: str) -> set[str]:
    """Return the names that a template needs from its view."""
    from jinja2 import TemplateError, meta  # only a template's diagnosis needs it

    app: Any = case.place.app
    try:
        environment = app.jinja_env
        source = environment.loader.get_source(environment, template)[0]
        names = meta.find_undeclared_variables(environment.parse(source))
        with app.test_request_context("/"):
            known: dict[str, Any] = {}
            app.update_template_context(known)
    except (TemplateError, AttributeError):
        return set()
    return names - set(environment.globals) - set(known)


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
