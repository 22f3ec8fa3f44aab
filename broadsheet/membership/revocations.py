"""Whose entitlement cookies no longer count: every process knows within a second, with few queries."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from broadsheet.membership.entitlement_cookie import EntitlementCookie, is_revoked, person_tag
from broadsheet.people.signals import role_given, sessions_ended
from broadsheet.platform.invalidation import Known, invalidate, known


def revoke(*person_ids: int) -> None:
    """Call it in the transaction that takes the right away, so that both happen or neither."""
    invalidate([person_tag(person_id) for person_id in person_ids], at_once=True)


# Staff get no entitlement cookie, but whoever joins them may have one from before.
@receiver([sessions_ended, role_given])
def revoke_browsers(person_id: int, **kwargs: Any) -> None:
    revoke(person_id)


def revoked_since(
    person_id: int, issued_at: datetime, *, database_is_away: bool = False, known: Known = known
) -> bool:
    """Whether what was `issued_at` to a person has been revoked; asks nothing if the database is away."""
    if not database_is_away:
        known.refresh()
    return is_revoked(known.generations, person_id, issued_at)


def honoured(cookie: EntitlementCookie, at: datetime, *, database_is_away: bool) -> bool:
    """Whether `cookie` opens articles `at` that moment. If not, the database must be asked.

    While the database is away this asks nothing of it, and goes by the last copy of the revocations.
    """
    is_in_time = cookie.holds_in_need(at) if database_is_away else cookie.is_fresh(at)
    if not is_in_time:
        return False
    return not revoked_since(cookie.person_id, cookie.issued_at, database_is_away=database_is_away)
