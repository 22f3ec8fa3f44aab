"""Stripe behind the protocol that the renewal engine knows."""

from django.conf import settings
from django.urls import reverse

from broadsheet.billing.models import Checkout, Errand, Invoice, Mandate, Payment
from broadsheet.billing.providers.protocol import Declined, Done, Outcome
from broadsheet.billing.providers.stripe import charging, refunds, sessions
from broadsheet.billing.providers.stripe.api import address_of
from broadsheet.membership.models import Intent
from broadsheet.platform.money import Money


class Stripe:
    name = "stripe"

    def methods(self) -> list[str]:
        return [Payment.Method.CARD] if settings.STRIPE_KEY else []

    def has_books(self) -> bool:
        return bool(settings.STRIPE_KEY)

    def begin(self, checkout: Checkout) -> str:
        return sessions.begin(checkout)

    def charge(self, mandate: Mandate, invoice: Invoice, key: str) -> Outcome:
        return charging.charge(mandate, invoice, key)

    def refund(self, payment: Payment, amount: Money, key: str) -> Done | Declined:
        return refunds.refund(payment, amount, key)

    def return_unneeded(self, reference: str) -> None:
        Errand.objects.get_or_create(kind=Errand.Kind.RETURN, reference=reference)

    def confirm_path(self, invoice: Invoice) -> str:
        row = charging.to_confirm(invoice)
        return reverse("confirm_charge", args=[invoice.number]) if row else ""

    def address_of(self, reference: str) -> str:
        return address_of(reference)

    def ask(self, intent: Intent) -> Done:
        """Stripe knows nothing of terms, pauses and ends: what is asked for is ours to do."""
        return Done()
