from broadsheet.billing.models.checkout import Checkout, Means
from broadsheet.billing.models.invoice.invoice import Invoice
from broadsheet.billing.models.invoice.issuing import Buyer, Item, Series
from broadsheet.billing.models.invoice.line import Line
from broadsheet.billing.models.payment import Mandate, Payment, Refund
from broadsheet.billing.models.seller import Seller

__all__ = [
    "Buyer",
    "Checkout",
    "Invoice",
    "Item",
    "Line",
    "Mandate",
    "Means",
    "Payment",
    "Refund",
    "Seller",
    "Series",
]
