"""What a cell expects of a response: `-> ...`, `--expect`, `--expect-json`."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping
from typing import Any

import requests

from werkbook.cells.requests import RequestOptions
from werkbook.cells.requests.vocabulary import Phrase
from werkbook.errors import WerkbookError
from werkbook.exercises.check_answers import Answer, Hop, Mishap
from werkbook.exercises.visitor import describe_mishap
from werkbook.syntax_trees import parse_python

from ..bodies.body import shortened
from ..transport.headers import list_headers

Evaluate = Callable[[str, Mapping[str, Any]], Any]

# Names that JSON has and Python lacks, so that JSON can be pasted as it is.
_JSON_NAMES = {"true": True, "false": False, "null": None}
_RESPONSE_NAMES = frozenset(("json", "response"))


class ExpectationError(WerkbookError, AssertionError):
    """A response is not what its cell expected."""


def check(
    response: requests.Response, options: RequestOptions, evaluate: Evaluate | None
) -> None:
    """Check each expectation.

    Args:
        response: The response.
        options: What is expected.
        evaluate: Evaluates an expression in the notebook, with names of its own.

    Raises:
        ExpectationError: One of them does not hold.
    """
    for statuses in options.expect:
        _check_status(response, statuses)
    for phrase in options.phrases:
        _check_phrase(response, phrase, options)
    for text in options.expect_text:
        _check_text(response, text)
    for expression in options.expect_json:
        if evaluate is not None:
            _check_json(response, expression, evaluate)


def _check_phrase(
    response: requests.Response, phrase: Phrase, options: RequestOptions
) -> None:
    """Judge a phrase as an exercise's check would."""
    from werkbook.exercises.check_judging import judge  # start-up time

    verdict = judge(phrase, make_answer(response), allows_error=bool(options.expect))
    if verdict.holds:
        return
    raise ExpectationError(
        f"{_request(response)}: expected {verdict.wanted}. {verdict.found}".rstrip(),
        why=f"the cell says {phrase.source}.",
        fix="mend the view, or what the cell expects.",
    )


def make_answer(response: requests.Response) -> Answer:
    """Return what exercises judge: a response without its connection."""
    chain = [*response.history, response]
    hops = (
        Hop(one.request.method or "GET", one.request.path_url, one.status_code)
        for one in chain
    )
    return Answer(
        hops=tuple(hops),
        headers=tuple(list_headers(response)),
        body=response.content,
        duration_s=sum(one.elapsed.total_seconds() for one in chain),
        mishap=_mishap(response),
        cookies=_cookies(chain),
    )


def _mishap(response: requests.Response) -> Mishap | None:
    """Return the exception of the view, where the app runs in this kernel."""
    exchange = getattr(response, "exchange", None)
    error = exchange.exception if exchange is not None else None
    return describe_mishap(error) if error is not None else None


def _cookies(chain: list[requests.Response]) -> tuple[tuple[str, str], ...]:
    """Return the cookies that were sent and those that were set, the last ones."""
    held: dict[str, str] = {}
    for one in chain:
        sent = one.request.headers.get("Cookie") or ""
        pairs = (part.partition("=") for part in str(sent).split(";") if part.strip())
        held.update({name.strip(): value for name, _, value in pairs})
        held.update(one.cookies.get_dict())
    return tuple(held.items())


def _check_status(response: requests.Response, statuses: str) -> None:
    status = str(response.status_code)
    for wanted in statuses.lower().split(","):
        if status == wanted or (wanted.endswith("xx") and status[0] == wanted[0]):
            return
    got = f"{status} {response.reason or ''}".rstrip()
    raise ExpectationError(
        f"{_request(response)}: expected {statuses.replace(',', ' or ')}, got {got}.",
        why=f"the cell says --expect {statuses}.",
        fix="mend the view, or the expectation.",
    )


def _check_text(response: requests.Response, text: str) -> None:
    if text in response.text:
        return
    raise ExpectationError(
        f"{_request(response)} answered a body without {text!r}.",
        why=f"it is {_short(response.text)}.",
        fix="mend the view, or the text after --expect-text.",
    )


def _check_json(
    response: requests.Response, expression: str, evaluate: Evaluate
) -> None:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        raise ExpectationError(
            f"{_request(response)} answered a body that is no JSON.",
            why=f"it is {_short(response.text)}.",
            fix="return a dict or a list from the view.",
        ) from None
    value = _evaluated(expression, evaluate, {"json": body, "response": response})
    if _names_in(expression) & _RESPONSE_NAMES:
        if value:
            return
        problem = f"{_request(response)}: {expression} is {value!r}."
    else:
        if value == body:
            return
        problem = f"{_request(response)} answered other JSON than {expression}."
    raise ExpectationError(
        problem,
        why=f"the JSON is {_short(json.dumps(body, ensure_ascii=False))}.",
        fix="mend the view, or what stands after --expect-json.",
    )


def _evaluated(expression: str, evaluate: Evaluate, names: Mapping[str, Any]) -> Any:
    try:
        return evaluate(expression, {**_JSON_NAMES, **names})
    except Exception as error:
        raise ExpectationError(
            f"--expect-json {expression} raises {type(error).__name__}: {error}.",
            why="it is a Python expression; `json` in it is the response's JSON.",
            fix='write it as in --expect-json \'json["name"] == "Ada"\'.',
        ) from error


def _names_in(expression: str) -> set[str]:
    """Return the names that an expression reads."""
    tree = parse_python(expression.strip(), mode="eval")
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _request(response: requests.Response) -> str:
    request = response.request
    return f"{request.method} {request.path_url}"


def _short(text: str) -> str:
    return repr(shortened(text, 6))
