"""“Did she get Tuesday's briefing, and why not?”, from what is known of a reader and an issue."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from broadsheet.delivery.models import Recipient, Suppression
from broadsheet.membership.models import Entitlement
from broadsheet.newsletters.models import Issue, Mailbox, SignUp
from broadsheet.newsletters.segments.matching import sign_ups_in
from broadsheet.newsletters.sending.renewal import why_not


@dataclass(frozen=True, slots=True)
class Fate:
    issue: Issue
    got_it: bool
    why: str
    at: datetime | None = None


def fate_of(issue: Issue, mailbox: Mailbox | None) -> Fate:
    if mailbox is None:
        return Fate(issue, False, _("This address has signed up to nothing."))
    send = issue.send
    recipient = send.recipients.to(mailbox.address).first() if send else None
    if recipient:
        return _of_recipient(issue, recipient)
    sign_up = SignUp.objects.filter(mailbox=mailbox, newsletter=issue.newsletter).first()
    if sign_up is None:
        return Fate(issue, False, _("Not signed up to this newsletter."))
    if send and sign_up.confirmed_at and sign_up.confirmed_at > send.frozen_at:
        return Fate(issue, False, _("Signed up after it was sent."), sign_up.confirmed_at)
    return Fate(issue, False, _why_not_now(issue, mailbox, sign_up))


def _why_not_now(issue: Issue, mailbox: Mailbox, sign_up: SignUp) -> str:
    live = Entitlement.objects.live().filter(person=mailbox.person_id)
    is_entitled = mailbox.person_id is not None and live.exists()
    is_in_segment = sign_ups_in(SignUp.objects.filter(pk=sign_up.pk), issue.segment).exists()
    why = why_not(sign_up, issue, is_entitled, is_in_segment)
    if not why and Suppression.objects.active().of(mailbox.address).exists():
        why = _("The address is suppressed.")
    if why:
        return why
    if issue.state in {Issue.State.DRAFT, Issue.State.APPROVED, Issue.State.FROZEN}:
        return _("It has not gone out yet. As things stand they get it.")
    return _("They were not among its readers when it was sent: paused, or not confirmed at that time.")


def _of_recipient(issue: Issue, recipient: Recipient) -> Fate:
    State = Recipient.State
    got_it = recipient.state in {State.SUBMITTED, State.COMPLAINED}
    if recipient.state == State.QUEUED:
        due_at = recipient.due_at or recipient.batch.due_at
        return Fate(issue, False, _("Its turn has not come."), due_at)
    said = recipient.words or str(recipient.get_state_display())
    return Fate(issue, got_it, said, recipient.answered_at)


def fates_of(mailbox: Mailbox, count: int = 20) -> list[Fate]:
    """Of the latest issues of the newsletters that the mailbox has, or had."""
    newsletters = mailbox.sign_ups.values("newsletter")
    issues = Issue.objects.filter(newsletter__in=newsletters).exclude(kind=Issue.Kind.WELCOME)
    sent = issues.exclude(state__in=[Issue.State.DRAFT, Issue.State.STOPPED]).defer("body")
    return [fate_of(issue, mailbox) for issue in sent.select_related("newsletter", "segment")[:count]]
