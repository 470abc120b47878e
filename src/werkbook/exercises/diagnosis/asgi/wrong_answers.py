"""Mistakes in what FastAPI's views answer: a status, an error, a text for a number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...words import say
from ..case import Case, Finding


def _is_fastapi(case: Case) -> bool:
    return any(one.__name__ == "FastAPI" for one in type(case.place.app).__mro__)


def _wanted(case: Case) -> str:
    """Return the status that is asked for, and is not the answer's."""
    is_status = case.phrase.kind == "status"
    return str(case.phrase.value[0]) if is_status else ""


def _returned(case: Case) -> Iterator[ast.expr]:
    yield from (one.value for one in case.view.nodes(ast.Return) if one.value)


def error_returned(case: Case) -> Finding | None:
    """An HTTPException is returned, and so sent as JSON."""
    for value in _returned(case):
        call = value if isinstance(value, ast.Call) else None
        if getattr(call and call.func, "id", "") == "HTTPException" and _wanted(case):
            return Finding(
                "error-returned",
                say(
                    "An error that is returned is sent as any other value, with 200:"
                    " write raise in place of return in front of HTTPException."
                ),
            )
    return None


def tuple_as_json(case: Case) -> Finding | None:
    """A status stands behind a comma, as in Flask."""
    if not _is_fastapi(case) or case.answer.status >= 400:
        return None
    for value in _returned(case):
        parts = value.elts[1:] if isinstance(value, ast.Tuple) else []
        said = [getattr(one, "value", None) for one in parts]
        status = next((one for one in said if type(one) is int), None)
        if status is None:
            continue
        text = say("FastAPI sends what stands between commas as a list.")
        if status < 400:
            more = say(
                "The status stands in the decorator: status_code={status}",
                status=status,
            )
        else:
            more = say(
                "An error is raised: raise HTTPException({status})", status=status
            )
        return Finding("status", f"{text} {more}")
    return None


def status_not_said(case: Case) -> Finding | None:
    """The answer is a 200, as no other status is said."""
    wanted = _wanted(case)
    if not _is_fastapi(case) or case.answer.status != 200 or len(case.answer.hops) > 1:
        return None
    if wanted in ("201", "202"):
        return Finding(
            "status",
            say(
                "Without a status an answer is a 200. Say it in the decorator:"
                ' @app.{method}("{path}", status_code={status})',
                method=case.method.lower(),
                path=case.answer.rule or case.path,
                status=wanted,
            ),
        )
    if wanted in ("400", "401", "403", "404", "409"):
        return Finding(
            "status",
            say(
                "Nothing in your view refuses this. Look first, and end there:"
                " raise HTTPException({status})",
                status=wanted,
            ),
        )
    return None


def no_key(case: Case) -> Finding | None:
    """Something is looked up that is not there, where a refusal is wanted."""
    refusal = next((one for one in case.wanted_statuses if one[0] == "4"), "")
    found = case.raised(r"^(?:KeyError: (.+)|IndexError: )")
    if found is None or not refusal.isdigit():
        return None
    return Finding(
        "no-key",
        say(
            "It is not there, and brackets raise an error then. Look first: if it is"
            " not in there, raise HTTPException({status}).",
            status=refusal,
        ),
    )


def untyped_argument(case: Case) -> Finding | None:
    """An argument without a type is text, and a number is needed."""
    is_mixed = case.raised(
        r"^TypeError: .*(?:not supported between|unsupported operand|can only"
        r" concatenate|indices must be integers)"
    )
    if not is_mixed and (case.answer.status != 404 or case.is_lost):
        return None
    if "404" in case.wanted_statuses or not _is_fastapi(case):
        return None
    in_path = re.findall(r"\{(\w+)\}", case.answer.rule)
    code = case.answer.mishap.code if case.answer.mishap else case.view.text
    for view in case.view.functions:
        for one in (*view.args.args, *view.args.kwonlyargs):
            is_asked = one.arg in in_path or one.arg in case.sent_names
            is_used = re.search(rf"\b{one.arg}\b", code) is not None
            if one.annotation is None and is_asked and is_used and _is_number(case):
                return Finding(
                    "text-number",
                    say(
                        "{name} is text, since its type is not said. {name}: int makes"
                        " it a number (float, where it may have a point).",
                        name=one.arg,
                    ),
                )
    return None


def _is_number(case: Case) -> bool:
    """Say whether a number was asked for, in the path or in the query."""
    return re.search(r"[/=]\d+(?:\.\d+)?(?:[/&?]|$)", case.url) is not None


def other_response(case: Case) -> Finding | None:
    """A header is set on a response that nobody sends."""
    if case.phrase.kind not in ("header", "cookie") or case.has_crashed:
        return None
    returned = [ast.unparse(one) for one in _returned(case)]
    for node in case.view.nodes(ast.Assign):
        name = getattr(node.targets[0], "id", "")
        made = getattr(getattr(node.value, "func", None), "id", "")
        if name and made.endswith("Response") and name not in returned:
            return Finding(
                "other-response",
                say(
                    "{name} is a response that nobody sends: return it, or take the"
                    " one that is sent as an argument, {name}: Response.",
                    name=name,
                ),
            )
    return None
