"""Mistakes with what is shown once, with logging out, with passwords."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...words import say
from ..case import Case, Code, Finding
from ..wrong_session import keys_differ, stored_keys

_SECRET = re.compile(r"pass|pw|secret|kenn|geheim|contra|clave", re.IGNORECASE)
_SHORT_CHARS = 400
"""An answer of so few characters is little more than a hash, where it has one."""
_TAKES_OUT = re.compile(r"\.pop\(|\.clear\(|\bdel\s+session|\.popitem\(")


def flash_not_shown(case: Case) -> Finding | None:
    """A message is flashed, and no page asks for it."""
    if case.phrase.kind not in ("text", "page") or case.has_crashed:
        return None
    if case.check.kind != "request" or not _calls(case.code, "flash"):
        return None
    is_shown = "get_flashed_messages(" in case.code.text
    if case.phrase.verb == "lacks" and _calls(case.view, "flash"):
        return Finding(
            "flash-each-time",
            say(
                "This view itself calls flash, and so has a new message each time."
                " flash belongs where the thing is done, before the redirect."
            ),
        )
    if case.phrase.verb == "lacks" or is_shown:
        return None
    return Finding(
        "flash-not-shown",
        say(
            "flash keeps the message until a page asks for it, and none does: {{% for"
            " message in get_flashed_messages() %}} ... {{% endfor %}}."
        ),
    )


def _calls(code: Code, name: str) -> bool:
    return any(getattr(one.func, "id", "") == name for one in code.nodes(ast.Call))


def never_taken_out(case: Case) -> Finding | None:
    """What is to be shown once stays in the session."""
    is_about = case.phrase.kind == "text" and case.phrase.verb == "lacks"
    is_again = case.check.is_next and not case.has_crashed
    if not is_about or not is_again or not case.view.mentions("session"):
        return None
    if _TAKES_OUT.search(case.view.text):
        return None
    return Finding(
        "session-kept",
        say(
            "What is in the session stays there. session.pop(name, None) gives it and"
            " takes it out, so that it is shown once."
        ),
    )


def not_forgotten(case: Case) -> Finding | None:
    """Who has logged out is still known."""
    is_refused = case.is_wanted_redirect or (
        bool(case.wanted_statuses) and case.wanted_statuses[0] in ("401", "403")
    )
    is_answered = 200 <= case.answer.status < 300 and not case.has_crashed
    is_out = any(_is_logout(one) for one in case.before[-2:])
    if not (is_refused and is_answered and is_out and case.check.is_next):
        return None
    if _TAKES_OUT.search(case.code.text):
        return None
    return Finding(
        "not-forgotten",
        say(
            "The visitor is still known: nothing is taken out of the session."
            " session.pop(name, None) takes one thing out, session.clear() all."
            " A None that is put in is still in it."
        ),
    )


def _is_logout(line: object) -> bool:
    asked = str(getattr(getattr(line, "check", None), "asked", "")).lower()
    return any(one in asked for one in ("logout", "log-out", "signout", "sign-out"))


def value_for_key(case: Case) -> Finding | None:
    """What was sent is kept as a key of the session, and not as its value."""
    if case.has_crashed or not case.check.is_next:
        return None
    for node in case.code.nodes(ast.Assign):
        target = node.targets[0]
        is_kept = isinstance(target, ast.Subscript) and _is_session(target.value)
        if is_kept and ast.unparse(target.slice).startswith("request."):
            return Finding(
                "value-for-key",
                say(
                    "{code} is another place for each value that is sent, and nobody"
                    " can look there. The key is a name of yours, and what was sent"
                    ' the value: session["..."] = {value}',
                    code=f"`{ast.unparse(target)}`",
                    value=ast.unparse(target.slice),
                ),
            )
    return None


def other_key(case: Case) -> Finding | None:
    """The session is read by another key than was put in."""
    if case.has_crashed or not (case.check.is_next or case.check.repeat > 1):
        return None
    kept = set(stored_keys(case.code))
    asked = set(_read_keys(case.view)) or set(_read_keys(case.code))
    read = asked - kept
    is_one_for_one = len(kept) == len(read) == 1
    if not kept or not read or (asked & kept and not is_one_for_one):
        return None
    return keys_differ(kept, sorted(read)[0])


def session_attribute(case: Case) -> Finding | None:
    """Something is put on the session as an attribute, which goes with the request."""
    for node in case.code.nodes(ast.Attribute):
        is_kept = isinstance(node.ctx, ast.Store) and _is_session(node.value)
        if is_kept and node.attr not in ("permanent", "modified"):
            return Finding(
                "session-key",
                say(
                    "session.{name} = ... is gone with the request. What stays is"
                    ' kept by its key: session["{name}"] = ...',
                    name=node.attr,
                ),
            )
    return None


def _is_session(node: object) -> bool:
    return isinstance(node, ast.Name) and node.id == "session"


def _read_keys(code: Code) -> Iterator[str]:
    for node in code.nodes(ast.Subscript):
        is_read = isinstance(node.ctx, ast.Load) and _is_session(node.value)
        if is_read and isinstance(node.slice, ast.Constant):
            yield str(node.slice.value)
    for node in code.nodes(ast.Compare):
        is_key = isinstance(node.left, ast.Constant)
        if is_key and _is_session(node.comparators[0]):
            yield str(node.left.value)
    for node in code.nodes(ast.Call):
        of = getattr(node.func, "value", None)
        is_get = getattr(node.func, "attr", "") == "get" and of is not None
        key = node.args[0] if node.args else None
        if is_get and _is_session(of) and isinstance(key, ast.Constant):
            yield str(key.value)


def hash_compared(case: Case) -> Finding | None:
    """A hash is made anew and compared with the one that was kept."""
    if case.has_crashed:
        return None
    for node in case.code.nodes(ast.Compare):
        text = ast.unparse(node)
        if isinstance(
            node.ops[0], (ast.Eq, ast.NotEq)
        ) and "generate_password_hash" in (text):
            return Finding(
                "hash-compared",
                say(
                    "generate_password_hash gives another hash each time, so that they"
                    " are never equal: check_password_hash(kept, password) compares."
                ),
            )
    return None


def plain_password(case: Case) -> Finding | None:
    """A password is kept as it is, and then taken for a hash."""
    if case.has_crashed or "check_password_hash" not in case.code.text:
        return None
    if case.answer.status not in (401, 403):
        return None
    for node in case.code.nodes(ast.Assign):
        is_kept = isinstance(node.targets[0], ast.Subscript)
        value = ast.unparse(node.value)
        is_named = isinstance(node.value, ast.Name) and _SECRET.search(value)
        is_raw = is_named or re.match(r"request\.form\b.*passw", value) is not None
        if is_kept and "hashlib." in value:
            return Finding(
                "hash-of-other",
                say(
                    "check_password_hash reads what generate_password_hash makes, and"
                    " no other hash: keep generate_password_hash(password)."
                ),
            )
        if is_kept and is_raw:
            return Finding(
                "plain-password",
                say(
                    "The password is kept as it is, and check_password_hash looks for a"
                    " hash: keep generate_password_hash(password)."
                ),
            )
    return None


def name_of_its_own(case: Case) -> Finding | None:
    """A view assigns to the name of a list or dict outside, and so makes another."""
    if case.has_crashed or not case.before:
        return None
    for function in case.code.functions:
        walked = list(ast.walk(function))
        outer = {
            name
            for node in walked
            if isinstance(node, (ast.Global, ast.Nonlocal))
            for name in node.names
        }
        for node in walked:
            if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                continue
            name = getattr(node.targets[0], "id", "")
            is_kept = isinstance(case.place.names.get(name), (list, dict, set))
            parts = getattr(node.value, "elts", None) or getattr(node.value, "keys", [])
            kinds = (ast.Dict, ast.List, ast.Set)
            is_new = isinstance(node.value, kinds) and bool(parts)
            if is_kept and is_new and name not in outer:
                return Finding(
                    "name-of-its-own",
                    say(
                        "{name} = ... in a view makes a name of the view's own, and the"
                        " one outside stays as it was: {name}[key] = value, or"
                        " {name}.append(value), changes that.",
                        name=name,
                    ),
                )
    return None


def session_replaced(case: Case) -> Finding | None:
    """A view assigns to the name of the session, and so makes a dict of its own."""
    if case.has_crashed and not case.raised(r"^UnboundLocalError"):
        return None
    for function in case.code.functions:
        for node in ast.walk(function):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if any(map(_is_session, targets)):
                return Finding(
                    "name-of-its-own",
                    say(
                        "session = ... in a view makes a name of the view's own, and"
                        " the visitor's session stays as it was: session[key] = value"
                        " puts something into that."
                    ),
                )
    return None


def hash_slips(case: Case) -> Finding | None:
    """check_password_hash stands where a hash is made."""
    if not case.raised(r"check_password_hash\(\) missing"):
        return None
    return Finding(
        "hash-compared",
        say(
            "check_password_hash(kept, password) compares. What makes a hash, to be"
            " kept, is generate_password_hash(password)."
        ),
    )


def hash_of_other(case: Case) -> Finding | None:
    """A hash is kept of something that is no password."""
    if case.has_crashed or case.answer.status not in (401, 403):
        return None
    for function in case.code.functions:
        made = {
            target.id: ast.unparse(node.value)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(function):
            is_call = isinstance(node, ast.Call) and bool(node.args)
            called = getattr(getattr(node, "func", None), "id", "")
            if not is_call or called != "generate_password_hash":
                continue
            of = ast.unparse(node.args[0])  # type: ignore[attr-defined]
            if not _SECRET.search(of + made.get(of, "")):
                return Finding(
                    "hash-of-other",
                    say(
                        "{code} keeps a hash of {value}, and compared is the password:"
                        " make the hash of what was sent as that.",
                        code=f"`{ast.unparse(node)}`",
                        value=of,
                    ),
                )
    return None


def hash_shown(case: Case) -> Finding | None:
    """The hash of a password is sent."""
    is_about = case.phrase.kind in ("json", "text", "page") and not case.has_crashed
    is_short = len(case.answer.text) < _SHORT_CHARS
    is_hash = re.search(r"\b(?:scrypt|pbkdf2):\w+:", case.answer.text) is not None
    if not is_about or not is_short or not is_hash:
        return None
    return Finding(
        "hash-shown",
        say(
            "That is the hash of the password, which nobody is to see: another value is"
            " asked for."
        ),
    )
