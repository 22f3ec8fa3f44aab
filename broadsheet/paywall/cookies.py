"""What the wall leaves in a visitor's browser, and takes from it at sign-out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from broadsheet.paywall.gift_links.cookie import GIFT_NAME, GIFT_PREFIX, sign_gift
from broadsheet.paywall.grant_cookies import GRANT_NAME, GRANT_PREFIX, sign_grant
from broadsheet.paywall.holding import Holding
from broadsheet.paywall.period import Period
from broadsheet.paywall.reader_cookie import COOKIE as READER_NAME
from broadsheet.paywall.reader_cookie import ReaderCookie
from broadsheet.paywall.verdict import Verdict
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import seconds_of, set_signed_cookie, signing_keys

COUNT_NAME = "broadsheet_left"
TRIAL_NAME = "broadsheet_trial"


def set_grant(response: HttpResponse, article: UUID, period: Period) -> None:
    """Keeps `article` open to the end of `period` in the browser that `response` goes to."""
    signed = sign_grant(article, period, clock.now(), signing_keys())
    set_signed_cookie(response, f"{GRANT_PREFIX}{article.hex}", signed, _left(period))


def set_gift(response: HttpResponse, article: UUID, until: datetime) -> None:
    """Keeps `article` open until that moment in the browser that `response` goes to."""
    signed = sign_gift(article, until, signing_keys())
    set_signed_cookie(response, f"{GIFT_PREFIX}{article.hex}", signed, until - clock.now())


def set_reader(
    response: HttpResponse, person_id: int, edition: str, holding: Holding, period: Period
) -> None:
    """Lets the front know what a registered reader has opened, for the next minutes."""
    at = clock.now()
    cookie = ReaderCookie.of(person_id, edition, holding.granted, holding.spent, at, period.ends_at)
    set_signed_cookie(response, READER_NAME, cookie.sign(signing_keys()), cookie.fresh_until - at)


def forget_reader(response: HttpResponse) -> None:
    response.delete_cookie(READER_NAME, samesite="Lax")


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


def forget_gifts(response: HttpResponse, cookies: Mapping[str, str]) -> None:
    for name in cookies:
        if GIFT_NAME.fullmatch(name):
            response.delete_cookie(name, samesite="Lax")


def _left(period: Period) -> timedelta | None:
    return period.ends_at - clock.now() if period.ends_at else None
