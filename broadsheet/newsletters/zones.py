from functools import lru_cache
from zoneinfo import available_timezones

REGIONS = {
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
}


@lru_cache(maxsize=1)
def time_zones() -> list[str]:
    """Those that are named after places, for a list to choose from. All others are taken as well."""
    return sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS)
