from broadsheet.billing.models.checkout import Checkout
from broadsheet.billing.models.invoice import Buyer, Invoice, Item, Line, Series
from broadsheet.billing.models.payment import Mandate, Payment, Refund
from broadsheet.billing.models.seller import Seller

__all__ = [
    "Buyer",
    "Checkout",
    "Invoice",
    "Item",
    "Line",
    "Mandate",
    "Payment",
    "Refund",
    "Seller",
    "Series",
]
