"""The one clock. Everything that asks what time it is asks here, so that tests and demos can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_offset: ContextVar[timedelta] = ContextVar("clock_offset", default=timedelta())


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _offset.get()


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Within the block time runs on from `moment`, an aware datetime, in this thread only."""
    token = _offset.set(moment - datetime.now(UTC))
    try:
        yield
    finally:
        _offset.reset(token)
