"""Signed rights to one article, as a newsletter's links carry them, and the cookie that such a link leaves.

A token is sealed (AES-SIV under SECRET_KEY and its fallbacks): whoever it is forwarded to can neither change
it nor learn from it for whom it was made.
"""

import base64
import hmac
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.http import HttpResponse
from django.utils.crypto import salted_hmac

from broadsheet.membership.models import Entitlement
from broadsheet.people.models import Person
from broadsheet.platform import clock

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

    def is_for(self, recipient: str) -> bool:
        """Whether this is the `recipient` that `issue` was given."""
        return any(hmac.compare_digest(_digest(recipient, key).hex(), self.recipient) for key in _keys())

    def is_entitled(self) -> bool:
        """Whether it opens what only subscribers may read: asked anew, for a right may have ended since."""
        if not self.opens_subscribers or self.person_id is None:
            return False
        return Entitlement.objects.live().filter(person=self.person_id, person__is_active=True).exists()


def issue(
    article: UUID,
    recipient: str,
    *,
    person: Person | None = None,
    opens_subscribers: bool = False,
    life: timedelta = LIFE,
) -> str:
    """A token of 80 characters that fit into an address.

    `recipient` is any key by which the sender knows whom the link goes to; only a digest of it is kept.
    """
    if opens_subscribers and person is None:
        raise ValueError("only a person's right can open what is for subscribers")
    key = settings.SECRET_KEY
    plain = LAYOUT.pack(
        VERSION,
        OPENS_SUBSCRIBERS if opens_subscribers else 0,
        person.pk if person else 0,
        int((clock.now() + life).timestamp()),
        article.bytes,
        _digest(recipient, key),
    )
    return base64.urlsafe_b64encode(_seal(key).encrypt(plain, None)).decode()


def read(token: str) -> Pass:
    """The pass in `token`; raises PassError, and PassExpiredError from the second at which it ends."""
    if not TOKEN.fullmatch(token):
        raise PassError
    found = _unpacked(_opened(base64.urlsafe_b64decode(token)), token)
    if clock.now() >= found.expires_at:
        raise PassExpiredError(found)
    return found


def _opened(sealed: bytes) -> bytes:
    for key in _keys():
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


def _keys() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _seal(key: str) -> AESSIV:
    # Equal contents give equal tokens, so that an issue sent again has the same links; SIV is safe for that.
    return AESSIV(salted_hmac(f"{SALT}.seal", "", secret=key, algorithm="sha512").digest())


def _digest(recipient: str, key: str) -> bytes:
    return salted_hmac(f"{SALT}.recipient", recipient, secret=key, algorithm="sha256").digest()[:10]


def set_pass(response: HttpResponse, found: Pass) -> None:
    """Leaves the pass in the browser until it ends: the token itself, for its own article."""
    left = found.expires_at - clock.now()
    response.set_cookie(
        f"{COOKIE_PREFIX}{found.article.hex}",
        found.token,
        max_age=max(1, int(left.total_seconds())),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def passes_in(cookies: Mapping[str, str], article: UUID) -> Pass | None:
    """The pass to `article`, if there is one that is ours, for this article and not expired."""
    try:
        found = read(cookies.get(f"{COOKIE_PREFIX}{article.hex}", ""))
    except PassError:
        return None
    return found if found.article == article else None


def forget_passes(response: HttpResponse, cookies: Mapping[str, str]) -> None:
    for name in cookies:
        if COOKIE_NAME.fullmatch(name):
            response.delete_cookie(name, samesite="Lax")
