"""The token that a server on a shared host asks for."""

import secrets

TOKEN_PARAMETER = "werkbook_token"
"""The parameter of a link's query, and the beginning of the cookie's name."""

TOKEN_HEADER = "X-Werkbook-Token"
"""The header in which the notebook's own requests bring it."""


def new_token() -> str:
    """Return a token that can't be guessed."""
    return secrets.token_urlsafe(24)
