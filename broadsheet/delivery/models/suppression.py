from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.addresses import fingerprint, fingerprints
from broadsheet.house import clock


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def of(self, address: str) -> "SuppressionQuerySet":
        return self.filter(fingerprint__in=fingerprints(address))

    def among(self, addresses: Iterable[str]) -> dict[str, "Suppression"]:
        """Those of `addresses` that nothing may be sent to → why."""
        by_print = {mark: address for address in addresses for mark in fingerprints(address)}
        return {by_print[row.fingerprint]: row for row in self.filter(fingerprint__in=by_print)}

    def forget(self, address: str) -> None:
        """Takes the address itself out; the suppression holds, by its fingerprint."""
        self.of(address).update(address="")


class Suppression(models.Model):
    """An address that no issue may be sent to, and why. It outlives its reader’s account."""

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", _("the mailbox does not exist")
        SOFT_BOUNCES = "soft_bounces", _("the mailbox returned message after message")
        COMPLAINT = "complaint", _("reported as spam")
        STAFF = "staff", _("by the staff")

    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    # In clear while the reader has an account, so that the desk can show it.
    address = models.CharField(_("address"), max_length=254, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    words = models.CharField(_("words"), max_length=500, blank=True)
    at = models.DateTimeField(_("since"), default=clock.now, editable=False)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppression")
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.address or f"{self.fingerprint[:12]}…"

    @classmethod
    def suppress(cls, address: str, reason: Reason, words: str = "") -> "Suppression":
        """The suppression of `address`; the first reason stays."""
        already = cls.objects.of(address).first()
        if already:
            return already
        row, _made = cls.objects.get_or_create(
            fingerprint=fingerprint(address),
            defaults={"address": address, "reason": reason, "words": words[:500]},
        )
        return row
