"""A date that is known to the day, the month or the year: ``2011-03-15``, ``2011-03``, ``2011``."""

import re
from datetime import date
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

WRITTEN = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"


def validate_partial_date(written: str) -> None:
    if not re.match(WRITTEN, written):
        raise ValidationError(_("Write a year, a month or a day: 2011, 2011-03 or 2011-03-15."))
    try:
        first_day(written)
    except ValueError as error:
        raise ValidationError(_("There is no such day. Look at the date again.")) from error


def is_partial_date(written: str) -> bool:
    try:
        validate_partial_date(written)
    except ValidationError:
        return False
    return True


def first_day(written: str) -> date:
    """Raises ValueError where there is no such day."""
    year, month, day = [*(int(part) for part in written.split("-")), 1, 1][:3]
    return date(year, month, day)


def in_words(written: str) -> str:
    """``2011-03`` as “March 2011”, in the edition's format and only as exact as it is known."""
    return _in_words(written, get_language())


@lru_cache(maxsize=4096)
def _in_words(written: str, language: str | None) -> str:
    try:
        day = first_day(written)
    except ValueError:
        return written  # a draft's
    match written.count("-"):
        case 0:
            return written
        case 1:
            return date_format(day, "YEAR_MONTH_FORMAT")
    return date_format(day, "DATE_FORMAT")
