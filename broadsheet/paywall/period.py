"""The span in which an allowance is counted. Its key is made here, on the server, and nowhere else."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Span(StrEnum):
    MONTH = "month"
    WEEK = "week"
    ROLLING = "rolling"
    LIFETIME = "lifetime"


@dataclass(frozen=True, slots=True)
class Period:
    span: Span
    key: str
    starts_at: datetime
    ends_at: datetime | None
    """The first moment at which an article opened now is closed again; None: it stays open for ever."""

    def counts(self, key: str, granted_at: datetime) -> bool:
        """Whether a grant of that key and moment is charged to this period's allowance.

        Weeks and months go by their key alone, so that a change of the publication's time zone in the
        middle of one neither forgets nor repeats anything.
        """
        return key == self.key and (self.span != Span.ROLLING or granted_at > self.starts_at)

    @property
    def days(self) -> int:
        """How many days a rolling period has; 0 of any other."""
        if self.span != Span.ROLLING or self.ends_at is None:
            return 0
        return (self.ends_at - self.starts_at).days // 2


def period_at(at: datetime, span: Span, zone: ZoneInfo, days: int) -> Period:
    """The period that `at`, an aware datetime, falls into.

    Weeks and months are those of the calendar in `zone`, the publication's. A rolling period reaches
    `days` times 24 hours back, and as far ahead.
    """
    match span:
        case Span.MONTH:
            return calendar_month(at, zone)
        case Span.WEEK:
            return calendar_week(at, zone)
        case Span.ROLLING:
            length = timedelta(days=days)
            return Period(span, "rolling", at - length, at + length)
        case Span.LIFETIME:
            return Period(span, "lifetime", EVER, None)


def calendar_month(at: datetime, zone: ZoneInfo) -> Period:
    first = at.astimezone(zone).date().replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return Period(Span.MONTH, f"{first:%Y-%m}", _midnight(first, zone), _midnight(following, zone))


def calendar_week(at: datetime, zone: ZoneInfo) -> Period:
    """The ISO week, whose first days may belong to another year than most of it."""
    today = at.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    year, week, _day = today.isocalendar()
    return Period(
        Span.WEEK,
        f"{year}-W{week:02}",
        _midnight(monday, zone),
        _midnight(monday + timedelta(days=7), zone),
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
