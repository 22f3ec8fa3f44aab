"""A subscriber's entitlement, signed, in a cookie of theirs.

With it the reader edge knows them without asking the database, and lets them read while it is away.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.http import HttpResponse

from broadsheet.membership.models import Entitlement
from broadsheet.membership.revocations import revoked_since
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.signed_cookies import SignedCookie

COOKIE = "broadsheet_entitlement"
FRESH = timedelta(minutes=5)
STALE = timedelta(hours=48)
# The person, and three moments in seconds: issued, fresh until, stale until.
VALUE = re.compile(r"(\d{1,19})\.(\d{1,11})\.(\d{1,11})\.(\d{1,11})", re.ASCII)
# What stands in it and its signature have about 100 characters.
KEPT = SignedCookie("broadsheet.membership.entitlement", VALUE, longest=200)


@dataclass(frozen=True, slots=True)
class EntitlementCookie:
    """Its moments are whole seconds; neither of its ends lies beyond the known end of the entitlement."""

    person_id: int
    issued_at: datetime
    fresh_until: datetime
    stale_until: datetime

    @classmethod
    def for_person(cls, person: Person, at: datetime) -> Self | None:
        """None for whoever has no right to read without limit, and for the staff, who need no such right."""
        if not person.is_active or person.is_staff:
            return None
        end = Entitlement.objects.end_for(person, at)
        return cls.until(end, person.pk, at) if end else None

    @classmethod
    def until(cls, end: datetime, person_id: int, at: datetime) -> Self | None:
        """The cookie of an entitlement that ends at `end`; None if that is within this second."""
        issued, end = _whole(at), _whole(end)
        if end <= at:
            return None
        return cls(person_id, issued, min(issued + FRESH, end), min(issued + STALE, end))

    def is_fresh(self, at: datetime) -> bool:
        """Whether it stands for the database's own word."""
        return at < self.fresh_until

    def holds_in_need(self, at: datetime) -> bool:
        """Whether it counts while the database is away."""
        return at < self.stale_until


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def honoured(cookie: EntitlementCookie, at: datetime, *, database_is_away: bool) -> bool:
    """Whether `cookie` opens articles now. If not, the database must be asked.

    While the database is away this asks nothing of it, and goes by the last copy of the revocations.
    """
    is_in_time = cookie.holds_in_need(at) if database_is_away else cookie.is_fresh(at)
    return is_in_time and not revoked_since(
        cookie.person_id, cookie.issued_at, database_is_away=database_is_away
    )


def set_entitlement_cookie(response: HttpResponse, cookie: EntitlementCookie) -> None:
    moments = (cookie.issued_at, cookie.fresh_until, cookie.stale_until)
    value = ".".join(str(number) for number in (cookie.person_id, *(int(m.timestamp()) for m in moments)))
    KEPT.write(response, COOKIE, value, cookie.stale_until - clock.now())


def entitlement_cookie_in(cookies: Mapping[str, str]) -> EntitlementCookie | None:
    """None where it is forged, cut or oversized. Whether it is in time, `honoured` says."""
    parts = KEPT.read(cookies.get(COOKIE, ""))
    if not parts:
        return None
    person_id, *moments = (int(part) for part in parts.groups())
    return EntitlementCookie(person_id, *(datetime.fromtimestamp(seconds, UTC) for seconds in moments))


def forget_entitlement_cookie(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")
