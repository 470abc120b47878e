"""Judges an answer by what must hold of it, and says in plain words what it was."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from werkbook.cells.requests.vocabulary import Phrase, optional_library

from .check_answers import Answer, NoJSON, plain_text
from .patterns import is_found
from .wanted import quoted, say_wanted, shown_json, without_addresses
from .words import count, say

_USUAL_ERROR = re.compile(
    r"(?:Not Found\nThe requested URL was|Method Not Allowed\nThe method is|"
    r"Bad Request\nThe browser|Internal Server Error\nThe server|Unauthorized\n)"
)

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "has": operator.contains,
    "lacks": lambda whole, part: part not in whole,
}


@dataclass(frozen=True)
class Verdict:
    """Whether a phrase holds.

    Attributes:
        holds: It does.
        wanted: What was expected, to stand behind "I expected".
        found: What was there instead, as a sentence; empty when it holds.
    """

    holds: bool
    wanted: str
    found: str = ""


def judge(phrase: Phrase, answer: Answer, *, allows_error: bool = True) -> Verdict:
    """Say whether a phrase holds of an answer.

    Args:
        phrase: What must hold.
        answer: What came back.
        allows_error: Whether the page of an error (404, say) may be what lacks a thing.
    """
    wanted = say_wanted(phrase)
    problem = _no_answer(answer, phrase)
    if not problem and not allows_error and _is_error_without(phrase, answer):
        problem = _shows(answer)
    if problem:
        return Verdict(False, wanted, problem)
    found = _JUDGES[phrase.kind](phrase, answer)
    return Verdict(found is None, wanted, found or "")


def _no_answer(answer: Answer, phrase: Phrase) -> str:
    """Say why there is nothing to judge; empty when there is."""
    if answer.problem:
        return answer.problem
    if answer.hangs:
        return say("The app did not answer in time.")
    # The page about an exception shows the student's code, in which any text stands.
    if answer.mishap is not None and answer.status >= 500 and phrase.kind != "status":
        return _raised(answer)
    return ""


def _is_error_without(phrase: Phrase, answer: Answer) -> bool:
    """Say whether an error's page lacks something, which tells nothing of the app."""
    return phrase.verb in ("lacks", "unset", "!=") and answer.status >= 400


def _raised(answer: Answer) -> str:
    assert answer.mishap is not None
    kind, message = answer.mishap.kind, _first_sentence(answer.mishap.message)
    if not message:
        return say("The app raised {kind}.", kind=kind)
    return say("The app raised {kind}: {message}.", kind=kind, message=message)


def _first_sentence(text: str) -> str:
    """Return what an error says first; the whole stands in the card behind it."""
    line = without_addresses(next(iter(text.strip().splitlines()), ""))
    return line.partition(". ")[0].rstrip(".")


def _status(phrase: Phrase, answer: Answer) -> str | None:
    status = str(answer.status)
    for wanted in phrase.value:
        if status == wanted or (wanted.endswith("xx") and status[0] == wanted[0]):
            return None
    if answer.mishap is not None and answer.status >= 500:
        return _raised(answer)
    return say("The app answered {status}.", status=status)


def _text(phrase: Phrase, answer: Answer) -> str | None:
    wanted = phrase.value
    if phrase.verb == "matches":
        holds = any(is_found(wanted, text) for text in _texts(answer))
        return None if holds else _shows(answer)
    if phrase.verb == "is":
        is_it = any(text.strip() == wanted.strip() for text in _texts(answer))
        return None if is_it else _shows(answer)
    if phrase.verb == "lacks":
        return None if wanted not in answer.text else _has_it(answer, wanted)
    times = max(_spaced(text).count(_spaced(wanted)) for text in _texts(answer))
    if phrase.times is not None and times and times != phrase.times:
        return count("It is there {number} time.", "It is there {number} times.", times)
    return None if times else _shows(answer)


def _texts(answer: Answer) -> tuple[str, str]:
    """Return the answer as it came, and as people read it on the page."""
    return answer.text, answer.visible_text


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _has_it(answer: Answer, wanted: str) -> str:
    place = answer.text.find(wanted)
    around = answer.text[max(0, place - 20) : place + len(wanted) + 20]
    return say("The answer has it: {text}.", text=quoted(around))


def _shows(answer: Answer) -> str:
    """Say what the app answered instead."""
    if not answer.hops:  # a template
        shown = answer.visible_text or answer.text
        return say("It shows {text}.", text=quoted(shown))
    if not answer.body:
        return say("The app answered {status} and nothing.", status=answer.status)
    if _USUAL_ERROR.match(answer.visible_text):
        return say("The app answered {status}.", status=answer.status)
    return say(
        "The app answered {status}: {text}.",
        status=answer.status,
        text=quoted(answer.visible_text or answer.text),
    )


def _page(phrase: Phrase, answer: Answer) -> str | None:
    page = _soup(answer.text)
    found = optional_library("soupsieve").select(phrase.subject, page)
    fitting = [one for one in found if _holds_text(one, phrase.value)]
    if phrase.verb == "lacks":
        return None if not fitting else say("The page has it.")
    if phrase.times is not None:
        if len(fitting) == phrase.times:
            return None
        number = len(fitting)
        return count(
            "It is there {number} time.", "It is there {number} times.", number
        )
    if fitting:
        return None
    if found and phrase.value is not None:
        text = plain_text(str(found[0]))
        return say("The page has one, with {text}.", text=quoted(text))
    return _shows(answer)


def _holds_text(element: Any, text: str | None) -> bool:
    return text is None or _spaced(text) in _spaced(element.get_text())


def _soup(text: str) -> Any:
    bs4 = optional_library("bs4")
    # Without a line's end it would take a short text for the name of a file.
    return bs4.BeautifulSoup(f"{text}\n", "html.parser")


def _form(phrase: Phrase, answer: Answer) -> str | None:
    field = phrase.subject.replace("\\", "\\\\").replace('"', '\\"')
    names = ("input", "textarea", "select", "button")
    selector = ", ".join(f'form {name}[name="{field}"]' for name in names)
    found = optional_library("soupsieve").select(selector, _soup(answer.text))
    if phrase.verb == "lacks":
        return None if not found else say("The form has it.")
    if phrase.value is None and found:
        return None
    values = [_field_value(one) for one in found]
    if phrase.value in values:
        return None
    if values:
        return say("The field holds {text}.", text=quoted(values[0]))
    return _form_shows(answer)


def _field_value(field: Any) -> str:
    if field.name == "textarea":
        return str(field.get_text()).removeprefix("\n")
    if field.name == "select":
        chosen = field.select("option[selected]") or field.select("option")[:1]
        return "".join(str(one.get("value", one.get_text())) for one in chosen)
    return str(field.get("value", ""))


def _form_shows(answer: Answer) -> str:
    page = _soup(answer.text)
    if not page.find("form"):
        return say("There is no form. ") + _shows(answer)
    names = [str(one["name"]) for one in page.select("form [name]")]
    if not names:
        return say("The form has no field with a name.")
    fields = ", ".join(quoted(name) for name in names)
    return say("The form has the fields {fields}.", fields=fields)


def _json(phrase: Phrase, answer: Answer) -> str | None:
    value = answer.json
    if isinstance(value, NoJSON):
        return say("That is no JSON. ") + _shows(answer)
    jmespath = optional_library("jmespath")
    try:
        found = jmespath.search(phrase.subject, value)
    except jmespath.exceptions.JMESPathError as error:
        return say("The JSON is {json}.", json=shown_json(value)) + f" ({error})"
    return _compared(phrase, found, shown=value)


def _compared(phrase: Phrase, found: Any, *, shown: Any) -> str | None:
    if phrase.verb == "set":
        holds = found not in (None, False, [], {}, "")
    else:
        try:
            holds = bool(_COMPARE[phrase.verb](found, phrase.value))
        except TypeError:
            holds = False
    if holds and isinstance(found, bool) == isinstance(phrase.value, bool):
        return None
    if holds and phrase.verb != "==":
        return None
    if phrase.kind == "json" and phrase.subject != "@" and found is None:
        return say("The JSON has nothing there: {json}.", json=shown_json(shown))
    return say("It is {json}.", json=shown_json(found))


def _header(phrase: Phrase, answer: Answer) -> str | None:
    value = answer.header(phrase.subject)
    holds = _holds_named(phrase, value)
    if holds:
        return None
    if value is None:
        return say("The answer has no header {name}.", name=phrase.subject)
    return say("It is {text}.", text=quoted(value))


def _holds_named(phrase: Phrase, value: str | None) -> bool:
    if phrase.verb in ("set", "unset"):
        return (value is not None) == (phrase.verb == "set")
    if phrase.verb == "lacks":
        return phrase.value not in (value or "")
    if value is None:
        return False
    return phrase.value in value if phrase.verb == "has" else phrase.value == value


def _cookie(phrase: Phrase, answer: Answer) -> str | None:
    value = dict(answer.cookies).get(phrase.subject)
    if _holds_named(phrase, value):
        return None
    if value is None:
        return say("The visitor has no cookie {name}.", name=phrase.subject)
    return say("It is {text}.", text=quoted(value))


def _redirect(phrase: Phrase, answer: Answer) -> str | None:
    if not 300 <= answer.status < 400:
        return _shows(answer)
    location = answer.header("Location") or ""
    if _place(location) == _place(phrase.value):
        return None
    return say("It redirects to {url}.", url=location or "–")


def _place(url: str) -> tuple[str, str, str]:
    """Return what decides where a URL of this site leads."""
    parts = urlsplit(url)
    host = "" if parts.hostname in (None, "localhost", "127.0.0.1") else parts.netloc
    path = unquote(parts.path)
    return host, path if path.startswith("/") else f"/{path}", parts.query


def _time(phrase: Phrase, answer: Answer) -> str | None:
    if answer.duration_s <= phrase.value:
        return None
    return say("It took longer.")  # how long is another number each time


_VARIABLE = re.compile(r"<(?:([^<>:]+):)?[^<>]*>")


def bare_rule(rule: str) -> str:
    """Return a rule without the names of its variables, which make no difference."""
    return _VARIABLE.sub(lambda match: f"<{match[1] or 'string'}>", rule)


def _rules(phrase: Phrase, answer: Answer) -> str | None:
    wanted = bare_rule(phrase.subject)
    is_there = any(
        bare_rule(rule) == wanted and phrase.value in ("", *methods)
        for rule, methods in answer.rules
    )
    if is_there == (phrase.verb == "has"):
        return None
    if is_there:
        return say("The app has it.")
    rules = ", ".join(sorted({rule for rule, _ in answer.rules})) or "–"
    return say("The app's rules are {rules}.", rules=rules)


def _rows(phrase: Phrase, answer: Answer) -> str | None:
    if phrase.kind == "value":
        found: Any = answer.rows[0][0] if answer.rows else None
    else:
        found = [list(row) for row in answer.rows]
    return _compared(phrase, found, shown=found)


_JUDGES: dict[str, Callable[[Phrase, Answer], str | None]] = {
    "status": _status,
    "text": _text,
    "page": _page,
    "form": _form,
    "json": _json,
    "header": _header,
    "cookie": _cookie,
    "redirect": _redirect,
    "time": _time,
    "rules": _rules,
    "value": _rows,
    "rows": _rows,
}
