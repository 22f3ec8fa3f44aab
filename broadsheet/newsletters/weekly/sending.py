"""Hands the letter of a weekly issue to the post room: once, when it is published and its files are made."""

from datetime import datetime, timedelta

from django.db import transaction
from django.tasks import task

from broadsheet.delivery.models import Send
from broadsheet.editorial.models import Edition, outline
from broadsheet.newsletters.chosen.sending import addressees, begin_or_drop, is_begun
from broadsheet.newsletters.followed.sending import note_items
from broadsheet.newsletters.models import WeeklyLetter
from broadsheet.newsletters.weekly.composing import articles_in, compose, subject_of
from broadsheet.platform import clock
from broadsheet.platform.models import Lease
from broadsheet.platform.processes.scheduler import MINUTE, worker_id
from broadsheet.weekly.models import IssueFile, Making, WeeklyIssue

SOURCE = "weekly"
FILES_WITHIN = timedelta(minutes=30)
"""For so long it waits for files, which the letter names."""
MISSED_AFTER = timedelta(hours=24)
"""So long after an issue was published its letter is not begun any more."""


def send_due(at: datetime | None = None, **kwargs: object) -> None:
    at = at or clock.now()
    recent = WeeklyIssue.objects.published().filter(published_at__gt=at - MISSED_AFTER, published_at__lte=at)
    too_late_to_wait = set(recent.filter(published_at__lte=at - FILES_WITHIN).values_list("pk", flat=True))
    for pk, edition in recent.values_list("pk", "edition"):
        waits = pk not in too_late_to_wait and _is_waiting_for_files(pk)
        # While nobody wants it, no task is made of it each minute.
        if not is_begun(SOURCE, str(pk)) and not waits and WeeklyLetter.objects.receiving(edition).exists():
            send_soon.enqueue(pk)


def _is_waiting_for_files(pk: int) -> bool:
    return IssueFile.objects.filter(issue=pk, state__in=[Making.WANTED, Making.MAKING]).exists()


@task
def send_soon(pk: int) -> None:
    """By one process at a time; what one that died left is taken up when its lease has expired."""
    with Lease.objects.turn(f"newsletters.weekly.{pk}", worker_id(), 15 * MINUTE) as is_ours:
        issue = WeeklyIssue.objects.published().select_related("cover").filter(pk=pk).first()
        edition = outline.edition_of(issue.edition) if issue else None
        if is_ours and issue and edition:
            make(issue, edition)


def make(issue: WeeklyIssue, edition: Edition) -> Send | None:
    """Its send, begun; None where it was begun before, or nobody wants one."""
    send, _new = Send.objects.freeze(SOURCE, str(issue.pk), subject=subject_of(issue)[:300])
    if send.state != Send.State.FROZEN:
        return None
    with transaction.atomic():
        cohort = send.cohorts.first()
        if cohort is None:
            articles = articles_in(issue, edition)
            cohort = send.cohorts.create(message=compose(issue, edition, articles).frozen())
            note_items(cohort, [article.uuid for article in articles])
    letters = WeeklyLetter.objects.all()
    cohort.materialise(addressees(letters, letters.receiving(issue.edition), "mailbox__address"))
    return begin_or_drop(send)
