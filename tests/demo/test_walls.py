"""The demo's experiment, which has ended when the demo is seeded."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from broadsheet.demo.walls import DAYS, make_experiment
from broadsheet.paywall.models import Variant
from tests.magazine import Magazine


def test_a_change_of_the_clocks_makes_no_day_twice(magazine: Magazine) -> None:
    # Soon after midnight in summer time, which is an hour before midnight once the clocks have gone back.
    seeded_at = datetime(2026, 11, 24, 4, 6, tzinfo=UTC)
    make_experiment(magazine.edition("us"), ZoneInfo("America/New_York"), seeded_at)
    for variant in Variant.objects.all():
        assert variant.counts.values("day").distinct().count() == DAYS
