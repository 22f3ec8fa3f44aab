"""Pages that the processes of one host share: a SQLite file that lives as long as `broadsheet serve`.

Django's processes write what they rendered, fronts load it. So that no page is rendered twice at once,
whoever begins says so here. Nothing is lost with the file: all of it can be rendered again. Plain Python.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broadsheet.edge.store.page import StoredPage
from broadsheet.platform.http.rendition import Rendition

SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS page (
    path TEXT, rendition TEXT, packed BLOB, size INTEGER, made_at REAL, PRIMARY KEY (path, rendition)
);
CREATE INDEX IF NOT EXISTS page_made_at ON page (made_at);
CREATE TABLE IF NOT EXISTS rendering (path TEXT, rendition TEXT, until REAL, PRIMARY KEY (path, rendition));
"""
LONGEST_RENDERING = 30.0
"""Seconds after which whoever renders a page is taken for dead."""
SWEPT_EVERY = 50
"""Pages, from one look at how large the file has become to the next."""
SECONDS_TO_WAIT = 5.0


class Spool:
    """Safe for threads, each of which has a connection of its own."""

    def __init__(self, file: Path, most: int) -> None:
        """At most about `most` bytes, the newest pages."""
        self._file = file
        self._most = most
        self._local = threading.local()
        self._kept = 0

    @property
    def _database(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._file, timeout=SECONDS_TO_WAIT, isolation_level=None)
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(SCHEMA)
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """This thread's connection."""
        if connection := getattr(self._local, "connection", None):
            connection.close()
            del self._local.connection

    def find(self, path: str, rendition: Rendition) -> StoredPage | None:
        row = self._database.execute(
            "SELECT packed FROM page WHERE path = ? AND rendition = ?", (path, str(rendition))
        ).fetchone()
        return StoredPage.unpacked(row[0]) if row else None

    def keep(self, page: StoredPage) -> None:
        packed = page.packed()
        self._database.execute(
            "INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?)",
            (page.path, str(page.rendition), packed, len(packed), page.made_at.timestamp()),
        )
        self._kept += 1
        if self._kept % SWEPT_EVERY == 1:
            self._sweep()

    def _sweep(self) -> None:
        (size,) = self._database.execute("SELECT coalesce(sum(size), 0) FROM page").fetchone()
        while size > self._most:
            oldest = self._database.execute(
                "DELETE FROM page WHERE rowid IN (SELECT rowid FROM page ORDER BY made_at LIMIT 100)"
                " RETURNING size"
            ).fetchall()
            size -= sum(row[0] for row in oldest)
        self._database.execute("DELETE FROM rendering WHERE until < ?", (time.time(),))

    @contextmanager
    def turn(self, path: str, rendition: Rendition) -> Iterator[bool]:
        """Whether it is this process's turn to render the page. If not, another one is at it now."""
        now, key = time.time(), (path, str(rendition))
        claimed = self._database.execute(
            "INSERT INTO rendering VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until"
            " WHERE until < ?",
            (*key, now + LONGEST_RENDERING, now),
        ).rowcount
        try:
            yield claimed == 1
        finally:
            if claimed == 1:
                self._database.execute("DELETE FROM rendering WHERE path = ? AND rendition = ?", key)

    def is_being_rendered(self, path: str, rendition: Rendition) -> bool:
        sought = "SELECT 1 FROM rendering WHERE path = ? AND rendition = ? AND until >= ?"
        return self._database.execute(sought, (path, str(rendition), time.time())).fetchone() is not None
