"""What happens by the clock: the minute, and the housekeeping of the day."""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import InterfaceError, OperationalError, close_old_connections, connections

from broadsheet.platform import clock
from broadsheet.platform.models import Lease, LimitWindow
from broadsheet.platform.signals import minute_passed

logger = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def worker_id() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def sweep() -> None:
    """Does everything that is due, here and now. What fails in one room is logged and stops no other."""
    minute_passed.send_robust(sender=Lease, at=clock.now())


def lease_left() -> float:
    """Seconds for which a scheduler still has the lease; negative where none has renewed it."""
    lease = Lease.objects.filter(name="scheduler").first()
    return (lease.expires_at - clock.now()).total_seconds() if lease else 0.0


def keep(is_stopped: Callable[[], bool]) -> None:
    """Sweeps at every full minute in which this process holds the lease, until `is_stopped`."""
    while True:
        with _unless_away():
            if Lease.objects.hold("scheduler", worker_id(), 2 * MINUTE + MINUTE / 2):
                sweep()
        _sleep_to_next_minute(is_stopped)
        if is_stopped():
            break
        close_old_connections()
    with _unless_away():
        Lease.objects.release("scheduler", worker_id())


@contextmanager
def _unless_away() -> Iterator[None]:
    """What can't be done now is due in the next minute too."""
    try:
        yield
    except (InterfaceError, OperationalError) as error:
        logger.warning("The database can't be asked or written now; it is tried again in a minute: %s", error)
        connections.close_all()


def _sleep_to_next_minute(is_stopped: Callable[[], bool]) -> None:
    at = clock.now()
    end = time.monotonic() + 60 - at.second - at.microsecond / 1_000_000
    while not is_stopped() and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.5))


def once_every(period: timedelta, name: str) -> Callable[[Callable[[datetime], object]], Callable[..., None]]:
    """Makes of a function of the time a receiver of `minute_passed` that runs once in `period`.

    `name` is that of the lease, by which one process of all hosts does it.
    """

    def decorate(work: Callable[[datetime], object]) -> Callable[..., None]:
        def receiver(at: datetime | None = None, **kwargs: object) -> None:
            if Lease.objects.take_turn(name, worker_id(), period):
                work(at or clock.now())

        # Not `wraps`: a signal looks at the signature, which would be that of `work`.
        receiver.__name__, receiver.__doc__ = work.__name__, work.__doc__
        return receiver

    return decorate


@once_every(DAY, "platform.cleanup")
def cleanup(at: datetime) -> None:
    """Deletes expired sessions, results of tasks that ended two weeks ago, and old limits."""
    call_command("clearsessions")
    call_command("prune_db_task_results", verbosity=0)
    LimitWindow.objects.sweep()
