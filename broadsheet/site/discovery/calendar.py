"""A month's days in weeks, each with how much was published on it."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import get_format

from broadsheet.site.discovery.archive_times import Days


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    count: int
    address: str
    """Empty where nothing was published."""


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    count: int
    weeks: list[list[Day | None]]
    """None stands for days of the months before and after."""


def weekdays() -> list[tuple[str, str]]:
    """Short and full name of each day of a week, in the order of the language."""
    return [(str(WEEKDAYS_ABBR[day]), str(WEEKDAYS[day])) for day in _weeks().iterweekdays()]


def month_of(days: Days, year: int, month: int) -> Month:
    weeks = [
        [_day(day, days) if day.month == month else None for day in week]
        for week in _weeks().monthdatescalendar(year, month)
    ]
    count = sum(day.count for week in weeks for day in week if day)
    return Month(date(year, month, 1), count, weeks)


def _weeks() -> Calendar:
    # Django counts from Sunday, Python from Monday.
    return Calendar((get_format("FIRST_DAY_OF_WEEK") - 1) % 7)


def _day(day: date, days: Days) -> Day:
    count = days.get(day, 0)
    return Day(day, count, reverse("archive_day", args=day.isoformat().split("-")) if count else "")
