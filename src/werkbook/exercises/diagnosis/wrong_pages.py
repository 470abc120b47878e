"""Mistakes in templates and forms."""

from __future__ import annotations

import ast
import difflib
import re
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
    names = list_template_names(case.place.app)
    name = mishap.message.split()[0]  # a template that is there may extend another
    if case.check.kind != "template":
        name = _missing_name(case) or name
    known = ", ".join(names) or "–"
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
    known = list_template_names(case.place.app)
    used = [name for name, _ in rendered_templates(case)]
    return next((name for name in used if name not in known), "")


def list_template_names(app: Any) -> list[str]:
    """Return the names of an app's templates."""
    try:
        return [str(name) for name in app.jinja_env.list_templates()]
    except Exception:  # a loader need not be able to list
        return []


def rendered_templates(case: Case) -> Iterator[tuple[str, set[str] | None]]:
    """Yield the templates that the view renders, and the names it gives them.

    None stands for names that are not known (`**values`).
    """
    for node in case.view.nodes(ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in _CALLS and node.args and isinstance(node.args[0], ast.Constant):
            given = {one.arg for one in node.keywords}
            known = None if None in given else {str(one) for one in given}
            yield str(node.args[0].value), known


def _rendered_texts(case: Case) -> Iterator[tuple[str, set[str] | None]]:
    """Yield the texts that the view renders as templates, and the names it gives."""
    for node in case.view.nodes(ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name != "render_template_string" or not node.args:
            continue
        first = node.args[0]
        text = getattr(first, "value", case.place.names.get(getattr(first, "id", "")))
        if isinstance(text, str):
            given = {one.arg for one in node.keywords}
            yield text, None if None in given else {str(one) for one in given}


def text_names(case: Case) -> Finding | None:
    """A text that is rendered uses a name that the view does not give it."""
    if case.check.kind != "request" or case.answer.mishap is not None:
        return None
    for text, given in _rendered_texts(case):
        missing = sorted(_names_in(case, text) - given) if given is not None else []
        if missing:
            return Finding(
                "template-names",
                say(
                    "The template uses {name}, and the view does not give it:"
                    " render_template_string(..., {name}=...).",
                    name=missing[0],
                ),
            )
    return None


def unknown_attribute(case: Case) -> Finding | None:
    """A template asks each item for something that nothing is called."""
    if case.check.kind != "request" or case.answer.mishap is not None:
        return None
    if case.phrase.kind not in ("page", "text") or case.phrase.verb == "lacks":
        return None
    for source in list_sources(case):
        known = known_words(case, source)
        for item, name in _attributes(case, source):
            near = difflib.get_close_matches(name, sorted(known), 1)
            if name not in known and near:
                return misspelt_attribute(item, name, near[0])
    return None


def loop_attributes(case: Case) -> Iterator[tuple[str, str]]:
    """Yield what the view's templates ask of items: `("one", "title")`."""
    for source in list_sources(case):
        yield from _attributes(case, source)


def _attributes(case: Case, source: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes that a template reads of what it goes through in loops."""
    from jinja2 import TemplateError, nodes  # only a template's diagnosis needs it

    try:
        tree = case.place.app.jinja_env.parse(source)
    except (TemplateError, AttributeError):
        return
    looped = {
        one.target.name
        for one in tree.find_all(nodes.For)
        if isinstance(one.target, nodes.Name)
    }
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name in looped:
            yield node.node.name, node.attr


def misspelt_attribute(item: str, name: str, near: str) -> Finding:
    return Finding(
        "template-names",
        say(
            "{{{{ {item}.{name} }}}} stays empty: nothing is called {name}. Is {near}"
            " meant?",
            item=item,
            name=name,
            near=near,
        ),
    )


def list_sources(case: Case) -> Iterator[str]:
    """Yield the texts of the templates that the view renders."""
    yield from (text for text, _ in _rendered_texts(case))
    for name, _ in rendered_templates(case):
        try:
            environment = case.place.app.jinja_env
            yield environment.loader.get_source(environment, name)[0]
        except Exception:  # a loader may raise anything
            continue


def known_words(case: Case, source: str) -> set[str]:
    """Return what an item can have: words of the cells' Python, of what was sent."""
    words: set[str] = set(case.sent_names)
    for line in case.before:
        words |= set(re.findall(r"\w+", line.check.asked))
    for tree in case.code.trees:
        for node in ast.walk(tree):
            text = (
                getattr(node, "value", None) if isinstance(node, ast.Constant) else ""
            )
            if isinstance(text, str) and text != source:
                words |= set(re.findall(r"\w+", text)) if "{{" not in text else set()
            words |= {str(getattr(node, key, "")) for key in ("id", "attr", "arg")}
    return words


def template_names(case: Case) -> Finding | None:
    """The template uses a name that the view does not give it."""
    is_undefined = case.raised(r"^UndefinedError: '\w+' is undefined") is not None
    if case.check.kind != "request" or (case.answer.mishap and not is_undefined):
        return None
    for template, given in rendered_templates(case):
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
    from jinja2 import TemplateError  # only a template's diagnosis needs it

    app: Any = case.place.app
    try:
        environment = app.jinja_env
        source = environment.loader.get_source(environment, template)[0]
    except (TemplateError, AttributeError):
        return set()
    return _names_in(case, source)


def _names_in(case: Case, source: str) -> set[str]:
    """Return the names that a template's text needs from its view."""
    from jinja2 import TemplateError, meta  # only a template's diagnosis needs it

    app: Any = case.place.app
    try:
        environment = app.jinja_env
        names = meta.find_undeclared_variables(environment.parse(source))
        with app.test_request_context("/"):
            known: dict[str, Any] = {}
            app.update_template_context(known)
    except (TemplateError, AttributeError):
        return set()
    return names - set(environment.globals) - set(known)


def template_values(case: Case) -> Finding | None:
    """A template's values are given without their names."""
    mishap = case.answer.mishap
    is_about = mishap is not None and re.search(
        r"render_template\w*\(\) takes .* positional", mishap.message
    )
    if not is_about:
        return None
    return Finding(
        "template-values",
        say(
            "A template gets its values by name:"
            ' render_template("page.html", things=things).'
        ),
    )


def quoted_name(case: Case) -> Finding | None:
    """A template gets a word where it should get what is called so."""
    for node in case.view.nodes(ast.keyword):
        value = node.value.value if isinstance(node.value, ast.Constant) else None
        is_name = isinstance(value, str) and value.isidentifier()
        if is_name and value in case.place.names and value == node.arg:
            return Finding(
                "quoted-name",
                say(
                    "In quotes {name} is only a word, which has letters and no items:"
                    " {name}={name}",
                    name=value,
                ),
            )
    return None


def template_returned(case: Case) -> Finding | None:
    """The name of a template is the answer."""
    if not re.fullmatch(r"[\w./-]+\.(?:html?|jinja2?|j2)", case.answer.text.strip()):
        return None
    return Finding(
        "template-returned",
        say(
            "Your view returns the name of a template, and not what is in it: return"
            ' render_template("{name}")',
            name=case.answer.text.strip(),
        ),
    )


def word_for_value(case: Case) -> Finding | None:
    """A template has a name where its value belongs."""
    if case.phrase.kind != "page" or case.phrase.verb == "lacks":
        return None
    for template, _ in rendered_templates(case):
        words = _bare_words(case, template)
        if words:
            return Finding(
                "braces",
                say(
                    "A template fills in {{{{ {name} }}}}, with two braces.",
                    name=words[0],
                ),
            )
    return None


def _bare_words(case: Case, template: str) -> list[str]:
    """Return the names of a template's loops that stand in it as words alone."""
    from jinja2 import TemplateError, nodes  # only a template's diagnosis needs it

    try:
        environment = case.place.app.jinja_env
        source = environment.loader.get_source(environment, template)[0]
        tree = environment.parse(source)
    except (TemplateError, AttributeError):
        return []
    looped = {
        one.target.name
        for one in tree.find_all(nodes.For)
        if isinstance(one.target, nodes.Name)
    }
    shown = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "load"}
    texts = " ".join(one.data for one in tree.find_all(nodes.TemplateData))
    bare = re.sub(r"<[^>]*>", " ", texts)
    return sorted((looped - shown) & set(re.findall(r"\w+", bare)))


def other_element(case: Case) -> Finding | None:
    """The text is in the page, and in another element."""
    phrase = case.phrase
    is_about = phrase.kind == "page" and phrase.verb == "has"
    if not is_about or not isinstance(phrase.value, str) or case.answer.is_json:
        return None
    if "[" in phrase.subject or phrase.value not in case.answer.visible_text:
        return None
    return Finding(
        "other-element",
        say(
            "The text is there, but in another element: it belongs into {name}.",
            name=f"<{phrase.subject}>" if phrase.subject.isalnum() else phrase.subject,
        ),
    )


def filters(case: Case) -> Finding | None:
    """A filter that there is not, or one that is called as a function."""
    app: Any = case.place.app
    found = case.raised(r"No filter named '(\w+)'")
    if found is not None:
        known = sorted(app.jinja_env.filters)
        near = difflib.get_close_matches(found[1], known, 1)
        return Finding(
            "unknown-filter",
            say(
                "There is no filter {name}. Is {near} meant?",
                name=found[1],
                near=near[0] if near else ", ".join(("upper", "lower", "length")),
            ),
        )
    found = case.raised(r"^UndefinedError: '(\w+)' is undefined")
    if found is None or found[1] not in app.jinja_env.filters:
        return None
    return Finding(
        "filter-called",
        say(
            "{name} is a filter: it stands behind a value and a line,"
            " {{{{ value|{name} }}}}.",
            name=found[1],
        ),
    )


def template_name_unused(case: Case) -> Finding | None:
    """A template that is checked uses another name than it is given."""
    if case.check.kind != "template" or case.answer.mishap is not None:
        return None
    given = {name for name, _ in case.check.values}
    missing = sorted(_used_names(case, case.check.subject) - given)
    if not missing or not given:
        return None
    return Finding(
        "template-names",
        say(
            "The template uses {name}, and what it is given is called {given}.",
            name=missing[0],
            given=", ".join(sorted(given)),
        ),
    )
