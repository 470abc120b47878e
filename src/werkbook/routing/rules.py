"""Rules as the matcher reads them: which parts are text, which are variables.

A rule is simple when each of its parts between slashes is either text or exactly one
variable with one of Werkzeug's own URL converters. The matcher handles simple rules;
what else Werkzeug can do (several variables in a part, hosts, defaults, redirects,
converters of a user's own) is left to Werkzeug's `Map`, with which rules are bound.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from werkzeug.routing import Rule
from werkzeug.routing.converters import DEFAULT_CONVERTERS, BaseConverter
from werkzeug.routing.rules import parse_converter_args

from ..errors import WerkbookError, close_matches, quoted_list
from .variables import VARIABLE

if TYPE_CHECKING:
    from werkzeug.routing import Map


_UNCLOSED = re.compile(r"<[^<>/(]*(?=[</]|\Z)")
_SPACED = re.compile(r"<(?=[^<>]*\s)\s*(?:(\w+)(?:\s*:\s*|\s+))?(\w+)\s*>")


class RuleError(WerkbookError, ValueError):
    """A rule's text can't be read."""


class UnknownConverterError(WerkbookError, LookupError):
    """A rule names a URL converter that the app doesn't have."""


class Part:
    """One part of a simple rule, between two slashes.

    Attributes:
        text: The part's text; for a variable the regular expression it must match.
        converter: What turns the text into a value, None for text.
        weight: Werkzeug's order among variables at the same place.
        is_final: Whether it takes the rest of the path, slashes included.
    """

    __slots__ = ("converter", "is_final", "text", "weight")

    def __init__(self, text: str, converter: BaseConverter | None = None) -> None:
        self.text = text
        self.converter = converter
        self.weight = 0 if converter is None else converter.weight
        self.is_final = converter is not None and not converter.part_isolating


class Pattern:
    """A simple rule's parts and the names of its variables, in order."""

    __slots__ = ("converters", "names", "parts")

    def __init__(self, parts: tuple[Part, ...], names: tuple[str, ...]) -> None:
        self.parts = parts
        self.names = names
        self.converters = tuple(part.converter for part in parts if part.converter)


def read_pattern(rule: Rule, url_map: Map) -> Pattern | None:
    """Read a rule into a pattern, or return None when it is not a simple one."""
    text = rule.rule
    if (
        type(rule) is not Rule
        or rule.defaults
        or rule.redirect_to is not None
        or rule.alias
        or rule.websocket
        or rule.host
        or rule.subdomain
        or "//" in text
    ):
        return None
    parts = []
    names: list[str] = []
    pieces = text[1:].split("/")
    for index, piece in enumerate(pieces):
        if "<" not in piece and ">" not in piece:
            parts.append(Part(piece))
            continue
        part = _variable_part(piece, url_map, names)
        if part is None or (part.is_final and index + 1 < len(pieces)):
            return None
        parts.append(part)
    return Pattern(tuple(parts), tuple(names))


def _variable_part(piece: str, url_map: Map, names: list[str]) -> Part | None:
    match = VARIABLE.fullmatch(piece)
    if match is None or match["name"] in names:
        return None
    converter_name = match["converter"] or "default"
    converter_class = url_map.converters.get(converter_name)
    if converter_class is None or converter_class not in _KNOWN_CONVERTERS:
        return None
    arguments, options = parse_converter_args(match["arguments"] or "")
    converter = converter_class(url_map, *arguments, **options)
    names.append(match["name"])
    return Part(converter.regex, converter)


_KNOWN_CONVERTERS = frozenset(DEFAULT_CONVERTERS.values())


def bind(rule: Rule, url_map: Map, *, rebind: bool = False) -> None:
    """Bind a rule with a URL map, so that Werkzeug can match and build it.

    Raises:
        UnknownConverterError: The map has no converter of that name.
        RuleError: Werkzeug can't read the rule.
    """
    try:
        rule.bind(url_map, rebind=rebind)
    except LookupError as error:
        raise make_converter_error(rule.rule, url_map) from error
    except (ValueError, TypeError, SyntaxError) as error:
        raise make_rule_error(rule.rule, error) from error


def make_rule_error(text: str, error: Exception) -> RuleError:
    """Make the error for a rule that Werkzeug refuses."""
    why = str(error)
    fix = "variables as '<name>' or '<converter:name>', each name once"
    if (match := _UNCLOSED.search(text)) is not None:
        why = f"{match[0]!r} has no '>'."
        fix = repr(f"{text[: match.end()]}>{text[match.end() :]}")
    elif (match := _SPACED.search(text)) is not None:
        why = f"{match[0]!r} has a space."
        meant = f"<{match[1]}:{match[2]}>" if match[1] else f"<{match[2]}>"
        fix = repr(text.replace(match[0], meant))
    return RuleError(f"Rule {text!r} can't be read.", why=why, fix=f"write {fix}.")


def make_converter_error(text: str, url_map: Map) -> UnknownConverterError:
    """Make the error for a rule that names a URL converter nobody registered."""
    for match in VARIABLE.finditer(text):
        name = match["converter"]
        if name and name not in url_map.converters:
            known = sorted(url_map.converters)
            meant = _variable_meant(match, known)
            return UnknownConverterError(
                f"Rule {text!r} uses the URL converter {name!r}.",
                why=f"the app has {quoted_list(known, limit=30)}.",
                fix=f"write {text.replace(match[0], meant)!r}.",
            )
    return UnknownConverterError(f"Rule {text!r} uses an unknown URL converter.")


def _variable_meant(match: re.Match[str], known: list[str]) -> str:
    """Return the variable that was meant by one with an unknown URL converter."""
    converter, variable = match["converter"], match["name"]
    if variable in known:  # the two were written the other way round
        return f"<{variable}:{converter}>"
    close = close_matches(converter.lower(), known)
    if not close:
        return f"<string:{variable}>"
    arguments = f"({match['arguments']})" if match["arguments"] else ""
    return f"<{close[0]}{arguments}:{variable}>"


def check_leading_slash(text: Any) -> None:
    """Raise the error for a rule that doesn't begin with a slash.

    Raises:
        RuleError: The rule has no leading slash.
    """
    if not str(text).startswith("/"):
        raise RuleError(
            f"Rule {text!r} does not begin with a slash.",
            why="a rule is matched from the slash that begins a URL's path.",
            fix=f"write {'/' + str(text)!r}.",
        )
