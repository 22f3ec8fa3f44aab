"""Addresses of mailboxes: which there can be, and how one is compared and remembered.

This is the one rule, from the form in which an address is typed to the envelope.
"""

import hmac
import re
import unicodedata
from contextlib import suppress

import idna
from django.conf import settings
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from broadsheet.delivery import keys

LONGEST = 254
"""Characters; RFC 5321 allows no longer path."""
LONGEST_LOCAL_PART = 64
"""Bytes, as RFC 5321 has it."""

AROUND = "".join(
    letter
    for letter in map(chr, (*range(0x2070), 0x3000, 0xFEFF))
    if letter.isspace() or unicodedata.category(letter) == "Cf"
)
"""What is copied with an address and can’t be seen."""
INSIDE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
"""Those that mean nothing inside it either: joiners and marks of direction do."""
RESERVED = frozenset(SPECIAL_USE_DOMAIN_NAMES)
PLAIN = re.compile(
    r"(?=.{1,64}\Z)(?P<local>[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)"
    r"@(?P<domain>(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+(?P<top>[A-Za-z]{2,}))"
)
ANY_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
FORGOTTEN = re.compile(r"[0-9a-f]{64}")


class NotAnAddress(ValueError):
    """No mail server could be told of it."""


class NotForOurServer(NotAnAddress):
    """It has letters beyond ASCII before the @, which our mail server does not take."""


def tidied(address: str) -> str:
    """`address` with its domain as DNS knows it; raises NotAnAddress.

    The part before the @ stays as it was written: only its own server knows what it means.
    """
    return "@".join(_parts(address))


def reachable(address: str) -> str:
    """The canonical form of an `address` that somebody typed, and that our mail can go to.

    Raises NotAnAddress, among them NotForOurServer.
    """
    mailbox, domain = _parts(address)
    if not mailbox.isascii() and not (settings.SMTP and settings.SMTP.utf8):
        raise NotForOurServer(address)
    return f"{mailbox.lower()}@{domain}"


def canonical(address: str) -> str:
    """By which two ways to write one mailbox are known: in small letters, its domain as DNS knows it.

    What is no address stays, in small letters.
    """
    with suppress(NotAnAddress):
        return tidied(address).lower()
    mailbox, at, domain = unicodedata.normalize("NFC", _visible(address).lower()).rpartition("@")
    if at and not domain.isascii():
        with suppress(idna.IDNAError):
            domain = idna.encode(domain, uts46=True).decode()
    return f"{mailbox}{at}{domain}"


def readable(address: str) -> str:
    """A canonical address as its owner writes it: “bea@münchen.example”."""
    mailbox, at, domain = address.rpartition("@")
    with suppress(idna.IDNAError):
        domain = idna.decode(domain)
    return f"{mailbox}{at}{domain}"


def _visible(address: str) -> str:
    return address.translate(INSIDE).strip(AROUND)


def _parts(address: str) -> tuple[str, str]:
    """The part before the @ and the domain, as DNS knows it; raises NotAnAddress."""
    # Of most addresses, and there may be millions, one can tell at a glance.
    if (plain := PLAIN.fullmatch(address)) and plain["top"].lower() not in RESERVED:
        return plain["local"], plain["domain"].lower()
    if len(address) > 2 * LONGEST:
        raise NotAnAddress(address)
    address = _visible(address)
    try:
        valid = validate_email(address, allow_smtputf8=True, strict=True, check_deliverability=False)
    except EmailNotValidError as error:
        raise NotAnAddress(address) from error
    mailbox = valid.local_part
    # Python’s mail decodes encoded words even here. And in small letters “İ” is two.
    is_changed = "=?" in mailbox or len(mailbox.lower()) != len(mailbox)
    if is_changed or len(mailbox.encode()) > LONGEST_LOCAL_PART:
        raise NotAnAddress(address)
    return mailbox, valid.ascii_domain


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
