"""Cookies whose values are signed, and that no script reads."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse

from broadsheet.platform.signed_values import Keys

LONGEST_LIFE = timedelta(days=400)
"""Browsers keep no cookie longer."""


def signing_keys() -> Keys:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def set_signed_cookie(response: HttpResponse, name: str, signed: str, life: timedelta | None) -> None:
    """Keeps `signed` for `life` in the browser that `response` goes to; None: as long as browsers do."""
    response.set_cookie(
        name,
        signed,
        max_age=seconds_of(life),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def seconds_of(life: timedelta | None) -> int:
    """The Max-Age of a cookie that lives so long; None: as long as browsers keep any."""
    return max(1, int(min(life or LONGEST_LIFE, LONGEST_LIFE).total_seconds()))
