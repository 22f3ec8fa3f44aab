"""Whose entitlement cookies no longer count: every process knows within a second, with few queries.

The rows of `Revocation` are what all processes share; each keeps them in memory and asks for the newest when
its copy is older than half a second. While the database is away the last copy stands.
"""

import logging
import threading
import time
from datetime import datetime, timedelta
from math import inf

from django.db import InterfaceError, OperationalError

from broadsheet.membership.entitlement_cookie import EntitlementCookie
from broadsheet.membership.models.revocation import KEPT, Revocation
from broadsheet.platform import clock

REFRESHED_AFTER = 0.5
"""Seconds."""
LOCK_TIMEOUT = 0.25
"""Seconds that a thread waits for another one that is asking the database."""
RELOADED_AFTER = 300
"""Seconds after which the copy is made anew, which also forgets what is too old."""
OVERLAP = timedelta(minutes=1)
"""How long after its `at` a row may be committed, and by how much the clocks of two hosts may differ."""

log = logging.getLogger(__name__)


class RevokedPeople:
    """One process's copy: the latest revocation of each person. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begins again with nothing; the next question reads everything."""
        self._latest: dict[int, datetime] = {}
        # By the monotonic clock, in seconds: when it was asked, answered, and answered with everything.
        self._asked_at = self._read_at = self._whole_at = -inf

    def revoked_since(self, person_id: int, issued_at: datetime, *, database_is_away: bool = False) -> bool:
        """Whether what was `issued_at` to a person has been revoked; asks nothing if the database is away.

        What was issued within a minute after a revocation counts as revoked too: it may have been made from
        what was read before the revocation was committed.
        """
        if not database_is_away:
            self.refresh()
        latest = self._latest.get(person_id)
        return latest is not None and issued_at <= latest + OVERLAP

    def refresh(self) -> None:
        """Brings the copy up to date if it is older than half a second: one query."""
        if time.monotonic() - self._asked_at < REFRESHED_AFTER:
            return
        if not self._lock.acquire(timeout=LOCK_TIMEOUT):
            return  # of two threads at a database that doesn't answer, one is enough
        try:
            if time.monotonic() - self._asked_at >= REFRESHED_AFTER:
                self._ask()
        finally:
            self._lock.release()

    def _ask(self) -> None:
        began = time.monotonic()
        try:
            self._read(began)
            self._asked_at = self._read_at = began
        except (InterfaceError, OperationalError) as error:
            log.warning("the revocations can't be read, so the last copy stands: %s", error)
            self._asked_at = time.monotonic()

    def _read(self, began: float) -> None:
        is_whole = began - self._whole_at >= RELOADED_AFTER
        # Rows are not committed in the order of their `at`: those that came late are in the overlap.
        span = KEPT if is_whole else timedelta(seconds=began - self._read_at) + OVERLAP
        rows = Revocation.objects.filter(at__gte=clock.now() - span).order_by("at")
        found = dict(rows.values_list("person_id", "at"))
        if is_whole:
            self._whole_at = began
        # A new dictionary, because other threads are reading the old one.
        self._latest = found if is_whole else self._latest | found


def honoured(cookie: EntitlementCookie, at: datetime, *, database_is_away: bool) -> bool:
    """Whether `cookie` opens articles `at` that moment. If not, the database must be asked.

    While the database is away this asks nothing of it, and goes by the last copy of the revocations.
    """
    is_in_time = cookie.holds_in_need(at) if database_is_away else cookie.is_fresh(at)
    if not is_in_time:
        return False
    return not revoked_since(cookie.person_id, cookie.issued_at, database_is_away=database_is_away)


_copy = RevokedPeople()
revoked_since = _copy.revoked_since
forget_copy = _copy.forget
