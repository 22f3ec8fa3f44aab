from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, Self

from django.db import connection, models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.addresses import NotAnAddress, tidied
from broadsheet.delivery.models.batch import Batch
from broadsheet.delivery.models.send import Send
from broadsheet.platform import clock


class Outcome(NamedTuple):
    """What a lease came to for one recipient."""

    state: str
    words: str = ""
    due_at: datetime | None = None
    """When it is tried again, for those still queued or deferred."""
    is_try: bool = True
    """Whether a server was asked."""


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def unsettled(self) -> Self:
        """Those who are still to get their message."""
        return self.filter(state__in=[Recipient.State.QUEUED, Recipient.State.DEFERRED])

    def to(self, address: str) -> Self:
        """In all sends, however `address` is written."""
        with suppress(NotAnAddress):
            address = tidied(address)
        # SQLite makes small letters of ASCII alone.
        in_ascii = "".join(letter.lower() if letter.isascii() else letter for letter in address)
        return self.annotate(lower_address=Lower("address")).filter(
            lower_address__in={address.lower(), in_ascii}
        )

    def due(self) -> Self:
        return self.unsettled().filter(Q(due_at=None) | Q(due_at__lte=clock.now()))

    def settle(self, outcomes: Mapping[int, Outcome]) -> None:
        """Writes each recipient's outcome. One that a bounce has changed meanwhile stays as it is."""
        moment = connection.ops.adapt_datetimefield_value
        now = moment(clock.now())
        rows = [
            (
                outcome.state,
                outcome.words[:500],
                moment(outcome.due_at) if outcome.due_at else None,
                int(outcome.is_try),
                now if outcome.due_at is None or outcome.is_try else None,
                pk,
            )
            for pk, outcome in outcomes.items()
        ]
        with connection.cursor() as cursor:
            # Each has words of its own, for which Django would write one statement as long as them all.
            cursor.executemany(
                f"UPDATE {self.model._meta.db_table}"  # noqa: S608 (a name of ours)
                " SET state = %s, words = %s, due_at = %s, tries = tries + %s,"
                " answered_at = COALESCE(%s, answered_at)"
                " WHERE id = %s AND state IN ('queued', 'deferred')",
                rows,
            )


class Recipient(models.Model):
    """One address that a send goes to, and what became of it: a line of the ledger."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SUBMITTED = "submitted", _("submitted")
        DEFERRED = "deferred", _("deferred")
        REFUSED = "refused", _("refused")
        SKIPPED = "skipped", _("skipped")
        UNKNOWN = "unknown", _("unknown")
        BOUNCED = "bounced", _("bounced")
        COMPLAINED = "complained", _("complained")

    # The database checks neither of these two keys, which would take half as long again as writing a million
    # rows does. They come from one place, in one transaction with their batch, and go with their send.
    send = models.ForeignKey(
        Send, on_delete=models.CASCADE, related_name="recipients", db_index=False, db_constraint=False
    )
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="recipients", db_constraint=False)
    address = models.CharField(_("address"), max_length=254)
    key = models.CharField(max_length=254, help_text=_("What the send’s source knows them by."))
    tokens = models.JSONField(default=dict, help_text=_("What stands in this message alone: name → text."))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("next try"), null=True)
    # The server's own words, or why it was skipped.
    words = models.CharField(_("words"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("recipient")
        ordering = ["pk"]
        constraints = [
            # The address first, so that a reader is found in all sends.
            models.UniqueConstraint(Lower("address"), "send", name="recipient_once_by_address"),
            models.UniqueConstraint(fields=["send", "key"], name="recipient_once_by_key"),
            models.CheckConstraint(
                condition=~Q(state="deferred") | Q(due_at__isnull=False), name="recipient_deferred_until"
            ),
        ]
        indexes = [models.Index(fields=["send", "state"])]

    def __str__(self) -> str:
        return self.address

    @property
    def is_due(self) -> bool:
        return self.due_at is None or self.due_at <= clock.now()

    # What comes back later. None of these takes back what weighs more, so that the order does not matter.

    def bounce(self, words: str, *, is_final: bool) -> bool:
        """Returned by a server behind the one that took it; whether the ledger was changed."""
        states = [self.State.QUEUED, self.State.DEFERRED, self.State.SUBMITTED, self.State.UNKNOWN]
        if is_final:
            states.append(self.State.BOUNCED)
        return self._move(states, self.State.BOUNCED, words)

    def complain(self, words: str) -> bool:
        states = [state for state in self.State if state != self.State.COMPLAINED]
        return self._move(states, self.State.COMPLAINED, words)

    def confirm_taken(self, words: str) -> bool:
        """Resolves an unknown: a server has it."""
        return self._move([self.State.UNKNOWN], self.State.SUBMITTED, words)

    def _move(self, before: Sequence[State], after: State, words: str) -> bool:
        mine = Recipient.objects.filter(pk=self.pk, state__in=before)
        answered_at = Coalesce("answered_at", Value(clock.now()))
        moved = mine.update(state=after, words=words[:500], due_at=None, answered_at=answered_at)
        self.refresh_from_db()
        return bool(moved)
