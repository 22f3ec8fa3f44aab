from django.db import models

from broadsheet.membership.models import Subscription
from broadsheet.platform import clock


class StripeMove(models.Model):
    """A subscription that ran at Stripe and goes on with us: the old one ends there with its term."""

    reference = models.CharField(max_length=80, primary_key=True)
    """The old one’s: ``sub_…``"""
    begun_at = models.DateTimeField(default=clock.now)
    subscription = models.OneToOneField(
        Subscription, on_delete=models.SET_NULL, null=True, related_name="stripe_move"
    )
    """Ours; None until the old one is known to end."""
    ended_at = models.DateTimeField(null=True)
    """When Stripe said that the old one has ended."""

    class Meta:
        ordering = ["begun_at", "reference"]

    def __str__(self) -> str:
        return self.reference
