"""Mistakes with a layout: not extended, a block of another name, text beside blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..words import say
from .case import Case, Finding
from .wrong_pages import list_sources, list_template_names, rendered_templates

_UNQUOTED = re.compile(r"\{%-?\s*extends\s+([A-Za-z_][\w/.-]*\.\w+)\s*-?%\}")


@dataclass(frozen=True)
class _Template:
    """What a template is made of.

    Attributes:
        parent: The name of the template that it extends; empty without one.
        blocks: The names of its blocks.
        has_text: Whether it has text outside of its blocks.
    """

    parent: str
    blocks: frozenset[str]
    has_text: bool


def unquoted_parent(case: Case) -> Finding | None:
    """`extends` has a name without quotes."""
    mishap = case.answer.mishap
    found = _UNQUOTED.search(mishap.code) if mishap is not None else None
    if found is None:
        return None
    return Finding(
        "unquoted-parent",
        say(
            'The name of a template stands in quotes: {{% extends "{name}" %}}',
            name=found[1],
        ),
    )


def unknown_block(case: Case) -> Finding | None:
    """A template fills a block that the one it extends does not have."""
    for name, template in _rendered(case):
        blocks = _blocks_above(case, template.parent)
        missing = sorted(template.blocks - blocks) if blocks is not None else []
        if missing:
            return Finding(
                "unknown-block",
                say(
                    "{name} fills the block {block}, which {parent} does not have; it"
                    " has {known}.",
                    name=name,
                    block=missing[0],
                    parent=template.parent,
                    known=", ".join(sorted(blocks or ())) or "–",
                ),
            )
    return None


def outside_blocks(case: Case) -> Finding | None:
    """A template that extends another one has text outside of its blocks."""
    for name, template in _rendered(case):
        if template.parent and template.has_text:
            return Finding(
                "outside-block",
                say(
                    "{name} extends {parent}, so what stands outside of its blocks is"
                    " not shown: put it into a block.",
                    name=name,
                    parent=template.parent,
                ),
            )
    return None


def no_parent(case: Case) -> Finding | None:
    """A template has the blocks of a layout, and does not extend it."""
    for name, template in _rendered(case):
        if template.parent or not template.blocks:
            continue
        for other in list_template_names(case.place.app):
            layout = _read(case, other)
            if other == name or layout is None or layout.parent:
                continue
            if template.blocks <= layout.blocks:
                return Finding(
                    "no-parent",
                    say(
                        "{name} fills blocks of {layout}, and does not extend it. Its"
                        ' first line: {{% extends "{layout}" %}}',
                        name=name,
                        layout=other,
                    ),
                )
    return None


def _rendered(case: Case) -> Iterator[tuple[str, _Template]]:
    """Yield the templates that the view renders, where the answer has a mistake."""
    is_about = case.phrase.kind in ("page", "text", "form") and not case.answer.mishap
    if not is_about or case.phrase.verb == "lacks" or case.answer.status >= 400:
        return
    for name, _ in rendered_templates(case):
        template = _read(case, name)
        if template is not None:
            yield name, template


def _blocks_above(case: Case, name: str) -> frozenset[str] | None:
    """Return the blocks of a template and of those it extends; None: not known."""
    blocks: frozenset[str] = frozenset()
    for _ in range(20):
        template = _read(case, name) if name else None
        if template is None:
            return None
        blocks |= template.blocks
        if not template.parent:
            return blocks
        name = template.parent
    return None


def _read(case: Case, name: str) -> _Template | None:
    from jinja2 import TemplateError, nodes  # only a template's diagnosis needs it

    app: Any = case.place.app
    try:
        environment = app.jinja_env
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
    except (TemplateError, AttributeError):
        return None
    extends = next(tree.find_all(nodes.Extends), None)
    parent = getattr(getattr(extends, "template", None), "value", "")
    outside = [one for one in tree.body if isinstance(one, nodes.Output)]
    texts = [part for one in outside for part in one.nodes]
    return _Template(
        parent if isinstance(parent, str) else "",
        frozenset(block.name for block in tree.find_all(nodes.Block)),
        any(
            not isinstance(one, nodes.TemplateData) or one.data.strip() for one in texts
        ),
    )


def not_extended(case: Case) -> Finding | None:
    """The page lacks what stands in a layout, which it does not extend."""
    for name, template in _rendered(case):
        if template.parent or template.blocks:
            continue
        for other in list_template_names(case.place.app):
            layout = _read(case, other)
            is_layout = layout is not None and layout.blocks and not layout.parent
            if other != name and is_layout and _holds_wanted(case, other):
                return Finding(
                    "no-parent",
                    say(
                        "{layout} has it, and {name} does not extend it. Its first"
                        ' line: {{% extends "{layout}" %}}',
                        name=name,
                        layout=other,
                    ),
                )
    return None


def text_for_layout(case: Case) -> Finding | None:
    """The view writes its page itself, which lacks what stands in the layout."""
    is_about = case.phrase.kind in ("page", "text") and not case.answer.mishap
    if not is_about or case.phrase.verb == "lacks" or case.answer.status >= 400:
        return None
    is_own = case.answer.endpoint and case.view is not case.code
    if not is_own or case.answer.is_json or "render_template" in case.view.text:
        return None
    for other in list_template_names(case.place.app):
        layout = _read(case, other)
        is_layout = layout is not None and layout.blocks and not layout.parent
        if is_layout and _holds_wanted(case, other):
            return Finding(
                "no-parent",
                say(
                    "{layout} has it, and your view writes its page itself. Make a"
                    ' template that begins with {{% extends "{layout}" %}}, and return'
                    " render_template(...) of it.",
                    layout=other,
                ),
            )
    return None


def layout_rendered(case: Case) -> Finding | None:
    """The view renders the frame, and not the page that fills it."""
    for name, template in _rendered(case):
        if template.parent or not template.blocks:
            continue
        for other in list_template_names(case.place.app):
            page = _read(case, other)
            if page is not None and page.parent == name and _holds_wanted(case, other):
                return Finding(
                    "layout-rendered",
                    say(
                        "{layout} is the frame alone. Render the page that extends it:"
                        ' render_template("{page}")',
                        layout=name,
                        page=other,
                    ),
                )
    return None


def block_replaced(case: Case) -> Finding | None:
    """A block replaces what the layout has in it."""
    for name, template in _rendered(case):
        parent = _read(case, template.parent) if template.parent else None
        shared = sorted(template.blocks & parent.blocks) if parent is not None else []
        if shared and _holds_wanted(case, template.parent):
            return Finding(
                "block-replaced",
                say(
                    "The block {block} of {name} replaces what {parent} has there."
                    " {{{{ super() }}}} keeps that, or put it outside of the block.",
                    block=shared[0],
                    name=name,
                    parent=template.parent,
                ),
            )
    return None


def outside_loop(case: Case) -> Finding | None:
    """An element stands around a loop, and not in it."""
    tag = case.phrase.subject
    is_counted = case.phrase.times is not None or case.phrase.verb == "lacks"
    if case.phrase.kind != "page" or not tag.isalpha() or not is_counted:
        return None
    if case.has_crashed:
        return None
    begin = re.compile(rf"<{tag}\b", re.IGNORECASE)
    for source in list_sources(case):
        loops = _LOOP.findall(source)
        is_inside = any(begin.search(loop) for loop in loops)
        if begin.search(source) and not is_inside and (loops or "{{" in source):
            return Finding(
                "outside-loop",
                say(
                    "<{tag}> stands outside of a loop, so it is there once, whatever"
                    " there is to show. Put it between {{% for %}} and {{% endfor %}}.",
                    tag=tag,
                ),
            )
    return None


_LOOP = re.compile(r"\{%-?\s*for\b.*?\{%-?\s*endfor\b", re.DOTALL)


def _holds_wanted(case: Case, name: str) -> bool:
    """Say whether the text of a template has what the page was to have."""
    app: Any = case.place.app
    source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
    phrase = case.phrase
    if isinstance(phrase.value, str) and phrase.value:
        is_shown = phrase.value in case.answer.visible_text
        return phrase.value in source and not is_shown
    return phrase.kind == "page" and f"<{phrase.subject}" in source
