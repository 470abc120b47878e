"""Values for the variables and fields of rules that no cell asks."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

from werkbook.syntax_trees import parse_python

from .app_rules import AppRule

_BY_CONVERTER = {
    "int": "1",
    "float": "1.5",
    "re": "1",
    "uuid": "12345678-1234-5678-1234-567812345678",
    "path": "example/page",
}
_LINK = re.compile(r"""(?:href|src|action)\s*=\s*["']?([^"'\s>]+)""", re.I)
_INPUT = re.compile(
    r"<(?:input|textarea|select)\b[^>]*?\bname\s*=\s*[\"']?([\w.\[\]-]+)", re.I
)
_TAG = re.compile(r"<input\b[^>]*>", re.I)
_ATTRIBUTE = re.compile(
    r"\b(name|type|value)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.I
)
_FORM = re.compile(r"<form\b(?P<head>[^>]*)>.*?(?:</form>|\Z)", re.I | re.S)
_ACTION = re.compile(r"""\baction\s*=\s*["']?([^"'\s>]+)""", re.I)
_READERS = (
    "form",
    "args",
    "values",
    "json",
    "files",
    "query",
    "forms",
    "params",
    "GET",
    "POST",
)
_WORDY = re.compile(
    r"name|title|text|mail|message|word|query|user|pass|comment|url", re.I
)
_BY_NAME = (
    (re.compile(r"mail", re.I), "ada@example.org"),
    (re.compile(r"url|link|website", re.I), "https://example.org/"),
    (re.compile(r"(?<![a-z])date|date\Z|birthday", re.I), "2024-01-31"),
    (_WORDY, "example"),
)
_MAX_LINKS = 400


class Examples:
    """What is known of URLs and values: from sources, from requests, from answers."""

    def __init__(self, sources: Iterable[str] = ()) -> None:
        """Look for calls of `url_for` in the notebook's sources."""
        self._paths: list[str] = []
        self._values: dict[str, list[str]] = {}
        self._built: dict[str, list[dict[str, str]]] = {}
        for source in sources:
            self._read_url_for(source)

    def learn_path(self, url: str) -> None:
        """Take a path that somebody asked or linked to."""
        path = urlsplit(url).path
        if (
            path.startswith("/")
            and path not in self._paths
            and len(self._paths) < _MAX_LINKS
        ):
            self._paths.append(path)

    def learn_body(self, body: bytes, kind: str) -> None:
        """Take the links of a page, the values of JSON."""
        if "json" in kind:
            try:
                self._learn_json(json.loads(body), 0)
            except ValueError:
                return
        elif "html" in kind:
            for link in _LINK.findall(body.decode("utf-8", "replace")):
                if not link.startswith(
                    ("http:", "https:", "//", "#", "mailto:", "data:")
                ):
                    self.learn_path(link.replace("&amp;", "&"))

    def _learn_json(self, value: Any, depth: int) -> None:
        if depth > 4:
            return
        if isinstance(value, dict):
            for key, one in list(value.items())[:50]:
                if isinstance(one, str | int | float) and not isinstance(one, bool):
                    self._values.setdefault(str(key), []).append(str(one))
                else:
                    self._learn_json(one, depth + 1)
        elif isinstance(value, list):
            for one in value[:3]:
                self._learn_json(one, depth + 1)

    def _read_url_for(self, source: str) -> None:
        try:
            tree = parse_python(source)
        except (SyntaxError, ValueError):
            return
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) == "url_for" and node.args:
                endpoint = node.args[0]
                values = {
                    one.arg: str(one.value.value)
                    for one in node.keywords
                    if one.arg and isinstance(one.value, ast.Constant)
                }
                if isinstance(endpoint, ast.Constant) and values:
                    self._built.setdefault(str(endpoint.value), []).append(values)

    def urls(self, rule: AppRule) -> list[str]:
        """Give URLs of a rule, the likeliest first."""
        variables = rule.variables()
        if not variables:
            return [rule.text]
        found = [path for path in self._paths if rule.matches(path)][:2]
        names = [name for name, _ in variables]
        for built in self._built.get(rule.endpoint, []):
            if all(name in built for name in names):
                found.append(rule.fill([quote(built[name]) for name in names]))
        choices = [self._choices(rule, name, kind) for name, kind in variables]
        longest = max(len(one) for one in choices)
        for number in range(longest):
            values = [one[min(number, len(one) - 1)] for one in choices]
            found.append(
                rule.fill(
                    [
                        quote(value, safe="/" if "path" in rule.text else "")
                        for value in values
                    ]
                )
            )
        return list(dict.fromkeys(found))

    def _choices(self, rule: AppRule, name: str, converter: str) -> list[str]:
        found = list(_keys_of_data(rule.view, name))
        known = self._values.get(name, [])
        if not known and name.endswith("id"):
            known = self._values.get("id", [])
        found += known[:2]
        is_number = converter.startswith(("int", "float"))
        if is_number:
            found = [one for one in found if one.replace(".", "", 1).isdigit()]
        return [*found, _default(converter, name)]


def _default(converter: str, name: str) -> str:
    head, _, rest = converter.partition("(")
    if head == "any" and rest:
        return rest.rstrip(")").partition(",")[0].strip("\"' ")
    if head in _BY_CONVERTER:
        return _BY_CONVERTER[head]
    is_number = name in ("id", "n", "a", "b", "x", "y") or name.endswith(
        ("_id", "num", "number")
    )
    return "1" if is_number else "example"


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", None) or getattr(node.func, "attr", ""))


def parse_view(view: Any) -> ast.AST | None:
    """Parse a view function, as far as its source can be found."""
    try:
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(view)))
        return ast.Module(list(_undecorated(parse_python(source))), [])
    except (OSError, TypeError, SyntaxError, ValueError, IndentationError):
        return None


def _undecorated(tree: ast.Module) -> Iterator[ast.stmt]:
    """Take functions without what decorates them: that reads nothing of a request."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from node.body
        else:
            yield node


def _keys_of_data(view: Any, name: str) -> Iterator[str]:
    """Find what a view looks up with a variable.

    `prices[item]`, `item in Shop.prices`, `Color[item]`, and `row["id"] == item` of the
    rows that it goes through.
    """
    tree = parse_view(view)
    space = getattr(inspect.unwrap(view), "__globals__", {}) if tree is not None else {}
    for node in ast.walk(tree) if tree is not None else ():
        held = None
        if isinstance(node, ast.Subscript) and _is_named(node.slice, name):
            held = node.value
        elif isinstance(node, ast.Compare) and _is_named(node.left, name):
            held = node.comparators[0]
        elif isinstance(node, ast.Call) and _called(node) == "get" and node.args:
            is_ours = _is_named(node.args[0], name)
            held = (
                node.func.value
                if is_ours and isinstance(node.func, ast.Attribute)
                else None
            )
        data = _find_held(held, space)
        if isinstance(data, type) and issubclass(data, Enum):
            data = dict(data.__members__)
        if isinstance(data, dict | set | frozenset) and data:
            yield str(
                next(iter(data if isinstance(data, dict) else sorted(data, key=str)))
            )
        elif isinstance(data, list | tuple) and data:
            is_index = isinstance(node, ast.Subscript)
            yield "0" if is_index else str(data[0])
        elif isinstance(node, ast.Compare) and tree is not None:
            yield from _parts_of_rows(node, name, tree, space)


def _find_held(node: ast.AST | None, space: Mapping[str, Any]) -> Any:
    """Find the data of `prices`, `Shop.prices`; nothing of the author's is run."""
    if isinstance(node, ast.Name):
        return space.get(node.id)
    if isinstance(node, ast.Attribute):
        return inspect.getattr_static(_find_held(node.value, space), node.attr, None)
    return None


def _parts_of_rows(
    node: ast.Compare, name: str, tree: ast.AST, space: Mapping[str, Any]
) -> Iterator[str]:
    """Find the `row["id"]` of the first row that a view compares with a variable."""
    sides = [node.left, node.comparators[0]]
    parts = [one for one in sides if isinstance(one, ast.Subscript | ast.Attribute)]
    if not parts or not any(_is_named(one, name) for one in sides):
        return
    for loop in ast.walk(tree):
        if not isinstance(loop, ast.For | ast.comprehension):
            continue
        if ast.dump(loop.target) != ast.dump(parts[0].value).replace("Load", "Store"):
            continue
        rows = _find_held(loop.iter, space)
        row = rows[0] if isinstance(rows, list | tuple) and rows else None
        part: Any = None
        if isinstance(parts[0], ast.Attribute):
            part = inspect.getattr_static(row, parts[0].attr, None)
        elif isinstance(row, dict) and isinstance(parts[0].slice, ast.Constant):
            part = row.get(parts[0].slice.value)
        if isinstance(part, str | int | float):
            yield str(part)


def _is_named(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Call) and node.args:
        node = node.args[0]  # int(number)
    return isinstance(node, ast.Name) and node.id == name


def find_fields(view: Any, page: str = "") -> list[str]:
    """Find the names of what a view reads of a query, a form or JSON."""
    tree = parse_view(view)
    found = []
    for node in ast.walk(tree) if tree is not None else ():
        key: ast.AST | None = None
        held: ast.AST | None = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            key, held = node.slice, node.value
        elif (
            isinstance(node, ast.Call)
            and _called(node) in ("get", "getlist")
            and node.args
        ):
            key, held = node.args[0], getattr(node.func, "value", None)
        if (
            isinstance(key, ast.Constant)
            and isinstance(key.value, str)
            and _reads(held)
        ):
            found.append(key.value)
    return list(dict.fromkeys([*found, *_INPUT.findall(page)]))


def find_form(page: str, url: str) -> str:
    """Find the form of a page that is sent to a URL; "" when there is none."""
    for form in _FORM.finditer(page):
        action = _ACTION.search(form["head"])
        if action and unescape(action[1]) == url:
            return form[0]
    return ""


def hidden_values(page: str) -> dict[str, str]:
    """The hidden fields of a page with their values: a browser sends them back."""
    found = {}
    for tag in _TAG.findall(page):
        parts = {
            name.lower(): unescape(one or other or third)
            for name, one, other, third in _ATTRIBUTE.findall(tag)
        }
        if parts.get("type", "").lower() == "hidden" and parts.get("name"):
            found[parts["name"]] = parts.get("value", "")
    return found


def _reads(node: ast.AST | None) -> bool:
    """Say whether an expression may be what a client sent."""
    if isinstance(node, ast.Attribute):
        return node.attr in _READERS
    if isinstance(node, ast.Call):
        return _called(node) in ("get_json", "json", "loads")
    return isinstance(node, ast.Name) and node.id != "session"


def takes_json(view: Any) -> bool:
    """Say whether a view reads JSON."""
    tree = parse_view(view)
    words = ("json", "get_json", "loads")
    return tree is not None and any(
        getattr(node, "attr", "") in words for node in ast.walk(tree)
    )


def reads_query(view: Any) -> bool:
    """Say whether a view reads the query."""
    tree = parse_view(view)
    words = ("args", "values", "query", "params")
    return tree is not None and any(
        getattr(node, "attr", "") in words for node in ast.walk(tree)
    )


def example_value(name: str) -> str:
    """A value for a field, by its name."""
    for pattern, value in _BY_NAME:
        if pattern.search(name):
            return value
    return "1"
