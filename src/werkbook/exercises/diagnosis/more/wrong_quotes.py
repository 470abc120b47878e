"""Slips with quotes, braces and brackets: a word for a value, code for a text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from werkbook.syntax_trees import parse_python

from ...words import say
from ..case import Case, Finding

_READ_BY_KEY = re.compile(
    r"^TypeError: '(dict|list|tuple|set|str|Row|_Environ|Config|\w*Session|\w*Dict|"
    r"\w*Headers)' object is not callable"
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_FILE = re.compile(r"\w+\.(?:html|htm|txt|css|js|json|csv|svg|xml)")
_PLACE = re.compile(r"\{\s*([A-Za-z_]\w*)\s*\}")


def without_quotes(case: Case) -> Finding | None:
    """A text with a hyphen or a dot has no quotes, and so is taken for names."""
    bare = _bare_file(case)
    if bare:
        return Finding(
            "without-quotes",
            say(
                'The name of a file or a template is a text, in quotes: "{text}".',
                text=bare,
            ),
        )
    found = case.raised(r"^NameError: name '(\w+)' is not defined")
    if found is None:
        return None
    for node in case.view.nodes(ast.Dict):
        for one in (*node.keys, *node.values):
            words = _hyphened(one) if isinstance(one, ast.BinOp) else []
            if found[1] in words:
                return Finding(
                    "without-quotes",
                    say(
                        'A text stands in quotes: "{text}". Without them Python takes'
                        " it for names, and - for minus.",
                        text="-".join(words),
                    ),
                )
    return None


def _bare_file(case: Case) -> str:
    """Return the name of a template or file that stands without quotes."""
    mishap = case.answer.mishap
    if mishap is None or mishap.kind not in ("NameError", "AttributeError"):
        return ""
    for node in case.view.nodes(ast.Call):
        for one in node.args:
            name = ast.unparse(one) if isinstance(one, ast.Attribute) else ""
            if _FILE.fullmatch(name) and name in mishap.code:
                return name
    return ""


def _hyphened(node: ast.expr) -> list[str]:
    """Return the words of `Content-Type`, which Python reads as a subtraction."""
    if isinstance(node, ast.Name):
        return [node.id]
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Sub):
        return []
    before, after = _hyphened(node.left), _hyphened(node.right)
    return [*before, *after] if before and after else []


def round_brackets(case: Case) -> Finding | None:
    """What is read by its key is called as a function."""
    if case.raised(_READ_BY_KEY.pattern) is None or case.answer.mishap is None:
        return None
    for node in case.code.nodes(ast.Call):
        called = ast.unparse(node.func)
        is_there = f"{called}(" in case.answer.mishap.code
        if is_there and node.args and not called.endswith(")"):
            return Finding(
                "round-brackets",
                say(
                    "{name} is no function: round brackets call one. Square brackets"
                    " read and set what is in it: {name}[{key}]",
                    name=called,
                    key=ast.unparse(node.args[0]),
                ),
            )
    return None


def code_in_quotes(case: Case) -> Finding | None:
    """The answer is a line of Python, in quotes."""
    if case.phrase.kind not in ("text", "page", "json") or case.has_crashed:
        return None
    for node in case.view.nodes(ast.Return):
        value = node.value
        if isinstance(value, ast.Tuple) and value.elts:
            value = value.elts[0]
        text = value.value if isinstance(value, ast.Constant) else None
        for one in ast.walk(value) if isinstance(value, ast.Dict) else ():
            word = one.value if isinstance(one, ast.Constant) else None
            is_it = isinstance(word, str) and _DOTTED.fullmatch(word)
            if is_it and case.place.names.get(str(word).partition(".")[0]) is not None:
                return _word_only(one, str(word))
        if isinstance(text, str) and "(" in text and _is_call(text):
            return Finding(
                "code-in-quotes",
                say(
                    "In quotes it is a text, and Python does not run it: return {code}",
                    code=text,
                ),
            )
    return None


def _is_call(text: str) -> bool:
    try:
        return isinstance(parse_python(text.strip(), mode="eval").body, ast.Call)
    except (SyntaxError, ValueError):
        return False


def word_of_argument(case: Case) -> Finding | None:
    """The name of a view's argument stands in quotes, where its value belongs."""
    if case.has_crashed:
        return None
    for function in case.view.functions:
        names = {one.arg for one in function.args.args}
        for node in ast.walk(function):
            word = next((one for one in _words(node) if one in names), None)
            if word is not None:
                return _word_only(node, word)
    return None


def quoted_key(case: Case) -> Finding | None:
    """A value is kept under the name of a variable, and not under its value."""
    if case.has_crashed:
        return None
    for function in case.code.functions:
        bound = {one.arg for one in function.args.args} | {
            one.id
            for one in ast.walk(function)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
        for node in ast.walk(function):
            kept = getattr(getattr(node, "value", None), "id", "")
            word = getattr(getattr(node, "slice", None), "value", None)
            is_kept = isinstance(getattr(node, "ctx", None), ast.Store)
            if not is_kept or word not in bound or kept in bound:
                continue
            held = case.place.names.get(kept)
            if isinstance(held, dict) and _is_asked_by_value(case, kept, word):
                return _word_only(node, word)
    return None


def _word_only(node: ast.AST, name: str) -> Finding:
    """Return the finding for a name that stands in quotes."""
    return Finding(
        "name-in-quotes",
        say(
            "In {code} the quotes make {name} a word only. Without them it is what was"
            " asked for.",
            code=f"`{ast.unparse(node)}`",
            name=name,
        ),
    )


def _is_asked_by_value(case: Case, kept: str, word: str) -> bool:
    """Say whether what a dict holds is looked for by the value of a name."""
    by_value = rf"(?<!\w){word} (?:not )?in {kept}\b|\b{kept}(?:\.get\(|\[){word}\b"
    if re.search(by_value, case.code.text):
        return True
    sent = case.answer.json
    is_sent = isinstance(sent, dict) and word in sent
    wanted = case.phrase.subject
    return is_sent and case.phrase.kind == "json" and wanted not in sent


def _words(node: ast.AST) -> Iterator[str]:
    """Yield the constant texts that are compared, or measured by len."""
    values: list[Any] = []
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
        values = [node.left, *node.comparators]
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in _TAKING:
        values = node.args
    for one in values:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


_TAKING = ("len", "escape", "str", "int", "float")


def f_forgotten(case: Case) -> Finding | None:
    """A text for a statement or a function has braces, and no f in front."""
    if case.has_crashed or case.phrase.kind not in ("json", "text", "page", "rows"):
        return None
    for function in case.view.functions:
        known = {one.arg for one in function.args.args} | {
            one.id
            for one in ast.walk(function)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        }
        for call in _calls(function):
            for text in _plain_texts(call):
                found = _PLACE.search(text)
                if found is not None and found[1] in known:
                    return Finding(
                        "braces",
                        say(
                            "{{{name}}} stands in {text} as it is: a text that fills"
                            ' in names begins with an f, f"...".',
                            name=found[1],
                            text=repr(text),
                        ),
                    )
    return None


def _calls(function: Any) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        name = getattr(getattr(node, "func", None), "attr", "")
        if isinstance(node, ast.Call) and name in ("execute", "get", "startswith"):
            yield node


def _plain_texts(call: ast.Call) -> Iterator[str]:
    for value in call.args:
        for node in ast.walk(value):
            if isinstance(node, ast.JoinedStr):
                break
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def no_braces(case: Case) -> Finding | None:
    """A text with an f in front has no braces, and so fills nothing in."""
    if case.has_crashed or case.phrase.kind not in ("text", "page"):
        return None
    for node in case.view.nodes(ast.JoinedStr):
        is_plain = all(isinstance(one, ast.Constant) for one in node.values)
        text = "".join(str(getattr(one, "value", "")) for one in node.values)
        if is_plain and text.strip() and text.strip() in case.answer.text:
            return Finding(
                "no-braces",
                say(
                    "An f alone fills nothing in: what is to be worked out stands in"
                    ' braces, f"... {{width * height}}".'
                ),
            )
    return None


def quoted_in_template(case: Case) -> Finding | None:
    """A template shows a word in quotes, which is the name of a value."""
    if case.check.kind != "template" or case.answer.mishap is not None:
        return None
    source = _source(case)
    for name, _ in case.check.values:
        found = re.search(rf"\{{\{{-?\s*['\"]{re.escape(name)}['\"]", source)
        if found is not None:
            return Finding(
                "name-in-quotes",
                say(
                    "In quotes {name} is a word only: {{{{ {name} }}}} shows its"
                    " value, and filters stand behind it.",
                    name=name,
                ),
            )
    return None


def _source(case: Case) -> str:
    app: Any = case.place.app
    try:
        found = app.jinja_env.loader.get_source(app.jinja_env, case.check.subject)
    except Exception:  # a loader may raise anything
        return ""
    return str(found[0])
