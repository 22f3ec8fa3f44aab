"""Hands each issue's EPUB to the post room for e-readers: once, when it is published and the file is made.

Each message has a file of its own, so that the send has a lane of its own, too.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.tasks import task

from broadsheet.delivery.models import Lane, Send
from broadsheet.delivery.sizes import fits_mail
from broadsheet.editorial.models import Edition, outline
from broadsheet.newsletters.chosen.sending import addressees, begin_or_drop, is_begun
from broadsheet.newsletters.e_reader.attaching import KIND
from broadsheet.newsletters.e_reader.composing import compose
from broadsheet.newsletters.models import EReader
from broadsheet.newsletters.models.e_reader import SOURCE
from broadsheet.newsletters.notice_kinds import MailboxNotice
from broadsheet.newsletters.weekly.composing import subject_of
from broadsheet.newsletters.weekly.sending import MISSED_AFTER
from broadsheet.notices.models import Notice
from broadsheet.platform import clock
from broadsheet.platform.models import Lease
from broadsheet.platform.processes.scheduler import DAY, MINUTE, once_every, worker_id
from broadsheet.weekly.models import IssueFile, Making, WeeklyIssue

KEPT = timedelta(days=30)


def send_due(at: datetime | None = None, **kwargs: object) -> None:
    at = at or clock.now()
    recent = WeeklyIssue.objects.published().filter(published_at__gt=at - MISSED_AFTER, published_at__lte=at)
    for pk, edition in recent.values_list("pk", "edition"):
        begun = is_begun(SOURCE, str(pk))
        if not begun and _made(pk).exists() and EReader.objects.receiving(edition).exists():
            send_soon.enqueue(pk)


def _made(pk: int) -> "QuerySet[IssueFile]":
    return IssueFile.objects.there().filter(issue=pk, kind=KIND, state=Making.MADE)


@task
def send_soon(pk: int) -> None:
    """By one process at a time; what one that died left is taken up when its lease has expired."""
    with Lease.objects.turn(f"newsletters.e_reader.{pk}", worker_id(), 15 * MINUTE) as is_ours:
        issue = WeeklyIssue.objects.published().filter(pk=pk).first()
        edition = outline.edition_of(issue.edition) if issue else None
        if is_ours and issue and edition:
            make(issue, edition)


def make(issue: WeeklyIssue, edition: Edition) -> Send | None:
    """Its send, begun, or stopped where the file is too large; None where there is nothing to do."""
    file = _made(issue.pk).first()
    if file is None:
        return None
    fields = {"subject": subject_of(issue)[:300], "lane": Lane.HEAVY}
    send, _new = Send.objects.freeze(SOURCE, str(issue.pk), **fields)
    if send.state != Send.State.FROZEN:
        return None
    if not fits_mail(file.size):
        with transaction.atomic():
            _say_that_it_is_too_large(issue)
            send.stop()
        return send
    with transaction.atomic():
        cohort = send.cohorts.first() or send.cohorts.create(message=compose(issue, edition).frozen())
    readers = EReader.objects.all()
    cohort.materialise(addressees(readers, readers.receiving(issue.edition), "address"))
    return begin_or_drop(send)


def _say_that_it_is_too_large(issue: WeeklyIssue) -> None:
    for e_reader in EReader.objects.receiving(issue.edition).select_related("mailbox__person").iterator():
        Notice.objects.set_down(
            MailboxNotice.TOO_LARGE,
            e_reader.pk,
            key=str(issue.pk),
            person=e_reader.mailbox.person,
            edition=issue.edition,
        )


@once_every(DAY, "newsletters.e_reader")
def forget_old(at: datetime) -> None:
    """Deletes sends that are long over, and those that were held, or never begun, for as long.

    They hold addresses that their readers have changed or stopped since. Nothing else says whose those were,
    so that they would outlast the account.
    """
    before = at - KEPT
    left = Q(state__in=[Send.State.HELD, Send.State.FROZEN], frozen_at__lte=before)
    Send.objects.filter(Q(ended_at__lte=before) | left, source=SOURCE).delete()
