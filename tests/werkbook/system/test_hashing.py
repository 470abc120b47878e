"""Hash functions without OpenSSL: the values are those of OpenSSL's."""

from __future__ import annotations

import hashlib
import json
import subprocess

import pytest

from werkbook.system import hashing

MIX = """
import {{ mix }} from {path};
import {{ stdin }} from "node:process";
let text = "";
for await (const part of stdin) text += part;
const [hex, n, r] = JSON.parse(text);
const block = Uint8Array.from(Buffer.from(hex, "hex"));
console.log(Buffer.from(mix(block, n, r)).toString("hex"));
"""


@pytest.mark.parametrize("name", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("length", [None, 1, 20, 64, 100])
def test_pbkdf2_is_openssls(name: str, length: int | None) -> None:
    given = name, b"p\xc3\xa4ssword", b"salt", 7, length
    assert hashing.pbkdf2_hmac(*given) == hashlib.pbkdf2_hmac(*given)


def mix_in_node(block: bytes, n: int, r: int) -> bytes:
    """Run the JavaScript part as a browser would."""
    path = json.dumps(str(hashing.Path(hashing.__file__).with_name("scrypt_mix.js")))
    done = subprocess.run(
        ["node", "--input-type=module", "-e", MIX.format(path=path)],
        input=json.dumps([block.hex(), n, r]),
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    return bytes.fromhex(done.stdout.strip())


@pytest.mark.parametrize(("n", "r", "p"), [(16, 1, 1), (1024, 8, 2), (2, 3, 1)])
def test_scrypt_is_openssls(
    n: int, r: int, p: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "javascript_mix", lambda: mix_in_node)
    ours = hashing.scrypt(b"pleaseletmein", salt=b"salt", n=n, r=r, p=p, dklen=70)
    theirs = hashlib.scrypt(b"pleaseletmein", salt=b"salt", n=n, r=r, p=p, dklen=70)
    assert ours == theirs


@pytest.mark.parametrize(("n", "r"), [(0, 1), (3, 1), (16, 0)])
def test_scrypt_with_numbers_that_cannot_be(n: int, r: int) -> None:
    with pytest.raises(ValueError, match="n must be a power of 2"):
        hashing.scrypt(b"", salt=b"", n=n, r=r, p=1)


def test_nothing_is_replaced_that_is_there() -> None:
    before = hashlib.scrypt
    hashing.install()
    assert hashlib.scrypt is before
