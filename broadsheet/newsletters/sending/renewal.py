"""What the post room asks just before each batch: who still gets the issue, and what their tokens are."""

from collections.abc import Sequence

from django.db.models import Max
from django.utils.translation import gettext as _

from broadsheet.delivery.addresses import canonical
from broadsheet.delivery.models import Recipient, Send
from broadsheet.delivery.sources import Held, Renewal, Skip
from broadsheet.editorial.access import Access
from broadsheet.membership import passes
from broadsheet.membership.models import Entitlement
from broadsheet.newsletters.issues.life import issue_of
from broadsheet.newsletters.letter.tokens import links_of, passes_in
from broadsheet.newsletters.models import Issue, SignUp
from broadsheet.newsletters.segments.matching import sign_ups_in
from broadsheet.newsletters.sending.pulling import pull_withdrawn
from broadsheet.newsletters.sending.staleness import refuse_stale
from broadsheet.platform import clock
from broadsheet.platform.http.signed_cookies import signing_keys


def renew(send: Send, recipients: Sequence[Recipient]) -> Renewal:
    """Raises Held."""
    issue = issue_of(send)
    refuse_stale(send, issue.cohorts.aggregate(last=Max("due_at"))["last"])
    pull_withdrawn(issue)
    if issue.state == Issue.State.HELD:
        raise Held(_("Nothing is left in it."))
    return Readers(issue, recipients).renewal()


class Readers:
    """Those of one batch, with what decides whether they get it."""

    def __init__(self, issue: Issue, recipients: Sequence[Recipient]) -> None:
        self.issue = issue
        self.now = clock.now()
        self._keys = [recipient.key for recipient in recipients]
        pks = [int(key) for key in self._keys if key.isdecimal()]
        mine = SignUp.objects.filter(pk__in=pks, newsletter=issue.newsletter)
        self._sign_ups = {str(one.pk): one for one in mine.select_related("mailbox")}
        self._addresses = {recipient.key: recipient.address for recipient in recipients}
        chosen = sign_ups_in(mine, issue.segment, self.now) if issue.segment else mine
        self._in_segment = set(chosen.values_list("pk", flat=True)) if issue.segment else None
        people = {one.mailbox.person_id for one in self._sign_ups.values()} - {None}
        live = Entitlement.objects.live(self.now).filter(person__in=people, person__is_active=True)
        needs_rights = issue.newsletter.subscribers_only or issue.newsletter.opens_articles
        self._entitled = set(live.values_list("person_id", flat=True)) if needs_rights else set()
        self._passes = passes_in(issue)
        self._signing = signing_keys()

    def renewal(self) -> Renewal:
        return {key: self._fate_of(key) for key in self._keys}

    def _fate_of(self, key: str) -> dict[str, str] | Skip:
        sign_up = self._sign_ups.get(key)
        why = why_not(sign_up, self.issue, self._is_entitled(sign_up), self._is_in_segment(sign_up))
        if sign_up is None or why:
            return Skip(why)
        if canonical(self._addresses[key]) != sign_up.mailbox.address:
            return Skip(_("The reader’s address has changed."))
        return self._tokens_of(sign_up)

    def _is_entitled(self, sign_up: SignUp | None) -> bool:
        person = sign_up.mailbox.person_id if sign_up else None
        return person is not None and person in self._entitled

    def _is_in_segment(self, sign_up: SignUp | None) -> bool:
        return self._in_segment is None or bool(sign_up and sign_up.pk in self._in_segment)

    def _tokens_of(self, sign_up: SignUp) -> dict[str, str]:
        tokens = links_of(sign_up, self._signing)
        is_entitled = self._is_entitled(sign_up)
        for name, item in self._passes.items():
            if item.article_uuid is None:
                continue
            opens_all = is_entitled and item.access == Access.SUBSCRIBERS
            tokens[name] = passes.issue(
                item.article_uuid,
                f"sign-up {sign_up.pk}",
                self._signing,
                self.now,
                person_id=sign_up.mailbox.person_id if opens_all else None,
                opens_subscribers=opens_all,
            )
        return tokens


def why_not(sign_up: SignUp | None, issue: Issue, is_entitled: bool, is_in_segment: bool) -> str:
    """Why this reader doesn't get the issue now; empty where they do."""
    if sign_up is None or sign_up.mailbox.is_erased:
        return _("The account was erased.")
    if sign_up.state == SignUp.State.LEFT:
        return _("Unsubscribed before its turn.")
    if sign_up.state == SignUp.State.PENDING:
        return _("The sign-up is not confirmed.")
    if sign_up.mailbox.is_paused:
        return _("All newsletters are paused.")
    if issue.newsletter.subscribers_only and not is_entitled:
        return _("No subscription at that moment, and it is for subscribers.")
    if not is_in_segment:
        return _("Not in the segment that it was for.")
    return ""
