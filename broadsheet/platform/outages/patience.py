"""How long an answer of PostgreSQL is waited for: seconds where a reader waits, minutes in the background.

The server ends what takes longer (``statement_timeout``). A server that is frozen, on a host that still
acknowledges what it is sent, ends nothing: so the wait itself ends too.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from time import monotonic
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

type Raw = psycopg.Connection[Any]
type Asked[T] = Generator[Any, Any, T]
BACKGROUND = 600.0
FOR_STAFF = 30.0
"""Exports of long lists, and what many rows hang on."""
GRACE = 1.0
"""Seconds that the server has to say itself that it took too long."""
TOO_LATE = (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable)


class NoAnswer(psycopg.OperationalError):
    """The connection is closed, since what would come over it now is the answer to another question."""


class Patience:
    """That of this process, for each connection that is opened from now on."""

    def __init__(self) -> None:
        self.seconds = BACKGROUND

    @contextmanager
    def longer(self, seconds: float) -> Iterator[None]:
        """Within the block this thread waits for at least so long."""
        if connection.vendor != "postgresql":
            yield
            return
        connection.ensure_connection()
        _limit(connection, max(seconds, self.seconds))
        try:
            yield
        finally:
            if connection.connection is not None and not connection.needs_rollback:
                # A connection that is lost takes no limit, and none is needed.
                with suppress(InterfaceError, OperationalError):
                    _limit(connection, self.seconds)


patience = Patience()


def is_late(error: BaseException | None) -> bool:
    """Whether `error`, or what caused it, says that the database did not answer in time."""
    while error is not None:
        if isinstance(error, (NoAnswer, *TOO_LATE)):
            return True
        error = error.__cause__
    return False


def limit(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receives `connection_created`."""
    if connection.vendor == "postgresql":
        _limit(connection, patience.seconds)


def lift(using: str, **kwargs: Any) -> None:
    """Receives `pre_migrate`: an index of a large table takes as long as it takes."""
    migrated = connections[using]
    if migrated.vendor == "postgresql":
        migrated.ensure_connection()
        _limit(migrated, None)


def _limit(connection: BaseDatabaseWrapper, seconds: float | None) -> None:
    raw: Raw = connection.connection
    raw.wait = partial(_wait, raw, seconds and seconds + GRACE)  # type: ignore[method-assign]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(int((seconds or 0) * 1000))])


def _wait[T](raw: Raw, seconds: float | None, gen: Asked[T], *args: Any, **kwargs: Any) -> T:
    try:
        return psycopg.Connection.wait(raw, _ending(gen, seconds) if seconds else gen, *args, **kwargs)
    except NoAnswer:
        raw.close()
        raise


def _ending[T](gen: Asked[T], seconds: float) -> Asked[T]:
    """As `gen`; raises NoAnswer where it is not done after `seconds`."""
    end = monotonic() + seconds
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and monotonic() >= end:
                raise NoAnswer(f"no answer within {seconds:g} seconds")
            wanted = gen.send(ready)
    except StopIteration as done:
        return done.value
