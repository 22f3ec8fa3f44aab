from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.billing.models.invoice.charging import Chargeable
from broadsheet.billing.models.invoice.correction import Correctable
from broadsheet.billing.models.invoice.issuing import Buyer, InvoiceManager
from broadsheet.billing.models.seller import Seller
from broadsheet.billing.notice_kinds import InvoiceNotice
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Actor, Gift, State, Subscription
from broadsheet.membership.models.catalogue.plan import CurrencyField
from broadsheet.membership.models.zoned import Zoned
from broadsheet.notices.models import Notice
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.locking import held
from broadsheet.platform.money import Money, Taxed

if TYPE_CHECKING:
    from broadsheet.billing.models.checkout import Checkout
    from broadsheet.billing.models.invoice.line import Line
    from broadsheet.billing.models.payment import Payment


class Invoice(Correctable, Chargeable, Zoned):
    """An invoice or a credit note. Once issued, only its state changes.

    Its days, and those of its payments, are those of the seller's zone when it was issued.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", gettext_lazy("Invoice")
        CREDIT_NOTE = "credit", gettext_lazy("Credit note")

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("Open")
        PAID = "paid", gettext_lazy("Paid")
        PARTLY_REFUNDED = "partly", gettext_lazy("Partly refunded")
        REFUNDED = "refunded", gettext_lazy("Refunded")
        VOID = "void", gettext_lazy("Void")

    PAID_FOR: ClassVar = (State.PAID, State.PARTLY_REFUNDED, State.REFUNDED)
    """The states of an invoice whose payment came, whatever was given back of it since."""

    number = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.INVOICE)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_notes"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    edition = EditionTagField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="invoices"
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.SET_NULL, null=True, blank=True, related_name="invoices"
    )
    gift = models.ForeignKey(Gift, on_delete=models.SET_NULL, null=True, blank=True, related_name="invoices")
    is_donation = models.BooleanField(default=False)
    seller_name = models.CharField(max_length=120, blank=True)
    seller_address = models.TextField(blank=True)
    seller_vat_number = models.CharField(max_length=40, blank=True)
    seller_email = models.EmailField(blank=True)
    seller_note = models.CharField(max_length=200, blank=True)
    buyer_name = models.CharField(max_length=150, blank=True)
    buyer_company = models.CharField(max_length=150, blank=True)
    buyer_address = models.TextField(blank=True)
    buyer_vat_number = models.CharField(max_length=40, blank=True)
    buyer_email = models.EmailField(blank=True, db_index=True)
    buyer_reference = models.CharField(max_length=60, blank=True)
    currency = CurrencyField()
    net = models.PositiveBigIntegerField()
    tax = models.PositiveBigIntegerField()
    total = models.PositiveBigIntegerField()
    prices_include_tax = models.BooleanField(default=True)
    tax_name = models.CharField(max_length=40, blank=True)
    tax_rate = models.PositiveSmallIntegerField(default=0)
    issued_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    """When it is charged next, for the first time or again; None where nothing is charged automatically."""

    objects: ClassVar[InvoiceManager] = InvoiceManager()

    class Meta:
        verbose_name = gettext_lazy("invoice")
        verbose_name_plural = gettext_lazy("invoices")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(total=F("net") + F("tax")), name="invoice_adds_up"),
            models.CheckConstraint(
                condition=Q(kind="invoice", corrects=None) | Q(kind="credit", corrects__isnull=False),
                name="invoice_credit_note_corrects_one",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="invoice_currency_is_iso_4217"
            ),
            models.CheckConstraint(condition=~Q(time_zone=""), name="invoice_has_a_time_zone"),
        ]
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="invoice_newest"),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="invoice_due"),
            models.Index(fields=["next_try_at"], condition=Q(state="open"), name="invoice_to_try"),
        ]

    if TYPE_CHECKING:
        lines: models.QuerySet[Line]
        payments: models.QuerySet[Payment]
        checkouts: models.QuerySet[Checkout]
        credit_notes: models.QuerySet["Invoice"]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> Money:
        return Money(self.total, self.currency)

    @property
    def net_money(self) -> Money:
        return Money(self.net, self.currency)

    @property
    def tax_money(self) -> Money:
        return Money(self.tax, self.currency)

    @property
    def is_open(self) -> bool:
        return self.kind == self.Kind.INVOICE and self.state == self.State.OPEN

    @property
    def state_name(self) -> str:
        """What every page says of it: “Partly refunded”. A credit note is issued, and that is all."""
        return _("Issued") if self.kind == self.Kind.CREDIT_NOTE else str(self.get_state_display())

    @property
    def payment(self) -> "Payment | None":
        """The one that settled it."""
        return self.payments.succeeded().first()  # type: ignore[attr-defined]

    def take(self, sums: Taxed) -> None:
        self.currency = sums.total.currency
        self.net, self.tax, self.total = sums.net.minor, sums.tax.minor, sums.total.minor

    @property
    def buyer(self) -> Buyer:
        return Buyer(
            self.buyer_name,
            self.buyer_company,
            self.buyer_address,
            self.buyer_vat_number,
            self.buyer_email,
            self.buyer_reference,
        )

    def issue_from(self, seller: Seller) -> None:
        """Copies the seller, so that later changes of address don’t change old invoices."""
        self.seller_name, self.seller_address = seller.name, seller.address
        self.seller_vat_number, self.seller_email = seller.vat_number, seller.email
        self.seller_note, self.time_zone = seller.note, seller.zone.key

    def address_to(self, buyer: Buyer) -> None:
        self.buyer_name, self.buyer_company = buyer.name, buyer.company
        self.buyer_address, self.buyer_vat_number = buyer.address, buyer.vat_number
        self.buyer_email, self.buyer_reference = buyer.email, buyer.reference

    def require_open(self) -> None:
        if self.kind != self.Kind.INVOICE:
            raise Refused(_("A credit note can’t be paid."))
        if self.state in self.PAID_FOR:
            raise Refused(_("Invoice %s is paid already.") % self.number)
        if self.state == self.State.VOID:
            raise Refused(_("Invoice %s is void, because what it was for has ended.") % self.number)

    def held(self) -> AbstractContextManager[None]:
        """`locking.held` for its subscription, then for itself."""
        return held(self.subscription, self) if self.subscription else held(self)

    def settle(
        self,
        amount: Money,
        *,
        provider: str,
        method: str,
        reference: str,
        by: Actor,
        at: datetime | None = None,
    ) -> "Payment":
        """Records its payment, `at` a moment or now; raises Refused where `amount` is not what is due."""
        from broadsheet.billing.models.payment import Payment

        with self.held():
            self.require_open()
            if amount != self.money:
                raise Refused(
                    _("Invoice %(number)s is for %(due)s, not %(paid)s. Nothing was recorded.")
                    % {"number": self.number, "due": self.money, "paid": amount}
                )
            payment = Payment.objects.record(
                self, Payment.State.SUCCEEDED, provider=provider, method=method, reference=reference, at=at
            )
            self.state, self.next_try_at = self.State.PAID, None
            self.save()
            self.recover_subscription(by)
            for order in self.checkouts.undelivered():  # type: ignore[attr-defined]
                order.deliver_gift(self)
            self.say(InvoiceNotice.RECEIPT)
        return payment

    def give_back(self, refunded: Money) -> None:
        """Takes the state that says so, once `refunded` of it in all was given back."""
        self.state = self.State.REFUNDED if refunded == self.money else self.State.PARTLY_REFUNDED
        self.save(update_fields=["state"])

    def recover_subscription(self, by: Actor) -> None:
        """Makes its subscription active again, if that was past due and nothing else is overdue."""
        subscription = self.subscription
        if subscription and subscription.state == State.PAST_DUE and not self._others_are_overdue():
            subscription.recover(by)

    def _others_are_overdue(self) -> bool:
        return Invoice.objects.overdue(clock.now()).filter(subscription=self.subscription).exists()

    def say(self, kind: InvoiceNotice, key: str = "") -> None:
        """Notifies the buyer, once for each `key`; nobody where the account was erased."""
        if self.person is None and not self.buyer_email:
            return
        Notice.objects.set_down(
            kind, self.pk, key=key, edition=self.edition, person=self.person, email=self.buyer_email
        )
