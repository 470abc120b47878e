"""Mistakes in a view's answer: its status, its condition, what is behind a comma."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from ...words import say
from ..case import Case, Code, Finding


def _value(node: ast.AST) -> Any:
    return node.value if isinstance(node, ast.Constant) else None


def function_for_endpoint(case: Case) -> Finding | None:
    """add_url_rule gets a function where the endpoint's name belongs."""
    found = case.raised(r"has the endpoint <function (\w+) at")
    if found is None:
        return None
    return Finding(
        "view-for-endpoint",
        say(
            "The second value of add_url_rule is a name; the function is given as"
            " view_func={name}.",
            name=found[1],
        ),
    )


def status_in_text(case: Case) -> Finding | None:
    """The status stands in the text, and the answer is a 200."""
    wanted = case.phrase.value[0] if case.phrase.kind == "status" else ""
    if not wanted.isdigit() or not 200 <= case.answer.status < 300 or wanted < "201":
        return None
    for node in case.view.nodes(ast.Return):
        whole = node.value
        value = whole.elts[0] if isinstance(whole, ast.Tuple) and whole.elts else whole
        if value is None:
            continue
        said = [str(_value(one)) for one in _sent(value)]
        if any(re.search(rf"\b{wanted}\b", one) for one in said):
            return Finding(
                "status-in-text",
                say(
                    "{status} stands in what is sent, and the status is still"
                    " {got}. It belongs behind it: return ..., {status}",
                    status=wanted,
                    got=case.answer.status,
                ),
            )
    return None


def _sent(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of an expression that are sent: not what abort says."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "abort":
        return
    yield node
    for part in ast.iter_child_nodes(node):
        yield from _sent(part)


def not_reached(case: Case) -> Finding | None:
    """The view says the wanted status, and its condition does not lead there."""
    wanted = case.phrase.value[0] if case.phrase.kind == "status" else ""
    is_good = 200 <= case.answer.status < 400 and not case.has_crashed
    if not wanted.startswith("4") or not is_good or not _says(case.view, wanted):
        return None
    return Finding(
        "condition",
        say(
            "Your view says {status}, and this request does not come to that line: look"
            " at the condition in front of it.",
            status=wanted,
        ),
    )


def not_allowed(case: Case) -> Finding | None:
    """Strangers are refused, and members get at what is not theirs."""
    wanted = case.phrase.value[0] if case.phrase.kind == "status" else ""
    is_open = 200 <= case.answer.status < 300 and not case.has_crashed
    if wanted != "403" or not is_open or not case.check.is_next:
        return None
    if "401" not in case.code.text and "before_request" not in case.code.text:
        return None
    return Finding(
        "not-allowed",
        say(
            "Who asks is known here; whether they may is not looked at. Compare who it"
            " is with whose page it is, and abort(403) when they differ."
        ),
    )


def refused(case: Case) -> Finding | None:
    """The view refuses what is right."""
    got = case.answer.status
    is_wanted = case.is_wanted_redirect or (
        case.phrase.kind == "status" and case.phrase.value[0][:1] in ("2", "3")
    )
    if got < 400 or got >= 500 or case.has_crashed or not is_wanted:
        return None
    # After a line that went wrong, the view may well be right to refuse.
    is_alone = all(line.is_done for line in case.before)
    if not is_alone or not _says(case.view, str(got)):
        return _refused_by_hook(case, str(got)) if is_alone else None
    if case.is_wanted_redirect and case.method == "GET":
        return Finding(
            "status",
            say(
                "Your view says {got} itself, and a redirect is asked for: return"
                " redirect(...).",
                got=got,
            ),
        )
    return Finding(
        "condition",
        say(
            "Your view says {got} itself, though all is right here: look at the"
            " condition in front of it.",
            got=got,
        ),
    )


def _refused_by_hook(case: Case, got: str) -> Finding | None:
    """A hook refuses what is right."""
    for function in case.code.functions:
        names = [getattr(one, "attr", "") for one in function.decorator_list]
        if "before_request" in names and _says(Code((ast.unparse(function),)), got):
            return Finding(
                "condition",
                say(
                    "{name} runs before each request, and says {got} here, though all"
                    " is right: look at the condition in front of it.",
                    name=function.name,
                    got=got,
                ),
            )
    return None


def _says(code: Code, status: str) -> bool:
    """Say whether a view has a status: in abort(...), or behind a return's comma."""
    for node in code.nodes(ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name == "abort" and node.args and str(_value(node.args[0])) == status:
            return True
    for node in code.nodes(ast.Return):
        parts = node.value.elts[1:] if isinstance(node.value, ast.Tuple) else []
        if any(str(_value(one)) == status for one in parts):
            return True
    return False


def fixed_value(case: Case) -> Finding | None:
    """A value that changes is written down in the view."""
    name = case.phrase.subject if case.phrase.kind == "json" else ""
    if not name.isidentifier() or case.has_crashed or case.phrase.verb == "set":
        return None
    for node in case.view.nodes(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            is_it = key is not None and _value(key) == name
            if is_it and _is_answered(case, name, value) and _may_vary(case):
                return Finding(
                    "fixed-answer",
                    say(
                        'Your view always answers "{name}": {value}. Work it out from'
                        " what was asked, or from what is kept.",
                        name=name,
                        value=ast.unparse(value),
                    ),
                )
    for node in case.view.nodes(ast.Assign):
        target = node.targets[0]
        is_number = isinstance(_value(node.value), int)
        if isinstance(target, ast.Subscript) and is_number and case.before:
            return Finding(
                "always-anew",
                say(
                    "{target} is set to {value} each time. Add to what is there:"
                    " .get(name, 0) + 1.",
                    target=ast.unparse(target),
                    value=ast.unparse(node.value),
                ),
            )
    return None


def _may_vary(case: Case) -> bool:
    """Say whether the exercise asks for more than one value of this name."""
    values = [
        phrase.value
        for check in case.exercise.checks
        for phrase in check.phrases
        if phrase.kind == "json" and phrase.subject == case.phrase.subject
    ]
    is_constant = case.phrase.verb == "==" and isinstance(case.phrase.value, str)
    return len(values) > 1 or not is_constant


def _is_answered(case: Case, name: str, value: ast.expr) -> bool:
    """Say whether the answer has just the value that is written down."""
    found = case.answer.json.get(name) if isinstance(case.answer.json, dict) else None
    return isinstance(value, ast.Constant) and value.value == found


def emptied(case: Case) -> Finding | None:
    """What is to be kept begins empty in each request."""
    is_about = case.phrase.kind in ("json", "text") and case.check.is_next
    if not is_about or case.has_crashed or case.method == "GET":
        return None
    for function in case.view.functions:
        made = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and isinstance(node.value, (ast.Dict, ast.List))
            and not (
                getattr(node.value, "elts", None) or getattr(node.value, "keys", None)
            )
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        filled = {
            node.value.id
            for node in ast.walk(function)
            if isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
        }
        for name in sorted(made & filled):
            return begins_anew(name)
    return None


def begins_anew(name: str) -> Finding:
    """Return the finding for what a view makes anew in each request."""
    return Finding(
        "always-anew",
        say(
            "{name} begins empty in each request, since your view makes it"
            " anew. Make it outside of the view, above it.",
            name=name,
        ),
    )


def in_memory(case: Case) -> Finding | None:
    """A file in memory is returned, or read at its end."""
    is_empty = case.answer.status == 200 and not case.answer.body
    if not is_empty or "StringIO" not in case.view.text:
        return None
    return Finding(
        "file-in-memory",
        say("What was written into a StringIO is what getvalue() gives: return that."),
    )


def not_a_number(case: Case) -> Finding | None:
    """A text is used where a number belongs."""
    is_about = case.raised(
        r"indices must be integers|'[<>]=?' not supported between instances of"
        r" '(?:str|int|float)' and '(?:str|int|float)'"
        r"|can't multiply sequence by non-int of type"
        r"|unsupported operand type\(s\) for .*'str'"
        r"|(?:key|Object) of type bytes"
    )
    mishap = case.answer.mishap
    if is_about is None or mishap is None:
        return None
    if "byte indices" in mishap.message or "of type bytes" in mishap.message:
        return Finding(
            "bytes-for-json",
            say(
                "request.data is what was sent, as bytes. request.get_json() makes a"
                " dict of it."
            ),
        )
    for name in re.findall(r"<(\w+)>", case.answer.rule):
        if re.search(rf"\b{name}\b", mishap.code):
            return Finding(
                "text-number",
                say(
                    "{name} is text, since the rule says <{name}>. <int:{name}> makes"
                    " it a number.",
                    name=name,
                ),
            )
    return Finding(
        "text-number",
        say(
            "What a visitor sends is text, and a number is needed here: int(...), or"
            ' request.{source}.get("...", type=int).',
            source="form" if case.view.reads("form") else "args",
        ),
    )


def headers_on_request(case: Case) -> Finding | None:
    """A header is assigned to what the browser sent."""
    if not case.raised(r"Headers' objects are immutable"):
        return None
    return Finding(
        "header-on-request",
        say(
            "request.headers is what the browser sent. A header of the answer stands"
            ' behind it: return text, 200, {{"Name": "value"}}'
        ),
    )


def unknown_view(case: Case) -> Finding | None:
    """url_for is asked for a view that there is not."""
    found = case.raised(r"(?:UnknownEndpointError|BuildError): .*?endpoint '([^'/]+)'")
    if found is None:
        return None
    functions = getattr(case.place.app, "view_functions", None) or {}
    if found[1] in functions:
        return _url_values(case, found[1])
    known = ", ".join(sorted(str(one) for one in functions if one != "static"))
    return Finding(
        "url-for",
        say(
            "url_for takes the name of a view, and none is called {name}; there is:"
            " {known}.",
            name=found[1],
            known=known or "–",
        ),
    )


def _url_values(case: Case, endpoint: str) -> Finding | None:
    """Say which values the rule of a view needs for its URL."""
    rules = case.place.app.url_map.iter_rules(endpoint)
    needed = next((sorted(rule.arguments) for rule in rules if rule.arguments), [])
    if not needed:
        return None
    return Finding(
        "url-for",
        say(
            "The rule of {name} has a part that varies, and url_for needs its value"
            ' by that name: url_for("{name}", {values})',
            name=endpoint,
            values=", ".join(f"{one}=..." for one in needed),
        ),
    )


def abort_order(case: Case) -> Finding | None:
    """The text stands where abort takes the status."""
    found = case.raised(r"LookupError: no exception for (['\"].*)$")
    if found is None or re.fullmatch(r"['\"]\d+['\"]", found[1]):
        return None
    return Finding(
        "abort-order",
        say("abort takes the status first, a number, then the text: abort(404, ...)."),
    )


def no_handler(case: Case) -> Finding | None:
    """The page of an error is wanted, and nothing handles that error."""
    status = str(case.answer.status)
    is_wanted = status in case.wanted_statuses and status.startswith(("4", "5"))
    if not is_wanted or case.answer.rule or case.phrase.kind not in ("text", "page"):
        return None
    spec = getattr(case.place.app, "error_handler_spec", None)
    if spec is None or _has_handler(spec, int(status)):
        return None
    return Finding(
        "no-handler",
        say(
            "The app shows its own page for {status}: nothing handles it. Write"
            " @app.errorhandler({status}) above a function that takes the error.",
            status=status,
        ),
    )


def _has_handler(spec: object, status: int) -> bool:
    codes = spec.get(None, {})  # type: ignore[attr-defined]
    return any(bool(codes.get(one)) for one in (status, None))
