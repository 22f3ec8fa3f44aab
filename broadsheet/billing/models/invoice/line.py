from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from broadsheet.editorial.models.publication import TimeZoneField
from broadsheet.platform.days import day_of
from broadsheet.platform.money import Money


class Line(models.Model):
    invoice = models.ForeignKey("billing.Invoice", on_delete=models.CASCADE, related_name="lines")
    description = models.CharField(max_length=200)
    amount = models.BigIntegerField()
    """With tax or without, as the invoice's prices are. A credit for unused time is negative."""
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    time_zone = TimeZoneField(blank=True)
    """Of the days of that term: the subscription's, which may be gone when the invoice is printed again."""

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None) | ~Q(time_zone=""), name="invoice_line_term_has_a_time_zone"
            )
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day of a term, which ends at the time of day at which it began."""
        if self.starts_at is None or self.ends_at is None:
            return None
        zone = ZoneInfo(self.time_zone)
        first, after = day_of(self.starts_at, zone), day_of(self.ends_at, zone)
        return first, max(first, after - timedelta(days=1))

    @property
    def money(self) -> Money:
        return Money(self.amount, self.invoice.currency)
