from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.importers.models.moving import Import
from broadsheet.newsletters.models import Mailbox


class ReaderBatch(models.Model):
    """Readers that came in one transaction, so that a process that dies leaves all of them or none."""

    moving = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="reader_batches")
    number = models.PositiveIntegerField()
    made = models.JSONField(default=dict)
    """What was made → the spans of its primary keys, each first and last."""

    class Meta:
        verbose_name = _("batch of readers")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["moving", "number"], name="reader_batch_once_in_an_import"),
        ]

    def __str__(self) -> str:
        return f"{self.moving_id}/{self.number}"


class KeptOfReader(models.Model):
    """What the old system knew of a reader and no other row has: a note of staff, a number at Stripe."""

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, related_name="kept")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    stripe_customer = models.CharField(_("customer at Stripe"), max_length=60, blank=True, db_index=True)
    plan = models.CharField(_("plan there"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("what came with a reader")

    def __str__(self) -> str:
        return str(self.mailbox)
