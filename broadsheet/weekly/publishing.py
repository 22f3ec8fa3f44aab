import logging
from typing import Any

from broadsheet.weekly.errors import WeeklyIssueError
from broadsheet.weekly.models import WeeklyIssue

log = logging.getLogger(__name__)


def publish_due(**kwargs: Any) -> None:
    """Publishes what is due. What isn't ready stays scheduled, which its page says, and is tried again."""
    for issue in WeeklyIssue.objects.due():
        try:
            issue.publish()
        except WeeklyIssueError as refused:
            log.warning("weekly issue %s is due but not published: %s", issue, refused.reason)
