"""Bank transfer: invoices by e-mail with the bank details, which staff mark as paid."""

from datetime import datetime

from django.urls import reverse

from broadsheet.billing.models import Checkout, Invoice, Mandate, Means, Payment, Seller
from broadsheet.billing.providers.protocol import Done, Invoiced
from broadsheet.membership.models import Actor, Intent
from broadsheet.platform.money import Money


class Transfer:
    name = "transfer"

    def methods(self) -> list[str]:
        return [Payment.Method.TRANSFER] if Seller.load().can_send_invoices else []

    def has_books(self) -> bool:
        return False

    def begin(self, checkout: Checkout) -> str:
        checkout.fulfil(Means(Payment.Method.TRANSFER))
        return reverse("checkout_done", args=[checkout.uuid])

    def charge(self, mandate: Mandate, invoice: Invoice, key: str) -> Invoiced:
        return Invoiced()

    def refund(self, payment: Payment, amount: Money, key: str) -> Done:
        """Staff send the money back at their bank."""
        return Done()

    def return_unneeded(self, reference: str) -> None:
        """Nothing is charged."""

    def confirm_path(self, invoice: Invoice) -> str:
        return ""

    def address_of(self, reference: str) -> str:
        return ""

    def ask(self, intent: Intent) -> Done:
        return Done()


def record_transfer(
    invoice: Invoice, amount: Money, reference: str, by: Actor, at: datetime | None = None
) -> Payment:
    """Staff found the payment on the bank statement."""
    return invoice.settle(
        amount, provider=Transfer.name, method=Payment.Method.TRANSFER, reference=reference, by=by, at=at
    )
