"""Tab completion of rules, endpoints, templates and the options of magics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher
from IPython.core.interactiveshell import InteractiveShell

from werkbook import live
from werkbook.cells.requests import OPTION_NAMES
from werkbook.cells.routes import METHODS
from werkbook.routing.variables import list_variables

from ..completion import request_words, template_words
from ..notebook.apps import named_apps
from . import browse, check, docs, export, routes, serve

URL_FOR = re.compile(r"""\burl_for\(\s*(["'])(?P<typed>[^"']*)$""")
TEMPLATE = re.compile(
    r"""(?:\brender_template\(|\bstream_template\(|\bget_template\("""
    r"""|\{%-?\s*(?:extends|include|import|from))\s*(["'])(?P<typed>[^"']*)$"""
)
OPTION = re.compile(r"""^\s*%%?(?P<magic>\w+)\s.*?(?P<typed>--[\w-]*)$""")
APP_NAME = re.compile(
    r"""^\s*%%?\w+\s.*--app[ =](?P<typed>\w*)$"""
    r"""|^\s*%(?:serve|routes|check)\s+(?P<first>\w*)$"""
)
TARGET = re.compile(r"""^\s*%export\s.*--target[ =](?P<typed>\w*)$""")
VALUES = re.compile(
    r"""\burl_for\(\s*(["'])(?P<endpoint>[^"']*)\1\s*,(?:[^()]*[,\s])?(?P<typed>\w*)$"""
)
METHOD = re.compile(r"^\s*%%route\s+(?:[A-Z]+,)*(?P<typed>[A-Z]*)$")
RULE = re.compile(
    r"""^\s*(?:\w+\s*=\s*)?%%?(?:http|browse|route)\s(?:.*\s)?(?P<typed>/[^\s"']*)$"""
    r"""|\.(?:get|post|put|patch|delete|open)\((["'])(?P<quoted>/[^"']*)$"""
)

OPTIONS: dict[str, tuple[str, ...]] = {
    "route": ("--name", "--try", "--app"),
    "template": ("--with",),
    "serve": serve.PARSER.options,
    "routes": routes.PARSER.options,
    "http": tuple(name for name in OPTION_NAMES if name.startswith("--")),
    "browse": browse.PARSER.options,
    "docs": docs.PARSER.options,
    "export": export.PARSER.options,
    "check": check.PARSER.options,
}


def install(shell: InteractiveShell) -> Callable[[], None]:
    """Add the matcher to a shell's completer; return what takes it away again."""
    completer = shell.Completer

    def match(context: CompletionContext) -> dict[str, object]:
        return _match(shell, context)

    matcher: Any = context_matcher(identifier="werkbook", priority=150)(match)
    completer.custom_matchers.append(matcher)
    return lambda: completer.custom_matchers.remove(matcher)


def completions_for(shell: InteractiveShell, text: str) -> tuple[str, list[str]]:
    """Return what was typed of a word and the words that would end it.

    Args:
        shell: The shell whose apps are asked.
        text: The cell up to the cursor, or its line.
    """
    line = text.rpartition("\n")[2]
    for pattern, words in (
        (URL_FOR, _endpoints),
        (TEMPLATE, _template_names),
        (APP_NAME, _app_names),
        (TARGET, _targets),
        (METHOD, _methods),
        (RULE, _rules),
    ):
        match = pattern.search(line)
        if match is not None:
            groups = match.groupdict()
            typed = next(filter(None, groups.values()), "")
            return typed, _beginning(typed, words(shell))
    values = VALUES.search(line)
    if values is not None:
        return values["typed"], _beginning(
            values["typed"], _values_of(values["endpoint"])
        )
    option = OPTION.search(line)
    if option is None:
        found = template_words(shell, text) or request_words(shell, text)
        return (found[0], _in_order(*found)) if found is not None else ("", [])
    typed = option["typed"]
    return typed, _beginning(typed, OPTIONS.get(option["magic"], ()))


def _match(shell: InteractiveShell, context: CompletionContext) -> dict[str, object]:
    lines = context.full_text.split("\n")[: context.cursor_line + 1]
    lines[-1] = context.text_until_cursor
    typed, words = completions_for(shell, "\n".join(lines))
    return {
        "completions": [SimpleCompletion(word, type="werkbook") for word in words],
        "matched_fragment": typed,
        "suppress": bool(words),
        "ordered": True,
    }


def _in_order(typed: str, words: Iterable[str]) -> list[str]:
    """Keep the order: what is most likely comes first."""
    return list(dict.fromkeys(word for word in words if word.startswith(typed)))


def _beginning(typed: str, words: Iterable[str]) -> list[str]:
    return sorted({word for word in words if word.startswith(typed)})


def _endpoints(shell: InteractiveShell) -> Iterator[str]:
    for app in live.apps():
        yield from (rule.endpoint for rule in live.rules(app))


def _rules(shell: InteractiveShell) -> Iterator[str]:
    for app in live.apps():
        yield from (rule.rule for rule in live.rules(app))


def _values_of(endpoint: str) -> Iterator[str]:
    """Return what builds a URL of an endpoint, as it is typed."""
    for app in live.apps():
        for rule in live.rules(app):
            if rule.endpoint == endpoint:
                yield from (f"{name}=" for name in list_variables(rule.rule))


def _methods(shell: InteractiveShell) -> Iterable[str]:
    return METHODS


def _template_names(shell: InteractiveShell) -> Iterator[str]:
    yield from live.notebook.templates
    for app in live.apps():
        yield from app.jinja_env.list_templates()


def _app_names(shell: InteractiveShell) -> Iterator[str]:
    for name, _app in named_apps(shell):
        yield name


def _targets(shell: InteractiveShell) -> Iterator[str]:
    yield from ("flask", "werkbook")
