"""Issues that anybody may look up: those that have gone out."""

from datetime import datetime

from django.db.models import Min, Q, QuerySet

from broadsheet.editorial.opening import Bound
from broadsheet.newsletters.letter.entries import Entry, entries_of
from broadsheet.newsletters.models import Issue
from broadsheet.platform.days import start_of


def published(issues: QuerySet[Issue]) -> QuerySet[Issue]:
    """The newest first, each with the moment `first_due_at` of its first readers; None where it had none.

    Letters to new readers are not among them, nor an issue that was stopped.
    """
    found = issues.exclude(kind=Issue.Kind.WELCOME).annotate(first_due_at=Min("cohorts__due_at"))
    has_begun = Q(state__in=[Issue.State.SENDING, Issue.State.DONE])
    waits_midway = Q(state=Issue.State.HELD, first_due_at__isnull=False)
    return found.filter(has_begun | waits_midway, number__isnull=False).order_by("-number")


def published_at(issue: Issue) -> datetime | None:
    """Of one that `published` found."""
    if due := getattr(issue, "first_due_at", None):
        return due
    return start_of(issue.send_on, issue.newsletter.zone) if issue.send_on else None


def shown_entries(issue: Issue) -> list[Entry]:
    """None of an issue that only subscribers get."""
    return [] if issue.newsletter.subscribers_only else entries_of(issue)


def body_of(issue: Issue) -> list[Bound]:
    """None of an issue that only subscribers get."""
    if issue.newsletter.subscribers_only:
        return []
    return [block for block in issue.body if block.block_type != "wall"]


def excerpt(issue: Issue) -> str:
    """What stands of it in feeds: its preheader and its headlines."""
    headlines = [f"· {entry.headline}" for entry in shown_entries(issue)]
    return "\n\n".join(filter(None, [issue.preheader, "\n".join(headlines)]))
