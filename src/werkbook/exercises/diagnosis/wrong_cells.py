"""Mistakes in the cells themselves: one that failed, two views of one name."""

from __future__ import annotations

import ast
import difflib
import re
from typing import Any

from werkbook.cells.source import magics

from ..wanted import without_addresses
from ..words import say
from .case import Case, Finding

_DECORATORS = ("route", "get", "post", "put", "patch", "delete")


def hangs(case: Case) -> Finding | None:
    """The view never answers."""
    if not case.answer.hangs:
        return None
    loops = [node for node in case.view.nodes(ast.While) if _is_true(node.test)]
    if loops:
        text = say(
            "Your view has a loop that never ends (while True): leave it with return or"
            " break."
        )
    else:
        text = say("Your view takes longer than {seconds} s.", seconds=_seconds(case))
    return Finding("hangs", text)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and bool(node.value)


def _seconds(case: Case) -> str:
    return f"{case.exercise.timeout_s:g}"


def name_twice(case: Case) -> Finding | None:
    """Two views of one cell have one name, so that only one of them is there."""
    for tree in case.code.trees:
        seen: dict[str, Any] = {}
        for node in tree.body:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            if is_routed(node) and node.name in seen:
                return Finding(
                    "name-twice",
                    say(
                        "Two of your views are called {name}: a name is that of one"
                        " view. Give the second another name.",
                        name=node.name,
                    ),
                )
            if is_routed(node):
                seen[node.name] = node
    return _taken_over(case)


def _taken_over(case: Case) -> Finding | None:
    """A view in another cell has the name of the one that was meant, and its rule."""
    views = [
        node
        for tree in case.code.trees
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name == case.answer.endpoint
        and is_routed(node)
    ]
    if not views or case.method in _methods(views[-1]):
        return None
    if not any(case.method in _methods(view) for view in views):
        return None
    return Finding(
        "name-twice",
        say(
            "Two of your views are called {name}: a name is that of one view. Give the"
            " second another name.",
            name=case.answer.endpoint,
        ),
    )


def _methods(function: Any) -> set[str]:
    """Return the methods that the decorators of a function name."""
    found: set[str] = set()
    for one in function.decorator_list:
        called = one.func if isinstance(one, ast.Call) else one
        verb = getattr(called, "attr", "").upper()
        if verb != "ROUTE":
            found.add(verb)
            continue
        given = [word.value for word in one.keywords if word.arg == "methods"]
        names = [node.value for value in given for node in getattr(value, "elts", ())]
        found |= {str(name).upper() for name in names} or {"GET"}
    return found


def is_routed(function: Any) -> bool:
    """Say whether a decorator of a function gives it a rule."""
    return any(map(is_routing, function.decorator_list))


def is_routing(decorator: ast.expr) -> bool:
    """Say whether a decorator gives a function a rule."""
    names = (
        "route",
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "endpoint",
        "errorhandler",
    )
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in names


def template_syntax(case: Case) -> Finding | None:
    """A template does not compile."""
    kinds = ("TemplateSyntaxError", "TemplateCellError")
    errors = [error for error in case.place.failed if error[0] in kinds]
    mishap = case.answer.mishap
    if mishap is not None and "TemplateSyntax" in mishap.kind:
        errors.append((mishap.kind, mishap.message))
    if not errors or not _is_about_templates(case):
        return None
    message = _why(errors[-1][1])
    advice = _tag_advice(case, message)
    if advice or not _UNENDED.search(message):
        text = say("A template cannot be read: {message}", message=message)
        return Finding("template-syntax", f"{text} {advice}".strip())
    return Finding(
        "template-syntax",
        say(
            "A template cannot be read: {message} Each {{% for %}} needs its"
            " {{% endfor %}}, each {{% if %}} its {{% endif %}}.",
            message=message,
        ),
    )


def _tag_advice(case: Case, message: str) -> str:
    """Say which tag was meant, or which braces; empty where that is not the mistake."""
    unknown = re.search(r"unknown tag '(\w+)'", message)
    if unknown is not None and not unknown[1].startswith("end"):
        near = difflib.get_close_matches(unknown[1], _TAGS, 1)
        if near:
            return say("Is {name} meant?", name=near[0])
        return say("A value stands in two braces: {{{{ {name} }}}}.", name=unknown[1])
    printed = re.search(rf"\{{\{{-?\s*({'|'.join(_TAGS)})\b", case.code.text)
    if printed is not None and "print statement" in message:
        return say(
            "{name} stands in {{% ... %}}, and not in two braces.", name=printed[1]
        )
    open_tag = re.search(r"needs to be closed is '(\w+)'", message)
    if open_tag is not None and open_tag[1] not in ("for", "if"):
        return say("Each {{% {name} %}} needs its {{% end{name} %}}.", name=open_tag[1])
    return ""


_UNENDED = re.compile(r"\bend|unknown tag|innermost block|looking for", re.IGNORECASE)
"""Says that a tag has no end, or an end no beginning."""
_TAGS = (
    *("extends", "block", "endblock", "for", "endfor", "if", "elif", "else", "endif"),
    *("include", "import", "macro", "endmacro", "set", "with", "filter"),
)


def _why(message: str) -> str:
    """Return what of an error's lines says what is wrong with the template."""
    lines = [line.strip() for line in message.splitlines()] or [""]
    return next((one[5:] for one in lines if one.startswith("Why: ")), lines[0])


def _is_about_templates(case: Case) -> bool:
    mishap = case.answer.mishap
    return case.check.kind == "template" or (
        mishap is not None and "Template" in mishap.kind
    )


def function_given(case: Case) -> Finding | None:
    """The view is a second argument of what makes a decorator."""
    for kind, message in case.place.failed:
        found = re.search(r"\.(\w+)\(\) takes 2 positional arguments but 3", message)
        if kind == "TypeError" and found and found[1] in _DECORATORS:
            return Finding(
                "function-given",
                say(
                    'app.{name}("...") stands with an @ above the function, which is'
                    " not put into its brackets. Without an @ it is"
                    ' app.add_url_rule("...", view_func=...).',
                    name=found[1],
                ),
            )
    return None


def failed(case: Case) -> Finding | None:
    """A cell failed, so that what it says is not in the app."""
    is_missing = case.place.app is None or case.answer.status in (404, 405)
    if not case.place.failed or not (is_missing or case.answer.problem):
        return None
    kind, message = case.place.failed[0]  # what fails after it may fail of it
    text = say(
        "One of your cells failed ({kind}: {message}), so the app has nothing of"
        " it. Mend it and run it again.",
        kind=kind,
        message=_problem_and_fix(message),
    )
    if kind == "SyntaxError" and message.startswith("'return' outside function"):
        advice = say(
            "The lines of a function stand further in than its def, to the last."
        )
        text = f"{text} {advice}"
    return Finding("cell-failed", text)


def _problem_and_fix(message: str) -> str:
    """Return the first line of an error, and of Werkbook's own what to type."""
    lines = [line.strip() for line in message.splitlines()] or [""]
    fixes = [line for line in lines[1:] if line.startswith("Fix: ")]
    return without_addresses(" ".join([lines[0], *fixes]))


def python_in_template(case: Case) -> Finding | None:
    """A cell that is a template has a view below it, which is text then."""
    if not case.is_lost:
        return None
    for source in case.code.sources:
        magic = magics.cell_magic(source)
        body = magic.body if magic is not None and magic.name in _TEXT_MAGICS else ""
        found = _DECORATED.search(body)
        if magic is not None and found is not None:
            return Finding(
                "python-in-template",
                say(
                    "A cell that begins with %%{magic} is that to its last line, the"
                    " line {code} too. Python goes into a cell of its own.",
                    magic=magic.name,
                    code=f"`{found[0].strip()}`",
                ),
            )
    return None


_TEXT_MAGICS = ("template", "static")
_DECORATED = re.compile(r"^@\w+\.(?:route|get|post|put|patch|delete)\(.*", re.MULTILINE)
