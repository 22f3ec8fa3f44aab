from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.models.cohort import Cohort
from broadsheet.delivery.models.send import Lane, Send
from broadsheet.house import clock

LEASE = timedelta(minutes=1)


class BatchQuerySet(models.QuerySet["Batch"]):
    def due(self, *lanes: Lane) -> "BatchQuerySet":
        """Those that a worker may take now."""
        return self.filter(
            state=Batch.State.QUEUED,
            due_at__lte=clock.now(),
            send__state=Send.State.SENDING,
            send__lane__in=lanes,
        )

    def lease(self, holder: str, place: str, lasts: timedelta = LEASE) -> "Batch | None":
        """One of these for `holder` alone, whose journals are kept at `place`; None if none is left."""
        while True:
            candidate = self.order_by("due_at", "pk").first()
            if candidate is None:
                return None
            # One conditional update decides, in the database, between all workers that ask at once.
            leased = Batch.objects.filter(
                pk=candidate.pk, state=Batch.State.QUEUED, epoch=candidate.epoch
            ).update(
                state=Batch.State.LEASED,
                epoch=F("epoch") + 1,
                holder=holder,
                place=place,
                leased_until=clock.now() + lasts,
            )
            if leased:
                candidate.refresh_from_db()
                return candidate


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
    place = models.CharField(max_length=40, blank=True)
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
