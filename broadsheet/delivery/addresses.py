"""Addresses of mailboxes, as the post room compares and remembers them."""

import hmac

from broadsheet.delivery import keys

LONGEST = 254
"""Characters; RFC 5321 allows no longer path."""


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
    if not address.isprintable() or " " in address or "<" in address or ">" in address:
        raise NotAnAddress(address)
    return f"{mailbox}@{domain.lower()}"


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]


def fingerprint(address: str) -> str:
    """By which an address is known without being kept: 64 hexadecimal digits, keyed by SECRET_KEY.

    Capitals make no difference. Dots and what follows a plus do: at most servers they are other mailboxes.
    """
    return _digest(keys.secret(), address)


def fingerprints(address: str) -> list[str]:
    """The present one and those that earlier keys made."""
    return [_digest(key, address) for key in keys.secrets()]


def _digest(key: bytes, address: str) -> str:
    return hmac.digest(key, f"address\0{address.lower()}".encode(), "sha256").hex()
