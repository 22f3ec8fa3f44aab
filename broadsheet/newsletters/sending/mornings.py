"""When a time of day comes in somebody's zone: plain values in, moments in UTC out."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from broadsheet.platform.time_zones import time_zone_names

SECOND = timedelta(seconds=1)


def zone_named(name: str, otherwise: ZoneInfo) -> ZoneInfo:
    """`otherwise` where there is no zone of that name: a browser may say anything."""
    return ZoneInfo(name) if name in time_zone_names() else otherwise


def moment_of(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """When the clocks of `zone` show `wall` on `day`.

    Of a time that they show twice this is the first, and for one that they skip the minute at which they
    go on.
    """
    shown = datetime.combine(day, wall)
    first = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == shown:
        return first
    # It is skipped. With the offset from after the gap it lies before it, by which the gap's end is found.
    before, after = shown.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    old = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def mornings(day: date, wall: time, names: Iterable[str], otherwise: ZoneInfo) -> dict[datetime, list[str]]:
    """When `wall` comes on `day` in the zones called `names`: the moments in order, each with its names."""
    found: dict[datetime, list[str]] = {}
    for name in sorted(set(names)):
        found.setdefault(moment_of(day, wall, zone_named(name, otherwise)), []).append(name)
    return dict(sorted(found.items()))
