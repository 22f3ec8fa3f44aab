"""The span in which an allowance is counted. Its key is made here, on the server, and nowhere else."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Span(TextChoices):
    MONTH = "month", gettext_lazy("A calendar month")
    WEEK = "week", gettext_lazy("A week, from Monday")
    ROLLING = "rolling", gettext_lazy("A number of days, for each article from when it was opened")
    LIFETIME = "lifetime", gettext_lazy("For ever")


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

    @property
    def phrase(self) -> str:
        """“in November”, “this week”: what ends the sentence “You have read 5 articles …”."""
        match self.span:
            case Span.MONTH:
                return _("in %(month)s") % {"month": date_format(self.starts_at, "F")}
            case Span.WEEK:
                return _("this week")
            case Span.ROLLING:
                return ngettext("in the last day", "in the last %(days)d days", self.days) % {
                    "days": self.days
                }
            case Span.LIFETIME:
                return _("so far")

    @property
    def remaining(self) -> str:
        """“in November”, “this week”: what ends the sentence “You have 3 articles left …”; else empty.

        What is left of rolling days, or for ever, is left now and not in the days that are over.
        """
        return self.phrase if self.span in {Span.MONTH, Span.WEEK} else ""

    @property
    def each(self) -> str:
        """“a month”, “every 30 days”: what ends the sentence “An account opens 5 articles …”."""
        match self.span:
            case Span.MONTH:
                return _("a month")
            case Span.WEEK:
                return _("a week")
            case Span.ROLLING:
                return ngettext("a day", "every %(days)d days", self.days) % {"days": self.days}
            case Span.LIFETIME:
                return _("in all")


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
