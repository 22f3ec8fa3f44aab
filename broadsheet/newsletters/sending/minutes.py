"""What happens to issues by the clock. Each step finds what is due, so that a missed minute is made up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.tasks import task
from django.utils.translation import gettext as _

from broadsheet.newsletters.digest.schedule import next_days
from broadsheet.newsletters.issues.errors import IssueError
from broadsheet.newsletters.models import Issue, Newsletter
from broadsheet.newsletters.sending.freezing import freeze, hand_over, moments_of, zones_of_readers
from broadsheet.newsletters.sending.pulling import pull_withdrawn
from broadsheet.newsletters.sending.subjects import choose_subject
from broadsheet.newsletters.sending.welcoming import welcome
from broadsheet.platform import clock
from broadsheet.platform.days import day_of
from broadsheet.platform.models import Lease
from broadsheet.platform.processes.scheduler import worker_id

BEFORE = timedelta(minutes=15)
"""How long before its first reader is due an issue is frozen and handed over."""
MISSED_AFTER = timedelta(hours=6)
"""So long after its last reader was due an approved issue isn't sent by itself any more."""
HANDING_OVER = timedelta(minutes=15)

State = Issue.State


def keep_issues(at: datetime | None = None, **kwargs: object) -> None:
    at = at or clock.now()
    # All mailboxes are looked through for them, so once for all newsletters.
    zones = zones_of_readers()
    assemble_due(at, zones)
    release_due(at, zones)
    for issue in Issue.objects.filter(state=State.FROZEN):
        # By a worker: a million readers take a minute, for which no other room should wait.
        hand_over_soon.enqueue(issue.pk)
    for issue in Issue.objects.filter(state__in=[State.FROZEN, State.SENDING, State.HELD]).select_related(
        "newsletter"
    ):
        issue.finish()
        if issue.state == State.SENDING:
            choose_subject(issue)
            pull_withdrawn(issue)
    welcome(at)


def assemble_due(at: datetime, zones: Sequence[str] | None = None) -> list[Issue]:
    """Puts together the digests whose hour has come; those that were."""
    made = []
    for newsletter in Newsletter.objects.filter(is_digest=True, is_active=True):
        today = day_of(at, newsletter.zone)
        for day in next_days(newsletter.frequency, newsletter.weekday, newsletter.month_day, today, 5):
            issue = Issue(newsletter=newsletter, kind=Issue.Kind.DIGEST, send_on=day, send_at=None)
            first = min(moments_of(issue, zones).values())
            if first - timedelta(hours=newsletter.assembled_before) > at:
                break
            if first + MISSED_AFTER > at and (new := assemble_for(newsletter, issue)):
                made.append(new)
    return made


def assemble_for(newsletter: Newsletter, issue: Issue) -> Issue | None:
    """`issue`, saved and filled; None where its day has one already, or there is nothing to say."""
    if newsletter.issues.filter(kind=Issue.Kind.DIGEST, send_on=issue.send_on).exists():
        return None
    try:
        with transaction.atomic():
            issue.save()
            if not issue.assemble():
                raise NothingNew
            issue.subject = issue.subject_by_rule
            issue.save(update_fields=["subject"])
    except (IntegrityError, NothingNew):
        return None  # another host was quicker, or it is skipped
    return issue


class NothingNew(Exception):
    """An empty digest is skipped, and looked for again in a minute."""


def release_due(at: datetime, zones: Sequence[str]) -> None:
    """Approves what needs no approval, and freezes what is approved, shortly before it is due."""
    waiting = Issue.objects.filter(state__in=[State.DRAFT, State.APPROVED], send_on__isnull=False)
    near = waiting.filter(send_on__lte=at.date() + timedelta(days=2))
    for issue in near.exclude(kind=Issue.Kind.WELCOME).select_related("newsletter"):
        is_automatic = issue.kind == Issue.Kind.DIGEST and issue.newsletter.goes_out_by_itself
        if issue.state == State.DRAFT and not is_automatic:
            continue
        moments = moments_of(issue, zones).values()
        if min(moments) - BEFORE > at:
            continue
        was_let_go = issue.transitions.filter(state=State.APPROVED, at__gt=max(moments)).exists()
        if max(moments) + MISSED_AFTER < at and not was_let_go:
            if issue.state == State.APPROVED:
                issue.hold(why=_("Its time passed before it could be sent. Let it go on to send it now."))
            continue
        try:
            if issue.state == State.DRAFT:
                issue.approve(why=_("By itself, as its newsletter says."))
            freeze(issue, at)
        except IssueError:
            continue  # it isn't ready, which its page says; or somebody was quicker


@task
def hand_over_soon(issue: int) -> None:
    """By one process at a time; what one that died left is taken up when its lease has expired."""
    with Lease.objects.turn(f"newsletters.issue.{issue}", worker_id(), HANDING_OVER) as is_ours:
        if is_ours:
            hand_over(Issue.objects.select_related("newsletter", "segment").get(pk=issue))
