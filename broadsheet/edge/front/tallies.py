"""What this front answered in Django's place, counted as Django counts: by hour, and not by who asked."""

from collections import defaultdict
from typing import Any

from broadsheet.edge.store.page import Facts
from broadsheet.platform import clock

MOST = 50_000
"""Rows that wait at most. What is new beyond them is not counted."""
type Counted = tuple[str, str, str, str]
"""Edition, hour, article, reason."""


class Tallies:
    def __init__(self) -> None:
        self._waiting: dict[Counted, list[int]] = defaultdict(lambda: [0, 0])

    def open(self, facts: Facts, reason: str) -> None:
        """A whole article was sent, to be looked at: a decision and an open."""
        hour = clock.now().replace(minute=0, second=0, microsecond=0).isoformat()
        counted = facts.edition, hour, facts.article.hex, reason
        if counted in self._waiting or len(self._waiting) < MOST:
            numbers = self._waiting[counted]
            numbers[0] += 1
            numbers[1] += 1

    def take(self) -> list[Any]:
        """All that waits, which is removed."""
        taken, self._waiting = self._waiting, defaultdict(lambda: [0, 0])
        return [[*counted, *numbers] for counted, numbers in taken.items()]

    def put_back(self, rows: list[Any]) -> None:
        for *counted, decisions, opens in rows:
            numbers = self._waiting[tuple(counted)]
            numbers[0] += decisions
            numbers[1] += opens
