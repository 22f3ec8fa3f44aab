from datetime import date, datetime

from django import template

from broadsheet.platform import days
from broadsheet.platform.timestamps import to_the_second

register = template.Library()


@register.filter(expects_localtime=True)
def timestamp(moment: date | None) -> str:
    """`moment` as HTML, sitemaps and Open Graph take it: ``2026-11-24T09:30:00-05:00``, a day ``2026-11-24``.

    Nothing for None.
    """
    if moment is None:
        return ""
    return (to_the_second(moment) if isinstance(moment, datetime) else moment).isoformat()


@register.filter(expects_localtime=True)
def with_weekday(day: date, form: str = "DATE_FORMAT") -> str:
    """`day` after the name of its weekday, which is short before a day without its year."""
    return days.with_weekday(day, "D" if form == "MONTH_DAY_FORMAT" else "l", form)
