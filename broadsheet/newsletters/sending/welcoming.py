"""The series for new readers: each of its letters comes once, so many days after a sign-up was confirmed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from broadsheet.delivery.models import Addressee, Send
from broadsheet.newsletters.issues.life import SOURCE
from broadsheet.newsletters.letter.composing import compose
from broadsheet.newsletters.models import Issue, Place, SignUp, Welcomed

LATEST = timedelta(days=2)
"""Who should have had a letter longer ago gets only the next: the series was written, or let go, later."""
MOST = 20_000
"""New readers who are written to at once."""


def welcome(at: datetime) -> int:
    """Hands over each letter of the series to those whose day has come; how many messages those are."""
    series = Issue.objects.filter(kind=Issue.Kind.WELCOME, state=Issue.State.APPROVED)
    return sum(_welcome_with(issue, at) for issue in series.select_related("newsletter", "segment"))


def due_sign_ups(issue: Issue, at: datetime) -> list[SignUp]:
    day = issue.welcome_day or 0
    since = timedelta(days=day)
    had_it = Welcomed.objects.filter(sign_up=OuterRef("pk"), day=day)
    due = issue.newsletter.sign_ups.receiving(at).filter(
        ~Exists(had_it), confirmed_at__lte=at - since, confirmed_at__gt=at - since - LATEST
    )
    # Who came with an import is no new reader, whatever the day on which they signed up elsewhere.
    due = due.exclude(place=Place.IMPORT)
    return list(due.select_related("mailbox").order_by("pk")[:MOST])


def _welcome_with(issue: Issue, at: datetime) -> int:
    if issue.is_empty:
        return 0
    with transaction.atomic():
        # One host at a time: the others find everybody welcomed.
        Issue.objects.select_for_update().get(pk=issue.pk)
        due = due_sign_ups(issue, at)
        if not due:
            return 0
        send, _new = Send.objects.freeze(
            SOURCE,
            f"{issue.send_key} {at:%Y-%m-%dT%H:%M}",
            subject=issue.subject,
            sender=issue.newsletter.sender_email,
        )
        cohort, _is_new = send.cohorts.get_or_create(name="", defaults={"message": compose(issue).frozen()})
        new = cohort.materialise(Addressee(one.mailbox.address, str(one.pk)) for one in due)
        Welcomed.objects.bulk_create(
            (Welcomed(sign_up=one, day=issue.welcome_day or 0, issue=issue, at=at) for one in due),
            ignore_conflicts=True,
        )
        send.begin()
    return new
