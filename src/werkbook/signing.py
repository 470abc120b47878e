"""Sign and verify session cookies, deriving each key once.

The bytes are those of `itsdangerous.URLSafeTimedSerializer`, whose classes these are.
Itsdangerous derives its keys anew for every value, which costs more than signing.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from typing import Any

from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from itsdangerous.signer import HMACAlgorithm


class KeptHmac(HMACAlgorithm):
    """HMAC that keeps the state that each key leads to.

    Args:
        digest_method: Makes a hash object.
        openssl_name: The hash's name in OpenSSL, where it has one: by name OpenSSL
            does all of the work, by function Python's `hmac` module does half.
    """

    def __init__(
        self, digest_method: Callable[..., Any], openssl_name: str | None = None
    ) -> None:
        super().__init__(digest_method)
        self._digest = openssl_name or digest_method
        self._macs: dict[bytes, hmac.HMAC] = {}

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        """Return the signature of a value under a derived key."""
        mac = self._macs.get(key)
        if mac is None:
            mac = self._macs[key] = hmac.new(key, digestmod=self._digest)
        mac = mac.copy()
        mac.update(value)
        return mac.digest()


class KeptSigner(TimestampSigner):
    """A signer that derives each key once; used by several threads at a time."""

    def __init__(
        self, *args: Any, openssl_name: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.algorithm = KeptHmac(self.digest_method, openssl_name)
        self._keys: dict[Any, bytes] = {}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        """Return the key that signs, for one secret key or the newest."""
        key = self._keys.get(secret_key)
        if key is None:
            key = self._keys[secret_key] = super().derive_key(secret_key)
        return key


class KeptSerializer(URLSafeTimedSerializer):
    """A serializer whose signer is made once."""

    default_signer = KeptSigner

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._signer = super().make_signer()

    def make_signer(self, salt: str | bytes | None = None) -> Any:
        """Return the signer; one of its own for a salt of its own."""
        return self._signer if salt is None else super().make_signer(salt)

    def iter_unsigners(
        self, salt: str | bytes | None = None
    ) -> Iterator[TimestampSigner]:
        """Yield the signers that may verify a value."""
        if salt is None and not self.fallback_signers:
            return iter((self._signer,))  # type: ignore[arg-type]  # make_signer's type
        return super().iter_unsigners(salt)
