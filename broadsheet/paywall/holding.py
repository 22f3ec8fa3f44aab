"""The grants that a visitor holds: rows of a reader, cookies of a stranger. Plain Python."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from broadsheet.paywall.period import Period, Span
from broadsheet.paywall.verdict import Visitor


class HeldGrant(NamedTuple):
    """One article that was opened. `period` is the key of the period it was charged to."""

    article: UUID
    period: str
    granted_at: datetime
    open_until: datetime | None
    charged: bool = True

    def is_open(self, period: Period, at: datetime) -> bool:
        """Open to the end that it was promised, and as long as its period lasts, whichever is later."""
        is_promised = self.open_until is None or at < self.open_until
        return is_promised or period.counts(self.period, self.granted_at)

    def is_spent(self, period: Period) -> bool:
        return self.charged and period.counts(self.period, self.granted_at)


@dataclass(frozen=True, slots=True)
class Holding:
    granted: frozenset[UUID]
    spent: int
    lapses: tuple[datetime, ...]
    """When each spent grant stops counting, soonest first. Those of a lifetime period never do."""

    @classmethod
    def of(cls, grants: Iterable[HeldGrant], period: Period, at: datetime) -> "Holding":
        grants = list(grants)
        spent = [grant for grant in grants if grant.is_spent(period)]
        ends = [_lapse(grant, period, at) for grant in spent]
        return cls(
            granted=frozenset(grant.article for grant in grants if grant.is_open(period, at)),
            spent=len({grant.article for grant in spent}),
            lapses=tuple(sorted(end for end in ends if end)),
        )

    def renews_at(self, allowance: int) -> datetime | None:
        """When whoever has spent all of `allowance` may open a further article; None: never."""
        # Where the allowance was lowered since, more than one must lapse.
        must_lapse = max(0, self.spent - allowance)
        return self.lapses[must_lapse] if allowance and must_lapse < len(self.lapses) else None

    def as_held_by(self, visitor: Visitor) -> Visitor:
        return replace(visitor, granted=self.granted, spent=self.spent)


def _lapse(grant: HeldGrant, period: Period, at: datetime) -> datetime | None:
    if period.span != Span.ROLLING or period.ends_at is None:
        return period.ends_at
    return grant.granted_at + (period.ends_at - at)
