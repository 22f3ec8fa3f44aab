"""draft → approved → frozen → sending ⇄ held → done | stopped, and who brought it there."""

from typing import TYPE_CHECKING, Any, cast

from django.db import models, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from broadsheet.delivery.models import Send
from broadsheet.newsletters.issues.errors import EditedMeanwhile, NotReady, TooLate
from broadsheet.platform.locking import held

if TYPE_CHECKING:
    from broadsheet.newsletters.models.issue import Issue

SOURCE = "newsletters"
"""What the post room knows our sends by."""


class Life(models.Model):
    class Meta:
        abstract = True

    @property
    def send_key(self) -> str:
        return f"issue {self.pk}"

    @property
    def send(self) -> Send | None:
        """What the post room has of it; None before it is frozen."""
        return Send.objects.filter(source=SOURCE, key=self.send_key).first()

    def faults(self) -> list[str]:
        """Everything without which it can't go out, one sentence each."""
        issue = cast("Issue", self)
        faults = []
        if not issue.subject.strip():
            faults.append(_("It has no subject."))
        if issue.is_empty:
            faults.append(_("It has nothing in it: neither an article nor words of its own."))
        if issue.kind != issue.Kind.WELCOME and issue.send_on is None:
            faults.append(_("It has no day on which to go out."))
        if any(block.block_type == "wall" for block in issue.body):
            faults.append(_("It has a wall in its text, but everyone whom it goes to gets all of it."))
        return faults

    @property
    def is_empty(self) -> bool:
        """Whether a reader would find nothing in it; an advertisement or a list of links is nothing."""
        issue = cast("Issue", self)
        nothing = {"wall", "sponsor", "related"}
        return not issue.shown_items and all(block.block_type in nothing for block in issue.body)

    def approve(self, by: Any = None, version: int | None = None, why: str = "") -> None:
        """Lets it go out at its time. Raises NotReady, TooLate, and EditedMeanwhile after somebody's save."""
        issue = cast("Issue", self)
        if faults := issue.faults():
            raise NotReady(faults)
        with transaction.atomic():
            mine = type(issue).objects.filter(pk=issue.pk, state=issue.State.DRAFT)
            if version is not None:
                mine = mine.filter(version=version)
            changes: dict[str, Any] = {}
            if issue.kind != issue.Kind.WELCOME and issue.number is None:
                # Of two that are approved at once each gets a number of its own.
                with held(issue.newsletter):
                    last = issue.newsletter.issues.aggregate(last=Max("number"))["last"] or 0
                changes["number"] = last + 1
            if not mine.update(state=issue.State.APPROVED, version=F("version") + 1, **changes):
                issue.refresh_from_db()
                raise TooLate(issue) if issue.state != issue.State.DRAFT else EditedMeanwhile(issue)
            issue.record(issue.State.APPROVED, by, why)
        issue.refresh_from_db()

    def take_back(self, by: Any = None) -> None:
        """Makes an approved issue a draft again, which can be edited. Raises TooLate."""
        issue = cast("Issue", self)
        self._move([issue.State.APPROVED], issue.State.DRAFT, by)

    def hold(self, by: Any = None, why: str = "") -> None:
        """Raises TooLate."""
        issue = cast("Issue", self)
        with transaction.atomic():
            self._move(
                [issue.State.APPROVED, issue.State.FROZEN, issue.State.SENDING], issue.State.HELD, by, why
            )
            if send := issue.send:
                send.hold(by=_name(by), words=why)

    def resume(self, by: Any = None) -> None:
        """Lets it go on, or, if it was held before it was frozen, go out now. Raises TooLate."""
        issue = cast("Issue", self)
        with transaction.atomic():
            send = issue.send
            if send is None:
                self._move([issue.State.HELD], issue.State.APPROVED, by)
            elif send.state == Send.State.FROZEN:
                self._move([issue.State.HELD], issue.State.FROZEN, by)
            else:
                self._move([issue.State.HELD], issue.State.SENDING, by)
                send.resume(by=_name(by))

    def stop(self, by: Any = None, why: str = "") -> None:
        """For good. Whom it did not reach doesn't get it. Raises TooLate."""
        issue = cast("Issue", self)
        open_states = [
            issue.State.DRAFT,
            issue.State.APPROVED,
            issue.State.FROZEN,
            issue.State.SENDING,
            issue.State.HELD,
        ]
        with transaction.atomic():
            self._move(open_states, issue.State.STOPPED, by, why)
            send = issue.send
            if send:
                send.stop(by=_name(by))
            if send is None or not send.recipients.exclude(answered_at=None).exists():
                # It reached nobody: its articles may go into another issue.
                issue.mailed_articles.all().delete()

    def finish(self) -> None:
        """Takes over what the post room says of its send."""
        issue = cast("Issue", self)
        if (
            issue.state not in {issue.State.FROZEN, issue.State.SENDING, issue.State.HELD}
            or (send := issue.send) is None
        ):
            return
        states = {
            Send.State.DONE: issue.State.DONE,
            Send.State.STOPPED: issue.State.STOPPED,
            Send.State.HELD: issue.State.HELD,
            Send.State.SENDING: issue.State.SENDING,
        }
        state = states.get(Send.State(send.state))
        if state and state != issue.state:
            try:
                self._move([issue.State(issue.state)], state, why=send.words)
            except TooLate:
                return  # somebody was quicker

    def _move(self, before: "list[Issue.State]", after: "Issue.State", by: Any = None, why: str = "") -> None:
        issue = cast("Issue", self)
        with transaction.atomic():
            mine = type(issue).objects.filter(pk=issue.pk, state__in=before)
            moved = mine.update(state=after)
            if moved:
                issue.record(after, by, why)
        issue.refresh_from_db(fields=["state"])
        if not moved:
            raise TooLate(issue)


def _name(by: Any) -> str:
    return (by.get_full_name() or by.email) if by else ""


def issue_of(send: Send) -> "Issue":
    """The issue that a send of ours carries."""
    from broadsheet.newsletters.models.issue import Issue

    return Issue.objects.select_related("newsletter", "segment").get(pk=int(send.key.split()[1]))
