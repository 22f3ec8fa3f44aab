"""The entitlement cookie: a subscriber's right to read, signed, in their browser.

With it they are known without a query, and read on while the database is away. Plain Python, with the keys
handed in: the front reads it without Django.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from broadsheet.platform.generations import OVERLAP, Generations
from broadsheet.platform.signed_values import Keys, SignedValue

COOKIE = "broadsheet_entitlement"
FRESH = timedelta(minutes=5)
STALE = timedelta(hours=48)
# The person, and three moments in seconds: issued, fresh until, stale until.
VALUE = re.compile(r"(\d{1,19})\.(\d{1,11})\.(\d{1,11})\.(\d{1,11})", re.ASCII)
# What stands in it and its signature have about 100 characters.
SIGNED = SignedValue("broadsheet.membership.entitlement", VALUE, longest=200)


@dataclass(frozen=True, slots=True)
class EntitlementCookie:
    """Its moments are whole seconds; neither of its ends lies beyond the known end of the entitlement."""

    person_id: int
    issued_at: datetime
    fresh_until: datetime
    stale_until: datetime

    @classmethod
    def until(cls, end: datetime, person_id: int, at: datetime) -> Self | None:
        """That of an entitlement which ends at `end`; None if that is within this second."""
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

    def sign(self, keys: Keys) -> str:
        moments = (self.issued_at, self.fresh_until, self.stale_until)
        numbers = (self.person_id, *(int(moment.timestamp()) for moment in moments))
        return SIGNED.sign(".".join(map(str, numbers)), keys)


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def entitlement_cookie_in(cookies: Mapping[str, str], keys: Keys) -> EntitlementCookie | None:
    """None where it is forged, cut or oversized.

    Whether it is in time and has not been revoked, `broadsheet.membership.revocations.honoured` says.
    """
    parts = SIGNED.read(cookies.get(COOKIE, ""), keys)
    if not parts:
        return None
    person_id, *moments = (int(part) for part in parts.groups())
    return EntitlementCookie(person_id, *(datetime.fromtimestamp(seconds, UTC) for seconds in moments))


def person_tag(person_id: int) -> str:
    """What is invalidated when a person loses a right, or signs other browsers out."""
    return f"person:{person_id}"


def is_revoked(generations: Generations, person_id: int, issued_at: datetime) -> bool:
    """Whether what was `issued_at` to a person no longer counts.

    What was issued within a minute after a revocation counts as revoked too: it may have been made from what
    was read before the revocation was committed.
    """
    latest = generations.latest(person_tag(person_id))
    return latest is not None and issued_at <= latest + OVERLAP
