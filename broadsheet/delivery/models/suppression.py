from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery.addresses import fingerprint, fingerprints, is_forgotten
from broadsheet.platform import clock


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def active(self) -> Self:
        """But for those that were lifted."""
        return self.filter(lifted_at=None)

    def of(self, address: str) -> Self:
        return self.filter(fingerprint__in=fingerprints(address))

    def among(self, addresses: Iterable[str]) -> dict[str, "Suppression"]:
        """Those of `addresses` that nothing may be sent to → why."""
        by_print = {mark: address for address in addresses for mark in fingerprints(address)}
        active = self.active().filter(fingerprint__in=by_print)
        return {by_print[row.fingerprint]: row for row in active}


class Suppression(models.Model):
    """An address that no issue may be sent to, and why. It outlives its reader’s account."""

    class Reason(models.TextChoices):
        # The lightest first.
        SOFT_BOUNCES = "soft_bounces", _("the mailbox returned message after message")
        HARD_BOUNCE = "hard_bounce", _("the mailbox does not exist")
        COMPLAINT = "complaint", _("reported as spam")
        STAFF = "staff", _("by the staff")

        @property
        def lighter(self) -> "list[Suppression.Reason]":
            reasons = list(Suppression.Reason)
            return reasons[: reasons.index(self)]

    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    # In clear while the reader has an account, so that the desk can show it.
    address = models.CharField(_("address"), max_length=254, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    words = models.CharField(_("words"), max_length=500, blank=True)
    at = models.DateTimeField(_("since"), default=clock.now, editable=False)
    # Kept, so that what comes back of earlier messages does not bring it back.
    lifted_at = models.DateTimeField(_("lifted"), null=True, editable=False)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppression")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.address or f"{self.fingerprint[:12]}…"

    @classmethod
    def suppress(
        cls, address: str, reason: Reason, words: str = "", sent_at: datetime | None = None
    ) -> "Suppression":
        """The suppression of `address`; of several reasons the gravest stays.

        A message that was `sent_at` a time before it was lifted does not bring it back.
        """
        in_clear = "" if is_forgotten(address) else address
        why = {"reason": reason, "words": words[:500]}
        row = cls.objects.of(address).first()
        if row is None:
            row, _made = cls.objects.get_or_create(
                fingerprint=fingerprint(address), defaults={"address": in_clear, **why}
            )
        itself = cls.objects.filter(pk=row.pk)
        itself.active().filter(reason__in=reason.lighter).update(**why)
        lifted = itself.filter(lifted_at__lt=sent_at) if sent_at else itself.exclude(lifted_at=None)
        lifted.update(lifted_at=None, at=clock.now(), address=in_clear, **why)
        row.refresh_from_db()
        return row

    @property
    def is_active(self) -> bool:
        return self.lifted_at is None

    def lift(self) -> bool:
        """Lets issues go to the address again; whether that changes anything."""
        lifted = Suppression.objects.active().filter(pk=self.pk).update(lifted_at=clock.now())
        self.refresh_from_db()
        return bool(lifted)
