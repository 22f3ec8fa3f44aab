"""What this front answered in Django's place, counted as Django counts: by hour, and not by who asked."""

from typing import Any

from broadsheet.edge.store.page import Facts
from broadsheet.platform import clock

MOST = 50_000
"""Rows that wait at most. What is new beyond them is not counted."""
type Counted = tuple[str, str, str]
"""Hour, edition and article in one, reason."""


class Tallies:
    def __init__(self) -> None:
        self._waiting: dict[Counted, int] = {}
        self.tell_time()

    def tell_time(self) -> None:
        """To be called each second: the hour is not worth finding out for each request."""
        self._hour = clock.now().replace(minute=0, second=0, microsecond=0).isoformat()

    def open(self, counted_as: str, reason: str) -> None:
        """A whole article was sent, to be looked at: a decision and an open."""
        counted = self._hour, counted_as, reason
        number = self._waiting.get(counted, 0)
        if number or len(self._waiting) < MOST:
            self._waiting[counted] = number + 1

    def take(self) -> list[Any]:
        """All that waits, which is removed: edition, hour, article, reason, decisions, opens."""
        taken, self._waiting = self._waiting, {}
        return [
            [*_split(counted_as, hour), reason, number, number]
            for (hour, counted_as, reason), number in taken.items()
        ]

    def put_back(self, rows: list[Any]) -> None:
        for edition, hour, article, reason, number, _ in rows:
            counted = hour, f"{edition} {article}", reason
            self._waiting[counted] = self._waiting.get(counted, 0) + number


def counted_as(facts: Facts) -> str:
    return f"{facts.edition} {facts.article.hex}"


def _split(counted: str, hour: str) -> tuple[str, str, str]:
    edition, _, article = counted.partition(" ")
    return edition, hour, article
