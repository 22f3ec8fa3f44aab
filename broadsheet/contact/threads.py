"""The address to which answers in one conversation come back: signed, so that nobody can guess another's."""

import hmac
import re

from django.conf import settings

from broadsheet.delivery import keys

SIGNATURE = 16
"""Characters, of four bits each."""
TAG = re.compile(r"c(\d{1,18})-([0-9a-f]{16})", re.ASCII)


def address_of(conversation: int) -> str:
    """``contact+c12-…@magazine.example``; empty where no mail comes in."""
    if not settings.CONTACT_ADDRESS:
        return ""
    mailbox, _at, domain = settings.CONTACT_ADDRESS.rpartition("@")
    return f"{mailbox}+c{conversation}-{_signature(keys.secret(), conversation)}@{domain}"


def is_ours(address: str) -> bool:
    """Whether `address` is the contact address, with or without something behind a plus."""
    if not settings.CONTACT_ADDRESS:
        return False
    mailbox, _at, domain = address.strip("<> ").lower().rpartition("@")
    return f"{mailbox.partition('+')[0]}@{domain}" == settings.CONTACT_ADDRESS


def conversation_of(address: str) -> int | None:
    """The conversation that `address` was made for; None for any other address, and a forged one."""
    if not is_ours(address):
        return None
    tag = TAG.fullmatch(address.strip("<> ").lower().rpartition("@")[0].partition("+")[2])
    if tag is None:
        return None
    number = int(tag[1])
    is_signed = any(hmac.compare_digest(_signature(key, number), tag[2]) for key in keys.secrets())
    return number if is_signed else None


def _signature(secret: bytes, conversation: int) -> str:
    return hmac.digest(secret, f"conversation\0{conversation}".encode(), "sha256").hex()[:SIGNATURE]
