"""What the export of one's data says of money, and what is left of it when an account is erased."""

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from broadsheet.billing.models import Checkout, Invoice, Mandate, Payment
from broadsheet.people.models import Person


def export_invoices(person: Person) -> list[dict[str, Any]]:
    rows = Invoice.objects.filter(person=person).order_by("issued_at").prefetch_related("lines", "payments")
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "state": row.state,
            "issued_at": row.issued_at,
            "currency": row.currency,
            "net": row.net,
            "tax": row.tax,
            "total": row.total,
            "buyer": [row.buyer_name, row.buyer_company, row.buyer_address, row.buyer_vat_number],
            "lines": [[line.description, line.amount] for line in row.lines.all()],
            "payments": [
                [payment.at, payment.state, payment.method, payment.amount, payment.refunded]
                for payment in row.payments.all()
            ],
        }
        for row in rows
    ]


def export_mandates(person: Person) -> list[dict[str, Any]]:
    fields = ("method", "last_digits", "expires_on", "buyer_name", "buyer_company", "buyer_address")
    return list(Mandate.objects.filter(subscription__person=person).values(*fields, "buyer_vat_number"))


def export_checkouts(person: Person) -> list[dict[str, Any]]:
    fields = ("begun_at", "kind", "state", "due", "currency", "consent", "address", "recipient_name")
    return list(Checkout.objects.filter(person=person).values(*fields, "recipient_email", "message"))


@receiver(pre_delete, sender=Person)
def strip_invoices(instance: Person, **kwargs: Any) -> None:
    """Tax law wants the invoices kept; whose they were goes with the account."""
    Invoice.objects.filter(person=instance).update(
        buyer_name="", buyer_company="", buyer_address="", buyer_vat_number="", buyer_email=""
    )
    for invoice in Invoice.objects.unpaid().filter(person=instance):
        invoice.void()
    Payment.objects.filter(invoice__person=instance).update(fault="")
