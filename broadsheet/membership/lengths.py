"""How long things last that are sold: calendar terms, and the weeks of an offer."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext, ngettext, npgettext
from django.utils.translation import gettext_lazy as _

from broadsheet.platform.days import later


class Term(TextChoices):
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    YEAR = "year", _("year")
    ONCE = "once", _("once")

    @property
    def months(self) -> int:
        """0 for what is paid once, and does not run out."""
        return {Term.MONTH: 1, Term.QUARTER: 3, Term.YEAR: 12, Term.ONCE: 0}[self]

    @property
    def each(self) -> str:
        """“a year”, as in “£40 a year”."""
        return {
            Term.MONTH: gettext("a month"),
            Term.QUARTER: gettext("every three months"),
            Term.YEAR: gettext("a year"),
            Term.ONCE: gettext("once"),
        }[self]

    @property
    def often(self) -> str:
        """“Yearly”, above a price."""
        return {
            Term.MONTH: gettext("Monthly"),
            Term.QUARTER: gettext("Every three months"),
            Term.YEAR: gettext("Yearly"),
            Term.ONCE: gettext("Once"),
        }[self]

    @property
    def length(self) -> "Length":
        return Length(self.months, Unit.MONTH)


class Unit(TextChoices):
    WEEK = "week", _("weeks")
    MONTH = "month", _("months")


@dataclass(frozen=True, slots=True)
class Length:
    count: int
    unit: Unit

    def after(self, start: datetime, zone: ZoneInfo, *, times: int = 1) -> datetime:
        if self.unit == Unit.WEEK:
            return later(start, zone, days=7 * self.count * times)
        return later(start, zone, months=self.count * times)

    @property
    def lasting(self) -> str:
        """“a year”, “6 weeks”: what something is for."""
        if self.unit == Unit.WEEK:
            words = npgettext("how long", "a week", "%(count)d weeks", self.count)
            return words % {"count": self.count}
        if self.count % 12 == 0:
            words = npgettext("how long", "a year", "%(count)d years", self.count // 12)
            return words % {"count": self.count // 12}
        return npgettext("how long", "a month", "%(count)d months", self.count) % {"count": self.count}

    @property
    def every(self) -> str:
        """“every year”, “every 6 weeks”: how often it comes again."""
        if self.unit == Unit.WEEK:
            return ngettext("every week", "every %(count)d weeks", self.count) % {"count": self.count}
        if self.count % 12 == 0:
            words = ngettext("every year", "every %(count)d years", self.count // 12)
            return words % {"count": self.count // 12}
        return ngettext("every month", "every %(count)d months", self.count) % {"count": self.count}

    def __str__(self) -> str:
        """“year”, “6 weeks”: what a price is divided by."""
        if self.unit == Unit.WEEK:
            return ngettext("week", "%(count)d weeks", self.count) % {"count": self.count}
        if self.count % 12 == 0:
            return ngettext("year", "%(count)d years", self.count // 12) % {"count": self.count // 12}
        return ngettext("month", "%(count)d months", self.count) % {"count": self.count}


def next_end(anchor: datetime, start: datetime, months: int, zone: ZoneInfo) -> datetime:
    """So many months after `start`, on the day of the month and at the time of day of `anchor`, in `zone`.

    Counted from there and not from the term before, so that a subscription that began on 31 January
    ends on the 31st again in March.
    """
    first, here = anchor.astimezone(zone), start.astimezone(zone)
    passed = (here.year - first.year) * 12 + here.month - first.month
    return later(anchor, zone, months=passed + months)
