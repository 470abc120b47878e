"""Files that shell lines write."""

from __future__ import annotations

import pytest

from werkbook.cells.shell import written_by


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("echo '<p>hi</p>' > a.html", {"a.html": "<p>hi</p>\n"}),
        ("echo one > a\necho two >> a", {"a": "one\ntwo\n"}),
        ("cat > t.html <<EOF\n<b>\n x\nEOF\nls", {"t.html": "<b>\n x\n"}),
        ("cat <<'END' > ./t\nx\nEND", {"t": "x\n"}),
        ("echo $HOME > a", {}),
        ("ls > a", {}),
        ("grep x > y | z", {}),
    ],
)
def test_literal_text_is_found(script: str, found: dict[str, str]) -> None:
    """Only what is certain: literal text into a named file."""
    assert written_by(script, {}) == found
