"""The cookie by which an institution's readers are known again where a CDN answers in the origin's place."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse

from broadsheet.house import clock

if TYPE_CHECKING:
    from broadsheet.membership.models import Institution

COOKIE = "broadsheet_reading_room"
LASTS = timedelta(hours=12)
LONGEST_VALUE = 100  # what stands in it and a signature have about 70 characters
VALUE = re.compile(r"(\d{1,19})\.(\d{1,11})", re.ASCII)  # the institution's key, the end in seconds


def _signer() -> Signer:
    return Signer(salt="broadsheet.membership.reading_room")


def set_admission(response: HttpResponse, institution: "Institution") -> None:
    """Lets the browser in for 12 hours, as if it stayed in the reading room of `institution`."""
    end = int((clock.now() + LASTS).timestamp())
    response.set_cookie(
        COOKIE,
        _signer().sign(f"{institution.pk}.{end}"),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def admitted(cookies: Mapping[str, str]) -> int | None:
    """The key of the institution that the cookie names; `Institution.objects.admitting` asks if it is live.

    None where the cookie is forged, cut, oversized or past its end.
    """
    value = cookies.get(COOKIE, "")
    if not value or len(value) > LONGEST_VALUE:
        return None
    try:
        parts = VALUE.fullmatch(_signer().unsign(value))
    except BadSignature:
        return None
    if not parts or clock.now().timestamp() >= int(parts[2]):
        return None
    return int(parts[1])
