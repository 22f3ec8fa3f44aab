"""Signed rights to one article, as a newsletter's links carry them, and the cookie that such a link leaves.

A token is sealed (AES-SIV): whoever it is forwarded to can neither change it nor learn whom it was made for.
Plain Python, with the keys handed in: the front reads passes without Django.
"""

import base64
import hmac
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from broadsheet.platform.signed_values import Keys, salted_digest

LIFE = timedelta(days=7)
COOKIE_PREFIX = "broadsheet_pass_"
COOKIE_NAME = re.compile(rf"{COOKIE_PREFIX}[0-9a-f]{{32}}")
SALT = "broadsheet.membership.pass"
VERSION = 1
OPENS_SUBSCRIBERS = 1
# Version, flags, person (0: nobody), the end in seconds, article, digest of the recipient.
LAYOUT = struct.Struct(">BBQQ16s10s")
# With the 16 bytes of the seal they are 60, so that no letter of the token has bits that mean nothing.
TOKEN = re.compile(r"[A-Za-z0-9_-]{80}")


class PassError(Exception):
    """This is no pass of ours: forged, cut, or made for something else."""


class PassExpiredError(PassError):
    """`expired` was a pass of ours, and so says truly which article it was for."""

    def __init__(self, expired: "Pass") -> None:
        super().__init__(f"expired at {expired.expires_at}")
        self.expired = expired


@dataclass(frozen=True, slots=True)
class Pass:
    article: UUID
    recipient: str
    """A keyed digest of the key that `issue` was given, in 20 hexadecimal digits."""
    person_id: int | None
    opens_subscribers: bool
    expires_at: datetime
    token: str = field(repr=False)

    def is_for(self, recipient: str, keys: Keys) -> bool:
        """Whether this is the `recipient` that `issue` was given."""
        return any(hmac.compare_digest(_digest(recipient, key).hex(), self.recipient) for key in keys)


def issue(
    article: UUID,
    recipient: str,
    keys: Keys,
    at: datetime,
    *,
    person_id: int | None = None,
    opens_subscribers: bool = False,
    life: timedelta = LIFE,
) -> str:
    """A token of 80 characters that fit into an address.

    `recipient` is any key by which the sender knows whom the link goes to; only a digest of it is kept. The
    pass ends `life` after `at`.
    """
    if opens_subscribers and person_id is None:
        raise ValueError("only a person's right can open what is for subscribers")
    plain = LAYOUT.pack(
        VERSION,
        OPENS_SUBSCRIBERS if opens_subscribers else 0,
        person_id or 0,
        int((at + life).timestamp()),
        article.bytes,
        _digest(recipient, keys[0]),
    )
    return base64.urlsafe_b64encode(_seal(keys[0]).encrypt(plain, None)).decode()


def read(token: str, keys: Keys, at: datetime) -> Pass:
    """The pass in `token`; raises PassError, and PassExpiredError from the second at which it ends."""
    if not TOKEN.fullmatch(token):
        raise PassError
    found = _unpacked(_opened(base64.urlsafe_b64decode(token), keys), token)
    if at >= found.expires_at:
        raise PassExpiredError(found)
    return found


def _opened(sealed: bytes, keys: Keys) -> bytes:
    for key in keys:
        try:
            return _seal(key).decrypt(sealed, None)
        except InvalidTag:
            continue
    raise PassError


def _unpacked(plain: bytes, token: str) -> Pass:
    version, flags, person_id, end, article, recipient = LAYOUT.unpack(plain)
    if version != VERSION:
        raise PassError
    return Pass(
        article=UUID(bytes=article),
        recipient=recipient.hex(),
        person_id=person_id or None,
        opens_subscribers=bool(flags & OPENS_SUBSCRIBERS),
        expires_at=datetime.fromtimestamp(end, UTC),
        token=token,
    )


def _seal(key: str) -> AESSIV:
    # Equal contents give equal tokens, so that an issue sent again has the same links; SIV is safe for that.
    return AESSIV(salted_digest(f"{SALT}.seal", "", key, "sha512"))


def _digest(recipient: str, key: str) -> bytes:
    return salted_digest(f"{SALT}.recipient", recipient, key)[:10]


def pass_in(cookies: Mapping[str, str], article: UUID, keys: Keys, at: datetime) -> Pass | None:
    """The pass to `article`; None where it is forged, for another article, or expired `at` that moment."""
    try:
        found = read(cookies.get(f"{COOKIE_PREFIX}{article.hex}", ""), keys, at)
    except PassError:
        return None
    return found if found.article == article else None
