from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise


class Severity(StrEnum):
    FAULT = "fault"
    """The issue can't be approved."""
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    severity: Severity
    check: str | Promise
    """What was looked at, such as “Links”."""
    message: str
    place: str = ""
    """Where in the issue, such as “The night train comes back”."""


def fault(check: str | Promise, message: str, place: str = "") -> Finding:
    return Finding(Severity.FAULT, check, message, place)


def warning(check: str | Promise, message: str, place: str = "") -> Finding:
    return Finding(Severity.WARNING, check, message, place)


def note(check: str | Promise, message: str, place: str = "") -> Finding:
    return Finding(Severity.NOTE, check, message, place)
