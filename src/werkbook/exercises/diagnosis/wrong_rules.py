"""Mistakes in rules: misspelt, too fixed, of another method, not there at all."""

from __future__ import annotations

import ast
import re
from difflib import SequenceMatcher

from ..wanted import quoted
from ..words import say
from .case import Case, Finding
from .wrong_cells import is_routed

_VARIABLE = re.compile(r"<[^<>]*>")
_ROUTING = ("route", "get", "post", "put", "patch", "delete")
SIMILAR = 0.75


def _is_lost(case: Case) -> bool:
    """Say whether no rule fits, though one must."""
    is_wanted = any(one in ("404", "4xx") for one in case.wanted_statuses)
    return case.answer.status == 404 and not case.answer.rule and not is_wanted


def _parts(path: str) -> list[str]:
    return path.strip("/").split("/")


def query_in_rule(case: Case) -> Finding | None:
    """A rule holds a question mark, which never is part of a path."""
    if not _is_lost(case):
        return None
    rule = next((rule for rule, _ in case.place.rules if "?" in rule), None)
    if rule is None:
        return None
    return Finding(
        "query-in-rule",
        say(
            "Your rule {rule} has a ?. What follows a ? is no part of a rule: write"
            " {path}, and read it with request.args.",
            rule=rule,
            path=rule.partition("?")[0],
        ),
    )


def methods(case: Case) -> Finding | None:
    """The rule is there, but not for this method."""
    if case.answer.status != 405 or "405" in case.wanted_statuses:
        return None
    method = case.answer.hops[-1].method
    near = _near_rule_with(case, method)
    if near is not None:
        return Finding(
            "misspelt-rule",
            say(
                "The app answered 405: no rule takes {method} there; the nearest that"
                " does is {rule}.",
                method=method,
                rule=near,
            ),
            instead=True,
        )
    allowed = case.answer.header("Allow") or ""
    return Finding(
        "methods",
        say(
            "Your rule takes {allowed} and no {method}: add it, as in methods=[{all}].",
            allowed=_shown(allowed) or say("other methods"),
            method=method,
            all=", ".join(f'"{one}"' for one in [*_names(allowed), method]),
        ),
    )


def _near_rule_with(case: Case, method: str) -> str | None:
    """Find a rule that takes a method and is nearly the one that was asked for."""
    path = case.path
    for rule, methods in case.place.rules:
        is_near = SequenceMatcher(None, rule, path).ratio() >= SIMILAR
        if method in methods and is_near and not matches(rule, path):
            return rule
    return None


def matches(rule: str, path: str) -> bool:
    """Say whether a rule fits a path, converters aside."""
    parts, wanted = _parts(rule), _parts(path)
    return len(parts) == len(wanted) and all(map(_fits, parts, wanted))


def too_many_methods(case: Case) -> Finding | None:
    """A method is let in that must be refused."""
    is_refused = case.phrase.kind == "status" and case.phrase.value[0] == "405"
    if not is_refused or not 200 <= case.answer.status < 400:
        return None
    return Finding(
        "too-many-methods",
        say(
            "Your rule takes {method}, too: leave it out of its methods.",
            method=case.method,
        ),
    )


def _shown(allowed: str) -> str:
    return ", ".join(_names(allowed))


def _names(allowed: str) -> list[str]:
    names = {name.strip() for name in allowed.split(",")} - {"HEAD", "OPTIONS", ""}
    return sorted(names)


def trailing_slash(case: Case) -> Finding | None:
    """The rule ends in a slash and the request does not, or the other way round."""
    if not (_is_lost(case) or case.answer.status == 308):
        return None
    path = case.path
    other = path.rstrip("/") if path.endswith("/") else f"{path}/"
    rules = [rule for rule, _ in case.place.rules]
    if path == "/" or path in rules or other not in rules:
        return None
    return Finding(
        "trailing-slash",
        say(
            "Your rule is {rule}, and I asked for {path}: the / at the end makes them"
            " two addresses.",
            rule=other,
            path=path,
        ),
    )


def braces_in_rule(case: Case) -> Finding | None:
    """A part that varies stands in curly brackets."""
    found = (re.search(r"\{(\w+)\}", rule) for rule, _ in case.place.rules)
    name = next((one[1] for one in found if one is not None), None)
    if not _is_lost(case) or name is None:
        return None
    return Finding(
        "braces-in-rule",
        say(
            "In a rule a part that varies stands in angle brackets: <{name}>", name=name
        ),
    )


def converter(case: Case) -> Finding | None:
    """A rule would fit, if its converter took what was asked for."""
    if not _is_lost(case):
        return None
    wanted = _parts(case.path)
    for rule, _ in case.place.rules:
        parts = _parts(rule)
        if len(parts) != len(wanted) or not matches(rule, case.path):
            continue
        for part, value in zip(parts, wanted, strict=True):
            found = re.fullmatch(r"<(\w+)[^:<>]*:(\w+)>", part)
            if found:
                return Finding(
                    "converter",
                    say(
                        "{value} is no {kind}, as your rule {rule} wants it. int takes"
                        " whole numbers, float those with a point, <{name}> any text.",
                        value=quoted(value),
                        kind=found[1],
                        rule=rule,
                        name=found[2],
                    ),
                )
    return None


def query_as_path(case: Case) -> Finding | None:
    """The rule has a part for what comes behind the question mark."""
    if not _is_lost(case) or "?" not in case.url:
        return None
    wanted = _parts(case.path)
    for rule, _ in case.place.rules:
        parts = _parts(rule)
        more = parts[len(wanted) :]
        if parts[: len(wanted)] == wanted and more and all(map(_VARIABLE.search, more)):
            return Finding(
                "query-as-path",
                say(
                    "What follows the ? is no part of a rule. Let the rule be {path},"
                    " and read it with request.args.",
                    path=case.path,
                ),
            )
    return None


def fixed_rule(case: Case) -> Finding | None:
    """The rule says for one value what must hold for each."""
    found = find_fixed_rule(case)
    if found is None:
        return None
    return Finding(
        "fixed-rule",
        say(
            "Your rule {rule} fits this one address only. A part in angle"
            " brackets varies: {better}",
            rule=found[0],
            better=found[1],
        ),
    )


def find_fixed_rule(case: Case) -> tuple[str, str] | None:
    """Find a rule that is too fixed; return it, and a better one."""
    if not _is_lost(case):
        return None
    wanted = _parts(case.path)
    varying = _varying(case, wanted)
    for rule, _ in case.place.rules:
        parts = _parts(rule)
        if len(parts) != len(wanted):
            continue
        other = [n for n, part in enumerate(parts) if not _fits(part, wanted[n])]
        if other and all(n in varying and _is_example(case, parts[n]) for n in other):
            part = parts[other[0]]
            name = part.lower() if part.isidentifier() else "name"
            better = "/" + "/".join(
                f"<{name}>" if n == other[0] else one for n, one in enumerate(parts)
            )
            return rule, better
    return None


def _varying(case: Case, wanted: list[str]) -> set[int]:
    """Return the parts of the path in which this exercise's checks differ."""
    found = set()
    for check in case.exercise.checks:
        if check.command is None:
            continue
        parts = _parts(check.command.request.url.partition("?")[0])
        if parts[0] == wanted[0]:
            found |= {
                n
                for n, (one, other) in enumerate(zip(parts, wanted, strict=False))
                if n and one != other
            }
    return found


def _is_example(case: Case, part: str) -> bool:
    """Say whether a part of a rule is one of the exercise's own examples."""
    urls = [one.command.request.url for one in case.exercise.checks if one.command]
    examples = {word for url in urls for word in _parts(url.partition("?")[0])}
    return part in examples or part in re.findall(r"\w+", case.exercise.text)


def _fits(part: str, wanted: str) -> bool:
    return part == wanted or bool(_VARIABLE.search(part))


def short_rule(case: Case) -> Finding | None:
    """A rule ends before the part that varies."""
    rule = find_short_rule(case)
    if rule is None:
        return None
    return Finding(
        "short-rule",
        say(
            "Your rule {rule} ends before {value}. A part in angle brackets"
            " takes it: {better}",
            rule=rule,
            value=quoted(_parts(case.path)[-1]),
            better=f"{rule.rstrip('/')}/<name>",
        ),
    )


def find_short_rule(case: Case) -> str | None:
    """Find a rule that ends one part too early."""
    if not _is_lost(case):
        return None
    wanted = _parts(case.path)
    varying = _varying(case, wanted) | {len(wanted) - 1}
    for rule, _ in case.place.rules:
        parts = _parts(rule)
        more = range(len(parts), len(wanted))
        is_begun = parts != [""] and all(map(_fits, parts, wanted))
        if is_begun and len(more) == 1 and more[0] in varying:
            return rule
    return None


def bare_route(case: Case) -> Finding | None:
    """A decorator has no rule: `@app.route` alone."""
    if not _is_lost(case):
        return None
    for function in case.code.functions:
        for one in function.decorator_list:
            if isinstance(one, ast.Attribute) and one.attr in _ROUTING:
                return Finding(
                    "no-route",
                    say(
                        "@{name} alone says no rule. Write the rule behind it, in"
                        ' brackets: @{name}("{rule}")',
                        name=ast.unparse(one),
                        rule=_rule_for(case, function),
                    ),
                )
    return None


def misspelt(case: Case) -> Finding | None:
    """A rule is near the one that was asked for."""
    if not _is_lost(case):
        return None
    near = nearest_rule(case)
    if near is None:
        return None
    return Finding(
        "misspelt-rule",
        say("The app answered 404: no rule fits; the nearest is {rule}.", rule=near),
        instead=True,
    )


def nearest_rule(case: Case) -> str | None:
    """Find the rule that was probably meant."""
    wanted = _parts(case.path)
    found = []
    for rule, _ in case.place.rules:
        parts = _parts(rule)
        filled = [
            wanted[n] if n < len(wanted) and _VARIABLE.search(part) else part
            for n, part in enumerate(parts)
        ]
        ratio = SequenceMatcher(None, "/".join(filled), "/".join(wanted)).ratio()
        if ratio >= SIMILAR:
            found.append((ratio, rule))
    return max(found)[1] if found else None


def no_route(case: Case) -> Finding | None:
    """A function is there that no rule leads to."""
    found = find_unrouted(case)
    if found is None:
        return None
    return Finding(
        "no-route",
        say(
            "No rule leads to your function {name}. Put one above it:"
            ' @app.route("{rule}")',
            name=found[0],
            rule=found[1],
        ),
    )


def find_unrouted(case: Case) -> tuple[str, str] | None:
    """Find a function without a rule; return its name, and the rule it could have."""
    if not _is_lost(case):
        return None
    for function in case.code.functions:
        is_method = bool(function.args.args) and function.args.args[0].arg == "self"
        is_used = case.code.mentions(function.name)
        if is_method or is_used or function.decorator_list or is_routed(function):
            continue
        if _is_meant_for(function.name, case.path):  # one that helps waits for calls
            return function.name, _rule_for(case, function)
    return None


def _is_meant_for(name: str, path: str) -> bool:
    """Say whether a function's name and a path have a word in common."""
    if path == "/":
        return name in ("index", "home", "root")
    words = re.findall(r"[a-z]+", path.lower())
    return any(word in words for word in name.lower().split("_"))


def _rule_for(case: Case, function: object) -> str:
    arguments = [one.arg for one in function.args.args]  # type: ignore[attr-defined]
    parts = _parts(case.path)
    for argument, number in zip(
        reversed(arguments), range(len(parts) - 1, 0, -1), strict=False
    ):
        parts[number] = f"<{argument}>"
    return "/" + "/".join(parts)
