"""Months and days are counted where somebody lives, whatever UTC says."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.platform.days import day_of, later, span, start_of

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
ZONES = [
    NEW_YORK,
    LONDON,
    ZoneInfo("UTC"),
    ZoneInfo("Asia/Kolkata"),
    ZoneInfo("Pacific/Kiritimati"),
    ZoneInfo("Pacific/Marquesas"),
    ZoneInfo("America/St_Johns"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Africa/Casablanca"),
    ZoneInfo("America/Santiago"),
]
seconds = st.integers(*(int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2020, 2040)))
moments = seconds.map(lambda at: datetime.fromtimestamp(at, UTC))


@pytest.mark.parametrize(
    ("began", "months", "expected"),
    [
        (datetime(2027, 7, 1, 0, 30, tzinfo=LONDON), [1, 2, 3], ["2027-08-01", "2027-09-01", "2027-10-01"]),
        (datetime(2027, 2, 28, 20, 0, tzinfo=NEW_YORK), [1], ["2027-03-28"]),
        (
            datetime(2027, 1, 30, 20, 0, tzinfo=NEW_YORK),
            [1, 2, 3],
            ["2027-02-28", "2027-03-30", "2027-04-30"],
        ),
        (datetime(2027, 2, 28, 20, 0, tzinfo=NEW_YORK), [12], ["2028-02-28"]),
        (datetime(2028, 2, 29, 12, 0, tzinfo=LONDON), [12, 48], ["2029-02-28", "2032-02-29"]),
    ],
)
def test_months_are_those_of_the_zone(began: datetime, months: list[int], expected: list[str]) -> None:
    zone = began.tzinfo
    assert isinstance(zone, ZoneInfo)
    found = [later(began.astimezone(UTC), zone, months=count) for count in months]
    assert [str(day_of(moment, zone)) for moment in found] == expected
    assert {moment.astimezone(zone).time() for moment in found} == {began.time()}


def test_a_skipped_hour_is_the_next_one_and_a_doubled_one_the_first() -> None:
    before = datetime(2027, 2, 14, 2, 30, tzinfo=NEW_YORK)
    assert later(before, NEW_YORK, months=1).astimezone(NEW_YORK).isoformat() == "2027-03-14T03:30:00-04:00"
    before = datetime(2027, 10, 7, 1, 30, tzinfo=NEW_YORK)
    assert later(before, NEW_YORK, months=1).astimezone(NEW_YORK).isoformat() == "2027-11-07T01:30:00-04:00"


@given(start=moments, zone=st.sampled_from(ZONES), months=st.integers(0, 60))
def test_the_day_of_the_month_never_drifts(start: datetime, zone: ZoneInfo, months: int) -> None:
    first = day_of(start, zone)
    found = day_of(later(start, zone, months=months), zone)
    assert (found.year * 12 + found.month) - (first.year * 12 + first.month) == months
    following = (found.replace(day=1) + timedelta(days=32)).replace(day=1)
    assert found.day == first.day or (found.day < first.day and found + timedelta(days=1) == following)


@given(start=moments, zone=st.sampled_from(ZONES), days=st.integers(0, 400))
def test_days_are_whole_days_of_the_zone(start: datetime, zone: ZoneInfo, days: int) -> None:
    assert day_of(later(start, zone, days=days), zone) - day_of(start, zone) == timedelta(days=days)


@given(day=st.dates(date(2020, 1, 1), date(2040, 1, 1)), zone=st.sampled_from(ZONES))
def test_a_day_starts_in_its_zone(day: date, zone: ZoneInfo) -> None:
    start = start_of(day, zone)
    assert day_of(start, zone) == day
    assert day_of(start - timedelta(seconds=1), zone) == day - timedelta(days=1)


def test_a_week_says_each_part_once_in_each_language() -> None:
    first, last = date(2026, 11, 28), date(2026, 12, 4)
    with translation.override("en-us"):
        assert span(first, last) == "November 28\u2009–\u2009December 4, 2026"
    with translation.override("en-gb"):
        assert span(date(2026, 11, 14), date(2026, 11, 20)) == "14–20 November 2026"
    with translation.override("de"):
        assert span(date(2026, 11, 14), date(2026, 11, 20)) == "14.–20. November 2026"
    with translation.override("es"):
        assert span(date(2026, 11, 14), date(2026, 11, 20)) == "14–20 de noviembre de 2026"
