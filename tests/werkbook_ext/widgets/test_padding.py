"""Messages that leave Jupyter's server at once."""

import pytest

from werkbook_ext.widgets.padding import SEGMENT_BYTES, is_loopback, padding


@pytest.mark.parametrize(
    "host", ["localhost", "lab.localhost", "127.0.0.1", "127.8.0.1", "::1", "[::1]"]
)
def test_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "hub.example", "10.0.0.1", "localhost.x", None, 5]
)
def test_is_not_loopback(host: object) -> None:
    assert not is_loopback(host)


def test_small_pages_are_filled_up_and_large_ones_are_not() -> None:
    small = [b"page", b"style"]
    assert len(padding(small)) + len(b"pagestyle") == SEGMENT_BYTES
    assert padding([bytes(SEGMENT_BYTES)]) == b""
    assert padding([bytes(1_000_000)]) == b""
