import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from broadsheet.billing import providers
from broadsheet.billing.models.invoice.invoice import Invoice
from broadsheet.billing.models.invoice.issuing import Buyer
from broadsheet.billing.models.payment import Payment
from broadsheet.billing.notice_kinds import InvoiceNotice
from broadsheet.membership.errors import PriceChanged, Refused
from broadsheet.membership.models import PROVIDER, Consent, Gift, Offer, Price, Subscription
from broadsheet.membership.models.catalogue.plan import CurrencyField
from broadsheet.membership.models.gift import KEPT_FOR as GIFT_KEPT_FOR
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.days import later
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.locking import held
from broadsheet.platform.money import Money

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Means:
    """How a buyer pays: by a card that the provider has charged, or after an invoice."""

    method: str
    payment: str = ""
    """The provider's reference for the charge."""
    card: str = ""
    """The provider's reference for the card, needed to charge it again."""
    last_digits: str = ""
    expires_on: date | None = None
    tax_name: str = ""
    tax_rate: int | None = None
    """In hundredths of a percent, where the provider knows the tax of where the buyer lives."""

    @property
    def is_card(self) -> bool:
        return self.method == Payment.Method.CARD


class CheckoutQuerySet(models.QuerySet["Checkout"]):
    def unfinished(self) -> Self:
        return self.filter(state__in=Checkout.UNFINISHED)

    def stale(self, at: datetime) -> Self:
        """Those that may be forgotten: not while their provider may still say that they were paid."""
        from broadsheet.billing.models import StripeSession

        awaited = StripeSession.objects.open().filter(checkout=OuterRef("pk"))
        return self.unfinished().filter(~Exists(awaited), begun_at__lt=at - KEPT_FOR)

    def undelivered(self) -> Self:
        """Gifts that were ordered by invoice and are not paid yet."""
        return self.filter(purpose=Checkout.Purpose.GIFT, state=Checkout.State.DONE, gift=None)


class CheckoutManager(models.Manager.from_queryset(CheckoutQuerySet)):  # type: ignore[misc]
    def take(self, uuid: uuid.UUID, person: Person, **fields: Any) -> "Checkout":
        """The checkout of `person` with this uuid; a form that is sent for the first time begins it.

        Raises Checkout.DoesNotExist where the uuid is somebody else's.
        """
        self.get_or_create(uuid=uuid, defaults={"person": person, **fields})
        found: Checkout = self.get(uuid=uuid, person=person)
        return found


class Checkout(models.Model):
    """A purchase from the press of the button to the provider's answer.

    Its uuid comes from the form, so that a form sent twice is one checkout. The amounts are those that the
    buyer saw; they hold whatever the staff change meanwhile.
    """

    class Purpose(models.TextChoices):
        SUBSCRIBE = "subscribe", _("Subscription")
        GIFT = "gift", _("Gift")
        DONATE = "donate", _("Donation")
        CHANGE = "change", _("Change of plan or term")
        PAY = "pay", _("Payment of an invoice")
        CARD = "card", _("Another card")
        GROUP = "group", _("Group subscription")
        SEATS = "seats", _("More seats for a group")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CONFIRMING = "confirming", _("Awaiting the bank’s confirmation")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    UNFINISHED: ClassVar[tuple[str, ...]] = ("open", "confirming")

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4)
    purpose = models.CharField(max_length=9, choices=Purpose.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    edition = EditionTagField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="checkouts")
    provider = models.CharField(max_length=20)
    method = models.CharField(max_length=8)
    price = models.ForeignKey(Price, on_delete=models.PROTECT, null=True, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="+")
    trial = models.BooleanField(default=False)
    currency = CurrencyField()
    due = models.PositiveBigIntegerField()
    """The total to pay now, with tax."""
    each_term = models.PositiveBigIntegerField(default=0)
    """The agreed price of each further term, with or without tax as the price states it."""
    credit = models.PositiveBigIntegerField(default=0)
    """For the unused rest of a term, when the plan is changed."""
    consent = models.TextField(blank=True)
    address = models.GenericIPAddressField(null=True)
    buyer_name = models.CharField(max_length=150, blank=True)
    buyer_company = models.CharField(max_length=150, blank=True)
    buyer_address = models.TextField(blank=True)
    buyer_vat_number = models.CharField(max_length=40, blank=True)
    buyer_reference = models.CharField(max_length=60, blank=True)
    group_name = models.CharField(max_length=120, blank=True)
    seats = models.PositiveIntegerField(null=True)
    """How many a group is to have, or to have more."""
    recipient_name = models.CharField(max_length=100, blank=True)
    recipient_email = models.EmailField(blank=True)
    message = models.TextField(blank=True)
    deliver_at = models.DateTimeField(null=True)
    next_path = models.CharField(max_length=500, blank=True)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, null=True, related_name="checkouts"
    )
    invoice = models.ForeignKey(Invoice, on_delete=models.SET_NULL, null=True, related_name="checkouts")
    gift = models.OneToOneField(Gift, on_delete=models.SET_NULL, null=True, related_name="checkout")
    fault = models.CharField(max_length=300, blank=True)
    """Tells the buyer why the last try did not succeed."""
    is_sent_back = models.BooleanField(default=False)
    """Whether it was refused after the card was charged."""
    begun_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[CheckoutManager] = CheckoutManager()

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at=None)),
                name="checkout_done_has_a_moment",
            )
        ]
        indexes = [models.Index(fields=["state", "begun_at"], name="checkout_stale")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.money}"

    @property
    def sold(self) -> Price:
        """Its price, where something is sold."""
        if self.price is None:
            raise ValueError(f"a checkout with the purpose {self.purpose} sells nothing")
        return self.price

    @property
    def money(self) -> Money:
        return Money(self.due, self.currency)

    @property
    def is_unfinished(self) -> bool:
        return self.state in self.UNFINISHED

    @property
    def begins_to_read(self) -> bool:
        """Whether its buyer has just subscribed."""
        return self.purpose == self.Purpose.SUBSCRIBE and self.state == self.State.DONE

    @property
    def buyer(self) -> Buyer:
        return Buyer(
            self.buyer_name,
            self.buyer_company,
            self.buyer_address,
            self.buyer_vat_number,
            self.person.email,
            self.buyer_reference,
        )

    def go_on(self) -> str:
        """The path where the buyer goes on: to pay, or the thank-you page."""
        if self.is_unfinished:
            return providers.named(self.provider).begin(self)
        return reverse("checkout_done", args=[self.uuid])

    # --- What its provider reports -------------------------------------------------------------------

    def await_confirmation(self) -> None:
        """The bank asks the buyer first."""
        Checkout.objects.filter(pk=self.pk, state=self.State.OPEN).update(
            state=self.State.CONFIRMING, fault=""
        )

    def decline(self, fault: str) -> None:
        """The provider's bank said no: nothing was charged, and the buyer may try again."""
        with held(self):
            if self.is_unfinished:
                self.state, self.fault = self.State.OPEN, fault[:300]
                self.save()

    def fulfil(self, means: Means) -> None:
        """Gives the buyer what was paid for, once, however often the provider reports it.

        If that is not possible after all, the whole checkout is refused and only the reason is kept.
        """
        with held(self), translation.override(self.edition):
            if not self.is_unfinished:
                return
            try:
                with transaction.atomic():
                    fulfilments[self.Purpose(self.purpose)](self, means)
            except Refused as refused:
                self.refresh_from_db()  # its fields name rows that were rolled back
                self.state, self.fault = self.State.REFUSED, refused.reason[:300]
            else:
                self.state, self.fault, self.done_at = self.State.DONE, "", clock.now()
            self.save()

    def pay(self, invoice: Invoice, means: Means) -> None:
        """Settles its `invoice` with what was charged, or sends the invoice to be paid by transfer."""
        if self.money != invoice.money:
            raise PriceChanged
        self.invoice = invoice
        if means.is_card:
            self.settle(invoice, means, self.money)
        else:
            Invoice.objects.require_credit(self.person)
            invoice.say(InvoiceNotice.INVOICE)

    def settle(self, invoice: Invoice, means: Means, amount: Money, part: str = "") -> None:
        """Pays `invoice` with `amount` of the charge. `part` tells apart the payments of one charge."""
        invoice.settle(
            amount,
            provider=self.provider,
            method=means.method,
            reference=means.payment + part,
            by=PROVIDER,
        )

    def keep_consent(self) -> None:
        """Stores what the buyer agreed to, with the subscription."""
        Consent.objects.create(
            person=self.person, subscription=self.subscription, text=self.consent, address=self.address
        )

    def deliver_gift(self, invoice: Invoice) -> None:
        """Makes the gift’s code, which goes out on the day that was chosen; called once `invoice` is paid."""
        price, now = self.sold, clock.now()
        deliver_at = max(self.deliver_at or now, now)
        self.gift = Gift.objects.create(
            buyer=self.person,
            buyer_name=(self.buyer_name or self.person.get_full_name() or self.person.email)[:100],
            price=price,
            recipient_name=self.recipient_name,
            recipient_email=self.recipient_email,
            message=self.message,
            deliver_at=deliver_at,
            expires_at=later(deliver_at, price.zone, months=GIFT_KEPT_FOR),
        )
        self.save(update_fields=["gift"])
        invoice.gift = self.gift
        invoice.save(update_fields=["gift"])


fulfilments: dict[Checkout.Purpose, Callable[[Checkout, Means], None]] = {}
"""What each kind of purchase gives the buyer, registered by `billing.checkout`."""
