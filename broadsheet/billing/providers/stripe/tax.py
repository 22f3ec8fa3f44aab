"""The tax of the place where a buyer lives, by Stripe's calculation: https://docs.stripe.com/tax/custom.

The price stays what it is: only the part of it that is tax differs from place to place.
"""

import logging
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from broadsheet.billing.models import Mandate
from broadsheet.billing.providers.stripe.amounts import to_stripe
from broadsheet.billing.providers.stripe.api import Refusal, api, asking
from broadsheet.billing.providers.stripe.customers import known_customer
from broadsheet.membership.models import State
from broadsheet.platform.money import Money

logger = logging.getLogger(__name__)

NAMES = {"vat": _("VAT"), "gst": "GST", "hst": "HST", "sales_tax": _("Sales tax")}
AHEAD = timedelta(days=2)
"""How long before its next term the rate of a subscription is looked up again."""


def rate_of(customer: str, price: Money) -> tuple[str, int] | None:
    """Name and rate, in hundredths of a percent; None where Stripe can't tell. Raises Unreachable."""
    try:
        with asking():
            found = api().tax.calculations.create(
                {
                    "currency": price.currency.lower(),
                    "customer": customer,
                    "line_items": [
                        {"amount": to_stripe(price), "reference": "term", "tax_behavior": "inclusive"}
                    ],
                }
            )
    except Refusal as refusal:
        # Most often the address does not say enough.
        logger.warning("Stripe can’t tell the tax of %s: %s", customer, refusal)
        return None
    parts = [part.tax_rate_details for part in found.tax_breakdown if part.amount]
    rate = sum((Decimal(part.percentage_decimal or 0) for part in parts), Decimal())
    name = str(NAMES.get(parts[0].tax_type or "", _("Tax"))) if parts else ""
    return name, round(rate * 100)


def look_up_again(at: datetime) -> None:
    """Rates change, and readers move: before a term begins its rate is asked for."""
    if not settings.STRIPE_TAX:
        return
    soon: Any = Mandate.objects.filter(
        subscription__provider="stripe",
        subscription__state__in=(State.ACTIVE, State.TRIALING),
        subscription__term_ends_at__range=(at, at + AHEAD),
        tax_rate__isnull=False,
    )
    for mandate in soon.select_related("subscription__person", "subscription__price"):
        customer = known_customer(mandate.subscription.person)
        price = mandate.subscription.next_charge
        if not customer or not price:
            continue
        with translation.override(mandate.subscription.price.edition):
            found = rate_of(customer.reference, price)
        if found:
            mandate.tax_name, mandate.tax_rate = found
            mandate.save(update_fields=["tax_name", "tax_rate"])
