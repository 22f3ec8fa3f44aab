"""The cookie by which an institution's readers are known again where a CDN answers in the origin's place."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import HttpResponse

from broadsheet.platform import clock
from broadsheet.platform.signed_cookies import SignedCookie

if TYPE_CHECKING:
    from broadsheet.membership.models import Institution

COOKIE = "broadsheet_reading_room"
LASTS = timedelta(hours=12)
VALUE = re.compile(r"(\d{1,19})\.(\d{1,11})", re.ASCII)  # the institution's key, the end in seconds
# What stands in it and its signature have about 70 characters.
KEPT = SignedCookie("broadsheet.membership.admission", VALUE, longest=100)


def set_admission(response: HttpResponse, institution: "Institution") -> None:
    """Lets the browser in for 12 hours, as if it stayed in the reading room of `institution`."""
    end = int((clock.now() + LASTS).timestamp())
    KEPT.write(response, COOKIE, f"{institution.pk}.{end}", LASTS)


def forget_admission(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def admitted(cookies: Mapping[str, str]) -> int | None:
    """The key of the institution that the cookie names; `Institution.objects.admitting` asks if it is live.

    None where the cookie is forged, cut, oversized or past its end.
    """
    parts = KEPT.read(cookies.get(COOKIE, ""))
    if not parts or clock.now().timestamp() >= int(parts[2]):
        return None
    return int(parts[1])
