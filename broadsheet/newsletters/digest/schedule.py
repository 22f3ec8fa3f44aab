"""On which days a newsletter goes out: plain values in, days out. They are days of its edition."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

DAY = timedelta(days=1)
SATURDAY = 5


def days_of(frequency: str, weekday: int | None, month_day: int | None, first: date) -> Iterator[date]:
    """All days from `first` on; none of a newsletter that is sent whenever there is something to say."""
    day = first
    while frequency != "by_hand":
        if _is_one(day, frequency, weekday, month_day):
            yield day
        day += DAY


def next_days(
    frequency: str, weekday: int | None, month_day: int | None, first: date, count: int
) -> list[date]:
    return list(islice(days_of(frequency, weekday, month_day, first), count))


def _is_one(day: date, frequency: str, weekday: int | None, month_day: int | None) -> bool:
    match frequency:
        case "daily":
            return True
        case "weekdays":
            return day.weekday() < SATURDAY
        case "weekly":
            return day.weekday() == weekday
    # A month that has no such day takes its last one.
    return day.day == min(month_day or 1, monthrange(day.year, day.month)[1])
