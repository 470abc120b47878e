"""Mistakes in a view: what it takes, and what it gives back."""

from __future__ import annotations

import ast
import re
from typing import Any

from ..words import say
from .case import Case, Code, Finding

_RETURN_PROBLEM = re.compile(r"valid response|return type must be|must return", re.I)
_NONE = re.compile(r"returned None|without a return", re.I)
_ARGUMENTS = re.compile(
    r"unexpected keyword argument|required (?:positional|keyword-only) argument|"
    r"takes .* positional argument|takes no arguments|got multiple values"
)

_CALLED = re.compile(r"(?:\w+\.|<locals>\.)*(\w+)\(\)")


def _is_none_returned(case: Case) -> bool:
    mishap = case.answer.mishap
    if mishap is None:
        return False
    has_problem = _RETURN_PROBLEM.search(mishap.message) is not None
    return has_problem and _NONE.search(mishap.message) is not None


def printed(case: Case) -> Finding | None:
    """The view prints what it should return."""
    prints = any(
        isinstance(node.func, ast.Name) and node.func.id == "print"
        for node in case.view.nodes(ast.Call)
    )
    is_empty = _is_none_returned(case) or (
        case.answer.status == 200 and not case.answer.body
    )
    if not is_empty or not prints or not case.answer.output.strip():
        return None
    return Finding(
        "print",
        say(
            "Your view prints its text, which only you see. What the browser gets is"
            " what it returns: write return instead of print."
        ),
    )


def no_return(case: Case) -> Finding | None:
    """The view returns nothing."""
    if not _is_none_returned(case):
        return None
    for node in case.view.nodes(ast.Return):
        parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        if len(parts) > 1 and getattr(parts[0], "value", "") is None:
            return Finding(
                "none-returned",
                say(
                    "None is no answer. Nothing to send is an empty text:"
                    ' return "", {status}',
                    status=ast.unparse(parts[1]),
                ),
            )
    said = [node.value for node in case.view.nodes(ast.Return)]
    if any(one is None or getattr(one, "value", "") is None for one in said):
        return Finding(
            "none-returned",
            say(
                "return None is no answer. None can stand in one, as a value of a dict;"
                " an error is abort(404) or so."
            ),
        )
    name = getattr(case.answer.mishap, "function", "") or case.answer.endpoint
    if any(one.value is not None for one in case.view.nodes(ast.Return)):
        return Finding(
            "no-return",
            say(
                "This time your view {name} comes to its end without a return: the one"
                " that is there stands under a condition that does not hold.",
                name=name,
            ),
        )
    return Finding(
        "no-return",
        say(
            "Your view {name} returns nothing. End it with return and the answer.",
            name=name,
        ),
    )


def bad_return(case: Case) -> Finding | None:
    """The view returns what no answer can be made of."""
    mishap = case.answer.mishap
    if mishap is None or not _RETURN_PROBLEM.search(mishap.message):
        return None
    return Finding("bad-return", _better_return(case))


def _better_return(case: Case) -> str:
    """Say what to return instead of a status alone, of a set, of a number."""
    for node in case.view.nodes(ast.Return):
        if isinstance(node.value, ast.Tuple) and _is_status(node.value.elts[0]):
            return say(
                "The status stands behind what is sent: return ..., {status}",
                status=ast.unparse(node.value.elts[0]),
            )
        status = node.value.value if isinstance(node.value, ast.Constant) else None
        if type(status) is int and 400 <= status <= 599:
            return say(
                "A status alone is no answer: abort({status}), or a text in front of"
                ' it, return "...", {status}',
                status=status,
            )
        if isinstance(node.value, (ast.Set, ast.SetComp)):
            return say(
                "Braces without colons make a set, which is no answer. A dict has a key"
                ' and a colon before each value, {{"word": word}}; a list stands in [].'
            )
    return say(
        "A view returns a text, a dict, a list or a response. Make a text of it:"
        " str(...) or an f-string."
    )


def _is_status(node: ast.expr) -> bool:
    value = node.value if isinstance(node, ast.Constant) else None
    return type(value) is int and 100 <= value <= 599


def argument_names(case: Case) -> Finding | None:
    """The function takes other arguments than the rule has variables."""
    mishap = case.answer.mishap
    if mishap is None or mishap.kind not in ("TypeError", "ViewArgumentsError"):
        named = mishap is not None and "Argument" in mishap.kind
        if not named:
            return None
    assert mishap is not None
    if not _ARGUMENTS.search(mishap.message) and "Argument" not in mishap.kind:
        return None
    called = _CALLED.match(mishap.message)
    if called and called[1] not in [one.name for one in case.code.functions]:
        return None  # another function than one of the student's
    if called and mishap.function not in ("", called[1]) and _calls(case, called[1]):
        return Finding(
            "argument-names",
            say(
                "{name} is called with other arguments than it takes, in the line"
                " {code}",
                name=called[1],
                code=f"`{mishap.code}`",
            ),
        )
    if not case.answer.rule:
        return Finding(
            "argument-names",
            say("A function that handles an error takes it: def name(error):"),
        )
    names = re.findall(r"<(?:[^<>:]+:)?(\w+)>", case.answer.rule)
    return Finding(
        "argument-names",
        say(
            "The rule {rule} gives its view {names}; the function must take arguments"
            " of just these names.",
            rule=case.answer.rule,
            names=", ".join(names) or say("no arguments"),
        ),
    )


def _calls(case: Case, name: str) -> bool:
    """Say whether the line that failed calls a function of the student's."""
    code = case.answer.mishap.code if case.answer.mishap else ""
    return re.search(rf"\b{name}\(", code) is not None and "def " not in code


def text_number(case: Case) -> Finding | None:
    """A part of the rule is text, and the view calculates with it."""
    texts = set(re.findall(r"<(\w+)>", case.answer.rule))
    for node in case.view.nodes(ast.BinOp):
        operands = (node.left, node.right)
        names = {one.id for one in operands if isinstance(one, ast.Name)} & texts
        has_number = any(
            isinstance(one, ast.Constant) and isinstance(one.value, int | float)
            for one in operands
        )
        if names and (has_number or isinstance(node.op, ast.Mult)):
            name = sorted(names)[0]
            return part_is_text(name)
    return None


def part_is_text(name: str) -> Finding:
    """Return the finding for a part of the rule that is needed as a number."""
    return Finding(
        "text-number",
        say(
            "{name} is text, since the rule says <{name}>. <int:{name}> makes"
            " it a number.",
            name=name,
        ),
    )


def exception(case: Case) -> Finding | None:
    """The view raised something that nothing else explains."""
    mishap = case.answer.mishap
    if mishap is None or not mishap.code:
        return None
    return Finding(
        "exception",
        say(
            "It happened in {function}, in the line {code}",
            function=mishap.function,
            code=f"`{mishap.code}`",
        ),
    )


def other_status(case: Case) -> Finding | None:
    """The view says a status of its own, and another one is wanted."""
    if case.phrase.kind != "status" or case.answer.mishap is not None:
        return None
    got, wanted = case.answer.status, case.phrase.value[0]
    if got < 400 or not wanted.isdigit() or not _has_own_error(case.view, str(got)):
        return None
    text = case.view.text
    if _has_own_error(case.view, wanted) and text.find(wanted) < text.find(str(got)):
        return Finding(
            "condition",
            say(
                "Your view says {status}, and this request does not come to that line:"
                " look at the condition in front of it.",
                status=wanted,
            ),
        )
    if _has_own_error(case.view, wanted) and got < 500:
        return Finding(
            "status",
            say(
                "Your view says {got} before it comes to {status}: ask in the other"
                " order.",
                got=got,
                status=wanted,
            ),
        )
    if wanted < "400":
        return None  # no status is missing: the view refuses
    if wanted not in case.code.text:
        return Finding(
            "status",
            say(
                "The answer is {got}, and nothing in your cells says {status}:"
                " abort({status}) does.",
                got=got,
                status=wanted,
            ),
        )
    hook = _hook_that_says(case, wanted)
    if hook:
        return Finding(
            "condition",
            say(
                "{name} runs before each request and says {status}, and this one does"
                " not come to that line: look at the condition in front of it, and at"
                " what it counts or compares.",
                name=hook,
                status=wanted,
            ),
        )
    return Finding(
        "status",
        say(
            "Your view says {got} itself, and {status} is asked for.",
            got=got,
            status=wanted,
        ),
    )


def _hook_that_says(case: Case, status: str) -> str:
    """Name the hook that has a status; empty for none, and for one of an older cell.

    A hook that ran before the view was written is about something else.
    """
    said = [
        one.name
        for one in case.code.functions
        if _is_early_hook(one) and _has_own_error(Code((ast.unparse(one),)), status)
    ]
    view_at = _place(case, case.view.text)
    later = [one for one in said if _place(case, f"def {one}(") >= view_at]
    return later[-1] if later else ""


def _place(case: Case, text: str) -> int:
    """Return the number of the newest cell that has a text; -1 for none."""
    found = [at for at, one in enumerate(case.code.sources) if text in one]
    return max(found, default=-1)


def _is_early_hook(function: Any) -> bool:
    names = [getattr(one, "attr", "") for one in function.decorator_list]
    return "before_request" in names


def page_as_json(case: Case) -> Finding | None:
    """The view returns its data, and a page was wanted."""
    is_page = case.phrase.kind in ("page", "form")
    if not is_page or not case.answer.is_json or not 200 <= case.answer.status < 300:
        return None
    return Finding(
        "bad-return",
        say(
            "Your view returns a list or a dict, which is sent as JSON. Give it to a"
            ' template: return render_template("...", ...).'
        ),
    )


def status(case: Case) -> Finding | None:
    """The answer may be right, its status is not."""
    if case.phrase.kind != "status" or case.answer.mishap is not None:
        return None
    got, wanted = case.answer.status, case.phrase.value[0]
    if not 200 <= got < 300 or not wanted.isdigit() or wanted == "405":
        return None
    if wanted.startswith("4") and _has_own_error(case.view, wanted):
        return None
    if wanted.startswith("4") and got != 200:
        return Finding(
            "status",
            say(
                "Nothing in your view refuses this, and it answers {got} as if all were"
                " right. Look first, and end there: if not ...: abort({status})",
                got=got,
                status=wanted,
            ),
        )
    return Finding(
        "status",
        say(
            "Without a status an answer is a 200. Say it behind the text: return text,"
            " {status}",
            status=wanted,
        ),
    )


def _has_own_error(view: Any, wanted: str) -> bool:
    """Say whether the view knows of the status, so that it is not forgotten."""
    assert isinstance(view, Code)
    returned = (node.value for node in view.nodes(ast.Return))
    said = [part for one in returned if one is not None for part in ast.walk(one)]
    aborts = (
        one for one in view.nodes(ast.Call) if getattr(one.func, "id", "") == "abort"
    )
    said += [part for one in aborts for part in one.args]
    numbers = [one.value for one in said if isinstance(one, ast.Constant)]
    return int(wanted) in [one for one in numbers if isinstance(one, int)]
