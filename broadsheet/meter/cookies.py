"""What a stranger's browser keeps: one signed cookie for each article opened this period.

The server stores nothing about strangers. A cookie that is forged, cut, oversized or of another period
counts as absent.
"""

import re
from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse

from broadsheet.house import clock
from broadsheet.meter.period import Period

GRANT_PREFIX = "broadsheet_read_"
COUNT_NAME = "broadsheet_left"
GRANT_NAME = re.compile(rf"{GRANT_PREFIX}([0-9a-f]{{32}})")
LONGEST_VALUE = 80  # a period key and a signature have about 55 characters
MOST_COOKIES = 200  # more than any allowance; a jar stuffed beyond it is not worth verifying


def _signer(article: str) -> Signer:
    # The article is part of the salt: a signature can't be moved to another article's cookie.
    return Signer(salt=f"broadsheet.meter.grant.{article}")


def grants_in(cookies: Mapping[str, str], period: Period) -> frozenset[UUID]:
    """The articles that a stranger's cookies grant in `period`."""
    granted = set()
    names = [name for name in cookies if name.startswith(GRANT_PREFIX)]
    for name in names[:MOST_COOKIES]:
        match, value = GRANT_NAME.fullmatch(name), cookies[name]
        if not match or len(value) > LONGEST_VALUE:
            continue
        try:
            key = _signer(match[1]).unsign(value)
        except BadSignature:
            continue
        if key == period.key:
            granted.add(UUID(match[1]))
    return frozenset(granted)


def set_grant(response: HttpResponse, article: UUID, period: Period) -> None:
    response.set_cookie(
        f"{GRANT_PREFIX}{article.hex}",
        _signer(article.hex).sign(period.key),
        max_age=_seconds_left(period),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def set_count(response: HttpResponse, left: int, allowance: int, period: Period) -> None:
    """The remaining count, for the page's script to show. Unsigned, and never read by the server."""
    response.set_cookie(
        COUNT_NAME,
        f"{left}.{allowance}",
        max_age=_seconds_left(period),
        secure=settings.HTTPS,
        samesite="Lax",
    )


def forget(response: HttpResponse, cookies: Mapping[str, str]) -> None:
    for name in cookies:
        if name.startswith(GRANT_PREFIX) or name == COUNT_NAME:
            response.delete_cookie(name, samesite="Lax")


def _seconds_left(period: Period) -> int:
    return max(1, int((period.ends_at - clock.now()).total_seconds()))
