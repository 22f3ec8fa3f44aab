"""DKIM signatures (RFC 6376): rsa-sha256, relaxed/relaxed.

Our own since each message of a send is signed by itself: `bin/bench signing` prints how many a second this
signs and how many dkimpy, with which the tests verify them.
"""

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass, field
from itertools import batched

import idna
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from broadsheet.environment import Malformed

BITS = 2048
"""Fewer, and the large providers call a message unsigned."""

SIGNED = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"cc",
    b"sender",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
    b"auto-submitted",
    b"feedback-id",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)
# Named once more than they are there, so that nobody can add a second one.
SEALED = (b"from", b"to", b"subject", b"date", b"reply-to", b"list-unsubscribe", b"list-unsubscribe-post")

SPACES = re.compile(rb"[ \t]+")
FOLDS = re.compile(rb"\r\n(?=[ \t])")
EMPTY_LINES_AT_THE_END = re.compile(rb"(?:(?<=\r\n)|\A)(?:\r\n)+\Z")


class BadKey(Malformed):
    """Not an RSA private key of at least 2,048 bits."""


@dataclass(frozen=True)
class Signer:
    """Signs what leaves with the key that DNS has at <selector>._domainkey.<domain>."""

    domain: str
    selector: str
    key: RSAPrivateKey = field(repr=False)

    @classmethod
    def of(cls, domain: str, selector: str, pem: bytes) -> "Signer":
        """Raises BadKey."""
        try:
            key = load_pem_private_key(pem, password=None)
        except TypeError:
            raise BadKey("its key is behind a password, for which nobody can be asked") from None
        except (ValueError, UnsupportedAlgorithm):
            raise BadKey("it holds no private key in the form of PEM") from None
        if not isinstance(key, RSAPrivateKey):
            raise BadKey("its key is no RSA key")
        if key.key_size < BITS:
            raise BadKey(f"its key has {key.key_size:,} bits, and at least {BITS:,} are needed")
        try:
            domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
        except idna.IDNAError as error:
            raise BadKey(f"its domain can’t be one: {error}") from error
        return cls(domain, selector, key)

    def signed(self, message: bytes, *, is_plain: bool = False) -> bytes:
        """`message`, whose lines end in CRLF, with a DKIM-Signature before its other headers.

        `is_plain`: its body is what the relaxed form makes of it, but for empty lines at the end.
        """
        end = message.index(b"\r\n\r\n") + 2
        body = memoryview(message)[end + 2 :]
        if not is_plain or message.endswith(b"\r\n\r\n"):
            body = memoryview(relaxed(bytes(body)))
        names, fields = _signed_fields(message[:end])
        parts = [
            b"v=1; a=rsa-sha256; c=relaxed/relaxed;",
            f"d={self.domain}; s={self.selector};".encode(),
            b"h=" + names[0],
            *names[1:],
            b"bh=" + b64encode(hashlib.sha256(body).digest()) + b";",
            b"b=",
        ]
        # The relaxed form of a fold is a space.
        hashed = fields + b"dkim-signature:" + b" ".join(parts)
        value = b64encode(self.key.sign(hashed, PKCS1v15(), SHA256()))
        # The value itself is not signed, so that it may be folded anywhere.
        written = b"\r\n ".join(value[start : start + 72] for start in range(0, len(value), 72))
        return b"DKIM-Signature: " + b"\r\n ".join(parts) + written + b"\r\n" + message

    def is_aligned(self, address: str) -> bool:
        """Whether DMARC takes our signature for the word of the domain of `address`, a From."""
        domain = address.rpartition("@")[2].rstrip(">").lower()
        return domain == self.domain.lower() or domain.endswith(f".{self.domain.lower()}")

    @property
    def record(self) -> str:
        """What DNS must say at <selector>._domainkey.<domain>, as a TXT record."""
        public = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


def relaxed(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    return EMPTY_LINES_AT_THE_END.sub(b"", SPACES.sub(b" ", body).replace(b" \r\n", b"\r\n"))


def _signed_fields(head: bytes) -> tuple[list[bytes], bytes]:
    """The names of all fields to be signed, in lines for h=, and those fields in their relaxed form."""
    found: dict[bytes, list[bytes]] = {}
    for line in FOLDS.sub(b"", head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        name = name.rstrip(b" \t").lower()
        found.setdefault(name, []).append(name + b":" + SPACES.sub(b" ", value).strip(b" ") + b"\r\n")
    # Of several with one name the lowest counts first.
    fields = b"".join(b"".join(reversed(found[name])) for name in SIGNED if name in found)
    names = [name for name in SIGNED for _ in found.get(name, [])] + list(SEALED)
    lines = [b":".join(line) for line in batched(names, 4)]
    return [line + b":" for line in lines[:-1]] + [lines[-1] + b";"], fields
