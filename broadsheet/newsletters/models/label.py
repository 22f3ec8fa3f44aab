from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.newsletters.models.mailbox import Mailbox
from broadsheet.platform import clock


class Label(models.Model):
    """What staff call a group of readers by: “Founding readers”. Readers see theirs in the export."""

    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Labelling(models.Model):
    """That somebody of the staff gave a mailbox a label."""

    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="labellings")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="labellings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("label given")
        ordering = ["label__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["label", "mailbox"], name="label_once_on_a_mailbox"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.mailbox}"
