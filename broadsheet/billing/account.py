"""Subscriptions and money on the account page, in the export, and after an erasure."""

from dataclasses import dataclass
from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import get_language

from broadsheet.billing.models import Checkout, Invoice, Mandate, Payment, Refund, StripeCustomer
from broadsheet.membership.account import rights
from broadsheet.membership.letters.wording import charge_of
from broadsheet.membership.models import FulfilmentHouse, Intent, Price, PrintDelivery, Subscription
from broadsheet.people.current import person_of
from broadsheet.people.models import Person


@dataclass(frozen=True)
class OwnSubscription:
    """A subscription or a recurring donation, as the account page shows it."""

    subscription: Subscription

    @property
    def edition(self) -> str:
        return self.subscription.price.edition

    @property
    def charge(self) -> str:
        return charge_of(self.subscription)

    @cached_property
    def pause(self) -> Any:
        return self.subscription.pause

    @cached_property
    def is_cancelled(self) -> bool:
        return self.subscription.cancellation is not None

    @cached_property
    def intent(self) -> Intent | None:
        found: Intent | None = Intent.objects.filter(subscription=self.subscription).open().first()
        return found

    @cached_property
    def mandate(self) -> Mandate | None:
        return Mandate.objects.filter(subscription=self.subscription).first()

    @cached_property
    def delivery(self) -> PrintDelivery | None:
        """Where its paper goes."""
        return PrintDelivery.of(self.subscription)

    @cached_property
    def unpaid(self) -> Invoice | None:
        theirs = Invoice.objects.unpaid().filter(subscription=self.subscription)
        return theirs.order_by("due_at", "pk").first()


def subscriptions(request: HttpRequest) -> dict[str, Any]:
    person = person_of(request)
    found = rights(person)
    subscription = found.pop("subscription")
    invoices = Invoice.objects.filter(person=person).select_related("corrects")
    return found | {
        "own": OwnSubscription(subscription) if subscription else None,
        "donations": [OwnSubscription(donation) for donation in found["donations"]],
        "invoices": list(invoices),
        "prints": FulfilmentHouse.objects.exists(),
        "is_sold": Price.objects.on_sale(get_language() or "").exists(),
    }


def export_invoices(person: Person) -> list[dict[str, Any]]:
    rows = Invoice.objects.filter(person=person).order_by("issued_at", "pk")
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "state": row.state,
            "issued_at": row.issued_at,
            "time_zone": row.time_zone,
            "currency": row.currency,
            "net": row.net,
            "tax": row.tax,
            "total": row.total,
            "buyer": [
                row.buyer_name,
                row.buyer_company,
                row.buyer_address,
                row.buyer_vat_number,
                row.buyer_reference,
            ],
            "lines": [[line.description, line.amount] for line in row.lines.all()],
            "payments": [
                [payment.at, payment.state, payment.method, payment.reference, payment.amount]
                for payment in row.payments.all()
            ],
            "refunds": list(Refund.objects.filter(payment__invoice=row).values("at", "amount", "why")),
        }
        for row in rows.prefetch_related("lines", "payments")
    ]


def export_mandates(person: Person) -> list[dict[str, Any]]:
    fields = ("method", "last_digits", "expires_on", "buyer_name", "buyer_company", "buyer_address")
    rows = Mandate.objects.filter(subscription__person=person).order_by("pk")
    return list(rows.values(*fields, "buyer_vat_number"))


def export_card_accounts(person: Person) -> list[dict[str, Any]]:
    """Where the reader’s cards are: Stripe knows them by these references."""
    rows = StripeCustomer.objects.filter(person=person).order_by("pk")
    return [{"reference": row.reference, "is_live": row.is_live} for row in rows]


def export_checkouts(person: Person) -> list[dict[str, Any]]:
    fields = ("begun_at", "purpose", "state", "due", "currency", "consent", "address", "recipient_name")
    return list(Checkout.objects.filter(person=person).values(*fields, "recipient_email", "message"))


@receiver(pre_delete, sender=Person)
def strip_invoices(instance: Person, **kwargs: Any) -> None:
    """Invoices are kept, as tax law asks, without the person’s data."""
    # First: it locks subscriptions before invoices, and copies the buyer to the credit note.
    for invoice in Invoice.objects.unpaid().filter(person=instance):
        invoice.void()
    Invoice.objects.filter(person=instance).update(
        buyer_name="",
        buyer_company="",
        buyer_address="",
        buyer_vat_number="",
        buyer_email="",
        buyer_reference="",
    )
    Payment.objects.filter(invoice__person=instance).update(fault="")
    Refund.objects.filter(payment__invoice__person=instance).update(why="")
