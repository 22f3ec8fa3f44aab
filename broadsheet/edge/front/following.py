"""Follows what was invalidated, in a thread of its own: from the database, whether Django runs or not."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from broadsheet.platform import clock
from broadsheet.platform.generations import KEPT, OVERLAP, Row

log = logging.getLogger(__name__)

POLL_EVERY = 0.2
"""Seconds. Whatever is invalidated is known within a second."""
SECONDS_TO_ANSWER = 2
QUERY = "SELECT id, tag, at, at_once FROM platform_invalidation WHERE at >= {}"


class SourceError(Exception):
    """The database is away."""


class Source(Protocol):
    def has_changed(self) -> bool:
        """False where certainly nothing was written since the last question. Raises SourceError."""

    def rows(self, since: datetime) -> list[Row]:
        """Raises SourceError."""

    def close(self) -> None: ...


class SqliteSource:
    def __init__(self, options: dict[str, Any]) -> None:
        self._file = options["file"]
        self._database: sqlite3.Connection | None = None
        self._version = -1

    def _connected(self) -> sqlite3.Connection:
        if self._database is None:
            # Never made where it isn't there.
            self._database = sqlite3.connect(
                f"file:{self._file}?mode=rw", uri=True, timeout=SECONDS_TO_ANSWER, isolation_level=None
            )
            self._version = -1
        return self._database

    def has_changed(self) -> bool:
        try:
            (version,) = self._connected().execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            raise self._lost(error) from error
        has_changed, self._version = version != self._version, version
        return has_changed

    def rows(self, since: datetime) -> list[Row]:
        written = since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        try:
            found = self._connected().execute(QUERY.format("?"), (written,)).fetchall()
        except sqlite3.Error as error:
            raise self._lost(error) from error
        return [Row(pk, tag, _moment(at), bool(at_once)) for pk, tag, at, at_once in found]

    def _lost(self, error: sqlite3.Error) -> SourceError:
        self.close()
        return SourceError(str(error))

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


class PostgresqlSource:
    def __init__(self, options: dict[str, Any]) -> None:
        # A host on SQLite is spared its memory.
        import psycopg

        self._psycopg = psycopg
        self._options = options["options"]
        self._connection: Any = None

    def has_changed(self) -> bool:
        return True  # to ask that would be a question, too

    def rows(self, since: datetime) -> list[Row]:
        try:
            if self._connection is None:
                self._connection = self._psycopg.connect(
                    **self._options,
                    autocommit=True,
                    connect_timeout=SECONDS_TO_ANSWER,
                    application_name="broadsheet front",
                    options=f"-c statement_timeout={SECONDS_TO_ANSWER * 1000}",
                    tcp_user_timeout=SECONDS_TO_ANSWER * 1000,
                )
            found = self._connection.execute(QUERY.format("%s"), (since,)).fetchall()
        except self._psycopg.Error as error:
            self.close()
            raise SourceError(str(error)) from error
        return [Row(*row) for row in found]

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def source_of(options: dict[str, Any]) -> Source:
    return SqliteSource(options) if options["vendor"] == "sqlite" else PostgresqlSource(options)


class Following(threading.Thread):
    """Calls `learn` with the rows that are new, or with none where it only knows again that there are none.

    `lose` is called as long as the database is away. Both are called in this thread.
    """

    def __init__(
        self, source: Source, learn: Callable[[list[Row]], None], lose: Callable[[str], None]
    ) -> None:
        super().__init__(name="following", daemon=True)
        self._source, self._learn, self._lose = source, learn, lose
        self._ends = threading.Event()
        self._read_at: float | None = None

    def end(self) -> None:
        self._ends.set()

    def run(self) -> None:
        while not self._ends.is_set():
            try:
                self._learn(self._rows())
            except SourceError as error:
                self._lose(str(error))
            self._ends.wait(POLL_EVERY)
        self._source.close()

    def _rows(self) -> list[Row]:
        began = time.monotonic()
        if not self._source.has_changed() and self._read_at is not None:
            self._read_at = began
            return []
        # Rows are not committed in the order of their `at`: those that came late are in the overlap.
        span = KEPT if self._read_at is None else timedelta(seconds=began - self._read_at) + OVERLAP
        found = self._source.rows(clock.now() - span)
        self._read_at = began
        return found
