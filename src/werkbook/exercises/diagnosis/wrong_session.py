"""Mistakes with what an app remembers of its visitors."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from ..words import say
from .case import Case, Code, Finding
from .wrong_cells import is_routed

_VISITORS = re.compile(
    r"session|\b(?:this|each|every|one) visitor\b|visitor's|\bSitzung|"
    r"\b(?:dieser?|jede[rmn]?|eines) Besucher|\bsesi[oó]n|\b(?:este|cada) visitante",
    re.IGNORECASE,
)
"""Says that something belongs to one visitor, in the languages of the catalogues."""
CHANGING = (
    "append",
    "add",
    "update",
    "insert",
    "extend",
    "setdefault",
    "pop",
    "remove",
)


def no_secret_key(case: Case) -> Finding | None:
    """The session needs a key that the app lacks."""
    mishap = case.answer.mishap
    if mishap is None or "secret" not in mishap.message.lower():
        return None
    return Finding(
        "no-secret-key",
        say(
            "The session is signed, and the app has no key to sign with:"
            ' app.secret_key = "..."'
        ),
    )


def global_missing(case: Case) -> Finding | None:
    """A name is assigned in the view, and so is the view's own."""
    mishap = case.answer.mishap
    if mishap is None or mishap.kind != "UnboundLocalError":
        return None
    return Finding(
        "global-missing",
        say(
            "A name that a function assigns is its own: it begins without a value."
            " What a visitor did belongs into session; what the app counts needs"
            " global."
        ),
    )


def missing_key(case: Case) -> Finding | None:
    """The session does not have the key yet."""
    mishap = case.answer.mishap
    if mishap is None or mishap.kind != "KeyError":
        return None
    keys = case.code.find_keys("session")
    key = mishap.message.strip("'\"")
    if key not in keys and "session[" not in mishap.code:
        return None
    kept = sorted(set(stored_keys(case.code)))
    if kept and key not in kept:
        return keys_differ(set(kept), key)
    return Finding(
        "missing-key",
        say(
            'A new visitor\'s session has no "{key}" yet: session.get("{key}")'
            " asks without an error.",
            key=key,
        ),
    )


def stored_keys(code: Code) -> Iterator[str]:
    """Yield the keys by which something is put into the session."""
    for node in code.nodes(ast.Subscript):
        is_stored = isinstance(node.ctx, ast.Store)
        is_stored = is_stored and getattr(node.value, "id", "") == "session"
        if is_stored and isinstance(node.slice, ast.Constant):
            yield str(node.slice.value)


def keys_differ(keys: set[str], read: str) -> Finding:
    """Return the finding for a session that is read by another key than is kept."""
    letters = {key.casefold(): key for key in sorted(keys, reverse=True)}
    near = difflib.get_close_matches(read.casefold(), letters, 1, 0.0)
    kept = letters[near[0]]
    return Finding(
        "session-key",
        say(
            'Kept is session["{kept}"], and looked for is session["{read}"]: the names'
            " must be the same.",
            kept=kept,
            read=read,
        ),
    )


def _uses_session(code: Code) -> bool:
    return code.mentions("session")


def _stores(code: Code, name: str) -> bool:
    """Say whether something is put into a dict of that name."""
    for node in code.nodes(ast.Subscript):
        if isinstance(node.ctx, ast.Store) and getattr(node.value, "id", "") == name:
            return True
    return any(
        node.attr in CHANGING and getattr(node.value, "id", "") == name
        for node in code.nodes(ast.Attribute)
    )


def global_for_session(case: Case) -> Finding | None:
    """What belongs to one visitor is kept for all of them."""
    if not _is_about_visitors(case) or case.answer.mishap is not None:
        return None
    if _uses_session(case.view):
        return None
    name = _changed_global(case)
    if name is None:
        return None
    return Finding(
        "global-for-session",
        say(
            "{name} is one for all visitors. What belongs to one visitor goes into"
            " session, of which each has their own.",
            name=name,
        ),
    )


def _is_about_visitors(case: Case) -> bool:
    """Say whether the exercise is about what an app remembers of each visitor."""
    exercise = case.exercise
    says_session = any(
        _VISITORS.search(text) for text in (exercise.text, *exercise.hints)
    )
    asks_again = any(check.is_next or check.repeat > 1 for check in exercise.checks)
    asks_cookie = any(
        phrase.kind == "cookie" for check in exercise.checks for phrase in check.phrases
    )
    return asks_cookie or (says_session and asks_again)


def _changed_global(case: Case) -> str | None:
    """Return a name of the notebook that a view changes."""
    names = set(list_module_names(case.code))
    for function in case.code.functions:
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                return node.names[0]
            if (isinstance(node, ast.Attribute) and node.attr in CHANGING) or (
                isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
            ):
                found = getattr(node.value, "id", "")
            else:
                continue
            if found in names:
                return str(found)
    return None


def list_module_names(code: Code) -> list[str]:
    """Return the names that are bound to a list, a dict, a set or a number."""
    found: list[str] = []
    kinds = (ast.List, ast.Dict, ast.Set, ast.Constant)
    for tree in code.trees:
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, kinds):
                found += [one.id for one in node.targets if isinstance(one, ast.Name)]
    return found


def not_remembered(case: Case) -> Finding | None:
    """Who logged in is a stranger again, since nothing was put into the session."""
    is_refused = case.answer.status in (401, 403)
    is_wanted = any(status.startswith("2") for status in case.wanted_statuses)
    if not (case.check.is_next and is_refused and is_wanted):
        return None
    if not _uses_session(case.code) or _stores(case.code, "session"):
        return None
    return Finding(
        "not-remembered",
        say(
            'Nothing is put into the session: session["user"] = ... remembers a'
            " visitor."
        ),
    )


def _code_of(function: Any) -> Code:
    return Code((ast.unparse(function),))


def in_g(case: Case) -> Finding | None:
    """What a visitor did is kept in g, which ends with the request."""
    if not _is_about_visitors(case) or case.answer.mishap is not None:
        return None
    stored = (
        node
        for function in case.code.functions
        if is_routed(function) and not _stores(_code_of(function), "session")
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    )
    if not any(getattr(node.value, "id", "") == "g" for node in stored):
        return None
    return Finding(
        "g-for-session",
        say(
            "g is emptied after each request. What must be there at the next one goes"
            " into session."
        ),
    )


def not_modified(case: Case) -> Finding | None:
    """A list in the session is changed, and the session does not notice."""
    is_again = case.check.is_next or case.check.repeat > 1
    if not is_again or case.answer.mishap or "modified" in case.code.text:
        return None
    for node in case.view.nodes(ast.Attribute):
        inner = node.value
        is_item = isinstance(inner, ast.Subscript) and isinstance(inner.ctx, ast.Load)
        is_of_session = getattr(getattr(inner, "value", None), "id", "") == "session"
        if node.attr in CHANGING and is_item and is_of_session:
            return Finding(
                "not-modified",
                say(
                    "The session only notices that something is assigned to it: after"
                    " a change inside of it say session.modified = True."
                ),
            )
    return None


def not_kept(case: Case) -> Finding | None:
    """The view reads what the visitor did before, and nothing is ever kept."""
    if case.answer.status >= 400 or not case.answer.body:
        return None
    is_read = case.view.mentions("session") or case.view.reads("cookies")
    if not is_read or _stores(case.code, "session") or "set_cookie" in case.code.text:
        return None
    if not any(_is_same(case, line) for line in case.before):
        return None
    return Finding(
        "always-anew",
        say(
            'Nothing is kept for the next time: session["n"] = ... keeps it for this'
            " visitor."
        ),
    )


def let_in(case: Case) -> Finding | None:
    """Who must stay outside is let in by a form."""
    is_about = case.phrase.kind == "status" and case.phrase.value[0] in ("401", "403")
    is_sent_on = bool(case.answer.hops) and 300 <= case.answer.hops[0].status < 400
    if not is_about or case.method == "GET" or not is_sent_on:
        return None
    inside = [
        phrase.value
        for check in case.exercise.checks
        for phrase in check.phrases
        if phrase.kind == "redirect" and phrase.verb != "lacks"
    ]
    led_to = urlsplit(case.answer.hops[-1].url).path
    if inside and led_to not in [urlsplit(str(one)).path for one in inside]:
        return None  # sent on, and to another place than who is let in
    return Finding(
        "wrong-let-in",
        say(
            "Your view lets in who must stay outside. All must be right at once: join"
            " the conditions with and, not with or."
        ),
    )


def always_anew(case: Case) -> Finding | None:
    """The session is set to the same each time."""
    is_again = case.check.is_next or case.check.repeat > 1
    if case.answer.status >= 400 or not _stores(case.view, "session"):
        return None
    if not is_again or not case.answer.body:
        return None
    if not any(_is_same(case, line) for line in case.before):
        return None
    return Finding(
        "always-anew",
        say(
            "The answer stays the same: your view begins anew each time. Begin with"
            ' what the session has: session.get("n", 0) + 1.'
        ),
    )


def _is_same(case: Case, line: Any) -> bool:
    other = line.answer
    if other is None or line.check.asked != case.check.asked:
        return False
    return bool(other.body == case.answer.body)


def open_door(case: Case) -> Finding | None:
    """A page that must be closed is open."""
    is_wanted = case.phrase.kind == "status" and case.phrase.value[0] in ("401", "403")
    if not is_wanted or case.method != "GET" or not 200 <= case.answer.status < 300:
        return None
    return Finding(
        "open-door",
        say(
            'Everybody gets in. Look who asks before you answer: if "user" not in'
            " session: abort({status})",
            status=case.phrase.value[0],
        ),
    )
