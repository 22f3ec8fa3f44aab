from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise


class Severity(StrEnum):
    ERROR = "error"
    """The issue can't be published."""
    WARNING = "warning"
    """It can, by whoever has seen it."""


class Spot(StrEnum):
    """Where something is mended; the desk knows its address."""

    DAYS = "days"
    COVER = "cover"
    CONTENTS = "contents"
    SHORT_FORM = "short form"
    ARTICLE = "article"
    PICTURE = "picture"
    SOURCE = "source"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Place:
    spot: Spot
    key: int | None = None
    """Of the row that is to be mended; none for what the issue has once."""
    name: str = ""
    """Such as a headline."""


@dataclass(frozen=True, slots=True)
class Finding:
    severity: Severity
    check: str | Promise
    """What was looked at, such as “Pictures”."""
    message: str
    place: Place


def error(check: str | Promise, message: str, place: Place) -> Finding:
    return Finding(Severity.ERROR, check, message, place)


def warning(check: str | Promise, message: str, place: Place) -> Finding:
    return Finding(Severity.WARNING, check, message, place)
