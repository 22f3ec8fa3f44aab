from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.billing import providers
from broadsheet.billing.models.invoice.invoice import Invoice
from broadsheet.billing.models.invoice.issuing import Buyer
from broadsheet.billing.notice_kinds import InvoiceNotice
from broadsheet.billing.providers.protocol import Declined, Remedy
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Subscription
from broadsheet.membership.models.catalogue.plan import CurrencyField
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.locking import held
from broadsheet.platform.money import Money, Taxed

if TYPE_CHECKING:
    from broadsheet.billing.models.checkout import Means


class PaymentQuerySet(models.QuerySet["Payment"]):
    def succeeded(self) -> Self:
        return self.filter(state=Payment.State.SUCCEEDED)

    def failed(self) -> Self:
        return self.filter(state=Payment.State.FAILED)

    def found(self, text: str) -> Self:
        """Payments of the invoices that `Invoice.objects.found` finds."""
        return self.filter(invoice__in=Invoice.objects.found(text).values("pk"))


class PaymentManager(models.Manager.from_queryset(PaymentQuerySet)):  # type: ignore[misc]
    def record(
        self,
        invoice: Invoice,
        state: "Payment.State",
        *,
        provider: str,
        method: str,
        reference: str,
        fault: str = "",
        remedy: str = "",
        code: str = "",
        at: datetime | None = None,
    ) -> "Payment":
        """Raises Refused where there is a payment with this reference of the provider already."""
        payment, is_new = self.get_or_create(
            provider=provider,
            reference=reference,
            defaults={
                "invoice": invoice,
                "state": state,
                "amount": invoice.total,
                "currency": invoice.currency,
                "method": method,
                "fault": fault[:200],
                "remedy": remedy,
                "code": code[:60],
                "at": at or clock.now(),
            },
        )
        if not is_new:
            raise Refused(_("There is a payment with the reference %s already.") % reference)
        return payment


class Payment(models.Model):
    """A payment received, or a declined charge."""

    class State(models.TextChoices):
        SUCCEEDED = "succeeded", gettext_lazy("Succeeded")
        FAILED = "failed", gettext_lazy("Failed")

    class Method(models.TextChoices):
        TRANSFER = "transfer", gettext_lazy("Bank transfer")
        CARD = "card", gettext_lazy("Card")

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    state = models.CharField(max_length=9, choices=State.choices)
    amount = models.PositiveBigIntegerField()
    currency = CurrencyField()
    provider = models.CharField(max_length=20)
    method = models.CharField(max_length=8, choices=Method.choices)
    reference = models.CharField(max_length=80, db_index=True)
    """The provider's, or that of the bank statement; unique for each provider."""
    fault = models.CharField(max_length=200, blank=True)
    remedy = models.CharField(max_length=6, blank=True)
    """What may help, of a charge that was declined: a `Remedy`."""
    code = models.CharField(max_length=60, blank=True)
    """The provider’s own word for why."""
    at = models.DateTimeField(default=clock.now)
    refunded = models.PositiveBigIntegerField(default=0)

    objects: ClassVar[PaymentManager] = PaymentManager()

    class Meta:
        verbose_name = gettext_lazy("payment")
        verbose_name_plural = gettext_lazy("payments")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="payment_reference_once"),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(state="succeeded"), name="invoice_paid_once"
            ),
            models.CheckConstraint(
                condition=Q(refunded__lte=F("amount")), name="payment_refunded_at_most_once"
            ),
            models.CheckConstraint(
                condition=Q(refunded=0) | Q(state="succeeded"), name="payment_refunded_if_made"
            ),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="payment_newest")]

    if TYPE_CHECKING:
        refunds: models.QuerySet["Refund"]

    def __str__(self) -> str:
        return f"{self.money}, {self.invoice.on(self.at)}"

    @property
    def zone(self) -> ZoneInfo:
        return self.invoice.zone

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def address(self) -> str:
        """Where staff look at it in the provider’s own pages; empty where it has none."""
        return providers.named(self.provider).address_of(self.reference)

    @property
    def next_step(self) -> str:
        """What happens after a declined charge, for our staff."""
        if self.state != self.State.FAILED or not self.invoice.is_open:
            return ""
        match self.remedy:
            case Remedy.CARDHOLDER:
                return _("The reader was asked to confirm it.")
            case Remedy.CARD:
                return _("It is charged again once there is another card.")
        return ""

    @property
    def given_back(self) -> Money:
        return Money(self.refunded, self.currency)

    @property
    def left(self) -> Money:
        """What can still be given back."""
        return Money(self.amount - self.refunded, self.currency)

    def refund(self, amount: Money, by: Person, why: str) -> "Refund":
        """Refunds `amount` of it, with a credit note; raises Refused.

        Nothing is locked while the provider is asked. Whoever asks at the same time asks with the same key,
        so that money is given back once.
        """
        with self.invoice.held(), held(self):
            self._require_refundable(amount)
            key = self._refund_key
        outcome = providers.named(self.provider).refund(self, amount, key)
        if isinstance(outcome, Declined):
            raise Refused(outcome.fault)
        with self.invoice.held(), held(self):
            told = self.refunds.filter(reference=outcome.reference).exclude(reference="").first()
            if told:
                # The provider has told of it meanwhile, without who and why.
                told.by, told.why = by, why
                told.save(update_fields=["by", "why"])
                return told
            if not outcome.reference and key != self._refund_key:
                raise Refused(_("Another amount was given back a moment ago. Load the page again."))
            return self._record_refund(amount, outcome.reference, by, why)

    @property
    def _refund_key(self) -> str:
        return f"{self.pk}-{self.refunded}"

    def _require_refundable(self, amount: Money) -> None:
        if self.state != self.State.SUCCEEDED:
            raise Refused(_("This charge was declined, so there is nothing to refund."))
        if amount.currency != self.currency:
            raise Refused(_("It was paid in %s.") % self.currency)
        if amount.minor <= 0:
            raise Refused(_("Enter how much to refund."))
        if amount > self.left:
            raise Refused(_("At most %s of it can be refunded.") % self.left)
        gift = self.invoice.gift
        if gift and not gift.revoked_at and amount == self.left:
            gift.require_unused()

    def take_in_refund(self, amount: Money, reference: str, why: str) -> None:
        """Records what the provider gave back, once: also where nobody asked for it here."""
        with self.invoice.held(), held(self):
            if not self.refunds.filter(reference=reference).exists() and amount <= self.left:
                self._record_refund(amount, reference, None, why)

    def _record_refund(self, amount: Money, reference: str, by: Person | None, why: str) -> "Refund":
        gift = self.invoice.gift
        if gift and not gift.revoked_at and amount == self.left:
            # It may have been used within the seconds in which the provider gave its price back.
            with suppress(Refused):
                gift.revoke()
        note = self.invoice.credit(self._part(amount))
        self.refunded += amount.minor
        self.save()
        self.invoice.give_back(self.given_back)
        refund: Refund = self.refunds.create(
            amount=amount.minor,
            currency=self.currency,
            credit_note=note,
            reference=reference,
            by=by,
            why=why,
        )
        note.say(InvoiceNotice.REFUND)
        return refund

    def _part(self, amount: Money) -> Taxed:
        """Splits `amount` into net and tax, so that the taxes of all parts add up to the whole tax."""
        whole = Money(self.invoice.tax, self.currency)
        after = whole.share(self.refunded + amount.minor, self.amount)
        before = whole.share(self.refunded, self.amount)
        tax = after - before
        return Taxed(amount - tax, tax)


class Refund(models.Model):
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.PositiveBigIntegerField()
    currency = CurrencyField()
    credit_note = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="refund")
    reference = models.CharField(max_length=80, blank=True)
    """The provider’s."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_gives_something"),
            models.UniqueConstraint(
                fields=["payment", "reference"], condition=~Q(reference=""), name="refund_recorded_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.money}, {self.payment.invoice.on(self.at)}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class MandateManager(models.Manager["Mandate"]):
    def give(self, subscription: Subscription, provider: str, means: "Means", buyer: Buyer) -> None:
        """Makes `means` of `provider` pay for `subscription` from now on, with `buyer` on its invoices."""
        if subscription.provider != provider:
            subscription.provider = provider
            subscription.save(update_fields=["provider"])
        self.update_or_create(
            subscription=subscription,
            defaults={
                "method": means.method,
                "reference": means.card,
                "last_digits": means.last_digits,
                "expires_on": means.expires_on,
                "tax_name": means.tax_name,
                "tax_rate": means.tax_rate,
                "buyer_name": buyer.name,
                "buyer_company": buyer.company,
                "buyer_address": buyer.address,
                "buyer_vat_number": buyer.vat_number,
                "buyer_reference": buyer.reference,
            },
        )


class Mandate(models.Model):
    """How a subscription is paid for: by invoice, or by a card that its provider may charge.

    It never contains a card's number.
    """

    subscription: Any = models.OneToOneField(
        "membership.Subscription", on_delete=models.CASCADE, related_name="mandate"
    )
    method = models.CharField(max_length=8, choices=Payment.Method.choices)
    reference = models.CharField(max_length=80, blank=True)
    """The provider's reference for the card, needed to charge it."""
    last_digits = models.CharField(max_length=4, blank=True)
    expires_on = models.DateField(null=True)
    tax_name = models.CharField(max_length=40, blank=True)
    tax_rate = models.PositiveSmallIntegerField(null=True)
    """That of where the buyer lives, in hundredths of a percent; None: the market’s holds."""
    buyer_name = models.CharField(max_length=150, blank=True)
    buyer_company = models.CharField(max_length=150, blank=True)
    buyer_address = models.TextField(blank=True)
    buyer_vat_number = models.CharField(max_length=40, blank=True)
    buyer_reference = models.CharField(max_length=60, blank=True)

    objects: ClassVar[MandateManager] = MandateManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(method="transfer", expires_on=None) | Q(method="card", expires_on__isnull=False),
                name="mandate_card_expires",
            )
        ]
        indexes = [
            models.Index(fields=["last_digits", "expires_on"], name="mandate_card"),
            models.Index(Lower("buyer_name"), name="mandate_buyer"),
        ]

    def __str__(self) -> str:
        return self.get_method_display()

    @property
    def is_card(self) -> bool:
        return self.method == Payment.Method.CARD

    @property
    def buyer(self) -> Buyer:
        return Buyer(
            self.buyer_name,
            self.buyer_company,
            self.buyer_address,
            self.buyer_vat_number,
            self.subscription.person.email,
            self.buyer_reference,
        )


def last_day_of(year: int, month: int) -> date:
    """The last day on which a card is valid that expires in this month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
