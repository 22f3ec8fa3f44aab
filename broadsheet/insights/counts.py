"""What the wall decided and what was opened, added up in this process and written every few seconds.

A visitor waits for no write, and a thousand readers of one article are one row. A process that is stopped
writes what it holds first; one that is killed (``kill -9``, a power cut) loses the last seconds.
"""

import logging
import os
import threading
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection

from broadsheet.insights.models import Counted, HourlyCount, Numbers
from broadsheet.platform import clock
from broadsheet.platform.processes.scheduler import DAY, once_every

logger = logging.getLogger(__name__)

SECONDS = 5.0
MOST = 50_000
"""Rows that wait at most, some twenty megabytes. What is new beyond them is not counted."""

DATABASE_ERRORS = (DatabaseError, InterfaceError)


class Tally:
    """Numbers that wait to be written; safe to use from any thread."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._writes_in_background = False
        self.reset()

    def reset(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[Counted, Numbers] = {}
        self._writer: threading.Thread | None = None

    def write_in_background(self) -> None:
        """From the first count on, a thread of this process writes. Otherwise only `flush` does."""
        self._writes_in_background = True

    def add(self, counted: Counted, numbers: Numbers) -> None:
        with self._lock:
            self._add(counted, numbers)
            if self._writes_in_background and not (self._writer and self._writer.is_alive()):
                # The interpreter waits at exit for threads that aren't daemons. A web server's threads are
                # daemons, and threads that they start are so too unless told otherwise.
                self._writer = threading.Thread(target=self._keep_writing, name="counts", daemon=False)
                self._writer.start()

    def _add(self, counted: Counted, numbers: Numbers) -> None:
        before = self._waiting.get(counted)
        if before is not None:
            self._waiting[counted] = before.plus(numbers)
        elif len(self._waiting) < self.most:
            self._waiting[counted] = numbers

    def take(self) -> dict[Counted, Numbers]:
        """All that waits, which is removed."""
        with self._lock:
            taken, self._waiting = self._waiting, {}
        return taken

    def flush(self) -> None:
        """Writes all that waits. Raises DatabaseError or InterfaceError where it can't, and keeps it."""
        if not (taken := self.take()):
            return
        try:
            HourlyCount.objects.add(taken)
        except DATABASE_ERRORS:
            with self._lock:
                for counted, numbers in taken.items():
                    self._add(counted, numbers)
            raise

    def _keep_writing(self) -> None:
        main = threading.main_thread()
        while main.is_alive():
            main.join(SECONDS)
            try:
                self.flush()
            except DATABASE_ERRORS as error:
                logger.warning("Counts can't be written now and wait: %s", error)
            finally:
                connection.close()


tally = Tally()
# A forked process must write nothing that its parent will write, and threads don't come along.
os.register_at_fork(after_in_child=tally.reset)


def decided(article: UUID, edition: str, reason: str, variant: int = 0) -> None:
    """Counts a verdict; `edition` is its language tag, `variant` that of an experiment or 0."""
    _count(article, edition, reason, variant, Numbers(decisions=1))


def opened(article: UUID, edition: str, reason: str, variant: int = 0) -> None:
    """Counts that the whole article was shown to a reader, once."""
    _count(article, edition, reason, variant, Numbers(opens=1))


def _count(article: UUID, edition: str, reason: str, variant: int, numbers: Numbers) -> None:
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    tally.add(Counted(edition, hour, article, str(reason), variant), numbers)


def flush() -> None:
    tally.flush()


@once_every(DAY, "insights.counts")
def forget_old(at: datetime) -> None:
    """Deletes what is older than it is kept for."""
    HourlyCount.objects.expired(at).delete()
