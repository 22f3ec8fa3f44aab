"""Calendar arithmetic in a named time zone: nobody's day begins and ends with UTC's."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from django.utils.formats import date_format, get_format
from django.utils.translation import get_language, pgettext, to_locale


def later(start: datetime, zone: ZoneInfo, *, months: int = 0, days: int = 0) -> datetime:
    """The same time of day in `zone`, so many months and days after `start`, an aware moment. In UTC.

    A month that has no such day gives its last one. A time of day that the clocks skip is moved on by as
    much, and of one that they show twice the first is taken.
    """
    if not months and not days:
        return start.astimezone(UTC)
    local = start.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    wall = local.replace(year=year, month=month + 1, day=day, tzinfo=None, fold=0) + timedelta(days=days)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def name_of(moment: datetime, zone: ZoneInfo) -> str:
    """The day of `moment`, as people are told it: “December 20, 2026”."""
    return date_format(day_of(moment, zone), "DATE_FORMAT")


def with_weekday(day: date, weekday: str = "l", form: str = "DATE_FORMAT") -> str:
    """`day`, or a moment by its own clock: “Sunday, December 20, 2026”, “Sun, December 20”."""
    said = {"weekday": date_format(day, weekday), "date": date_format(day, form)}
    return pgettext("a day", "%(weekday)s, %(date)s") % said


def span(first: date, last: date) -> str:
    """From day to day, each part said once, as Unicode's CLDR has it: “14–20 November 2026”."""
    if first == last:
        return date_format(first, "DATE_FORMAT")
    locale = Locale.parse(to_locale(get_language() or "en"))
    differing = "y" if first.year != last.year else "M" if first.month != last.month else "d"
    # It spells months out in some languages only.
    forms = locale.interval_formats.get("yMMMMd") or locale.interval_formats["yMMMd"]
    begins, ends = (
        form if "MMMM" in form else form.replace("MMM", "MMMM").replace("LLL", "LLLL")
        for form in forms[differing]
    )
    return format_date(first, begins, locale) + format_date(last, ends, locale)


def on_axis(day: date) -> str:
    """Where the days before it are seen: “Dec. 20”, or “20 Dec” where the day comes first."""
    month_first = get_format("MONTH_DAY_FORMAT") == "F j"
    day_first = pgettext("a day on an axis, before its month, as Django’s date filter takes it", "j M")
    return date_format(day, "N j" if month_first else day_first)


def month_on_axis(day: date) -> str:
    return date_format(day, pgettext("a month on an axis, as Django’s date filter takes it", "M Y"))


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of `day` in `zone`, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
