"""Python text as ruff's formatter would write it: strings, calls, blank lines."""

from __future__ import annotations

LINE_LENGTH = 88


def quote(text: str) -> str:
    """Write a one-line string literal, in double quotes unless these need escapes."""
    literal = repr(text)
    if literal[0] == "'" and '"' not in text:
        body = literal[1:-1].replace("\\'", "'")
        return f'"{body}"'
    return literal


def block(text: str) -> str:
    """Write a string literal that reads as its text: over lines where it has them."""
    if "\n" not in text.rstrip("\n") and len(text) < 70 and text.count("\n") <= 1:
        return quote(text)
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    escaped = "".join(_printable(character) for character in escaped)
    if escaped.endswith('"'):
        escaped = escaped[:-1] + '\\"'
    return f'"""\\\n{escaped}"""'


def _printable(character: str) -> str:
    if character in "\n\t" or character.isprintable():
        return character
    return character.encode("unicode_escape").decode()


def mapping(name: str, texts: dict[str, str]) -> str:
    """Write an assignment of a mapping from names to readable strings."""
    lines = [f"{name} = {{"]
    lines += [f"    {quote(key)}: {block(text)}," for key, text in texts.items()]
    return "\n".join([*lines, "}"])


def unique(name: str, taken: set[str]) -> str:
    """Find a name that is free, starting from one."""
    while name in taken:
        name += "_"
    return name
