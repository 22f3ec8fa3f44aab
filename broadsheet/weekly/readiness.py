"""What an issue must have before it is published. Whoever knows of more registers a check."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from broadsheet.weekly.models import WeeklyIssue

type Check = "Callable[[WeeklyIssue], Iterable[str]]"

_checks: list[Check] = []


def register_check(check: Check) -> None:
    """Has `check` asked for faults, one sentence each, before an issue is published or scheduled."""
    if check not in _checks:
        _checks.append(check)


def faults_of(issue: "WeeklyIssue") -> list[str]:
    articles = [item.article for item in issue.items.select_related("article")]
    faults = [] if articles else [_("It has no articles.")]
    for article in articles:
        if article is None:
            faults.append(_("One of its articles has been deleted."))
        elif not article.live:
            faults.append(_("“%s” is not published.") % article.headline)
    return [*faults, *(fault for check in _checks for fault in check(issue))]
