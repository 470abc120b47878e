"""Makes a message large enough to leave Jupyter's server at once.

The server's websocket keeps Nagle's algorithm: what is smaller than a segment waits
until the browser has acknowledged what came before, which it delays by 40 ms. A full
segment goes at once, and takes along all that waits in front of it. On the loopback
interface segments are 64 KiB, so small pages are filled up; elsewhere they are 1.4 KiB,
which pages with what they load exceed by themselves.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

SEGMENT_BYTES = 66_000


def is_loopback(host: Any) -> bool:
    """Tell whether the front end reaches Jupyter by a loopback name or address."""
    if not isinstance(host, str):
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def padding(buffers: Sequence[bytes]) -> bytes:
    """Return the buffer that fills a message up to a segment."""
    size_bytes = sum(len(buffer) for buffer in buffers)
    return bytes(max(0, SEGMENT_BYTES - size_bytes))
