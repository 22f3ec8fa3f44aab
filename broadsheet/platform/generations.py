"""In which generation each tag is: what was made of it before is out of date. Plain Python, without Django.

A tag names what pages are made of (an article, a section, all of them) or a person whose rights are signed
into a cookie. Each invalidation of it is a row with an id; the generation is the sum of the ids, so that it
doesn't matter in which order rows are committed or read.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

ALL = "all"
"""The tag of each page."""
KEPT = timedelta(hours=49)
"""How long rows are: an hour longer than any page, or any cookie, that is older than they are."""
OVERLAP = timedelta(minutes=1)
"""How long after its `at` a row may be committed, and by how much the clocks of two hosts may differ."""


class Row(NamedTuple):
    """An invalidation, as it stands in the database."""

    id: int
    tag: str
    at: datetime
    at_once: bool


class Generation(NamedTuple):
    """Zeros where nothing was invalidated."""

    any: int = 0
    at_once: int = 0
    """Counts only what may not be shown for a moment longer."""

    def moved_by(self, row: Row, times: int) -> "Generation":
        return Generation(self.any + times * row.id, self.at_once + times * row.id * row.at_once)


NONE = Generation()
type Made = Mapping[str, Generation]
"""Tag → its generation, for those tags of which anything was invalidated."""


class Generations:
    """One process's copy. Written by one thread at a time; others may read meanwhile."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._rows: dict[int, Row] = {}
        self.now: Made = {}
        """Never changed, only replaced: whoever makes a page keeps what this was before it began."""
        self._latest: dict[str, datetime] = {}

    def latest(self, tag: str) -> datetime | None:
        """When it was last invalidated, if within `KEPT`."""
        return self._latest.get(tag)

    def is_current(self, made: Made) -> bool:
        now = self.now
        return all(now.get(tag, NONE) == then for tag, then in made.items())

    def may_be_shown(self, made: Made) -> bool:
        """Whether nothing of it was invalidated at once since it was made."""
        now = self.now
        return all(now.get(tag, NONE).at_once == then.at_once for tag, then in made.items())

    def take_in(self, rows: Iterable[Row], at: datetime) -> set[str]:
        """The tags of those that weren't known. Forgets what is older than `KEPT`."""
        new = [row for row in rows if row.id not in self._rows]
        old = [row for row in self._rows.values() if row.at < at - KEPT]
        if not (new or old):
            return set()
        now, latest = dict(self.now), dict(self._latest)
        for row in new:
            self._rows[row.id] = row
            now[row.tag] = now.get(row.tag, NONE).moved_by(row, 1)
            latest[row.tag] = max(latest.get(row.tag, row.at), row.at)
        for row in old:
            del self._rows[row.id]
            now[row.tag] = now[row.tag].moved_by(row, -1)
            if now[row.tag] == NONE:
                del now[row.tag], latest[row.tag]
        self.now, self._latest = now, latest
        return {row.tag for row in new}


def made_of(tags: Iterable[str], generations: Made) -> dict[str, Generation]:
    return {tag: generations.get(tag, NONE) for tag in tags}
