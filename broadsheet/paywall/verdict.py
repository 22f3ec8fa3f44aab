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
    INSTITUTION = "institution"
    GIFT_LINK = "gift-link"
    NEWSLETTER_LINK = "newsletter-link"
    CRAWLER = "crawler"
    GRANTED = "granted"
    METER = "meter"
    REGISTER = "register"
    SUBSCRIBE = "subscribe"


WALLS = frozenset({Reason.REGISTER, Reason.SUBSCRIBE})
OPEN = frozenset(Reason) - WALLS - {Reason.METER}
# The verdicts for which the allowance mattered. The others read by right, or need none.
COUNTED = WALLS | {Reason.GRANTED, Reason.METER}


@dataclass(frozen=True, slots=True)
class Allowance:
    """Articles a period: for visitors without an account, and for registered readers."""

    strangers: int = 1
    readers: int = 5


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as the wall needs to know."""

    is_reader: bool = False
    is_staff: bool = False
    is_subscriber: bool = False
    is_of_institution: bool = False
    gifts: frozenset[UUID] = frozenset()
    """Articles for which a subscriber's gift link was opened."""
    passes: frozenset[UUID] = frozenset()
    """Metered articles to which a newsletter's link leads."""
    subscriber_passes: frozenset[UUID] = frozenset()
    """Articles to which a link of a subscriber-only newsletter leads, its recipient's right checked again."""
    is_proven_crawler: bool = False
    granted: frozenset[UUID] = frozenset()
    """Articles opened before, that are still open."""
    spent: int = 0
    """How many grants count against the allowance (one brought along at sign-in does not)."""
    may_be_granted: bool = True
    """False for a stranger whose network has had its first grants, and for a declared robot."""


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
        """Whether the allowance had a part in it, so that `left` is worth a word."""
        return self.reason in COUNTED

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
    if visitor.is_of_institution:
        return Reason.INSTITUTION
    if article in visitor.gifts:
        return Reason.GIFT_LINK
    if article in visitor.subscriber_passes or (access == "metered" and article in visitor.passes):
        return Reason.NEWSLETTER_LINK
    if visitor.is_proven_crawler:
        return Reason.CRAWLER
    # A grant is kept to the end of its period, even where the article has since become
    # subscribers-only: what a reader opened stays open.
    if article in visitor.granted:
        return Reason.GRANTED
    if access == "subscribers":
        return Reason.SUBSCRIBE
    if left > 0 and (visitor.is_reader or visitor.may_be_granted):
        return Reason.METER
    return Reason.SUBSCRIBE if visitor.is_reader else Reason.REGISTER
