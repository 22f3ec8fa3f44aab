from zoneinfo import ZoneInfo

from broadsheet.editorial.models import Publication
from broadsheet.editorial.models.outline import outline


def zone_of(edition: str) -> ZoneInfo:
    """That of the edition with this language tag; the publication's where there is no such edition."""
    # Published or not: its first issue is written before it is.
    for one in outline().editions.values():
        if one.locale.language_code == edition:
            return one.zone
    return Publication.load().zone
