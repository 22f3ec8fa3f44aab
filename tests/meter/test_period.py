from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.meter.period import calendar_month

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ["America/New_York", "Europe/London", "Pacific/Auckland", "Pacific/Kiritimati", "UTC"]


@pytest.mark.parametrize(
    ("at", "key"),
    [
        ("2026-01-29T12:00", "2026-01"),
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


def test_the_month_in_which_the_clocks_change_is_an_hour_short() -> None:
    march = calendar_month(datetime(2026, 3, 20, tzinfo=UTC), NEW_YORK)
    length = march.ends_at.astimezone(UTC) - march.starts_at.astimezone(UTC)
    assert length.total_seconds() == (31 * 24 - 1) * 3600


@given(
    st.integers(0, 60 * 365 * 86400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(ZONES),
)
def test_every_moment_lies_in_its_month_and_months_follow_without_a_gap(at: datetime, zone: str) -> None:
    month = calendar_month(at, ZoneInfo(zone))
    assert month.starts_at <= at < month.ends_at
    following = calendar_month(month.ends_at, ZoneInfo(zone))
    assert following.starts_at == month.ends_at
    assert following.key > month.key
