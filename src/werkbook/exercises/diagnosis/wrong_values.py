"""Mistakes with what a visitor sends: it is text, it may be missing or no number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from ..words import say
from .case import Case, Finding
from .wrong_texts import answers_the_same

_RECEIVED = ("args", "form", "values", "cookies", "headers", "files")
_NO_NUMBER = re.compile(
    r"invalid literal for int\(\)|could not convert string to float|"
    r"InvalidOperation|Invalid literal for Fraction"
)
_ENDINGS = ("exit", "quit", "sys.exit", "os._exit", "os.abort")
_NO_ATTRIBUTE = re.compile(r"MultiDict' object has no attribute '(\w+)'")


def no_attribute(case: Case) -> Finding | None:
    """A field is read as an attribute."""
    mishap = case.answer.mishap
    found = _NO_ATTRIBUTE.search(mishap.message) if mishap is not None else None
    if found is None:
        return None
    return Finding(
        "attribute-for-key",
        say(
            'What was sent is read by its key, in brackets: request.args["{name}"].',
            name=found[1],
        ),
    )


def asks_at_keyboard(case: Case) -> Finding | None:
    """The view calls input()."""
    calls = case.view.nodes(ast.Call)
    is_asked = any(getattr(node.func, "id", "") == "input" for node in calls)
    if not is_asked or case.answer.mishap is None:
        return None
    return Finding(
        "input",
        say(
            "input() asks at the keyboard of the server. What the visitor sends is in"
            " the rule's variables, in request.args and in request.form."
        ),
    )


def ends_python(case: Case) -> Finding | None:
    """The view ends the whole program."""
    if case.answer.mishap is None and not case.answer.problem:
        return None
    code = case.code if case.raised("^SystemExit") else case.view
    names = [ast.unparse(node.func) for node in code.nodes(ast.Call)]
    found = next((one for one in names if one in _ENDINGS), None)
    if found is None:
        return None
    return Finding(
        "exit",
        say(
            "{name}() ends the whole program, the server with it. A view ends with"
            " return, or with abort(404).",
            name=found,
        ),
    )


def number_of_nothing(case: Case) -> Finding | None:
    """A number is made of a field that was not sent."""
    mishap = case.answer.mishap
    kinds = ("TypeError", "AttributeError")
    if mishap is None or mishap.kind not in kinds or "NoneType" not in mishap.message:
        return None
    name = next((one for one in _read_without_default(case)), None)
    if name is None:
        return None
    refusal = next((s for s in case.wanted_statuses if s.startswith("4")), "")
    if refusal:
        return Finding(
            "nothing-sent",
            say(
                "Nothing was sent as {name}, and then .get gives None. Ask for that"
                " first: if it is None, abort({status})",
                name=name,
                status=refusal,
            ),
        )
    return Finding(
        "nothing-sent",
        say(
            "Nothing was sent as {name}, and then .get gives None. Say what counts"
            ' instead: .get("{name}", {other}), or look for None first.',
            name=name,
            other='""' if mishap.kind == "AttributeError" else '"0"',
        ),
    )


def none_searched(case: Case) -> Finding | None:
    """A field that was not sent is put into a text, which then has the word None."""
    if case.has_crashed or case.phrase.kind not in ("json", "text", "page"):
        return None
    missing = set(_read_without_default(case))
    for node in case.view.nodes(ast.Assign):
        target, call = node.targets[0], ast.unparse(node.value)
        name = next((one for one in sorted(missing) if f"'{one}'" in call), None)
        if name is None or not isinstance(target, ast.Name):
            continue
        if re.search(rf"%\{{{target.id}\}}%", case.view.text):
            return Finding(
                "nothing-sent",
                say(
                    "Nothing was sent as {name}, and then .get gives None, of which a"
                    ' text makes the word None: .get("{name}", "").',
                    name=name,
                ),
            )
    return None


def _read_without_default(case: Case) -> Iterator[str]:
    """Yield the names that `request.args.get("name")` reads, and that are not sent.

    With `type=int` a text that is no number counts as not sent.
    """
    for node in case.view.nodes(ast.Call):
        is_of = isinstance(node.func, ast.Attribute) and _is_of_request(node.func.value)
        if not is_of or node.func.attr != "get" or len(node.args) != 1:
            continue
        if node.keywords and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)
            continue
        key = node.args[0]
        if isinstance(key, ast.Constant) and str(key.value) not in case.sent_names:
            yield str(key.value)


def no_number(case: Case) -> Finding | None:
    """What was sent is no number, and the app has no answer to that."""
    mishap = case.answer.mishap
    if mishap is None or not _NO_NUMBER.search(f"{mishap.kind} {mishap.message}"):
        return None
    is_own = mishap.function in [one.name for one in case.code.functions]
    if not is_own or mishap.code.startswith(("def ", "async def ", "@")):
        return None  # it was a library that made a number of something
    wanted = case.wanted_statuses[0] if case.wanted_statuses else "400"
    return Finding(
        "no-number",
        say(
            "What was sent is no number, and int() or float() says so by an exception:"
            " catch it with try and except ValueError, and answer with"
            " abort({status}).",
            status=wanted if wanted.startswith("4") else "400",
        ),
    )


def text_and_number(case: Case) -> Finding | None:
    """A text and a number are joined with +."""
    mishap = case.answer.mishap
    if mishap is None or "can only concatenate str" not in mishap.message:
        return None
    if "NoneType" in mishap.message:
        return Finding(
            "none-joined",
            say(
                "One of the two is None, since nothing has that name:"
                ' .get(name, "...") has a second value for that.'
            ),
        )
    if "{{" in mishap.code or "{%" in mishap.code:
        return Finding(
            "text-number",
            say(
                "In a template ~ joins a text and a number: {{{{ text ~ number }}}}. +"
                " joins text with text only."
            ),
        )
    return Finding(
        "text-number",
        say(
            "+ joins text with text only. To calculate, make a number of the text"
            " first: int(...). To write both, an f-string takes them:"
            ' f"... {{number}}".'
        ),
    )


def texts_joined(case: Case) -> Finding | None:
    """Texts are put together where their numbers were to be added."""
    if case.phrase.kind not in ("text", "page", "json") or case.answer.mishap:
        return None
    for function in case.view.functions:
        texts = set(_text_names(function))
        if any(_joins(node, texts) for node in ast.walk(function)):
            return Finding(
                "text-number",
                say(
                    "What a visitor sends is text, and + puts texts one behind the"
                    ' other: "1" + "2" is "12". int(...) makes numbers of them first.'
                ),
            )
    return None


def _joins(node: ast.AST, texts: set[str]) -> bool:
    """Say whether two texts are put together."""
    is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
    return is_sum and all(
        _is_received(one, texts)
        for one in (node.left, node.right)  # type: ignore[attr-defined]
    )


def _text_names(function: Any) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _is_received(node.value, set()):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name))


def _is_received(node: ast.expr, names: set[str]) -> bool:
    """Say whether a value is a text that came with the request."""
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Subscript):
        return _is_of_request(node.value)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    is_typed = any(word.arg == "type" for word in node.keywords)
    return node.func.attr == "get" and not is_typed and _is_of_request(node.func.value)


def _is_of_request(node: ast.expr) -> bool:
    is_attribute = isinstance(node, ast.Attribute) and node.attr in _RECEIVED
    return is_attribute and getattr(node.value, "id", "") == "request"  # type: ignore[attr-defined]


def text_compared(case: Case) -> Finding | None:
    """A part of the rule is text, and the view looks for it among numbers."""
    values = dict(_values_of_rules(case))
    for node in case.code.nodes(ast.Compare, ast.Subscript):
        operands = (
            [node.left, *node.comparators]
            if isinstance(node, ast.Compare)
            else [node.slice]
        )
        names = [one.id for one in operands if isinstance(one, ast.Name)]
        name = next((one for one in names if values.get(one, "").isdigit()), None)
        others = [one for one in operands if not isinstance(one, ast.Name)]
        if name is None or any(_is_text(one) for one in others):
            continue
        return Finding(
            "text-number",
            say(
                "{name} is text, since the rule says <{name}>. <int:{name}> makes it a"
                " number.",
                name=name,
            ),
        )
    return None


def _is_text(node: ast.expr) -> bool:
    is_constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_constant or getattr(getattr(node, "func", None), "id", "") == "str"


def _values_of_rules(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the variables of rules that are text, with what was asked for.

    The rule is that of the answer, or of one before it: what a view does not find there
    is missed later.
    """
    asked = [(case.answer.rule, case.path)]
    for line in case.before:
        if line.answer is not None and line.check.command is not None:
            url = line.check.command.request.url
            asked.append((line.answer.rule, url.partition("?")[0]))
    for rule, path in asked:
        for part, value in zip(rule.split("/"), path.split("/"), strict=False):
            found = re.fullmatch(r"<(\w+)>", part)
            if found is not None:
                yield found[1], value


def fixed_answer(case: Case) -> Finding | None:
    """The view answers the same whatever is asked for."""
    is_about = case.phrase.kind in ("text", "page") and case.phrase.verb == "has"
    if not is_about or case.answer.mishap is not None or case.answer.status >= 300:
        return None
    returned = [node.value for node in case.view.nodes(ast.Return)]
    is_fixed = len(returned) == 1 and isinstance(returned[0], ast.Constant)
    texts = {one.value for check in case.exercise.checks for one in check.phrases}
    said = str(returned[0].value) if is_fixed else ""
    if not any(isinstance(one, str) and one and one in said for one in texts):
        return None
    return answers_the_same()
