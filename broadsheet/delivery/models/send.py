from datetime import datetime

from django.db import models, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from broadsheet.platform import clock


class Lane(models.TextChoices):
    """What goes together. A letter never waits behind an issue, nor an issue behind megabytes."""

    LETTERS = "letters", _("letters")
    ISSUES = "issues", _("issues")
    HEAVY = "heavy", _("issues as files")
    FILES = "files", _("from a file")


class SendQuerySet(models.QuerySet["Send"]):
    def freeze(self, source: str, key: str, **fields: object) -> tuple["Send", bool]:
        """The send of `key`, and whether it is new: asked twice, `source` gets the same one."""
        return self.get_or_create(source=source, key=key, defaults=fields)

    def finish(self) -> int:
        """Marks those as done in which no batch is left to do; how many they were."""
        from broadsheet.delivery.models.batch import Batch
        from broadsheet.delivery.models.cohort import Cohort

        open_batches = Batch.objects.exclude(state=Batch.State.DONE).filter(send=models.OuterRef("pk"))
        over = self.filter(~models.Exists(open_batches), state=Send.State.SENDING)
        pks = list(over.values_list("pk", flat=True))
        if not pks:
            return 0
        with transaction.atomic():
            # What a letter says signs its reader in, so that it is kept no longer than it takes to send it.
            Cohort.objects.filter(send__in=pks, send__lane=Lane.LETTERS).update(message=b"")
            return over.filter(pk__in=pks).update(state=Send.State.DONE, ended_at=clock.now())


class Send(models.Model):
    """A message, frozen, on its way to many addresses. What it says is known to its source alone."""

    class State(models.TextChoices):
        FROZEN = "frozen", _("frozen")
        SENDING = "sending", _("sending")
        HELD = "held", _("held")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")

    source = models.CharField(max_length=40, editable=False)
    key = models.CharField(max_length=120, editable=False)
    lane = models.CharField(_("lane"), max_length=10, choices=Lane, default=Lane.ISSUES, editable=False)
    # A letter's is told without the code that signs its reader in, and without a name.
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    sender = models.CharField(_("from"), max_length=320, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.FROZEN)
    frozen_at = models.DateTimeField(_("frozen"), default=clock.now, editable=False)
    begun_at = models.DateTimeField(_("begun"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    # Why it was held, where no person held it.
    words = models.CharField(max_length=500, blank=True, editable=False)

    objects = SendQuerySet.as_manager()

    class Meta:
        verbose_name = _("send")
        ordering = ["-frozen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="send_once_for_its_source"),
            models.CheckConstraint(
                condition=Q(state__in=["done", "stopped"], ended_at__isnull=False)
                | (~Q(state__in=["done", "stopped"]) & Q(ended_at=None)),
                name="send_ended_is_over",
            ),
        ]
        indexes = [models.Index(fields=["state", "lane"])]

    def __str__(self) -> str:
        return self.subject or f"{self.get_lane_display()} {self.pk}"

    # Each of these answers whether it came in time: what has ended stays so.

    def begin(self, by: str = "") -> bool:
        return self._move([self.State.FROZEN], self.State.SENDING, by, begun_at=clock.now())

    def hold(self, by: str = "", words: str = "") -> bool:
        """No message leaves any more but those that stand before their final dot already."""
        return self._move([self.State.SENDING, self.State.FROZEN], self.State.HELD, by, words=words[:500])

    def resume(self, by: str = "") -> bool:
        return self._move([self.State.HELD], self.State.SENDING, by, words="")

    def stop(self, by: str = "") -> bool:
        """As hold, for good. Whom it did not reach is skipped, and the ledger says so."""
        open_states = [self.State.FROZEN, self.State.SENDING, self.State.HELD]
        return self._move(open_states, self.State.STOPPED, by, ended_at=clock.now())

    def _move(self, before: list[State], after: State, by: str, **fields: datetime | str) -> bool:
        with transaction.atomic():
            moved = Send.objects.filter(pk=self.pk, state__in=before).update(state=after, **fields)
            if moved and by:
                self.instructions.create(state=after, by=by)
        self.refresh_from_db()
        return bool(moved)

    def send_unknown_again(self, by: str, *recipients: int) -> int:
        """Queues those of whom nobody knows whether they have it, or of them `recipients` alone; how many.

        They may get it twice: that is for a person to decide.
        """
        from broadsheet.delivery.models.batch import Batch
        from broadsheet.delivery.models.recipient import Recipient

        with transaction.atomic():
            unknown = self.recipients.filter(state=Recipient.State.UNKNOWN)
            if self.lane == Lane.LETTERS or self.state == self.State.STOPPED:
                unknown = unknown.none()  # what it said is gone, or nobody is to get it any more
            if recipients:
                unknown = unknown.filter(pk__in=recipients)
            batches = set(unknown.values_list("batch_id", flat=True))
            count = unknown.update(state=Recipient.State.QUEUED, due_at=None)
            # One that is leased just now sees for itself, when it is settled, that somebody is left.
            self.batches.filter(pk__in=batches, state__in=[Batch.State.DONE, Batch.State.QUEUED]).update(
                state=Batch.State.QUEUED, due_at=clock.now()
            )
            if count:
                Send.objects.filter(pk=self.pk, state=self.State.DONE).update(
                    state=self.State.SENDING, ended_at=None
                )
                self.instructions.create(state=self.State.SENDING, by=by)
        self.refresh_from_db()
        return count

    @property
    def is_on_its_way(self) -> bool:
        return self.state == self.State.SENDING

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

    def counts(self) -> dict[str, int]:
        """State of a recipient → how many are in it; states without any are left out."""
        rows = self.recipients.order_by().values("state").annotate(count=Count("pk"))
        return {row["state"]: row["count"] for row in rows}


class Instruction(models.Model):
    """Who told a send to begin, to wait, to go on or to stop, and when."""

    send = models.ForeignKey(Send, on_delete=models.CASCADE, related_name="instructions")
    state = models.CharField(max_length=10, choices=Send.State)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.by}"
