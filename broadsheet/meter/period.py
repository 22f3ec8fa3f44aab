"""The span in which an allowance is counted. Its key is made here, on the server, and nowhere else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    key: str
    starts_at: datetime
    ends_at: datetime
    """The first moment that no longer belongs to it."""


def calendar_month(at: datetime, zone: ZoneInfo) -> Period:
    """The month of the publication's calendar that contains `at`, an aware datetime."""
    local = at.astimezone(zone)
    first = datetime(local.year, local.month, 1, tzinfo=zone)
    some_day_next = first + timedelta(days=32)
    following = datetime(some_day_next.year, some_day_next.month, 1, tzinfo=zone)
    return Period(f"{local:%Y-%m}", first, following)
