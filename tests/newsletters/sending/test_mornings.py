"""07:00 is 07:00, wherever the reader is."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.newsletters.sending.mornings import SECOND, moment_of, mornings, zone_named
from tests.examples import many

LONDON = ZoneInfo("Europe/London")
NAMES = sorted(available_timezones() - {"localtime"})


@many
@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.times(), st.sampled_from(NAMES))
def test_the_clock_shows_the_time_or_has_just_skipped_it(day: date, wall: time, name: str) -> None:
    wall = wall.replace(second=0, microsecond=0)
    zone = ZoneInfo(name)
    shown = moment_of(day, wall, zone).astimezone(zone).replace(tzinfo=None)
    wanted = datetime.combine(day, wall)
    if shown != wanted:
        assert shown > wanted
        just_before = (moment_of(day, wall, zone) - SECOND).astimezone(zone).replace(tzinfo=None)
        assert just_before < wanted, "the first minute after the gap"


@pytest.mark.parametrize(
    ("day", "wall", "name", "moment"),
    [
        ("2026-03-03", "07:00", "Pacific/Kiritimati", "2026-03-02T17:00"),
        ("2026-03-03", "07:00", "Etc/GMT+12", "2026-03-03T19:00"),
        ("2026-03-29", "01:30", "Europe/London", "2026-03-29T01:00"),  # skipped: it goes on at 02:00
        ("2026-10-25", "01:30", "Europe/London", "2026-10-25T00:30"),  # twice: the first
        ("2026-07-01", "07:00", "Asia/Kathmandu", "2026-07-01T01:15"),
        ("2011-12-30", "07:00", "Pacific/Apia", "2011-12-30T10:00"),  # a whole day skipped
    ],
)
def test_hours_that_are_skipped_doubled_and_far_away(day: str, wall: str, name: str, moment: str) -> None:
    found = moment_of(date.fromisoformat(day), time.fromisoformat(wall), ZoneInfo(name))
    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "europe/london\r\n", "UTC\0"])
def test_an_unknown_zone_is_the_editions(name: str) -> None:
    assert zone_named(name, LONDON) == LONDON


def test_zones_with_the_same_morning_go_together_the_earliest_first() -> None:
    found = mornings(
        date(2026, 3, 3), time(7), ["Europe/Berlin", "Europe/Paris", "Asia/Tokyo", "nowhere"], LONDON
    )
    assert list(found.values()) == [["Asia/Tokyo"], ["Europe/Berlin", "Europe/Paris"], ["nowhere"]]
