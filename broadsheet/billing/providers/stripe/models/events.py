from datetime import datetime
from typing import Self

from django.db import models

from broadsheet.billing.providers.stripe.models.calls import wait_after
from broadsheet.platform import clock


class StripeEventQuerySet(models.QuerySet["StripeEvent"]):
    def due(self, at: datetime) -> Self:
        """Those that no task has worked off."""
        return self.filter(worked_at=None, next_at__lte=at)


class StripeEvent(models.Model):
    """That something happened to an object of Stripe’s. What it is like now is asked for."""

    reference = models.CharField(max_length=80, primary_key=True)
    """``evt_…``"""
    kind = models.CharField(max_length=60)
    about = models.CharField(max_length=120)
    """The object’s id."""
    received_at = models.DateTimeField(default=clock.now)
    next_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    worked_at = models.DateTimeField(null=True)

    objects = StripeEventQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "reference"]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(worked_at=None), name="stripe_event_due"),
            models.Index(fields=["received_at"], name="stripe_event_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reference}"

    def worked(self) -> None:
        self.worked_at = clock.now()
        self.save(update_fields=["worked_at"])

    def postpone(self) -> None:
        self.tries += 1
        self.next_at = clock.now() + wait_after(self.tries)
        self.save(update_fields=["tries", "next_at"])
