"""A name that nothing defines: misspelt, never imported, a text without quotes."""

from __future__ import annotations

import ast
import builtins
import difflib
import re
import sys

from ...words import say
from ..case import Case, Finding

_UNKNOWN = re.compile(r"name '(\w+)' is not defined")
_BEGINNING = re.compile(r"(?:[\[{].*[\]}]|(?:dict|list|set)\(.*\)|0)$", re.DOTALL)
"""What something that is kept begins with."""
_JSON_WORDS = {"null": "None", "true": "True", "false": "False"}


def undefined_name(case: Case) -> Finding | None:
    """The view uses a name that nothing defines."""
    mishap = case.answer.mishap
    found = _UNKNOWN.search(mishap.message) if mishap is not None else None
    if found is None:
        return None
    place = _made_in(case, found[1])
    if place:
        return Finding(
            "made-inside",
            say(
                "{name} is made inside of {function}, and known there alone. Make it"
                " outside of the views, above them.",
                name=found[1],
                function=place,
            ),
        )
    return Finding("undefined-name", _advice(case, found[1]))


def _made_in(case: Case, name: str) -> str:
    """Return the other function that keeps things under a name, empty where none."""
    own = {function.name for function in case.view.functions}
    for function in case.code.functions:
        nodes = [*ast.walk(function)]
        shared = {
            one for node in nodes if isinstance(node, ast.Global) for one in node.names
        }
        made = {
            target.id
            for node in nodes
            if isinstance(node, ast.Assign)
            and _BEGINNING.match(ast.unparse(node.value))
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        if name in made - shared and function.name not in own:
            return str(function.name)
    return ""


def builtin_name(case: Case) -> Finding | None:
    """A function of Python's own stands where a value of the view's is meant."""
    if not case.raised(r"builtin_function_or_method|^\w+: .*\btype\b.* object"):
        return None
    bound = _bound(case)
    given = (one for call in case.view.nodes(ast.Call) for one in call.args)
    for name in (one.id for one in given if isinstance(one, ast.Name)):
        if name in bound or not callable(getattr(builtins, name, None)):
            continue
        near = [one for one in sorted(bound) if name in one.split("_")]
        said = say("{name} is a function of Python's own here.", name=name)
        more = say("Is {name} meant?", name=near[0]) if near else ""
        return Finding("builtin-name", f"{said} {more}".strip())
    return None


def _advice(case: Case, name: str) -> str:
    """Say what may have been meant by a name."""
    if name in _JSON_WORDS:
        return say(
            "{name} is JSON's word; Python writes {python}.",
            name=name,
            python=_JSON_WORDS[name],
        )
    known = say("Your view does not know the name {name}.", name=name)
    return f"{known} {_what_to_do(case, name)}"


def _what_to_do(case: Case, name: str) -> str:
    mishap = case.answer.mishap
    line = mishap.code if mishap is not None else ""
    if f"[{name}]" in line:
        return say('A key stands in quotes: ["{name}"].', name=name)
    file = re.search(rf"\b{name}\.(?:html|txt|xml|css|js)\b", line)
    if file is not None:
        return say('The name of a file stands in quotes: "{name}".', name=file[0])
    module = _module_of(case, name)
    if module:
        return say("It has to be imported: {line}", line=f"from {module} import {name}")
    if name in sys.stdlib_module_names:
        return say("It has to be imported: {line}", line=f"import {name}")
    near = difflib.get_close_matches(name, sorted(_bound(case)), 1, 0.75)
    if near:
        return say("Is {name} meant?", name=near[0])
    return say(
        "Is it written as where it was made? A module has to be imported, and a text"
        " stands in quotes."
    )


def _module_of(case: Case, name: str) -> str:
    """Return the module of the student's own imports that has a name."""
    for node in case.code.nodes(ast.ImportFrom):
        module = sys.modules.get(str(node.module))
        if not node.level and hasattr(module, name) and not name.startswith("_"):
            return str(node.module)
    return ""


def _bound(case: Case) -> set[str]:
    """Return the names that the view and the notebook know."""
    own = {
        one.id for one in case.view.nodes(ast.Name) if isinstance(one.ctx, ast.Store)
    }
    arguments = {
        one.arg for function in case.view.functions for one in function.args.args
    }
    return {one for one in own | arguments | set(case.place.names) if one[:1] != "_"}
