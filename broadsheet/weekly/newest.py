"""The newest issue of each edition, which its front page shows. Each process keeps it."""

from copy import copy

from broadsheet.platform.kept import Kept, watch
from broadsheet.weekly.models import WeeklyIssue

TAG = "weekly"


def _read() -> dict[str, WeeklyIssue]:
    found: dict[str, WeeklyIssue] = {}
    rows = WeeklyIssue.objects.published().select_related("cover").defer("note", "numbers")
    for edition in rows.order_by().values_list("edition", flat=True).distinct():
        if issue := rows.of(edition).newest_first().first():
            found[edition] = issue
    return found


_newest = Kept(_read, TAG, "pictures")


def newest_in(edition: str) -> WeeklyIssue | None:
    issue = _newest().get(edition)
    return copy(issue) if issue else None


def connect() -> None:
    watch(TAG, WeeklyIssue)
