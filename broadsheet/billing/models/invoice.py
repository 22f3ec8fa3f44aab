from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from broadsheet.billing.models.seller import Seller
from broadsheet.billing.notice_kinds import InvoiceNotice
from broadsheet.delivery.addresses import canonical
from broadsheet.editorial.models.publication import TimeZoneField
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Actor, Gift, Market, State, Subscription
from broadsheet.membership.models.catalogue.plan import CurrencyField
from broadsheet.membership.models.locking import held
from broadsheet.membership.models.zoned import Zoned
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import day_of, later
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.money import Money, Taxed
from broadsheet.platform.prefixes import begins

if TYPE_CHECKING:
    from broadsheet.billing.models.payment import Payment

TRIES_AFTER = (3, 4, 5)
"""How many days after a failed charge the next one is tried; after the last nobody tries again."""


class Series(models.Model):
    """The last number given in a year: invoices and credit notes share one row of numbers without a gap."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"

    @classmethod
    def next_number(cls, at: datetime, zone: ZoneInfo) -> str:
        """``2026-00042``: of the year that it is then in the seller's `zone`.

        Its row stays locked to the end of the transaction, which gives it back if it fails.
        """
        year = day_of(at, zone).year
        Series.objects.bulk_create([Series(year=year)], ignore_conflicts=True)
        Series.objects.filter(year=year).update(last=F("last") + 1)
        return f"{year}-{Series.objects.get(year=year).last:05}"


@dataclass(frozen=True, slots=True)
class Buyer:
    """As it will stand on the invoice."""

    name: str = ""
    company: str = ""
    address: str = ""
    vat_number: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what, for how much (in the market's way, with tax or without), and for which time."""

    description: str
    amount: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def found(self, text: str) -> Self:
        """That with the number `text`, and those whose buyer's address or payment's reference begins so."""
        from broadsheet.billing.models.payment import Payment

        text = text.strip()
        by_number = Invoice.objects.filter(number=text).values("pk")
        by_buyer = Invoice.objects.filter(begins("buyer_email", canonical(text))).values("pk")
        by_reference = Payment.objects.filter(begins("reference", text)).values("invoice")
        # Joined by “or”, PostgreSQL would look at every invoice instead of three indexes.
        return self.filter(pk__in=by_number.order_by().union(by_buyer.order_by(), by_reference.order_by()))

    def unpaid(self) -> Self:
        return self.filter(kind=Invoice.Kind.INVOICE, state=Invoice.State.OPEN)

    def overdue(self, at: datetime) -> Self:
        return self.unpaid().filter(due_at__lte=at)

    def to_try(self, at: datetime) -> Self:
        return self.unpaid().filter(next_try_at__lte=at)


class InvoiceManager(models.Manager.from_queryset(InvoiceQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def issue(
        self,
        items: Sequence[Item],
        *,
        edition: str,
        currency: str,
        buyer: Buyer,
        person: Person,
        is_donation: bool = False,
        subscription: Subscription | None = None,
        due_at: datetime | None = None,
    ) -> "Invoice":
        """The next invoice of the series over `items`, taxed as its market is.

        Without `due_at` it is to be paid in as many days as the seller gives.
        """
        now, seller = clock.now(), Seller.load()
        market = Market(edition=edition) if is_donation else Market.objects.of(edition)
        sums = market.taxed(Money(sum(item.amount for item in items), currency))
        invoice = Invoice(
            number=Series.next_number(now, seller.zone),
            edition=edition,
            person=person,
            subscription=subscription,
            is_donation=is_donation,
            issued_at=now,
            due_at=due_at or later(now, seller.zone, days=seller.payment_days),
            prices_include_tax=market.tax_included,
            tax_name=market.tax_name if market.tax_rate else "",
            tax_rate=market.tax_rate,
        )
        invoice.take(sums)
        invoice.issue_from(seller)
        invoice.address_to(buyer)
        invoice.save()
        invoice.lines.bulk_create(
            Line(
                invoice=invoice,
                description=item.description,
                amount=item.amount,
                starts_at=item.starts_at,
                ends_at=item.ends_at,
                time_zone=subscription.time_zone if subscription else "",
            )
            for item in items
        )
        return invoice


class Invoice(Zoned):
    """What somebody owes or paid, or, as a credit note, got back. Once issued it is never changed.

    Its days, and those of its payments, are those of the seller's zone when it was issued.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", gettext_lazy("Invoice")
        CREDIT_NOTE = "credit", gettext_lazy("Credit note")

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("Open")
        PAID = "paid", gettext_lazy("Paid")
        VOID = "void", gettext_lazy("Void")

    number = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.INVOICE)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_notes"
    )
    state = models.CharField(max_length=4, choices=State.choices, default=State.OPEN)
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
    """When a card is charged again."""

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
        lines: models.QuerySet["Line"]
        payments: models.QuerySet[Payment]
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
    def payment(self) -> "Payment | None":
        """The one that settled it."""
        return self.payments.succeeded().first()  # type: ignore[attr-defined]

    def take(self, sums: Taxed) -> None:
        self.currency = sums.total.currency
        self.net, self.tax, self.total = sums.net.minor, sums.tax.minor, sums.total.minor

    @property
    def buyer(self) -> Buyer:
        return Buyer(
            self.buyer_name, self.buyer_company, self.buyer_address, self.buyer_vat_number, self.buyer_email
        )

    def issue_from(self, seller: Seller) -> None:
        """Who sells, as it is now: a company that moves has not moved on the invoices of last year."""
        self.seller_name, self.seller_address = seller.name, seller.address
        self.seller_vat_number, self.seller_email = seller.vat_number, seller.email
        self.seller_note, self.time_zone = seller.note, seller.zone.key

    def address_to(self, buyer: Buyer) -> None:
        self.buyer_name, self.buyer_company = buyer.name, buyer.company
        self.buyer_address, self.buyer_vat_number = buyer.address, buyer.vat_number
        self.buyer_email = buyer.email

    def require_open(self) -> None:
        if self.kind != self.Kind.INVOICE:
            raise Refused(_("A credit note can’t be paid."))
        if self.state == self.State.PAID:
            raise Refused(_("Invoice %s is paid already.") % self.number)
        if self.state == self.State.VOID:
            raise Refused(_("Invoice %s is void: what it was for has ended.") % self.number)

    def held(self) -> AbstractContextManager[None]:
        """As `locking.held`, its subscription first."""
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
        """Records that it was paid, whole, `at` a moment or now; raises Refused where that isn't so."""
        from broadsheet.billing.models.payment import Payment

        with self.held():
            self.require_open()
            if amount != self.money:
                raise Refused(
                    _("Invoice %(number)s is over %(due)s, not %(paid)s. Nothing was recorded.")
                    % {"number": self.number, "due": self.money, "paid": amount}
                )
            payment = Payment.objects.record(
                self, Payment.State.SUCCEEDED, provider=provider, method=method, reference=reference, at=at
            )
            self.state, self.next_try_at = self.State.PAID, None
            self.save()
            self.recover_subscription(by)
            self.say(InvoiceNotice.RECEIPT)
        return payment

    def recover_subscription(self, by: Actor) -> None:
        """Lets a subscription that waited for this invoice run on, where nothing else is overdue."""
        subscription = self.subscription
        if subscription and subscription.state == State.PAST_DUE and not self._others_are_overdue():
            subscription.recover(by)

    def _others_are_overdue(self) -> bool:
        return Invoice.objects.overdue(clock.now()).filter(subscription=self.subscription).exists()

    def charge_failed(self, fault: str, *, provider: str, method: str, reference: str, by: Actor) -> None:
        """Records a charge that was declined, and sets the next one down."""
        from broadsheet.billing.models.payment import Payment

        with self.held():
            self.require_open()
            Payment.objects.record(
                self, Payment.State.FAILED, provider=provider, method=method, reference=reference, fault=fault
            )
            tries = self.payments.failed().count()  # type: ignore[attr-defined]
            self.next_try_at = (
                self.later(clock.now(), days=TRIES_AFTER[tries - 1]) if tries <= len(TRIES_AFTER) else None
            )
            self.save()
            if self.subscription and self.subscription.state == State.ACTIVE:
                self.subscription.fall_due(by)
            self.say(InvoiceNotice.PAYMENT_FAILED, key=str(tries))

    def void(self) -> "Invoice | None":
        """Cancels it by a credit note over the whole sum, where it is still open."""
        with self.held():
            if not self.is_open:
                return None
            self.state, self.next_try_at = self.State.VOID, None
            self.save()
            return self.credit(Taxed(Money(self.net, self.currency), Money(self.tax, self.currency)))

    def credit(self, sums: Taxed) -> "Invoice":
        """A credit note over `sums`, which are a part of this invoice's."""
        now, seller = clock.now(), Seller.load()
        note = Invoice(
            number=Series.next_number(now, seller.zone),
            kind=self.Kind.CREDIT_NOTE,
            corrects=self,
            state=self.State.PAID,
            edition=self.edition,
            person=self.person,
            subscription=self.subscription,
            gift=self.gift,
            is_donation=self.is_donation,
            issued_at=now,
            due_at=now,
            prices_include_tax=self.prices_include_tax,
            tax_name=self.tax_name,
            tax_rate=self.tax_rate,
        )
        note.take(sums)
        note.issue_from(seller)
        note.address_to(self.buyer)
        note.save()
        amount = sums.total if self.prices_include_tax else sums.net
        self._take_from_term(amount)
        note.lines.create(description=_("Correction of invoice %s") % self.number, amount=amount.minor)
        return note

    def _take_from_term(self, amount: Money) -> None:
        """What was given back of the present term is worth nothing when its plan is changed."""
        subscription = self.subscription
        if subscription is None or not subscription.is_live:
            return
        newest = subscription.invoices.filter(kind=self.Kind.INVOICE).order_by("issued_at", "pk").last()
        # Of an older term that is not over, the rest has paid for the present one.
        if newest == self or self.lines.filter(ends_at__gt=clock.now()).exists():
            left = Greatest(F("term_amount") - amount.minor, 0)
            Subscription.objects.filter(pk=subscription.pk).update(term_amount=left)

    def say(self, kind: InvoiceNotice, key: str = "") -> None:
        """Has the buyer told of it, once for `key`; nobody where the account was erased."""
        if self.person is None and not self.buyer_email:
            return
        Notice.objects.set_down(
            kind, self.pk, key=key, edition=self.edition, person=self.person, email=self.buyer_email
        )


class Line(models.Model):
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
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
