"""Mistakes with headers, and with the lines of plain text."""

from __future__ import annotations

import difflib
import re

from ...wanted import quoted
from ...words import say
from ..case import Case, Finding
from .wrong_json import bare


def content_type(case: Case) -> Finding | None:
    """The answer does not say what it is, and so is taken for HTML."""
    is_about = case.phrase.kind == "header" and case.phrase.subject.lower() == (
        "content-type"
    )
    is_html = case.answer.mimetype == "text/html"
    if is_about and case.answer.is_json and case.answer.status < 400:
        return _json_for_text(case)
    written = next((one for one in _written_names(case) if _is_near(one)), None)
    if is_about and written is not None:
        return Finding(
            "no-header",
            say(
                "The header is called {name}, and your answer has {other}.",
                name=case.phrase.subject,
                other=written,
            ),
        )
    if not is_about or not is_html or case.answer.status >= 400:
        return None
    return Finding(
        "content-type",
        say(
            "Text that a view returns is sent as HTML. A third value says what it is:"
            ' return text, 200, {{"Content-Type": "{kind}"}}',
            kind=case.phrase.value or "text/plain",
        ),
    )


def _written_names(case: Case) -> list[str]:
    """Return the headers of the answer's own."""
    return [name for name, _ in case.answer.headers]


def _is_near(name: str) -> bool:
    """Say whether a name is that of the type, misspelt."""
    wanted = "content-type"
    ratio = difflib.SequenceMatcher(None, name.lower(), wanted).ratio()
    is_other = name.lower() in (wanted, "content-length", "content-language")
    return ratio > 0.8 and not is_other


def near_header(case: Case) -> Finding | None:
    """A header's value is there but for quotes, hyphens or capitals."""
    found = case.answer.header(case.phrase.subject) if _is_header(case) else None
    if found is None:
        return None
    wanted = str(case.phrase.value)
    if bare(wanted) not in bare(found):
        words = re.findall(r"[\w-]+", found)
        near = difflib.get_close_matches(wanted, words, 1, 0.85)
        return _misspelt(near[0], wanted) if near else None
    return Finding(
        "near-text",
        say("It is nearly there: compare capitals, spaces and punctuation."),
    )


def _misspelt(found: str, wanted: str) -> Finding:
    return Finding(
        "near-text",
        say(
            "{found} is nearly {wanted}: compare them letter by letter.",
            found=quoted(found),
            wanted=quoted(wanted),
        ),
    )


def _is_header(case: Case) -> bool:
    is_value = case.phrase.verb in ("is", "has", "==") and bool(case.phrase.value)
    return case.phrase.kind == "header" and is_value


def _json_for_text(case: Case) -> Finding:
    return Finding(
        "content-type",
        say(
            "A dict, a list and jsonify are sent as JSON. Return a text, and say what"
            ' it is: return text, 200, {{"Content-Type": "{kind}"}}',
            kind=case.phrase.value or "text/plain",
        ),
    )


def no_header(case: Case) -> Finding | None:
    """A header is missing, or has another name."""
    name = case.phrase.subject
    if case.phrase.kind != "header" or case.answer.header(name) is not None:
        return None
    if case.phrase.verb in ("lacks", "unset") or case.answer.status >= 400:
        return None
    names = [one for one, _ in case.answer.headers]
    near = difflib.get_close_matches(name, names, 1, 0.8)  # not Content-Type alone
    if near:
        text = say(
            "The header is called {name}, and your answer has {other}.",
            name=name,
            other=near[0],
        )
    elif _is_for_pages(case, name):
        return None  # nothing was tried yet, and no view is where it belongs
    else:
        text = say(
            "A header stands behind the answer, in a dict:"
            ' return text, 200, {{"{name}": "..."}}',
            name=name,
        )
    return Finding("no-header", text)


def _is_for_pages(case: Case, name: str) -> bool:
    """Say whether several pages must have headers, and the code has not this one."""
    pages = [
        check
        for check in case.exercise.checks
        if any(phrase.kind == "header" for phrase in check.phrases)
    ]
    return len(pages) > 1 and name.lower() not in case.code.text.lower()


def line_ends(case: Case) -> Finding | None:
    """Lines do not end as they do in plain text."""
    is_about = case.phrase.kind == "text" and case.phrase.verb in ("matches", "has")
    wanted = str(case.phrase.value)
    if not is_about or not ("\\n" in wanted or "\n" in wanted):
        return None
    if case.answer.mishap or case.answer.status >= 400 or not case.answer.body:
        return None
    if "\\n" in case.answer.text:
        return Finding(
            "line-ends",
            say(
                "Two backslashes and an n are a backslash and an n to read. One"
                " backslash and an n, \\n, end a line."
            ),
        )
    if re.search(r"""(?:''|"")\.join\(""", case.view.text):
        return Finding(
            "line-ends",
            say(
                'An empty text puts nothing between: "\\n".join(lines) ends each line.'
            ),
        )
    is_slash = "/n" in case.answer.text or "<br" in case.answer.text
    if "\n" in case.answer.text.strip() and not is_slash:
        return None
    return Finding(
        "line-ends", say("A line of plain text ends with \\n, a backslash and an n.")
    )
