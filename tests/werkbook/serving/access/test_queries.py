"""Queries of URLs, as logs may show them."""

from __future__ import annotations

import pytest

from werkbook.serving.access.queries import without_tokens


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/a?werkbook_token=abc&b=1", "/a?werkbook_token=***&b=1"),
        ("/a?b=1&token=abc", "/a?b=1&token=***"),
        ("/a?werkbook%5Ftoken=abc", "/a?werkbook%5Ftoken=***"),
        ("/token?tokens=1&token=", "/token?tokens=1&token="),
        ("/a%20b?b=%2F", "/a%20b?b=%2F"),
        ("/", "/"),
    ],
)
def test_log_has_no_token(url: str, shown: str) -> None:
    """Neither the link's nor Jupyter's; all else stays as it was written."""
    assert without_tokens(url) == shown
