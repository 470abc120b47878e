"""Mistakes with a layout: not extended, a block of another name, text beside blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..words import say
from .case import Case, Finding
from .wrong_pages import list_template_names, rendered_templates

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
