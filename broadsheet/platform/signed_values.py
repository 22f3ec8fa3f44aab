"""Values that only we can have written: the value, a colon, and its signature.

Plain Python, with the keys handed in: the front reads cookies without Django. The signatures are those that
``django.core.signing.Signer`` makes.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

type Keys = Sequence[str]
"""The first one signs; a signature by any of them counts."""

SEPARATOR = ":"


@dataclass(frozen=True, slots=True)
class SignedValue:
    """One kind of signed value: `written` is what we write, `salt` keeps its signatures from all others.

    Where the place that a value is kept in says a part of it, an article's id say, so must the salt: else a
    signature could be moved from one place to another.
    """

    salt: str
    written: re.Pattern[str]
    longest: int
    """Characters, with the signature. What is longer is not worth verifying."""

    def sign(self, value: str, keys: Keys) -> str:
        return f"{value}{SEPARATOR}{self._signature(value, keys[0])}"

    def read(self, signed: str, keys: Keys) -> re.Match[str] | None:
        """What was written; None where `signed` is empty, forged, cut or oversized."""
        if not signed or len(signed) > self.longest:
            return None
        value, _, signature = signed.rpartition(SEPARATOR)
        found = self.written.fullmatch(value)
        if not found or not signature.isascii():
            return None
        is_ours = any(hmac.compare_digest(signature, self._signature(value, key)) for key in keys)
        return found if is_ours else None

    def _signature(self, value: str, key: str) -> str:
        digest = salted_digest(f"{self.salt}signer", value, key)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def salted_digest(salt: str, value: str, key: str, algorithm: str = "sha256") -> bytes:
    """HMAC of `value` under a key made of `salt` and `key`, as ``django.utils.crypto.salted_hmac`` has it."""
    derived = hashlib.new(algorithm, (salt + key).encode()).digest()
    return hmac.new(derived, value.encode(), algorithm).digest()
