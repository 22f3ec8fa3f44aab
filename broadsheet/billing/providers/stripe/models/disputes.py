from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.billing.models.payment import Payment
from broadsheet.membership.models.catalogue.plan import CurrencyField
from broadsheet.platform import clock
from broadsheet.platform.money import Money


class Dispute(models.Model):
    """A cardholder has asked their bank to take a payment back."""

    class State(models.TextChoices):
        OPEN = "open", _("To be answered")
        REVIEWED = "reviewed", _("With the bank")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    reference = models.CharField(max_length=80, primary_key=True)
    """``dp_…`` or ``du_…``"""
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    amount = models.PositiveBigIntegerField()
    currency = CurrencyField()
    reason = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer_by = models.DateTimeField(null=True)
    found_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-found_at"]

    def __str__(self) -> str:
        return f"{self.money}: {self.get_state_display()}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
