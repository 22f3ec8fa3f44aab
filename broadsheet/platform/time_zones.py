from functools import cache
from zoneinfo import available_timezones


@cache
def time_zone_names() -> frozenset[str]:
    """All IANA names that this machine knows. Python reads them from the disk, file by file."""
    return frozenset(available_timezones())
