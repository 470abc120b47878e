"""Queries of URLs, as they were written: what is not looked for stays as it is."""

from urllib.parse import unquote_plus

MASK = "***"
TOKEN_NAMES = frozenset({"token", "werkbook_token"})
"""The parameters by which Jupyter and this kit let people in."""


def parameter_in(query: str, name: str) -> str | None:
    """Return the value of a query's parameter; None where it has none."""
    for part in query.split("&"):
        key, _, value = part.partition("=")
        if unquote_plus(key) == name:
            return unquote_plus(value)
    return None


def without_parameter(query: str, name: str, value: str | None = None) -> str:
    """Return a query without a parameter.

    Args:
        query: What follows the question mark.
        name: The parameter's name.
        value: Only where it has this value; None for any.
    """
    return "&".join(
        part
        for part in query.split("&")
        if unquote_plus(part.partition("=")[0]) != name
        or (value is not None and unquote_plus(part.partition("=")[2]) != value)
    )


def without_tokens(url: str) -> str:
    """Return a URL for a log, which people show to others."""
    if "token" not in unquote_plus(url):
        return url
    path, mark, query = url.partition("?")
    parts = query.split("&")
    for number, part in enumerate(parts):
        key, equals, value = part.partition("=")
        if value and unquote_plus(key) in TOKEN_NAMES:
            parts[number] = f"{key}{equals}{MASK}"
    return path + mark + "&".join(parts)
