"""What a gift link leaves in the browser in which it was opened: one signed cookie for its article.

It ends when the link does, and does not ask whether that was revoked meanwhile. A cookie that is forged, cut,
oversized or past its end counts as absent.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse

from broadsheet.platform import clock
from broadsheet.platform.signed_cookies import SignedCookie

GIFT_PREFIX = "broadsheet_gift_"
GIFT_NAME = re.compile(rf"{GIFT_PREFIX}([0-9a-f]{{32}})")
GIFT_VALUE = re.compile(r"\d{1,11}", re.ASCII)  # the end, in seconds
LONGEST_VALUE = 70  # what stands in it and a signature have about 55 characters
MOST_COOKIES = 200  # browsers keep no more of one site; a jar stuffed beyond it is not worth verifying


def _cookie(article: str) -> SignedCookie:
    return SignedCookie(f"broadsheet.paywall.gift.{article}", GIFT_VALUE, LONGEST_VALUE)


def set_gift(response: HttpResponse, article: UUID, until: datetime) -> None:
    """Keeps `article` open until that moment in the browser that `response` goes to."""
    name, end = f"{GIFT_PREFIX}{article.hex}", str(int(until.timestamp()))
    _cookie(article.hex).write(response, name, end, until - clock.now())


def gifts_in(cookies: Mapping[str, str]) -> frozenset[UUID]:
    """The articles that were given to this visitor, and are open still."""
    names = [name for name in cookies if name.startswith(GIFT_PREFIX)]
    found = (_gift(name, cookies[name]) for name in names[:MOST_COOKIES])
    return frozenset(article for article in found if article)


def _gift(name: str, value: str) -> UUID | None:
    match = GIFT_NAME.fullmatch(name)
    end = _cookie(match[1]).read(value) if match else None
    if not match or not end or clock.now().timestamp() >= int(end[0]):
        return None
    return UUID(match[1])


def forget_gifts(response: HttpResponse, cookies: Mapping[str, str]) -> None:
    for name in cookies:
        if GIFT_NAME.fullmatch(name):
            response.delete_cookie(name, samesite="Lax")
