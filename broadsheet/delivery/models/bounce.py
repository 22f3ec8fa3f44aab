from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.models.recipient import Recipient
from broadsheet.house import clock


class Bounce(models.Model):
    """One report that came back about a message: that it was returned, or that it was unwelcome."""

    class Kind(models.TextChoices):
        HARD = "hard", _("hard")
        SOFT = "soft", _("soft")
        COMPLAINT = "complaint", _("complaint")

    # Of the report itself: the same one, taken in twice, counts once.
    identity = models.CharField(max_length=64, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # None: the report names no message of ours, or its send is gone.
    recipient = models.ForeignKey(
        Recipient, on_delete=models.SET_NULL, null=True, blank=True, related_name="bounces"
    )
    address = models.CharField(_("address"), max_length=254, blank=True)
    words = models.CharField(_("words"), max_length=500, blank=True)
    reported_by = models.CharField(_("reported by"), max_length=120, blank=True)
    at = models.DateTimeField(_("received"), default=clock.now)

    class Meta:
        verbose_name = _("bounce")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.address}"
