from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.paywall.period import Period, Span, calendar_month, calendar_week, period_at
from broadsheet.paywall.wall import period_words
from tests.examples import many

NEW_YORK = ZoneInfo("America/New_York")
# West and east of Greenwich, with summer time and without; the last is a day ahead of the first.
ZONES = ["America/New_York", "Europe/London", "Asia/Kolkata", "Pacific/Auckland"]
# Their clocks change at midnight, so that a day may begin at one o’clock.
ODD_ZONES = ["America/Havana", "Africa/Cairo", "Asia/Beirut", "America/Sao_Paulo", "Pacific/Apia"]

moments = st.integers(0, 60 * 365 * 86400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
zones = st.sampled_from([*ZONES, *ODD_ZONES, "UTC", "Pacific/Kiritimati"]).map(ZoneInfo)
calendars = st.sampled_from([calendar_month, calendar_week])


@pytest.mark.parametrize(
    ("at", "key"),
    [
        ("2026-01-29T12:00", "2026-01"),
        ("2026-01-30T12:00", "2026-01"),
        ("2026-01-31T23:59:59", "2026-01"),
        ("2026-02-01T00:00", "2026-02"),
        ("2028-02-29T23:59", "2028-02"),
        ("2028-03-01T00:00", "2028-03"),
        ("2026-12-31T23:59", "2026-12"),
    ],
)
def test_a_month_ends_at_midnight_in_the_publications_zone(at: str, key: str) -> None:
    local = datetime.fromisoformat(at).replace(tzinfo=NEW_YORK)
    assert calendar_month(local.astimezone(UTC), NEW_YORK).key == key


@pytest.mark.parametrize(
    ("at", "key"),
    [
        ("2026-11-22T23:59:59", "2026-W47"),
        ("2026-11-23T00:00", "2026-W48"),
        ("2027-01-03T12:00", "2026-W53"),
        ("2027-01-04T00:00", "2027-W01"),
        ("2024-12-30T00:00", "2025-W01"),
    ],
)
def test_a_week_begins_on_monday_and_belongs_to_the_year_of_its_thursday(at: str, key: str) -> None:
    local = datetime.fromisoformat(at).replace(tzinfo=NEW_YORK)
    assert calendar_week(local.astimezone(UTC), NEW_YORK).key == key


def test_the_month_in_which_the_clocks_change_is_an_hour_short() -> None:
    march = calendar_month(datetime(2026, 3, 20, tzinfo=UTC), NEW_YORK)
    length = march.ends_at.astimezone(UTC) - march.starts_at.astimezone(UTC)
    assert length.total_seconds() == (31 * 24 - 1) * 3600


@many
@given(moments, zones, calendars)
def test_every_moment_lies_in_its_period_and_periods_follow_without_a_gap(at, zone, calendar) -> None:
    period = calendar(at, zone)
    assert period.starts_at <= at < period.ends_at
    following = calendar(period.ends_at, zone)
    assert following.starts_at == period.ends_at
    assert following.key > period.key


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", [2026, 2028])
def test_a_year_hour_by_hour_has_twelve_months_that_change_only_on_the_first(zone: str, year: int) -> None:
    """Through every change of the clocks, every end of a month, and a leap day."""
    place = ZoneInfo(zone)
    at, end = (datetime(y, 1, 1, tzinfo=place).astimezone(UTC) for y in (year, year + 1))
    keys: list[str] = []
    while at < end:
        period = calendar_month(at, place)
        assert period.starts_at <= at < period.ends_at
        assert period.key == f"{at.astimezone(place):%Y-%m}"
        if not keys or keys[-1] != period.key:
            assert period.starts_at == at
            assert at.astimezone(place).day == 1
            keys.append(period.key)
        at += timedelta(hours=1)
    assert keys == [f"{year}-{month:02}" for month in range(1, 13)]


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_hour_by_hour_has_weeks_of_seven_local_days(zone: str) -> None:
    place = ZoneInfo(zone)
    at, end = (datetime(year, 1, 1, tzinfo=place).astimezone(UTC) for year in (2026, 2027))
    starts: list[datetime] = []
    while at < end:
        period = calendar_week(at, place)
        assert period.starts_at <= at < period.ends_at
        if not starts or starts[-1] != period.starts_at:
            starts.append(period.starts_at)
        at += timedelta(hours=1)
    assert len(starts) == 53
    assert {start.weekday() for start in starts} == {0}
    assert {(b.date() - a.date()).days for a, b in pairwise(starts)} == {7}


@many
@given(moments, st.integers(1, 366))
def test_a_rolling_period_counts_what_was_opened_less_than_its_days_ago(at: datetime, days: int) -> None:
    period = period_at(at, Span.ROLLING, NEW_YORK, days)
    second, length = timedelta(seconds=1), timedelta(days=days)
    assert period.counts("rolling", at)
    assert period.counts("rolling", at - length + second)
    assert not period.counts("rolling", at - length)
    assert not period.counts("2026-01", at)
    assert period.days == days
    assert period.ends_at == at + length


def test_a_lifetime_has_no_end() -> None:
    period = period_at(datetime(2026, 2, 10, tzinfo=UTC), Span.LIFETIME, NEW_YORK, 30)
    assert period.ends_at is None
    assert period.counts("lifetime", datetime(1990, 1, 1, tzinfo=UTC))


def _period(span: Span) -> Period:
    return period_at(datetime(2026, 11, 24, tzinfo=UTC), span, NEW_YORK, 30)


@pytest.mark.parametrize(
    ("span", "phrase", "each"),
    [
        (Span.MONTH, "in November", "a month"),
        (Span.WEEK, "this week", "a week"),
        (Span.ROLLING, "in the last 30 days", "every 30 days"),
        (Span.LIFETIME, "so far", "in all"),
    ],
)
def test_a_period_has_words_for_the_readers(span: Span, phrase: str, each: str) -> None:
    assert (period_words.phrase(_period(span)), period_words.each(_period(span))) == (phrase, each)
