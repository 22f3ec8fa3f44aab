"""Which of many articles a digest or a weekly issue has: plain values in, plain values out."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID


class Candidate(Protocol):
    """An article that can be chosen."""

    @property
    def article(self) -> int: ...

    @property
    def uuid(self) -> UUID:
        """The same in all editions."""

    @property
    def published_at(self) -> datetime: ...

    @property
    def rank(self) -> int | None:
        """Its place on the edition's front page, from 0; None where it is not among those placed by hand."""

    @property
    def is_bright(self) -> bool:
        """Whether it is good news."""


def ranked[C: Candidate](candidates: Iterable[C], known: Collection[UUID]) -> list[C]:
    """Those placed on the front page, then the newest; none of `known` and none twice."""
    seen = set(known)
    found = []
    for candidate in sorted(candidates, key=_weight):
        if candidate.uuid not in seen:
            seen.add(candidate.uuid)
            found.append(candidate)
    return found


def with_good_news_last[C: Candidate](candidates: Sequence[C], at_most: int) -> list[C]:
    """The first of them, of which one piece of good news has a place wherever there are two."""
    bright = [one for one in candidates if one.is_bright]
    plain = [one for one in candidates if not one.is_bright]
    first = plain[: at_most - (1 if bright and at_most > 1 else 0)]
    return [*first, *bright[: at_most - len(first)]]


def _weight(candidate: Candidate) -> tuple[bool, int, float, int]:
    unplaced = candidate.rank is None
    return (unplaced, candidate.rank or 0, -candidate.published_at.timestamp(), -candidate.article)
