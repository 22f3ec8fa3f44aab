"""Addresses of mailboxes, as the post room compares and remembers them."""

import hmac
import re
from contextlib import suppress

import idna

from broadsheet.delivery import keys

LONGEST = 254
"""Characters; RFC 5321 allows no longer path."""


NOT_IN_ONE = frozenset(' <>,;:()[]\\"')
ANY_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
FORGOTTEN = re.compile(r"[0-9a-f]{64}")


class NotAnAddress(ValueError):
    """No mail server could be told of it."""


def tidied(address: str) -> str:
    """`address` with its domain in small letters; raises NotAnAddress.

    The part before the @ stays as it was written: only its own server knows what it means.
    """
    address = address.strip()
    mailbox, at, domain = address.rpartition("@")
    if not (mailbox and at and domain) or len(address) > LONGEST:
        raise NotAnAddress(address)
    # With these it would be several, or with a name, to some of those whom we hand it to.
    if not address.isprintable() or NOT_IN_ONE.intersection(address) or "@" in mailbox:
        raise NotAnAddress(address)
    return f"{mailbox}@{domain.lower()}"


def canonical(address: str) -> str:
    """By which two ways to write one mailbox are known: in small letters, its domain as DNS knows it."""
    mailbox, at, domain = address.lower().rpartition("@")
    if not domain.isascii():
        with suppress(idna.IDNAError):
            domain = idna.encode(domain, uts46=True).decode()
    return f"{mailbox}{at}{domain}"


def without_addresses(words: str) -> str:
    return ANY_ADDRESS.sub("…", words)


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]


def fingerprint(address: str) -> str:
    """By which an address is known without being kept: 64 hexadecimal digits, keyed by SECRET_KEY.

    Capitals make no difference. Dots and what follows a plus do: at most servers they are other mailboxes.
    That of a fingerprint, which stands where an address was forgotten, is itself.
    """
    return fingerprints(address)[0]


def fingerprints(address: str) -> list[str]:
    """The present one and those that earlier keys made."""
    if is_forgotten(address):
        return [address]
    return [_digest(key, address) for key in keys.secrets()]


def is_forgotten(address: str) -> bool:
    """Whether only the fingerprint is left of it, its reader having erased their account."""
    return FORGOTTEN.fullmatch(address) is not None


def _digest(key: bytes, address: str) -> str:
    return hmac.digest(key, f"address\0{canonical(address)}".encode(), "sha256").hex()
