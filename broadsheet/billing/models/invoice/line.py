from django.db import models

from broadsheet.platform.money import Money


class Line(models.Model):
    invoice = models.ForeignKey("billing.Invoice", on_delete=models.CASCADE, related_name="lines")
    description = models.CharField(max_length=200)
    amount = models.BigIntegerField()
    """With tax or without, as the invoice's prices are. A credit for unused time is negative."""
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.description

    @property
    def money(self) -> Money:
        return Money(self.amount, self.invoice.currency)
