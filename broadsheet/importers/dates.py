"""Moments as exports write them."""

import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

FORMS = (
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%Y/%m/%d %H:%M:%S",
    "%b %d, %Y %I:%M %p",
    "%b %d, %Y",
    "%d %b %Y",
)
UTC_AT_THE_END = re.compile(r"\s*(?:UTC|GMT|Z)$")


def moment_in(written: str, zone: tzinfo) -> datetime | None:
    """What is written without a zone is in `zone`; None where it is no moment, such as 0000-00-00."""
    written = written.strip()
    if not written or written.startswith("0000"):
        return None
    if found := _parsed(written):
        in_its_zone = found if found.tzinfo else found.replace(tzinfo=zone)
        try:
            return in_its_zone.astimezone(UTC)
        except OverflowError:
            return None
    return None


def _parsed(written: str) -> datetime | None:
    for plain in (written, UTC_AT_THE_END.sub("+00:00", written)):
        try:
            return datetime.fromisoformat(plain)
        except ValueError:
            continue
    for form in FORMS:
        try:
            return datetime.strptime(written, form)  # noqa: DTZ007 (the zone is the caller's)
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError):
        return None
