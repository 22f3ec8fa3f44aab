from broadsheet.billing.models.checkout import Checkout, Means
from broadsheet.billing.models.invoice.invoice import Invoice
from broadsheet.billing.models.invoice.issuing import Buyer, Item, Series
from broadsheet.billing.models.invoice.line import Line
from broadsheet.billing.models.payment import Mandate, Payment, Refund
from broadsheet.billing.models.seller import Seller

# Last: they point at the rows above.
from broadsheet.billing.providers.stripe.models import (
    Difference,
    Dispute,
    Errand,
    StripeCharge,
    StripeCustomer,
    StripeEvent,
    StripeMove,
    StripeSession,
)

__all__ = [
    "Buyer",
    "Checkout",
    "Difference",
    "Dispute",
    "Errand",
    "Invoice",
    "Item",
    "Line",
    "Mandate",
    "Means",
    "Payment",
    "Refund",
    "Seller",
    "Series",
    "StripeCharge",
    "StripeCustomer",
    "StripeEvent",
    "StripeMove",
    "StripeSession",
]
