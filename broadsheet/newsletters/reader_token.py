"""The signed links by which a reader of newsletters is known without signing in.

A token is sealed (AES-SIV): whoever a letter is forwarded to learns nothing from it and can't make another.
It names the mailbox and, where it leaves one newsletter, which. It has no end: leaving must work for as long
as a letter lies about. What it lets one do is as little as that allows.
"""

import base64
import re
import struct
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from broadsheet.platform.signed_values import Keys, salted_digest

SALT = "broadsheet.newsletters.reader"
VERSION = 1
# Version, mailbox, newsletter (0: none), and what makes the token end at a whole letter.
LAYOUT = struct.Struct(">BQQ3x")
TOKEN = re.compile(r"[A-Za-z0-9_-]{48}")


class NotOurs(ValueError):
    """This is no token of ours: forged, cut, or made for something else."""


@dataclass(frozen=True, slots=True)
class ReaderToken:
    mailbox: int
    newsletter: int | None

    def sealed(self, keys: Keys) -> str:
        """48 characters that fit into an address."""
        plain = LAYOUT.pack(VERSION, self.mailbox, self.newsletter or 0)
        return base64.urlsafe_b64encode(_seal(keys[0]).encrypt(plain, None)).decode()

    @classmethod
    def read(cls, token: str, keys: Keys) -> "ReaderToken":
        """Raises NotOurs."""
        if not TOKEN.fullmatch(token):
            raise NotOurs
        sealed = base64.urlsafe_b64decode(token)
        for key in keys:
            try:
                version, mailbox, newsletter = LAYOUT.unpack(_seal(key).decrypt(sealed, None))
            except InvalidTag:
                continue
            if version == VERSION:
                return cls(mailbox, newsletter or None)
        raise NotOurs


@lru_cache(maxsize=8)
def _seal(key: str) -> AESSIV:
    # Equal contents give equal tokens, so that an issue sent again has the same links; SIV is safe for that.
    return AESSIV(salted_digest(f"{SALT}.seal", "", key, "sha512"))
