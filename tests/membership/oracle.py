"""When a subscription gives the right to read, worked out a second time and in another way.

From the rows that tell its life alone: transitions, pauses, cancellations. What they don't say, as it stands
in prices and offers, comes as notes of whoever did it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from broadsheet.membership.models import Change, Subscription, Transition

DAY = timedelta(days=1)
NOTHING = timedelta()
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Note:
    """About one transition."""

    months: int = 0
    """Of a term, or of what was added."""
    trial_days: int = 0
    offer_weeks: int = 0
    offer_months: int = 0
    offer_terms: int = 0
    days: int = 0
    time: timedelta = NOTHING
    """What was added, besides months."""
    credited: float = 0
    """How much of the price of a new term the rest of the old one paid for, of 1."""


def months_on(start: datetime, months: int, like: datetime, zone: ZoneInfo) -> datetime:
    """So many months after the month of `start`, on the day of the month and at the time of day of `like`."""
    wall = like.astimezone(zone).replace(tzinfo=None)
    here = start.astimezone(zone)
    month = here.month - 1 + months
    for day in (wall.day, 30, 29, 28):
        try:
            found = wall.replace(year=here.year + month // 12, month=month % 12 + 1, day=min(day, wall.day))
        except ValueError:
            continue
        return found.replace(tzinfo=zone).astimezone(UTC)
    raise AssertionError(start)


def days_on(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    # What is added to a moment in a zone is added to what its clock shows.
    return (start.astimezone(zone) + days * DAY).replace(fold=0).astimezone(UTC) if days else start


@dataclass
class Life:
    """Retold transition by transition."""

    zone: ZoneInfo
    grace_days: int
    notes: Mapping[int, Note]
    is_cancelled: bool
    pauses: list[tuple[datetime, datetime | None]]
    spans: list[tuple[datetime, datetime]] = field(default_factory=list)
    start: datetime | None = None
    """Of the span that lasts; None while it is paused, and when it has ended."""
    term_start: datetime = LONG_AGO
    """As if no pause had been in the term."""
    end: datetime = LONG_AGO
    """Of the term."""
    anchor: datetime = LONG_AGO
    months: int = 0
    next_months: int = 0
    offer: Note = Note()
    offer_left: int = 0
    unused: timedelta = NOTHING
    lapses: datetime | None = None
    extra: timedelta = NOTHING
    carried: timedelta = NOTHING
    left: timedelta = NOTHING
    """What it leaves the reader though its last term was not paid."""
    extended: timedelta = NOTHING
    tried: timedelta = NOTHING
    forfeited: timedelta = NOTHING
    """Of a term that another took the place of: it was counted in money."""
    free: timedelta = NOTHING
    """Days of grace that were used before a term began late, or a pause."""

    @classmethod
    def of(cls, subscription: Subscription, notes: Mapping[int, Note]) -> "Life":
        life = cls(
            ZoneInfo(subscription.time_zone),
            subscription.grace_days,
            notes,
            subscription.cancellations.filter(undone_at=None).exists(),
            list(subscription.pauses.order_by("pk").values_list("starts_at", "ended_at")),
        )
        for row in subscription.transitions.order_by("pk"):
            life.tell(row)
        if life.start is not None and life.start < life.until:
            life.spans.append((life.start, life.until))
        return life

    @property
    def until(self) -> datetime:
        last = self.lapses or self.days_on(self.end, self.grace_days)
        return min(last, self.end) if self.is_cancelled else last

    def days_on(self, start: datetime, days: int) -> datetime:
        return days_on(start, days, self.zone)

    def tell(self, row: Transition) -> None:
        note, at = self.notes.get(row.pk, Note()), row.at
        match row.what:
            case Change.BEGUN:
                self.start, self.months = at, note.months
                self.term_start = at
                self.offer, self.offer_left = note, note.offer_terms
                self.end = self.anchor = self.days_on(at, note.trial_days)
                self.tried = self.end - at
                if not note.trial_days:
                    self.next_term(at)
            case Change.RENEWED:
                start = self.end
                if self.next_months:
                    self.months, self.next_months, self.offer_left = self.next_months, 0, 0
                if at > self.days_on(start, max(self.grace_days, 1)):
                    self.free += at - start
                    start = self.anchor = at
                self.next_term(start)
            case Change.PAUSED:
                starts_at = self.pauses[len([s for s in self.pauses if s[0] < at]) - 1][0]
                assert self.start is not None
                if self.start < starts_at:
                    self.spans.append((self.start, starts_at))
                self.start = None
                self.unused = max(self.end - starts_at, NOTHING)
                self.free += max(starts_at - self.end, NOTHING)
            case Change.RESUMED:
                self.start = next(end for begin, end in reversed(self.pauses) if end and begin < at)
                self.end = self.anchor = self.start + self.unused
                self.term_start += self.start - self.pauses_before(at)
            case Change.EXTENDED:
                paused = self.start is None
                end = self.pauses[-1][0] + self.unused if paused else self.end
                day = end if paused else self.anchor
                after = months_on(end, note.months, day, self.zone) if note.months else end
                more = self.days_on(after, note.days) + note.time - end
                self.extended += more
                self.extra += more
                if paused:
                    self.unused += more
                else:
                    self.end = end + more
                    if note.days or note.time:
                        self.anchor = self.end
            case Change.CHANGED:
                kept = min(self.extra, max(self.end - at, NOTHING))
                self.forfeited += self.end - at
                self.months, self.offer_left, self.next_months, self.anchor = note.months, 0, 0, at
                self.next_term(at)
                self.carried = (self.end - at) * note.credited
                if kept:
                    self.end = self.anchor = self.end + kept
                self.extra = kept
            case Change.WILL_CHANGE:
                self.next_months = note.months
            case Change.DISCOUNTED:
                self.offer, self.offer_left = note, note.offer_terms
            case Change.FELL_DUE:
                self.lapses = self.days_on(at, self.grace_days)
            case Change.RECOVERED:
                self.lapses = None
            case Change.ENDED | Change.LAPSED:
                if self.start is not None and self.start < min(at, self.until):
                    self.spans.append((self.start, min(at, self.until)))
                if self.lapses is not None:
                    used = min(at, self.until) - self.term_start
                    self.left = max(self.extra + self.carried - used, NOTHING)
                self.start = None

    def pauses_before(self, at: datetime) -> datetime:
        """The start of the last pause before then."""
        return next(begin for begin, __ in reversed(self.pauses) if begin < at)

    def next_term(self, start: datetime) -> None:
        self.term_start = start
        self.extra = self.carried = NOTHING
        offer = self.offer if self.offer_left else None
        self.offer_left -= 1 if offer else 0
        if offer and offer.offer_weeks:
            self.end = self.anchor = self.days_on(start, 7 * offer.offer_weeks)
        else:
            months = offer.offer_months if offer else self.months
            self.end = months_on(start, months, self.anchor, self.zone)
