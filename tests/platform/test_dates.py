"""Days are written in the order and with the marks of the edition's language."""

from datetime import date

import pytest
from django.utils import translation
from django.utils.formats import date_format

from broadsheet.platform.days import on_axis, with_weekday

DAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("tag", "day", "month"),
    [
        ("en-us", "March 3, 2026", "March 2026"),
        ("en-gb", "3 Mar 2026", "March 2026"),
        ("de", "3. März 2026", "März 2026"),
        ("de-at", "3. März 2026", "März 2026"),
        ("fr", "3 mars 2026", "mars 2026"),
        ("es", "3 de marzo de 2026", "marzo de 2026"),
    ],
)
def test_a_day_and_a_month_are_written_as_the_language_does(tag: str, day: str, month: str) -> None:
    with translation.override(tag):
        assert date_format(DAY, "DATE_FORMAT") == day
        assert date_format(DAY, "YEAR_MONTH_FORMAT") == month


def test_a_weekday_stands_before_its_day() -> None:
    with translation.override("en-us"):
        assert with_weekday(DAY) == "Tuesday, March 3, 2026"
        assert with_weekday(DAY, "D", "MONTH_DAY_FORMAT") == "Tue, March 3"
        assert on_axis(DAY) == "3 Mar"
