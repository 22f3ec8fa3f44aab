"""The verdict: what a visitor gets for one article, and why. A pure function over plain values.

No database, no clock, no request: the same input gives the same verdict, here and wherever else it is
asked. Everything else in this room fetches its input or carries out its answer.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Reason(StrEnum):
    """Why the verdict is what it is, in the order of the checks."""

    STAFF = "staff"
    FREE = "free"
    SUBSCRIPTION = "subscription"
    GRANTED = "granted"
    METER = "meter"
    REGISTER = "register"
    SUBSCRIBE = "subscribe"


OPEN = frozenset({Reason.STAFF, Reason.FREE, Reason.SUBSCRIPTION, Reason.GRANTED})
WALLS = frozenset({Reason.REGISTER, Reason.SUBSCRIBE})


@dataclass(frozen=True, slots=True)
class Allowance:
    """Articles a period: for visitors without an account, and for registered readers."""

    strangers: int = 1
    readers: int = 5


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as the wall needs to know.

    `granted` holds the articles opened this period; `spent` how many of them count against the
    allowance (a grant brought along at sign-in does not).
    """

    is_reader: bool = False
    is_staff: bool = False
    is_subscriber: bool = False
    granted: frozenset[UUID] = frozenset()
    spent: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    reason: Reason
    left: int
    """Articles left this period, before anything this verdict would spend."""
    allowance: int

    @property
    def opens(self) -> bool:
        """The whole article may be sent at once, and nothing is spent."""
        return self.reason in OPEN

    @property
    def left_after(self) -> int:
        """Articles left once what this verdict spends is spent."""
        return self.left - (self.reason == Reason.METER)

    @property
    def is_counted(self) -> bool:
        """Whether this visitor lives by an allowance at all."""
        return self.reason not in {Reason.STAFF, Reason.SUBSCRIPTION}

    @property
    def is_wall(self) -> bool:
        return self.reason in WALLS


def decide(article: UUID, access: str, visitor: Visitor, allowance: Allowance) -> Verdict:
    """What `visitor` gets for `article`, whose `access` is free, metered or subscribers.

    `METER` means that the allowance has room: whoever carries it out spends one and grants the article.
    """
    of_period = allowance.readers if visitor.is_reader else allowance.strangers
    left = max(0, of_period - visitor.spent)
    return Verdict(_reason(article, access, visitor, left), left, of_period)


def _reason(article: UUID, access: str, visitor: Visitor, left: int) -> Reason:
    if visitor.is_staff:
        return Reason.STAFF
    if access == "free":
        return Reason.FREE
    if visitor.is_subscriber:
        return Reason.SUBSCRIPTION
    # A grant is kept to the end of its period, even where the article has since become
    # subscribers-only: what a reader opened stays open.
    if article in visitor.granted:
        return Reason.GRANTED
    if access == "subscribers":
        return Reason.SUBSCRIBE
    if left > 0:
        return Reason.METER
    return Reason.SUBSCRIBE if visitor.is_reader else Reason.REGISTER
