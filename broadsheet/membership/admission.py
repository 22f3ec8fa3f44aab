"""The cookie by which an institution's readers are known again where a CDN answers in the origin's place."""

import re
from collections.abc import Mapping
from datetime import timedelta

from django.http import HttpResponse

from broadsheet.membership.models import Institution, InstitutionQuerySet
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import set_signed_cookie, signing_keys
from broadsheet.platform.signed_values import SignedValue

COOKIE = "broadsheet_admission"
LASTS = timedelta(hours=12)
VALUE = re.compile(r"(\d{1,19})\.(\d{1,11})", re.ASCII)  # the institution's key, the end in seconds
# What stands in it and its signature have about 70 characters.
SIGNED = SignedValue("broadsheet.membership.admission", VALUE, longest=100)


def set_admission(response: HttpResponse, institution: Institution) -> None:
    """Lets the browser in for 12 hours, wherever it goes, as if it stayed in the network of `institution`."""
    end = int((clock.now() + LASTS).timestamp())
    signed = SIGNED.sign(f"{institution.pk}.{end}", signing_keys())
    set_signed_cookie(response, COOKIE, signed, LASTS)


def forget_admission(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def admitted(cookies: Mapping[str, str]) -> int | None:
    """The key of the institution that the cookie names; its contract may have ended: see `admitting`.

    None where the cookie is forged, cut, oversized or past its end.
    """
    parts = SIGNED.read(cookies.get(COOKIE, ""), signing_keys())
    if not parts or clock.now().timestamp() >= int(parts[2]):
        return None
    return int(parts[1])


def admitting(cookies: Mapping[str, str]) -> InstitutionQuerySet:
    """The institution that let this browser in within the last 12 hours, if its contract still runs."""
    pk = admitted(cookies)
    return Institution.objects.none() if pk is None else Institution.objects.live().filter(pk=pk)
