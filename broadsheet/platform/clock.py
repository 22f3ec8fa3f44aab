"""The one clock. Everything that asks what time it is asks here, so that tests and demos can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_offset: ContextVar[timedelta] = ContextVar("clock_offset", default=timedelta())
_stopped: ContextVar[datetime | None] = ContextVar("clock_stopped", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _stopped.get() or datetime.now(UTC) + _offset.get()


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Within the block time runs on from `moment`, an aware datetime, in this thread only."""
    token, running = _offset.set(moment - datetime.now(UTC)), _stopped.set(None)
    try:
        yield
    finally:
        _offset.reset(token)
        _stopped.reset(running)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Within the block it stays `moment`, an aware datetime, in this thread only.

    For what must be seen a second before its end, however slow the machine is.
    """
    token = _stopped.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.reset(token)
