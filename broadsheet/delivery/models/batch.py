from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Count, F, Min, Q
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.models.cohort import Cohort
from broadsheet.delivery.models.send import Lane, Send
from broadsheet.platform import clock

if TYPE_CHECKING:
    from broadsheet.delivery.models.recipient import Outcome

LEASE = timedelta(minutes=1)
STUCK_AFTER = timedelta(minutes=10)
"""Past the end of a lease: its own machine recovers it within seconds, if it still runs."""


class BatchQuerySet(models.QuerySet["Batch"]):
    def due(self, *lanes: Lane) -> "BatchQuerySet":
        """Those that a worker may take now."""
        return self.filter(
            state=Batch.State.QUEUED,
            due_at__lte=clock.now(),
            send__state=Send.State.SENDING,
            send__lane__in=lanes,
        )

    def next(self) -> "Batch | None":
        return self.select_related("send").order_by("due_at", "pk").first()

    def stuck(self) -> "BatchQuerySet":
        """Those that no worker will take up again by itself: held, or leased on a machine that is gone."""
        gone = Q(state=Batch.State.LEASED, leased_until__lt=clock.now() - STUCK_AFTER)
        return self.filter(Q(state=Batch.State.HELD) | gone)

    def leased_by(self, holder: str) -> "BatchQuerySet":
        return self.filter(state=Batch.State.LEASED, holder=holder)

    def skip_stopped(self, most: int = 50) -> int:
        """Skips whoever a stopped send did not reach, in so many batches at most; how many those were."""
        from broadsheet.delivery.models.recipient import Recipient

        stopped = self.filter(state=Batch.State.QUEUED, send__state=Send.State.STOPPED)
        batches = list(stopped[:most])
        for batch in batches:
            with transaction.atomic():
                if Batch.objects.filter(pk=batch.pk, state=Batch.State.QUEUED).update(state=Batch.State.DONE):
                    batch.recipients.unsettled().update(
                        state=Recipient.State.SKIPPED,
                        words=_("Stopped before its turn."),
                        due_at=None,
                        answered_at=clock.now(),
                    )
        return len(batches)

    def renew(self, lasts: timedelta = LEASE) -> int:
        return self.update(leased_until=clock.now() + lasts)


class Batch(models.Model):
    """Some hundred recipients of one cohort, whom one worker serves at a time."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        LEASED = "leased", _("leased")
        HELD = "held", _("held")
        DONE = "done", _("done")

    send = models.ForeignKey(Send, on_delete=models.CASCADE, related_name="batches")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="batches")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(default=clock.now)
    # Counts the leases: each has a journal of its own, and only its own holder may settle it.
    epoch = models.PositiveIntegerField(default=0)
    holder = models.CharField(max_length=120, blank=True)
    # Where the journal of the present lease lies: a host's disk.
    spool = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    # Why it is held.
    words = models.CharField(_("words"), max_length=500, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="leased") | (~Q(holder="") & Q(leased_until__isnull=False)),
                name="batch_leased_to_someone",
            )
        ]
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.send}: {self.pk}"

    # Of all these the database decides, between all who ask at once, by one conditional update: whose epoch
    # has passed comes too late.

    def lease(self, holder: str, spool: str, lasts: timedelta = LEASE) -> bool:
        """Whether it is now for `holder` alone, whose journals are kept at `spool`."""
        leased = Batch.objects.filter(pk=self.pk, state=self.State.QUEUED, epoch=self.epoch).update(
            state=self.State.LEASED,
            epoch=F("epoch") + 1,
            holder=holder,
            spool=spool,
            leased_until=clock.now() + lasts,
        )
        self.refresh_from_db(fields=["state", "epoch", "holder", "spool", "leased_until"])
        return bool(leased)

    def settle(self, outcomes: Mapping[int, "Outcome"], back_at: datetime | None = None) -> bool:
        """Ends this lease with `outcomes` of its recipients, by number. The others are queued as before.

        It is done when all are settled, else it comes back when the first is due, but not before `back_at`.
        """
        with transaction.atomic():
            if not self._mine().update(state=self.State.QUEUED):
                return False
            self.recipients.settle(outcomes)
            left = self.recipients.unsettled().aggregate(
                count=Count("pk"), waiting=Count("due_at"), first=Min("due_at")
            )
            all_wait = left["count"] == left["waiting"]
            due_at = left["first"] if left["count"] and all_wait else self.due_at
            self._end(
                state=self.State.QUEUED if left["count"] else self.State.DONE,
                due_at=max(filter(None, [due_at, back_at])),
            )
        return True

    def hold_restored(self, words: str, epoch: int) -> bool:
        """Leases it to nobody any more: a person decides. Its row forgot that it was leased up to `epoch`."""
        waiting = Batch.objects.filter(pk=self.pk, epoch=self.epoch, state=self.State.QUEUED)
        return bool(waiting.update(state=self.State.HELD, words=words[:500], epoch=epoch))

    def hold_unreadable(self, words: str) -> bool:
        """Ends this lease where nobody can tell who has the message: a person decides."""
        with transaction.atomic():
            return bool(self._mine().update(state=self.State.HELD, words=words[:500]))

    def give_up(self) -> int:
        """Counts all those in it who are not settled as unknown; how many they are. For one that is stuck."""
        from broadsheet.delivery.models.recipient import Outcome, Recipient

        with transaction.atomic():
            if not Batch.objects.stuck().filter(pk=self.pk).update(state=self.State.DONE):
                return 0
            words = str(_("The journal of its sending was lost."))
            lost = self.recipients.unsettled().values_list("pk", flat=True)
            outcomes = {pk: Outcome(Recipient.State.UNKNOWN, words) for pk in lost}
            self.recipients.settle(outcomes)
            self._end(state=self.State.DONE)
        Send.objects.finish()
        return len(outcomes)

    def _mine(self) -> BatchQuerySet:
        return Batch.objects.filter(
            pk=self.pk, epoch=self.epoch, state__in=[self.State.LEASED, self.State.HELD]
        )

    def _end(self, **fields: object) -> None:
        Batch.objects.filter(pk=self.pk).update(holder="", spool="", leased_until=None, words="", **fields)
