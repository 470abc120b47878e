"""Every magic with each of its options, examples, and mistakes with what they say."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from werkbook.exercises.reading import PARSER as EXERCISE_PARSER
from werkbook.exercises.reading import USAGE as EXERCISE_USAGE
from werkbook_ext.loading import MAGICS
from werkbook_ext.magics import (
    browse,
    check,
    docs,
    doctor,
    export,
    help_card,
    routes,
    serve,
)
from werkbook_ext.magics.http import USAGE as HTTP_USAGE
from werkbook_ext.magics.route import ROUTE_USAGE
from werkbook_ext.magics.static import STATIC_USAGE
from werkbook_ext.magics.template import TEMPLATE_USAGE
from werkbook_ext.magics.trace import USAGE as TRACE_USAGE

from .magic_examples import EXAMPLES, MISTAKES
from .markdown import code, fence, table
from .running import say_mistakes

HTTP_OPTIONS = {
    ("-f", "--form"): "Send the items as a form.",
    ("--multipart",): "Send them as a form with parts, also without a file.",
    ("-j", "--json"): "Send them as JSON; it is so unless a form is asked for.",
    ("--raw TEXT",): "The body as it is.",
    ("-a USER:PASSWORD", "--auth"): "HTTP basic authentication.",
    ("-A bearer", "--auth-type"): "What `-a` has is a token.",
    ("--app NAME",): "The app to ask, where there are several.",
    ("-F", "--follow"): "Follow redirects; it is so unless one is expected.",
    ("--no-follow",): "Show a redirect instead of following it.",
    ("--no-cookies",): "Send none of the notebook's cookies, and keep none.",
    ("--timeout SECONDS",): "How long to wait for each piece of the answer; 60.",
    ("-q", "--quiet"): "Show no card.",
    (
        "--ws",
    ): "Open a WebSocket; the words behind the URL are [messages](websockets.md).",
    ("--frames N",): "Wait for N messages of the app's, and close the WebSocket then.",
    ("--protocol NAME",): "A subprotocol that is offered for the WebSocket.",
    ("--expect STATUS",): "Fail the cell at another status: `200`, `2xx`, `200,201`.",
    ("--expect-text TEXT",): "Fail the cell when the body does not have this.",
    ("--expect-json EXPR",): "Fail the cell when an expression over `json` is not true,"
    " or, where it does not name `json`, when the body is not equal to it.",
    ("-> WORDS",): "Fail the cell when the [words](grammar.md) do not hold.",
}
NOT_WITH_A_BODY = ("--raw TEXT", "--multipart")
"""Options of `%http` that `%%http`, whose cell is the body, has no use for."""

ROUTE_OPTIONS = {
    ("METHOD[,METHOD]",): "What the rule answers; GET unless given.",
    ("RULE",): "The URL: `/hello/<name>`, `/notes/<int:number>`.",
    ("(PARAMETERS)",): "Read from the request by their [hints](typed.md).",
    ("--name ENDPOINT",): "The endpoint, where the one made of the rule will not do.",
    ("--try URL",): "Ask for this URL when the cell has run; as often as you like.",
    ("--app NAME",): "The app or blueprint that gets the rule.",
}
TEMPLATE_OPTIONS = {
    ("NAME",): "The name by which `render_template` finds it.",
    ("--with EXPR",): 'Show it with these values: a dict, or `name="Ada", n=3`.',
}
STATIC_OPTIONS = {("PATH",): "The path below `/static/`."}
TRACE_OPTIONS = {
    ("METHOD", "URL", "ITEM"): "A request in the [grammar](grammar.md) of `%http`.",
    ("--app NAME",): "The app to ask, where there are several.",
}
WRITTEN: dict[str, tuple[str, dict[tuple[str, ...], str]]] = {
    "http": (HTTP_USAGE, HTTP_OPTIONS),
    "route": (ROUTE_USAGE, ROUTE_OPTIONS),
    "template": (TEMPLATE_USAGE, TEMPLATE_OPTIONS),
    "static": (STATIC_USAGE, STATIC_OPTIONS),
    "trace": (TRACE_USAGE, TRACE_OPTIONS),
}
"""Magics whose line no argument parser reads."""

PARSERS: dict[str, argparse.ArgumentParser] = {
    "browse": browse.PARSER,
    "check": check.PARSER,
    "docs": docs.PARSER,
    "doctor": doctor.PARSER,
    "exercise": EXERCISE_PARSER,
    "export": export.PARSER,
    "routes": routes.PARSER,
    "serve": serve.PARSER,
    "werkbook": help_card.PARSER,
}


@dataclass(frozen=True)
class Magic:
    """A magic as it is typed, and what it says of itself."""

    name: str
    typed: str
    docstring: str

    @property
    def usage(self) -> str:
        """What may follow the name."""
        if self.name in WRITTEN:
            return WRITTEN[self.name][0]
        if self.name == "exercise":
            return EXERCISE_USAGE
        line: str = getattr(PARSERS[self.name], "usage_line", self.typed)
        return line.removeprefix("Usage: ")

    @property
    def options(self) -> dict[tuple[str, ...], str]:
        """Names of arguments and options, with what each does."""
        if self.name in WRITTEN:
            found = WRITTEN[self.name][1]
            left_out = NOT_WITH_A_BODY if self.typed == "%%http" else ()
            return {one: found[one] for one in found if one[0] not in left_out}
        return dict(_argument(one) for one in PARSERS[self.name]._actions)


def magics() -> list[Magic]:
    """Return all magics, in the order in which they are loaded."""
    return list({one.typed: one for one in _registered()}.values())


def _registered() -> Iterator[Magic]:
    for cls in MAGICS:
        for kind, marks in (("line", "%"), ("cell", "%%")):
            for name, method in cls.magics[kind].items():
                function = getattr(cls, method) if isinstance(method, str) else method
                yield Magic(name, marks + name, inspect.getdoc(function) or "")


def _argument(action: argparse.Action) -> tuple[tuple[str, ...], str]:
    metavar = action.metavar or action.dest.upper()
    if action.choices:
        metavar = "|".join(map(str, action.choices))
    words = action.help or ""
    if action.default not in (None, [], False, "") and "unless given" not in words:
        words += f" Default: {code(f'{action.default}'.removesuffix('.0'))}."
    names = action.option_strings or [str(metavar)]
    if action.option_strings and action.nargs != 0:
        names = [f"{names[0]} {metavar}", *names[1:]]
    return tuple(names), words


def write() -> str:
    """Write all magics."""
    said = say_mistakes(MISTAKES)
    return "\n\n".join(_section(magic, said) for magic in magics())


def _section(magic: Magic, said: dict[str, str]) -> str:
    parts = [f"## {code(magic.typed)}", fence(_usage(magic)), _words(magic)]
    rows = [
        (", ".join(map(code, names)), words) for names, words in magic.options.items()
    ]
    if rows:
        parts.append(table(("argument", "does"), rows))
    examples = EXAMPLES.get(magic.typed, ())
    if examples:
        parts += ["**Examples**", *(fence(cell, "notebook-cell") for cell in examples)]
    mistakes = MISTAKES.get(magic.typed, ())
    if mistakes:
        parts.append("**Mistakes, and what is said**")
        for cell in mistakes:
            parts += [fence(cell, "notebook-cell"), fence(said[cell])]
    return "\n\n".join(parts)


def _usage(magic: Magic) -> str:
    if magic.typed == "%%http":
        return magic.usage.replace("%http", "%%http", 1) + "\n[HEADERS]\n\n[BODY]"
    return magic.usage


def _words(magic: Magic) -> str:
    """Take the prose of the docstring: usage and tables stand elsewhere."""
    paragraphs = [
        one
        for one in magic.docstring.split("\n\n")
        if not one.startswith((" ", "%", "`%%", "`%export [", "What must hold"))
        and "\n  " not in one
    ]
    return "\n\n".join(" ".join(one.split()) for one in paragraphs)


def argument_names(options: Any) -> set[str]:
    """Return the bare names of options: `--app NAME` is `--app`."""
    return {name.split()[0] for names in options for name in names}
