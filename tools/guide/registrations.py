"""Every kind of registration, found in an app, and how two cells share it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.werkbook_ext.kinds import KINDS

from werkbook import App, Blueprint, live
from werkbook.registrations.keyed import Claims
from werkbook.registrations.registration import ContainerBase

from .markdown import code, fence, table

WORDS = {
    "after_request": "a hook that gets the response",
    "attribute": "an attribute of the app, such as `secret_key` or `wsgi_app`",
    "before_request": "a hook that runs before the view function",
    "blueprint": "a blueprint, by its name",
    "cli_command": "a command of `app.cli`, by its name",
    "config": "a key of `app.config`",
    "context_processor": "a function that gives templates variables",
    "converter": "a URL converter, by its name",
    "deferred": "what a blueprint does when it is registered",
    "error_handler": "an error handler, by status code or exception class",
    "extension": "what an extension keeps in `app.extensions`, by its name",
    "jinja_attribute": "an attribute of `app.jinja_env`",
    "jinja_extension": "an extension of Jinja, by its name",
    "jinja_option": "an entry of `app.jinja_options`, by its name",
    "jinja_policy": "a key of `app.jinja_env.policies`",
    "mount": "an app or blueprint that a blueprint was registered on",
    "nested": "a blueprint within a blueprint",
    "rule": "a URL rule with its methods (variable names aside)",
    "shell_context_processor": "a function that gives the shell variables",
    "static": "a `%%static` cell, by its path",
    "teardown_appcontext": "a hook at the end of the application context",
    "teardown_request": "a hook at the end of the request context",
    "template": "a `%%template` cell, by its name",
    "template_filter": "a filter of templates, by its name",
    "template_global": "a global of templates, by its name",
    "template_test": "a test of templates, by its name",
    "url_build_error_handler": "a function that is asked when no URL can be built",
    "url_default": "a function that fills in values for `url_for`",
    "url_map": "an attribute of the URL map",
    "url_value_preprocessor": "a hook that may change a rule's values",
    "view": "a view function, by its endpoint",
}
KEYED = "its key: the cell run last has it; when that goes, the other's comes back"
ORDERED = "its place: that of its cell's first run, however often the cell runs"


def write() -> str:
    """Write the kinds, and how each is registered."""
    found = kinds()
    rows = [
        (code(kind), WORDS[kind], KEYED if is_keyed else ORDERED)
        for kind, is_keyed in sorted(found.items())
    ]
    examples = "\n\n".join(
        f"### {code(kind.name)}\n\n{fence(kind.cell('Hello'), 'notebook-cell')}"
        for kind in KINDS
    )
    return (
        f"{table(('kind', 'is', 'two cells that register the same: by'), rows)}\n\n"
        f"## As a cell writes it\n\n{EXAMPLES}\n\n{examples}"
    )


EXAMPLES = (
    "Each of these cells is run by the tests of the laws: it is run again with another"
    " value, fails, is deleted and comes back, and what the app answers is compared"
    " each time."
)


def kinds() -> dict[str, bool]:
    """Return the kinds that apps, blueprints and notebooks hold: whether by a key."""
    app, blueprint = App("guide"), Blueprint("guide", "guide")
    app.jinja_env, app.cli, app.json  # made when they are asked for  # noqa: B018
    app.error_handler_spec[None][404]  # made so, too
    owned = _containers([app, blueprint, live.notebook], set())
    return {one.kind: isinstance(one, Claims) for one in owned if one.kind}


def _containers(objects: list[Any], seen: set[int]) -> Iterator[Any]:
    for one in objects:
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, ContainerBase):
            yield one
            if isinstance(one, dict) and not one.kind:
                yield from _containers(list(one.values()), seen)
        module = type(one).__module__
        if module.startswith(("werkbook", "jinja2")) and hasattr(one, "__dict__"):
            yield from _containers(list(vars(one).values()), seen)
