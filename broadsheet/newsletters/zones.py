from broadsheet.platform.time_zones import time_zone_names

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


def time_zones() -> list[str]:
    """Those that are named after places, for a list to choose from. All others are taken as well."""
    return sorted(name for name in time_zone_names() if name.partition("/")[0] in REGIONS)
