"""What this front answered in Django's place, counted as Django counts: by hour, and not by who asked."""

from typing import Any

from broadsheet.edge.store.page import Facts
from broadsheet.platform import clock

MOST = 50_000
"""Rows that wait at most. What is new beyond them is not counted."""


class Tallies:
    def __init__(self) -> None:
        self._waiting: dict[str, dict[str, int]] = {}
        """By hour, then by edition, article and reason in one."""
        self.tell_time()

    def tell_time(self) -> None:
        """To be called each second: the hour is not worth finding out for each request."""
        self._hour = clock.now().replace(minute=0, second=0, microsecond=0).isoformat()
        self._now = self._waiting.setdefault(self._hour, {})

    def open(self, counted: str) -> None:
        """A whole article was sent, to be looked at: a decision and an open."""
        number = self._now.get(counted, 0)
        if number or len(self._now) < MOST:
            self._now[counted] = number + 1

    def take(self) -> list[Any]:
        """All that waits, which is removed: edition, hour, article, reason, decisions, opens."""
        taken, self._waiting = self._waiting, {}
        self._now = self._waiting.setdefault(self._hour, {})
        rows = []
        for hour, numbers in taken.items():
            for counted, number in numbers.items():
                edition, article, reason = counted.split(" ")
                rows.append([edition, hour, article, reason, number, number])
        return rows

    def put_back(self, rows: list[Any]) -> None:
        for edition, hour, article, reason, number, _ in rows:
            waiting = self._waiting.setdefault(hour, {})
            counted = f"{edition} {article} {reason}"
            if counted in waiting or len(waiting) < MOST:
                waiting[counted] = waiting.get(counted, 0) + number


def counted_as(facts: Facts, reason: str) -> str:
    return f"{facts.edition} {facts.article.hex} {reason}"
