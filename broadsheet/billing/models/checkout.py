import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from broadsheet.billing.models.invoice import Buyer, Invoice
from broadsheet.membership.models import Gift, Offer, Price, Subscription
from broadsheet.membership.models.catalogue.plan import CurrencyField
from broadsheet.people.models import Person
from broadsheet.platform import clock
from broadsheet.platform.edition_field import EditionTagField
from broadsheet.platform.money import Money

KEPT_FOR = timedelta(days=1)


class CheckoutQuerySet(models.QuerySet["Checkout"]):
    def unfinished(self) -> Self:
        return self.filter(state__in=Checkout.UNFINISHED)

    def stale(self, at: datetime) -> Self:
        return self.unfinished().filter(begun_at__lt=at - KEPT_FOR)


class CheckoutManager(models.Manager.from_queryset(CheckoutQuerySet)):  # type: ignore[misc]
    def take(self, uuid: uuid.UUID, person: Person, **fields: Any) -> "Checkout":
        """That of `person` with this uuid, begun now with `fields` where the form is sent the first time.

        Raises Checkout.DoesNotExist where the uuid is somebody else's.
        """
        self.get_or_create(uuid=uuid, defaults={"person": person, **fields})
        found: Checkout = self.get(uuid=uuid, person=person)
        return found


class Checkout(models.Model):
    """What a buyer is about to pay for, from the press of the button to the provider's answer.

    Its uuid comes from the form, so that a form sent twice is one checkout. The amounts are those that the
    buyer saw; they hold whatever the staff change meanwhile.
    """

    class Kind(models.TextChoices):
        SUBSCRIBE = "subscribe", _("Subscription")
        GIFT = "gift", _("Gift")
        DONATE = "donate", _("Donation")
        CHANGE = "change", _("Change of plan or term")
        PAY = "pay", _("Payment of an invoice")
        CARD = "card", _("Another card")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CONFIRMING = "confirming", _("Waits for the bank’s confirmation")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    UNFINISHED: ClassVar[tuple[str, ...]] = ("open", "confirming")

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=9, choices=Kind.choices)
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
    """What is paid now, with the tax."""
    each_term = models.PositiveBigIntegerField(default=0)
    """What each further term was agreed to cost, as the price states it."""
    credit = models.PositiveBigIntegerField(default=0)
    """For the unused rest of a term, of a change."""
    consent = models.TextField(blank=True)
    address = models.GenericIPAddressField(null=True)
    buyer_name = models.CharField(max_length=150, blank=True)
    buyer_company = models.CharField(max_length=150, blank=True)
    buyer_address = models.TextField(blank=True)
    buyer_vat_number = models.CharField(max_length=40, blank=True)
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
    """Why the last try did not succeed, for the buyer."""
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
        return f"{self.get_kind_display()}: {self.money}"

    @property
    def sold(self) -> Price:
        """Its price, of those kinds that sell something."""
        if self.price is None:
            raise ValueError(f"a checkout of the kind {self.kind} sells nothing")
        return self.price

    @property
    def money(self) -> Money:
        return Money(self.due, self.currency)

    @property
    def is_unfinished(self) -> bool:
        return self.state in self.UNFINISHED

    def await_confirmation(self) -> None:
        """The bank asks the buyer first."""
        Checkout.objects.filter(pk=self.pk, state=self.State.OPEN).update(
            state=self.State.CONFIRMING, fault=""
        )

    @property
    def buyer(self) -> Buyer:
        return Buyer(
            self.buyer_name, self.buyer_company, self.buyer_address, self.buyer_vat_number, self.person.email
        )
