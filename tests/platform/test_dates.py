"""Days are written in the order and with the marks of the edition's language."""

from datetime import date, datetime

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


@pytest.mark.parametrize(
    ("tag", "time", "moment", "short"),
    [
        ("en-us", "10:48 p.m.", "March 3, 2026, 10:48 p.m.", "03/03/2026 10:48 p.m."),
        ("en-gb", "22:48", "3 Mar 2026, 22:48", "03/03/2026 22:48"),
        ("de", "22:48", "3. März 2026 22:48", "03.03.2026 22:48"),
    ],
)
def test_a_time_of_day_is_written_as_the_editions_country_does(
    tag: str, time: str, moment: str, short: str
) -> None:
    at = datetime(2026, 3, 3, 22, 48)  # noqa: DTZ001  # by the clock on the wall
    with translation.override(tag):
        assert date_format(at, "TIME_FORMAT") == time
        assert date_format(at, "DATETIME_FORMAT") == moment
        assert date_format(at, "SHORT_DATETIME_FORMAT") == short


def test_a_weekday_stands_before_its_day() -> None:
    with translation.override("en-us"):
        assert with_weekday(DAY) == "Tuesday, March 3, 2026"
        assert with_weekday(DAY, "D", "MONTH_DAY_FORMAT") == "Tue, March 3"


@pytest.mark.parametrize(
    ("tag", "said"),
    [("en-us", "Nov. 30"), ("en-gb", "30 Nov"), ("de", "30. Nov."), ("fr", "30 nov."), ("es", "30 nov.")],
)
def test_a_day_on_an_axis_has_the_order_of_the_language(tag: str, said: str) -> None:
    with translation.override(tag):
        assert on_axis(date(2026, 11, 30)) == said
