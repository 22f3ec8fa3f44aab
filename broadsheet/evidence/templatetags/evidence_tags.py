from datetime import date

from django import template
from django.utils.formats import date_format

register = template.Library()


@register.filter
def partial_date(value: str) -> str:
    """``2011-03`` as “March 2011”, in the edition's format and only as exact as it is known."""
    parts = [int(part) for part in str(value).split("-")]
    match parts:
        case [year]:
            return str(year)
        case [year, month]:
            return date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")
        case [year, month, day]:
            return date_format(date(year, month, day), "DATE_FORMAT")
    return str(value)
