"""What a stranger's browser keeps: one signed cookie for each article opened.

The server stores nothing about strangers. A cookie that is forged, cut, oversized or past its end counts
as absent.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from broadsheet.paywall.holding import HeldGrant
from broadsheet.paywall.period import Period
from broadsheet.paywall.verdict import Verdict
from broadsheet.platform import clock
from broadsheet.platform.signed_cookies import SignedCookie, seconds_of

GRANT_PREFIX = "broadsheet_read_"
COUNT_NAME = "broadsheet_left"
TRIAL_NAME = "broadsheet_trial"
GRANT_NAME = re.compile(rf"{GRANT_PREFIX}([0-9a-f]{{32}})")
# The key of the period, when it was granted and until when it is open, in seconds; empty: for ever.
GRANT_VALUE = re.compile(r"([\w-]{1,20})\.(\d{1,11})\.(\d{0,11})")
LONGEST_VALUE = 100  # what stands in it and a signature have about 75 characters
MOST_COOKIES = 200  # more than any allowance; a jar stuffed beyond it is not worth verifying


def _cookie(article: str) -> SignedCookie:
    return SignedCookie(f"broadsheet.paywall.grant.{article}", GRANT_VALUE, LONGEST_VALUE)


def grants_in(cookies: Mapping[str, str]) -> list[HeldGrant]:
    """The grants in a stranger's cookies, of whatever period."""
    names = [name for name in cookies if name.startswith(GRANT_PREFIX)]
    found = (_grant(name, cookies[name]) for name in names[:MOST_COOKIES])
    return [grant for grant in found if grant]


def _grant(name: str, value: str) -> HeldGrant | None:
    match = GRANT_NAME.fullmatch(name)
    parts = _cookie(match[1]).read(value) if match else None
    if not match or not parts:
        return None
    key, granted_at, open_until = parts.groups()
    return HeldGrant(UUID(match[1]), key, _moment(granted_at), _moment(open_until) if open_until else None)


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def set_grant(response: HttpResponse, article: UUID, period: Period) -> None:
    """Keeps `article` open to the end of `period` in the browser that `response` goes to."""
    until = int(period.ends_at.timestamp()) if period.ends_at else ""
    written = f"{period.key}.{int(clock.now().timestamp())}.{until}"
    _cookie(article.hex).write(response, f"{GRANT_PREFIX}{article.hex}", written, _left(period))


def set_count(response: HttpResponse, verdict: Verdict, period: Period) -> None:
    """The remaining count, for the page's script to show. Unsigned, and never read by the server."""
    response.set_cookie(
        COUNT_NAME,
        f"{verdict.left_after}.{verdict.allowance}.{period.span}",
        max_age=seconds_of(_left(period)),
        secure=settings.HTTPS,
        samesite="Lax",
    )


def forget(response: HttpResponse, cookies: Mapping[str, str]) -> None:
    for name in cookies:
        if GRANT_NAME.fullmatch(name) or name in {COUNT_NAME, TRIAL_NAME}:
            response.delete_cookie(name, samesite="Lax")


def _left(period: Period) -> timedelta | None:
    return period.ends_at - clock.now() if period.ends_at else None
