"""A weekly issue of the small magazine, for the tests of all that is made of one."""

from datetime import date
from typing import Any

from broadsheet.weekly.filling import fill
from broadsheet.weekly.models import WeeklyIssue
from tests.magazine import Magazine

WEEK = {"first_day": date(2026, 2, 23), "last_day": date(2026, 3, 1)}
"""In which the magazine has articles."""


def make_issue(magazine: Magazine, **fields: Any) -> WeeklyIssue:
    """A draft of the American edition, filled by rule."""
    issue = WeeklyIssue.objects.create(**({"edition": "en-us", "number": 1} | WEEK | fields))
    fill(issue)
    return issue


def slugs(issue: WeeklyIssue) -> list[str]:
    """Of its articles, in order."""
    return [item.article.slug for item in issue.items.select_related("article") if item.article]
