"""Names of fields whose values are secrets, and JSON and URLs without those values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

MASK = "***"
MAX_NAME_CHARS = 200
SECRET_WORDS = frozenset(
    (
        "authorization",
        "bearer",
        "contrasena",
        "contraseña",
        "credential",
        "credentials",
        "csrf",
        "cvc",
        "cvv",
        "jwt",
        "kennwort",
        "nonce",
        "otp",
        "passcode",
        "passkey",
        "passwords",
        "pwd",
        "secrets",
        "senha",
        "sid",
        "sig",
        "totp",
        "xsrf",
    )
)
# Of `password2`, `accesstoken`, `PHPSESSID` the end says it, digits aside.
SECRET_ENDS = (
    "accesskey",
    "apikey",
    "passphrase",
    "passwd",
    "password",
    "passwort",
    "privatekey",
    "secret",
    "secretkey",
    "sessid",
    "sessionid",
    "token",
)
SECRET_PHRASES = (
    "access key",
    "account key",
    "amz signature",
    "api key",
    "api keys",
    "auth key",
    "encryption key",
    "functions key",
    "goog signature",
    "hub signature",
    "license key",
    "master key",
    "mfa code",
    "pass phrase",
    "pin code",
    "private key",
    "session id",
    "shared key",
    "signing key",
    "subscription key",
    "user pass",
)
_COOKIE_NAMES = frozenset(("cookie", "set-cookie", "http_cookie", "cookie2"))
_DIGITS = "0123456789"
_WORD_ENDS = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# What is secret as a number, too. A `nonce`, a `token`, a `sid` may number something.
_NUMBERS = re.compile(
    r"pass(?:word|wd|code|wort)|kennwort|pwd|otp|cv[cv]|pin.?code|mfa.?code",
    re.IGNORECASE,
)
_NAME_KEYS = ("name", "key")
_VALUE_KEYS = frozenset(("value", "content"))

# Secrets in a URL: parameters of its query or fragment, also of a URL that one of them
# holds, and the password before the @, or the token that stands there alone.
_PARAMETER = re.compile(
    r"(?P<before>[?&;#](?P<name>[\w.\[\]%-]{1,100})=)(?P<value>[^&;\s\"'<>#]+)"
)
_INNER_PARAMETER = re.compile(
    r"(?P<before>%(?:3F|26|23)(?P<name>(?:[\w.\[\]-]|%5B|%5D){1,100}+)%3D)"
    r"(?P<value>(?:(?!%26|%23)[^&;\s\"'<>#])++)",
    re.IGNORECASE,
)
_USER = re.compile(r"(?P<before>://[^\s/@:]{0,100}:)[^\s/@\"<>]{1,200}(?=@)")
_LONE_USER = re.compile(r"(?P<before>\bhttps?://)[\w.~%+-]{16,200}(?=@)")


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Tell whether a field of this name is likely to hold a secret or a token."""
    name = name[:MAX_NAME_CHARS]
    words = [word.lower() for word in _WORD_ENDS.split(name)]
    words = [word.rstrip(_DIGITS) for word in words if word]
    phrase = f" {' '.join(words)} "
    return (
        not SECRET_WORDS.isdisjoint(words)
        or any(word.endswith(SECRET_ENDS) for word in words)
        or any(f" {one} " in phrase for one in SECRET_PHRASES)
        or name.strip().lower() in _COOKIE_NAMES
    )


def is_secret_number(name: str) -> bool:
    """Tell whether a number of this name is a secret: a password, a one-time code."""
    return is_secret_name(name) and _NUMBERS.search(name[:MAX_NAME_CHARS]) is not None


def masked_json(value: Any, name: str = "", *, number: object = MASK) -> Any:
    """Return a JSON value without what is secret in it.

    Texts of secret names are masked, numbers where the name says a password or a code,
    the `value` beside a secret `name`, and what texts have of secrets in URLs.

    Args:
        value: The value.
        name: Under which it stands.
        number: What stands for a secret number, where its type has to stay.
    """
    if isinstance(value, dict):
        return {
            key: masked_json(item, _find_name(value, key, name), number=number)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [masked_json(item, name, number=number) for item in value]
    if isinstance(value, str):
        return MASK if value and is_secret_name(name) else masked_url(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number if is_number and is_secret_number(name) else value


def _find_name(pairs: dict[str, Any], key: str, above: str) -> str:
    """Return the name that says what a value in an object is."""
    if above.lower() == "cookies":
        return "cookie"
    if key not in _VALUE_KEYS:
        return key
    names = [above, *(pairs.get(one) for one in _NAME_KEYS)]
    return next((n for n in names if isinstance(n, str) and is_secret_name(n)), key)


def masked_url(text: str) -> str:
    """Return text whose URLs hold no secret: tokens in queries, passwords of users."""
    for user in (_USER, _LONE_USER):
        text = user.sub(rf"\g<before>{MASK}", text)
    return _INNER_PARAMETER.sub(mask_named, _PARAMETER.sub(mask_named, text))


def mask_named(match: re.Match[str]) -> str:
    """Return the `before` of a match and a mask, where its `name` is secret."""
    is_secret = is_secret_name(unquote_plus(match["name"]))
    return match["before"] + MASK if is_secret else match[0]
