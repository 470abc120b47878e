"""Mistakes in names: of what was sent, of headers, of what is in g."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ...words import say
from ..case import Case, Code, Finding

_READ = ("form", "args", "values")


def other_field(case: Case) -> Finding | None:
    """A view reads another name than was sent, and gets nothing."""
    if case.wanted_statuses and case.wanted_statuses[0].startswith("4"):
        return None  # what is sent there is meant to lack a name
    if case.has_crashed or not case.sent_names or len(case.answer.hops) > 1:
        return None
    read = list(_fields_read(case))
    names = {name for _, name in read}
    missing = sorted(names - case.sent_names)
    unread = sorted(case.sent_names - names)
    if not missing or not unread or names & case.sent_names:
        return None
    return Finding(
        "missing-key",
        say(
            "Your view asks for {name}, and what was sent is called {sent}: the names"
            " must be the same.",
            name=missing[0],
            sent=unread[0],
        ),
    )


def _fields_read(case: Case) -> Iterator[tuple[str, str]]:
    """Yield what a view reads by constant keys, and of what: `("form", "name")`."""
    json_names = {
        target.id
        for node in case.view.nodes(ast.Assign)
        if _is_json(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in case.view.nodes(ast.Call, ast.Subscript):
        if isinstance(node, ast.Subscript):
            whole, key = node.value, node.slice
        elif getattr(node.func, "attr", "") == "get" and node.args:
            whole, key = node.func.value, node.args[0]
        else:
            continue
        kind = _kind(whole, json_names)
        if kind and isinstance(key, ast.Constant):
            yield kind, str(key.value)


def _kind(node: ast.expr, json_names: set[str]) -> str:
    """Say of what a key is read: form, args, values, json; empty for anything else."""
    if _is_json(node) or getattr(node, "id", "") in json_names:
        return "json"
    name = str(getattr(node, "attr", ""))
    is_request = getattr(getattr(node, "value", None), "id", "") == "request"
    return name if is_request and name in _READ else ""


def _is_json(node: ast.expr) -> bool:
    text = ast.unparse(node)
    return text.startswith(("request.get_json(", "request.json")) and not (
        "[" in text or ".get(" in text
    )


def form_for_query(case: Case) -> Finding | None:
    """A field of a form is read that stands in the URL's query."""
    if case.method == "GET" or case.has_crashed:
        return None
    query = {name for name, _ in parse_qsl(urlsplit(case.url).query, True)}
    command = case.check.command
    items = command.request.items if command is not None else ()
    sent = {item.key for item in items if item.is_data}
    read = {name for kind, name in _fields_read(case) if kind == "form"}
    found = sorted((query - sent) & read)
    if not found:
        return None
    return Finding(
        "form-for-args",
        say(
            "{name} follows the ? of the URL, and so it is in request.args;"
            " request.form has what a form sent.",
            name=found[0],
        ),
    )


def sent_anywhere(case: Case) -> Finding | None:
    """A redirect goes wherever the URL says, to another site too."""
    place = case.answer.header("Location") or ""
    if case.phrase.kind != "redirect" or not urlsplit(place).netloc:
        return None
    values = [value for _, value in parse_qsl(urlsplit(case.url).query)]
    if place not in values:
        return None
    return Finding(
        "open-redirect",
        say(
            "Your view sends visitors wherever the URL says, to another site too. Look"
            ' at the address first: it begins with one "/", and not with "//".'
        ),
    )


def other_header(case: Case) -> Finding | None:
    """A header is read by another name than it was sent with."""
    command = case.check.command
    items = command.request.items if command is not None else ()
    sent = {item.key.lower(): item.key for item in items if item.separator == ":"}
    if case.has_crashed or not sent:
        return None
    read = {name.lower(): name for name in _headers_read(case.code)}
    unread = sorted(set(sent) - set(read))
    near = [
        (one, found[0])
        for one in unread
        if (found := difflib.get_close_matches(one, set(read) - set(sent), 1, 0.7))
    ]
    if not near:
        return None
    return Finding(
        "header-name",
        say(
            "Your code reads the header {name}, and what was sent is called {sent}.",
            name=read[near[0][1]],
            sent=sent[near[0][0]],
        ),
    )


def _headers_read(code: Code) -> Iterator[str]:
    for node in code.nodes(ast.Call, ast.Subscript):
        whole: Any = node.value if isinstance(node, ast.Subscript) else None
        key: Any = node.slice if isinstance(node, ast.Subscript) else None
        if isinstance(node, ast.Call) and node.args:
            whole, key = getattr(node.func, "value", None), node.args[0]
        is_headers = getattr(whole, "attr", "") == "headers"
        if is_headers and isinstance(key, ast.Constant):
            yield str(key.value)


def other_in_g(case: Case) -> Finding | None:
    """The drawer g is asked for what nothing puts into it."""
    if case.has_crashed or "g." not in case.view.text:
        return None
    kept = {
        node.attr
        for node in case.code.nodes(ast.Attribute)
        if isinstance(node.ctx, ast.Store) and getattr(node.value, "id", "") == "g"
    }
    asked = {
        str(node.args[0].value)
        for node in case.view.nodes(ast.Call)
        if ast.unparse(node.func) == "g.get"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    missing = sorted(asked - kept)
    if not kept or not missing or "setattr(g" in case.code.text:
        return None
    return Finding(
        "wrong-attribute",
        say(
            "Nothing is called g.{name} in this request: put into g is {kept}.",
            name=missing[0],
            kept=", ".join(f"g.{one}" for one in sorted(kept)),
        ),
    )


def whole_path(case: Case) -> Finding | None:
    """The path is compared whole, or with its host, where its beginning is meant."""
    if case.has_crashed:
        return None
    for node in case.view.nodes(ast.Compare):
        text = ast.unparse(node.left)
        other = node.comparators[0]
        value = other.value if isinstance(other, ast.Constant) else ""
        is_equal = isinstance(node.ops[0], ast.Eq) and text == "request.path"
        if is_equal and isinstance(value, str) and _is_above(value, case.path):
            return Finding(
                "whole-path",
                say(
                    "{code} holds for this one path only. What lies below it begins"
                    " so: request.path.startswith({value})",
                    code=f"`{ast.unparse(node)}`",
                    value=f'"{value}"',
                ),
            )
    if re.search(r"request\.(?:base_)?url\.startswith\(['\"]/", case.view.text):
        return Finding(
            "whole-path",
            say(
                "request.url begins with http:// and the host. The path alone is"
                " request.path."
            ),
        )
    return None


def _is_above(value: str, path: str) -> bool:
    return len(value) > 1 and value != path and path.startswith(value.rstrip("/") + "/")


def address_without_host(case: Case) -> Finding | None:
    """url_for gives a path, where the whole address is wanted."""
    wanted = str(case.phrase.value or "")
    is_about = case.phrase.kind == "text" and case.phrase.verb == "has"
    if not is_about or not re.match(r"https?://", wanted) or case.has_crashed:
        return None
    if "url_for(" not in case.view.text or "_external" in case.view.text:
        return None
    return Finding(
        "url-for",
        say("url_for gives the path alone; with _external=True the whole address."),
    )


def other_address(case: Case) -> Finding | None:
    """A script asks another address than it should."""
    wanted = str(case.phrase.value or "")
    is_about = case.phrase.kind == "text" and case.phrase.verb == "has"
    asked = re.findall(r"""fetch\(\s*['"`]([^'"`]+)""", case.answer.text)
    if not is_about or not wanted.startswith("/") or not asked:
        return None
    return Finding(
        "other-address",
        say(
            "Your script asks {found}, and what it should ask is {wanted}.",
            found=asked[0],
            wanted=wanted,
        ),
    )
