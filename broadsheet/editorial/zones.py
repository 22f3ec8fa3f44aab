from zoneinfo import ZoneInfo

from broadsheet.editorial.models import Edition, Publication


def zone_of(edition: str) -> ZoneInfo:
    """That of the edition with this language tag; the publication's where there is no such edition."""
    found = Edition.objects.filter(locale__language_code=edition).first()
    return found.zone if found else Publication.load().zone
