"""Addresses of mailboxes, as the post room compares and remembers them."""

import hmac
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

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
    return _digest(address.lower(), settings.SECRET_KEY)


def fingerprints(address: str) -> list[str]:
    """The present one and those that earlier keys made."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_digest(address.lower(), key) for key in keys]


def _digest(address: str, key: str) -> str:
    return hmac.digest(_subkey(key), address.encode(), "sha256").hex()


@lru_cache(maxsize=8)
def _subkey(key: str) -> bytes:
    return salted_hmac("delivery.fingerprint", "", key, algorithm="sha256").digest()
