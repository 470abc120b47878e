"""Mistakes in what the answer says: escaping, braces, letters."""

from __future__ import annotations

import ast
import re
from urllib.parse import parse_qsl, urlsplit

from ..words import say
from .case import Case, Finding
from .wrong_databases import percent_signs

_BRACES = re.compile(r"\{\s*([A-Za-z_][^{}<>:;\n]{0,60})\}")
_NOT_LETTERS = re.compile(r"[\W_]+")


def unescaped(case: Case) -> Finding | None:
    """What a visitor sent stands in the page as HTML."""
    phrase = case.phrase
    is_text = phrase.kind == "text" and phrase.verb == "lacks"
    is_page = phrase.kind == "page" and phrase.verb == "has"
    is_about = (is_text or is_page) and "<" in str(phrase.value or "")
    if not is_about or phrase.value not in case.answer.text:
        return None
    if "|safe" in case.code.text.replace(" ", "") or "Markup(" in case.code.text:
        text = say("|safe and Markup switch the escaping off: take them away.")
    else:
        text = say(
            "What a visitor sends must be escaped, or they put their own HTML into"
            " your page. In a template {{{{ name }}}} does it; in an f-string write"
            " escape(name)."
        )
    return Finding("unescaped", text)


def braces(case: Case) -> Finding | None:
    """Braces stand in the answer: an f is missing, or a second pair."""
    is_read = not case.answer.is_json and not case.has_crashed
    if case.answer.mimetype in ("text/css", "text/javascript"):
        return None  # there braces are its own
    found = None if not is_read else _BRACES.search(case.answer.visible_text)
    if found is None or found[1] not in case.code.text:
        return None
    name = found[1].strip()
    is_template = case.check.kind == "template"
    is_python = not is_template and _is_returned(case, found[0])
    is_of_template = "{%" in case.code.text or "{{" in case.code.text
    is_of_template |= _is_template_text(case, found[0])
    if is_template or (is_of_template and not is_python):
        text = say("A template fills in {{{{ {name} }}}}, with two braces.", name=name)
    else:
        text = say(
            "{{{name}}} stands there as it is: a text that fills in names begins with"
            ' an f, f"...".',
            name=name,
        )
    return Finding("braces", text)


def _is_template_text(case: Case, text: str) -> bool:
    """Say whether a text with this in it is given to Jinja as a template."""
    return any(
        text in str(getattr(call.args[0], "value", ""))
        for call in case.view.nodes(ast.Call)
        if getattr(call.func, "id", "") == "render_template_string" and call.args
    )


def _is_returned(case: Case, text: str) -> bool:
    """Say whether a view returns a text with this in it, as it stands."""
    returned = [node.value for node in case.view.nodes(ast.Return)]
    texts = [getattr(one, "value", "") for one in returned]
    return any(isinstance(one, str) and text in one for one in texts)


def caret(case: Case) -> Finding | None:
    """^ is no power in Python."""
    powers = [
        one for one in case.view.nodes(ast.BinOp) if isinstance(one.op, ast.BitXor)
    ]
    if not powers:
        return None
    return Finding(
        "caret", say("^ compares bits in Python; a power is written with **: n ** 2.")
    )


def answers_the_same() -> Finding:
    """Return the finding for a view whose answer is fixed."""
    return Finding(
        "fixed-answer",
        say(
            "Your view answers the same, whatever is asked for. Work the answer out"
            " from what was sent: it is in the rule's variables, or in request."
        ),
    )


def always_there(case: Case) -> Finding | None:
    """A text that must not be there stands in what the view always answers."""
    phrase = case.phrase
    is_about = phrase.kind == "text" and phrase.verb == "lacks" and not case.has_crashed
    returned = [one.value for one in case.view.nodes(ast.Return)]
    texts = [one.value for one in returned if isinstance(one, ast.Constant)]
    if not is_about or not any(phrase.value in str(one) for one in texts):
        return None
    return answers_the_same()


def whole_for_part(case: Case) -> Finding | None:
    """The whole text is compared, where a word of it is looked for."""
    words = [one for one in _asked_words(case) if len(one) > 1]
    wanted = str(case.phrase.value).lower()
    is_about = case.phrase.kind in ("json", "text", "page") and words
    if not is_about or case.has_crashed or case.phrase.verb == "lacks":
        return None
    found = any(one.lower() in wanted and one.lower() != wanted for one in words)
    for node in case.view.nodes(ast.comprehension, ast.If):
        tests = node.ifs if isinstance(node, ast.comprehension) else [node.test]
        for test in tests:
            if found and isinstance(test, ast.Compare) and _is_equal(test):
                return Finding(
                    "whole-for-part",
                    say(
                        "== asks whether the whole text is the word; in asks whether"
                        " the word stands in it: write in for == in {code}.",
                        code=f"`{ast.unparse(test)}`",
                    ),
                )
    return None


def _is_equal(test: ast.Compare) -> bool:
    values = [test.left, *test.comparators]
    is_text = not any(isinstance(one, ast.Constant) for one in values)
    return isinstance(test.ops[0], ast.Eq) and is_text


def sql_equal(case: Case) -> Finding | None:
    """A statement looks for the whole value, where a part of it was asked for."""
    if case.phrase.kind not in ("json", "text", "page") or case.has_crashed:
        return None
    text = case.view.text.lower()
    is_any = (
        re.search(r"\.get\(['\"]\w+['\"], ?['\"]{2}\)", text) and "?" not in case.url
    )
    if not is_any and "like" not in _told(case).lower():
        return None
    if re.search(r"\blike\s*\?", text) and "%" not in text:
        return Finding("whole-for-part", percent_signs())
    if not re.search(r"\bwhere\b[^\"']*=\s*\?", text) or " like " in text:
        return None
    return Finding(
        "whole-for-part",
        say(
            "= finds the whole value only. like finds a part of it, whatever its"
            ' letters: ... where title like ?, with the value f"%{{word}}%".'
        ),
    )


def _told(case: Case) -> str:
    return f"{case.exercise.text} {case.exercise.hints}"


def escaped_twice(case: Case) -> Finding | None:
    """Signs such as &lt; stand in the page for people to read."""
    is_about = case.phrase.kind in ("text", "page") and case.phrase.verb != "lacks"
    if not is_about or case.answer.is_json or case.has_crashed:
        return None
    if not re.search(r"&(?:lt|gt|amp|#39|#34|quot);", case.answer.visible_text):
        return None
    return Finding(
        "escaped-twice",
        say(
            "It is escaped twice. Keep what was sent as it is, and escape it once,"
            " where it is shown; a template does that by itself."
        ),
    )


def letter_case(case: Case) -> Finding | None:
    """Capitals count where they should not."""
    if case.phrase.kind not in ("json", "text", "page") or case.phrase.verb == "lacks":
        return None
    wanted = str(case.phrase.value)
    if case.has_crashed or wanted in case.answer.visible_text:
        return None
    lowered = _lowered_names(case)
    if not any(_minds_case(one, lowered) for one in case.view.nodes(ast.Compare)):
        return None
    for word in _asked_words(case):
        if not _only_some(word, wanted):
            continue
        return Finding(
            "letter-case",
            say(
                "Capitals make another word for Python: compare .lower() with"
                ' .lower(), so that "{word}" finds "{other}" too.',
                word=word,
                other=word.capitalize(),
            ),
        )
    return None


def _lowered_names(case: Case) -> set[str]:
    """Return the names that hold texts whose letters were made small."""
    return {
        target.id
        for node in case.view.nodes(ast.Assign)
        if _is_lowered(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _minds_case(node: ast.Compare, lowered: set[str]) -> bool:
    """Say whether a comparison leaves the letters of one side as they are."""
    is_about = isinstance(node.ops[0], (ast.In, ast.Eq))
    sides = (node.left, *node.comparators)
    return is_about and not all(_is_lowered(one, lowered) for one in sides)


def _is_lowered(node: ast.expr, lowered: set[str]) -> bool:
    text = ast.unparse(node)
    return "lower" in text or "casefold" in text or text in lowered


def in_dict(case: Case) -> Finding | None:
    """A word is looked for among a dict's keys, and not in one of its values."""
    if case.phrase.kind not in ("json", "text", "page") or case.has_crashed:
        return None
    loops = case.view.nodes(ast.comprehension, ast.For)
    dicts = {
        one.target.id
        for one in loops
        if isinstance(one.target, ast.Name)
        and _holds_dicts(case.place.names.get(getattr(one.iter, "id", "")))
    }
    for node in case.view.nodes(ast.Compare):
        whole = getattr(node.comparators[0], "id", "")
        if isinstance(node.ops[0], ast.In) and whole in dicts:
            return Finding(
                "in-dict",
                say(
                    "{name} is a dict, and in looks among its keys only. Look into one"
                    ' of its values: ... in {name}["text"].',
                    name=whole,
                ),
            )
    return None


def _holds_dicts(value: object) -> bool:
    is_list = isinstance(value, list) and bool(value)
    return is_list and all(isinstance(one, dict) for one in value)  # type: ignore[attr-defined]


def _asked_words(case: Case) -> list[str]:
    return [value for _, value in parse_qsl(urlsplit(case.url).query) if value]


def _only_some(word: str, wanted: str) -> bool:
    """Say whether a word stands in other letters in what was wanted."""
    return wanted.lower().count(word.lower()) > wanted.count(word)


def _texts_of(case: Case) -> list[str]:
    """Return where the text was looked for: in each element that fits, or anywhere."""
    if case.phrase.kind != "page":
        return [case.answer.visible_text]
    from bs4 import BeautifulSoup  # an optional library

    page = BeautifulSoup(case.answer.text, "html.parser")
    return [one.get_text() for one in page.select(case.phrase.subject)]


def near_text(case: Case) -> Finding | None:
    """The text is there but for capitals, spaces or punctuation."""
    wanted = case.phrase.value
    is_about = case.phrase.kind in ("text", "page") and case.phrase.verb == "has"
    if not is_about or not isinstance(wanted, str):
        return None
    bare = _bare(wanted)
    if not any(bare and bare in _bare(text) for text in _texts_of(case)):
        return None
    return Finding(
        "near-text",
        say("It is nearly there: compare capitals, spaces and punctuation."),
    )


def _bare(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()
