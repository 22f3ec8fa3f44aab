from dataclasses import replace
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from broadsheet.delivery import keys
from broadsheet.delivery.addresses import is_forgotten, without_addresses
from broadsheet.delivery.intake.report import Kind, Report
from broadsheet.delivery.message.identity import Forged, returned
from broadsheet.delivery.models.recipient import Recipient
from broadsheet.delivery.models.suppression import Suppression
from broadsheet.delivery.models.suppression_hold import SuppressionHold
from broadsheet.delivery.signals import complained
from broadsheet.platform import clock

SOFT_BOUNCES, SOFT_BOUNCES_OVER, SOFT_BOUNCES_WITHIN = 5, timedelta(days=7), timedelta(days=60)
"""Soft bounces in a row that suppress an address: how many, the first and the last how far apart, how old."""
HANDED_OVER = [Recipient.State.SUBMITTED, Recipient.State.BOUNCED, Recipient.State.COMPLAINED]


class BounceQuerySet(models.QuerySet["Bounce"]):
    def take_in(self, report: Report, *, is_vouched_for: bool = False) -> "Bounce | None":
        """Writes down what came back, with what follows from it, or nothing where it was told before.

        Whoever gets hold of the address for reports can write to it. So a report is believed of the message
        whose return path, signed by us, it can name, unless a provider signed the report. Raises Forged. None
        for a report that nothing came back.
        """
        number = _message_of(report)
        if number is None and not is_vouched_for:
            raise Forged("It names no message of ours.")
        with transaction.atomic():
            recipient = Recipient.objects.filter(pk=number).first() if number is not None else None
            if recipient and is_forgotten(recipient.address):
                report = replace(report, words=without_addresses(report.words))
            if report.kind is Kind.TAKEN:
                if recipient:
                    recipient.confirm_taken(report.words)
                return None
            bounce, is_new = self.get_or_create(
                identity=report.identity,
                defaults={
                    "kind": Bounce.Kind(report.kind),
                    "recipient": recipient,
                    "address": recipient.address if recipient else report.address[:254],
                    "words": report.words,
                    "reported_by": report.reported_by,
                },
            )
            # Where the message is forgotten, nobody but a provider can be believed whose address it went to.
            if is_new and (recipient or is_vouched_for):
                bounce.settle()
        return bounce


def _message_of(report: Report) -> int | None:
    """The number of the recipient whose message it names; None where that is not proven."""
    for path in report.return_paths:
        try:
            return returned(keys.secrets(), path)
        except Forged:
            continue
    return None


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
    # Its address is not suppressed until a person decides.
    hold = models.ForeignKey(
        SuppressionHold, on_delete=models.SET_NULL, null=True, editable=False, related_name="bounces"
    )

    objects = BounceQuerySet.as_manager()

    class Meta:
        verbose_name = _("bounce")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["kind", "at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.address}"

    def settle(self) -> None:
        """Changes the ledger, and suppresses the address where that follows.

        In whatever order reports come, they end in the same.
        """
        if self.recipient:
            if self.kind == self.Kind.COMPLAINT:
                self.recipient.complain(self.words)
                complained.send(Bounce, recipient=self.recipient)
            else:
                self.recipient.bounce(self.words, is_final=self.kind == self.Kind.HARD)
        reason = self._reason_to_suppress()
        if reason == Suppression.Reason.HARD_BOUNCE and (hold := SuppressionHold.objects.catch(self)):
            self.hold = hold
            self.save(update_fields=["hold"])
        elif reason:
            self.suppress(reason)

    def suppress(self, reason: Suppression.Reason) -> None:
        sent_at = self.recipient.answered_at if self.recipient else None
        Suppression.suppress(self.address, reason, self.words, sent_at)

    def _reason_to_suppress(self) -> Suppression.Reason | None:
        if not self.address:
            return None
        match self.kind:
            case self.Kind.COMPLAINT:
                return Suppression.Reason.COMPLAINT
            case self.Kind.HARD:
                return Suppression.Reason.HARD_BOUNCE
        return Suppression.Reason.SOFT_BOUNCES if has_bounced_too_often(self.address) else None


def has_bounced_too_often(address: str) -> bool:
    """Whether so many messages in a row were returned, over so long a time, that the next will be too.

    One that was taken between them starts the count again. A daily newsletter to a mailbox that is full over
    a holiday of some days is not enough, nor is a bad morning of its server.
    """
    after = clock.now() - SOFT_BOUNCES_WITHIN
    lifted = Suppression.objects.of(address).exclude(lifted_at=None).first()
    if lifted and lifted.lifted_at:
        after = max(after, lifted.lifted_at)
    handed_over = Recipient.objects.to(address).filter(state__in=HANDED_OVER, answered_at__gt=after)
    in_a_row: list[datetime] = []
    for state, at in handed_over.order_by("answered_at").values_list("state", "answered_at"):
        if state != Recipient.State.BOUNCED:
            in_a_row.clear()
        elif at:
            in_a_row.append(at)
        if len(in_a_row) >= SOFT_BOUNCES and in_a_row[-1] - in_a_row[0] >= SOFT_BOUNCES_OVER:
            return True
    return False
