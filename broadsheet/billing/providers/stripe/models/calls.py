"""What Stripe was asked for: each row is committed before the request, and its key makes that once only."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.billing.models.checkout import Checkout
from broadsheet.billing.models.invoice.invoice import Invoice
from broadsheet.platform import clock

SESSION_LASTS = timedelta(hours=1)
ASKED_AFTER = timedelta(minutes=2)
"""How long after its end a session is asked for, if nothing was heard of it."""
RETRIED_FOR = timedelta(minutes=15)
"""How long a session whose answer was lost is asked for again by the same key, and with the same end."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


def wait_after(tries: int) -> timedelta:
    return min(FIRST_WAIT * 2 ** min(tries, 12), LONGEST_WAIT)


class StripeCustomer(models.Model):
    """A reader as Stripe knows them, in test mode or with real money."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stripe_customers"
    )
    is_live = models.BooleanField()
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    reference = models.CharField(max_length=80, blank=True, db_index=True)
    """``cus_…``; empty until Stripe has answered."""
    method = models.CharField(max_length=80, blank=True)
    """The card that was theirs to use when we last looked: ``pm_…``."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "is_live"], name="stripe_customer_once_in_each_mode")
        ]

    def __str__(self) -> str:
        return self.reference or str(self.key)


class StripeSessionQuerySet(models.QuerySet["StripeSession"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def unheard(self, at: datetime) -> Self:
        """Those that are over, of which nothing was heard."""
        return self.open().filter(expires_at__lte=at - ASKED_AFTER)


class StripeSession(models.Model):
    """A page of Stripe’s on which a buyer pays, or puts in another card."""

    class Kind(models.TextChoices):
        PAYMENT = "payment"
        SETUP = "setup"
        PORTAL = "portal"

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    checkout = models.ForeignKey(Checkout, on_delete=models.CASCADE, related_name="stripe_sessions")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    reference = models.CharField(max_length=120, blank=True, db_index=True)
    url = models.TextField(blank=True)
    method_before = models.CharField(max_length=80, blank=True)
    """Of the portal: the card that was theirs to use before."""
    begun_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = StripeSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-begun_at"]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(closed_at=None), name="stripe_session_open"
            )
        ]

    def __str__(self) -> str:
        return self.reference or str(self.key)

    def close(self) -> None:
        self.closed_at = self.closed_at or clock.now()
        self.save(update_fields=["closed_at"])


class StripeCharge(models.Model):
    """One try to charge an invoice. A try without a reference may have been made: it is looked for first."""

    key = models.CharField(max_length=40, primary_key=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="stripe_charges")
    reference = models.CharField(max_length=80, blank=True, db_index=True)
    """``pi_…``; empty until Stripe has answered."""
    begun_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-begun_at"]

    def __str__(self) -> str:
        return self.key


class ErrandQuerySet(models.QuerySet["Errand"]):
    def due(self, at: datetime) -> Self:
        return self.filter(done_at=None, next_at__lte=at)


class Errand(models.Model):
    """What Stripe must be asked for sooner or later, whatever dies meanwhile."""

    class Kind(models.TextChoices):
        RETURN = "return", _("Sending back a payment that nobody owed")
        FORGET = "forget", _("Deleting an erased reader’s cards")

    kind = models.CharField(max_length=6, choices=Kind.choices)
    reference = models.CharField(max_length=80)
    asked_at = models.DateTimeField(default=clock.now)
    next_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[ErrandQuerySet] = ErrandQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "reference"], name="errand_once")]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(done_at=None), name="errand_due")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reference}"

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.reference}"

    def done(self) -> None:
        self.done_at = clock.now()
        self.save()

    def postpone(self) -> None:
        self.tries += 1
        self.next_at = clock.now() + wait_after(self.tries)
        self.save()
