"""What every process must know of within a second: a page has changed, a right was taken away.

`invalidate` writes rows in the transaction of their cause, so that both happen or neither. Each process keeps
them in memory (`Known`) and asks for the newest. While the database is away the last copy stands. On every
database this is one small query: nothing depends on a connection that listens and may have been lost unseen.
"""

import logging
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import inf
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import DateTimeField, QuerySet

from broadsheet.platform import clock
from broadsheet.platform.compiled import Compiled, Parameter
from broadsheet.platform.generations import KEPT, OVERLAP, Generations, Row
from broadsheet.platform.models import Invalidation
from broadsheet.platform.processes.scheduler import DAY, once_every

REFRESHED_AFTER = 0.5
"""Seconds."""
LOCK_TIMEOUT = 0.25
"""Seconds that a thread waits for another one that is asking the database."""
DATABASE_ERRORS = (InterfaceError, OperationalError)

log = logging.getLogger(__name__)


def invalidate(tags: Iterable[str], *, at_once: bool = False) -> None:
    """What was made of any of `tags` is out of date.

    Pages are shown until they are made anew, if that is soon; `at_once` says that they may not be.
    """
    rows = [Invalidation(tag=tag, at_once=at_once) for tag in dict.fromkeys(tags)]
    Invalidation.objects.bulk_create(rows, batch_size=1_000)
    # This process need not ask for what it knows; nothing of it holds before the transaction does.
    transaction.on_commit(lambda: known.learn(Row(row.pk, row.tag, row.at, row.at_once) for row in rows))


class Known:
    """One process's copy of what was invalidated. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.generations = Generations()
        self.forget()

    def forget(self) -> None:
        """Begins again with nothing; the next question reads everything."""
        self.generations.clear()
        # By the monotonic clock, in seconds.
        self.asked_at = -inf
        self.read_at = -inf
        """When all invalidations were last known."""
        self._is_whole = False

    def refresh(self, *, older_than: float = REFRESHED_AFTER) -> Exception | None:
        """Brings the copy up to date if it is `older_than` so many seconds: one query.

        Returns what kept it from that, if anything did.
        """
        if time.monotonic() - self.asked_at <= older_than:
            return None
        if not self._lock.acquire(timeout=LOCK_TIMEOUT):
            return None  # of two threads at a database that doesn't answer, one is enough
        try:
            return self._ask() if time.monotonic() - self.asked_at > older_than else None
        finally:
            self._lock.release()

    def learn(self, rows: Iterable[Row]) -> None:
        """Takes in rows that were committed just now."""
        with self._lock:
            self.generations.take_in(rows, clock.now())

    def _ask(self) -> Exception | None:
        began = time.monotonic()
        try:
            self._read(began)
        except DATABASE_ERRORS as error:
            log.warning("What was invalidated can't be read, so the last copy stands: %s", error)
            self.asked_at = time.monotonic()
            return error
        self.asked_at = self.read_at = began
        return None

    def _read(self, began: float) -> None:
        # Rows are not committed in the order of their `at`: those that came late are in the overlap.
        span = timedelta(seconds=began - self.read_at) + OVERLAP if self._is_whole else KEPT
        found = [Row(*row) for row in _rows(since=clock.now() - span)]
        self.generations.take_in(found, clock.now())
        self._is_whole = True


@Compiled
def _rows() -> QuerySet[Invalidation, Any]:
    since = Invalidation.objects.filter(at__gte=Parameter("since", DateTimeField()))
    return since.values_list("pk", "tag", "at", "at_once")


known = Known()


@once_every(DAY, "platform.invalidations")
def forget_old(at: datetime) -> None:
    """Deletes those than which no page and no cookie can be older."""
    Invalidation.objects.filter(at__lt=at - KEPT).delete()
