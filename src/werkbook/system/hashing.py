"""`hashlib.scrypt` and `pbkdf2_hmac` where Python comes without OpenSSL.

The values are OpenSSL's: a password that was hashed elsewhere is known here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

Mix = Callable[[bytes, int, int], bytes]
"""scrypt's ROMix: a block of 128 * r bytes, N, r."""


def install() -> None:
    """Add to hashlib what is missing."""
    for function in (scrypt, pbkdf2_hmac):
        if not hasattr(hashlib, function.__name__):
            setattr(hashlib, function.__name__, function)


def pbkdf2_hmac(
    hash_name: str,
    password: bytes,
    salt: bytes,
    iterations: int,
    dklen: int | None = None,
) -> bytes:
    """Derive a key from a password (RFC 8018, 5.2)."""
    base = hmac.new(password, None, hash_name)
    size = base.digest_size
    length = size if dklen is None else dklen
    blocks = range(1, -(-length // size) + 1)
    return b"".join(_block(base, salt, iterations, one) for one in blocks)[:length]


def _block(base: Any, salt: bytes, iterations: int, number: int) -> bytes:
    last = _keyed(base, salt + number.to_bytes(4, "big"))
    joint = int.from_bytes(last, "big")
    for _ in range(iterations - 1):
        last = _keyed(base, last)
        joint ^= int.from_bytes(last, "big")
    return joint.to_bytes(base.digest_size, "big")


def _keyed(base: Any, text: bytes) -> bytes:
    one = base.copy()
    one.update(text)
    digest: bytes = one.digest()
    return digest


def scrypt(
    password: bytes,
    *,
    salt: bytes,
    n: int,
    r: int,
    p: int,
    maxmem: int = 0,
    dklen: int = 64,
) -> bytes:
    """Derive a key from a password (RFC 7914); the expensive part is JavaScript.

    Raises:
        ValueError: `n` is no power of two, or a number is too small.
    """
    if n < 2 or n & (n - 1) or r < 1 or p < 1 or dklen < 1:
        raise ValueError("n must be a power of 2, r, p and dklen positive")
    size = 128 * r
    blocks = pbkdf2_hmac("sha256", password, salt, 1, p * size)
    mix = javascript_mix()
    mixed = [mix(blocks[at : at + size], n, r) for at in range(0, p * size, size)]
    return pbkdf2_hmac("sha256", password, b"".join(mixed), 1, dklen)


@cache
def javascript_mix() -> Mix:
    """Return ROMix as the browser's JavaScript does it."""
    # Only Pyodide has these modules.
    from pyodide.code import run_js  # type: ignore[import-not-found]  # a browser's
    from pyodide.ffi import to_js  # type: ignore[import-not-found]  # a browser's

    source = Path(__file__).with_name("scrypt_mix.js").read_text("utf-8")
    mix: Any = run_js(f"({source.replace('export function', 'function')})")
    return lambda block, n, r: mix(to_js(block), n, r).to_bytes()
