"""A check that does not hold, with all that tells why."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from werkbook.cells import routes
from werkbook.cells.requests.vocabulary import Phrase
from werkbook.cells.source import magics
from werkbook.serving.applications import is_asgi
from werkbook.syntax_trees import parse_python

from ..check_answers import Answer
from ..exercise import Check, Exercise
from ..workplace import Workplace

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Finding:
    """A mistake that has a name.

    Attributes:
        code: Its name, for teachers and tests.
        text: What a student reads.
        instead: Whether it stands in place of what the app answered.
    """

    code: str
    text: str
    instead: bool = False


@dataclass(frozen=True)
class Case:
    """A check, the phrase that does not hold, and what is known of the app.

    Attributes:
        before: The check's lines above it, as they went.
    """

    exercise: Exercise
    check: Check
    phrase: Phrase
    answer: Answer
    place: Workplace
    before: tuple[Any, ...] = field(default=())

    @cached_property
    def code(self) -> Code:
        """The student's cells."""
        return Code(self.place.code)

    @property
    def url(self) -> str:
        """The URL that was asked for, as written."""
        command = self.check.command
        return command.request.url if command is not None else ""

    @property
    def path(self) -> str:
        """The path that was asked for."""
        return unquote(urlsplit(self.url).path)

    @property
    def method(self) -> str:
        """The method that was asked with; empty where nothing was sent."""
        command = self.check.command
        return command.request.method_or_guess() if command is not None else ""

    @property
    def sent_type(self) -> str:
        """What was sent: form, json or nothing."""
        headers = {name.lower(): value for name, value in self.answer.request_headers}
        kind = headers.get("content-type", "")
        if kind.startswith(FORM_TYPES):
            return "form"
        return "json" if "json" in kind else ""

    @property
    def taken_type(self) -> str:
        """What the view that answered was sent: after a redirect it is nothing."""
        return self.sent_type if len(self.answer.hops) < 2 else ""

    @property
    def sent_names(self) -> set[str]:
        """The names of the fields that were sent, and of the query's parts."""
        command = self.check.command
        items = command.request.items if command is not None else ()
        query = {name for name, _ in parse_qsl(urlsplit(self.url).query, True)}
        return {item.key for item in items if item.separator != ":"} | query

    @property
    def wanted_statuses(self) -> tuple[str, ...]:
        """The statuses that must come; empty where none is said."""
        return next(
            (one.value for one in self.check.phrases if one.kind == "status"), ()
        )

    @property
    def wanted_texts(self) -> list[str]:
        """The texts that the answer must have."""
        return [
            one.value
            for one in self.check.phrases
            if one.verb == "has" and one.kind in ("text", "page") and one.value
        ]

    @property
    def is_wanted_redirect(self) -> bool:
        """Whether a redirect must come."""
        return any(phrase.is_redirect for phrase in self.check.phrases)

    @cached_property
    def view(self) -> Code:
        """The code of the view that answered; all of the cells where it isn't known.

        Where no rule fits no view answered: then it is that of the error handlers.
        """
        source = self._view_source()
        if source:
            return Code((source,))
        if self.answer.endpoint.rpartition(".")[2] == "static":
            return Code(())
        return Code(self._handlers()) if self._is_unanswered else self.code

    def raised(self, pattern: str) -> re.Match[str] | None:
        """Match what the app raised, written as "KeyError: 'name'", with a pattern."""
        mishap = self.answer.mishap
        if mishap is None:
            return None
        return re.search(pattern, f"{mishap.kind}: {mishap.message}")

    @property
    def has_crashed(self) -> bool:
        """Whether the app raised instead of answering."""
        return self.answer.mishap is not None and self.answer.status >= 500

    @property
    def is_like_flask(self) -> bool:
        """Whether Flask's words hold for the app: not for FastAPI's and its like."""
        app = self.place.app
        return hasattr(app, "url_map") or not is_asgi(app)

    @property
    def is_lost(self) -> bool:
        """Whether no rule fits, though one must."""
        is_wanted = any(one in ("404", "4xx") for one in self.wanted_statuses)
        return self.answer.status == 404 and not is_wanted and self._is_unanswered

    @property
    def _is_unanswered(self) -> bool:
        """Whether it is known that no view answered."""
        app = self.place.app
        has_rules = hasattr(app, "url_map") or hasattr(app, "routes")
        is_unanswered = not self.answer.endpoint and not self.answer.rule
        # While a view hangs nothing is known of it yet.
        is_known = has_rules and not self.answer.hangs
        return is_known and is_unanswered and self.check.kind == "request"

    def _handlers(self) -> tuple[str, ...]:
        """Return the code of the app's error handlers."""
        spec = getattr(self.place.app, "error_handler_spec", None) or {}
        names = {
            getattr(handler, "__name__", "")
            for codes in spec.values()
            for handlers in codes.values()
            for handler in handlers.values()
        }
        return tuple(filter(None, map(self.code.definition, sorted(names))))

    def _view_source(self) -> str:
        rule, endpoint = self.answer.rule, self.answer.endpoint
        functions = getattr(self.place.app, "view_functions", None)
        if functions is None and endpoint:  # it has the name of its function
            return self.code.definition(endpoint)
        view = (functions or {}).get(endpoint)
        if view is None:
            return ""
        route = next((one for one in self.code.route_cells if one[0] == rule), None)
        if route is not None:
            return route[1]
        view = getattr(view, "view_class", view)
        name = getattr(inspect.unwrap(view), "__name__", "")
        return self.code.definition(name)


class Code:
    """Some cells of a student's, to look something up in."""

    def __init__(self, sources: tuple[str, ...]) -> None:
        """Read the cells; what does not parse is text only."""
        self.sources = sources
        self.text = "\n\n".join(sources)

    @cached_property
    def trees(self) -> list[ast.Module]:
        """The syntax trees of the cells' Python, the bodies of magics included."""
        return [tree for _, tree in self._parsed]

    @cached_property
    def _parsed(self) -> list[tuple[str, ast.Module]]:
        found = []
        for source in self.sources:
            python = _python(source)
            try:
                found.append((python, parse_python(python)))
            except (SyntaxError, ValueError):
                continue
        return found

    @cached_property
    def route_cells(self) -> list[tuple[str, str]]:
        """The rules and bodies of the `%%route` cells, the newest first."""
        found = []
        for number, rule in _routed(self.sources):
            magic = magics.cell_magic(self.sources[number])
            found.append((rule, magic.body if magic is not None else ""))
        return found[::-1]

    def definition(self, name: str) -> str:
        """Return the text of the function or class of a name, the newest one."""
        for source, tree in reversed(self._parsed):
            for node in ast.walk(tree):
                is_definition = isinstance(node, (*_FUNCTIONS, ast.ClassDef))
                if is_definition and node.name == name:  # type: ignore[attr-defined]
                    first = min(
                        [node.lineno, *(one.lineno for one in node.decorator_list)]  # type: ignore[attr-defined]
                    )
                    lines = source.splitlines()[first - 1 : node.end_lineno]  # type: ignore[attr-defined]
                    return "\n".join(lines)
        return ""

    def place_of(self, rule: str, name: str) -> int:
        """Return the number of the newest cell that has a rule's view; -1 for none.

        Args:
            rule: The rule, as it stands in a `%%route` cell.
            name: The name of the view function or class.
        """
        routed = dict(_routed(self.sources))
        found = [n for n, one in routed.items() if one == rule]
        for number, source in enumerate(self.sources):
            if number not in routed and Code((source,)).definition(name):
                found.append(number)
        return max(found, default=-1)

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[Any]:
        """Yield the nodes of some kinds."""
        for tree in self.trees:
            for node in ast.walk(tree):
                if isinstance(node, kinds):
                    yield node

    @property
    def last_lines(self) -> list[ast.Expr]:
        """The last lines of the cells: of a `%%route` cell that is what it returns."""
        ends = [tree.body[-1] for tree in self.trees if tree.body]
        return [one for one in ends if isinstance(one, ast.Expr)]

    @property
    def functions(self) -> list[Any]:
        """The functions."""
        return list(self.nodes(*_FUNCTIONS))

    def reads(self, *names: str) -> bool:
        """Say whether `request.form` or so is read, `names` being what follows."""
        return any(
            node.attr in names
            for node in self.nodes(ast.Attribute)
            if isinstance(node.value, ast.Name) and node.value.id == "request"
        )

    def mentions(self, name: str) -> bool:
        """Say whether a name is used."""
        return any(node.id == name for node in self.nodes(ast.Name))

    def find_keys(self, *names: str) -> list[str]:
        """Return the constant keys read with brackets: `request.form["name"]`.

        Args:
            names: `session`, or of `request` the attribute: `form`, `args`.
        """
        found = []
        for node in self.nodes(ast.Subscript):
            whole = node.value
            name = getattr(whole, "attr", None) or getattr(whole, "id", None)
            is_read = isinstance(node.ctx, ast.Load)
            if name in names and is_read and isinstance(node.slice, ast.Constant):
                found.append(str(node.slice.value))
        return found


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _routed(sources: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield the numbers of the `%%route` cells, with their rules."""
    for number, source in enumerate(sources):
        magic = magics.cell_magic(source)
        if magic is not None and magic.name == "route":
            try:
                yield number, routes.parse_route_line(magic.line).rule
            except ValueError:
                continue


def _python(source: str) -> str:
    """Return the Python of a cell; a `%%route` cell's body is that of a function."""
    magic = magics.cell_magic(source)
    if magic is not None and magic.name == "route":
        return magic.body
    if magic is not None and magic.name not in magics.PYTHON_MAGICS:
        return ""
    try:
        return str(magics.transform(source).source)
    except (SyntaxError, ValueError):
        return source
