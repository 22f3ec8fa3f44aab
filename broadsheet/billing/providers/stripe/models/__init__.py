from broadsheet.billing.providers.stripe.models.calls import (
    Errand,
    StripeCharge,
    StripeCustomer,
    StripeSession,
)
from broadsheet.billing.providers.stripe.models.differences import Difference
from broadsheet.billing.providers.stripe.models.disputes import Dispute
from broadsheet.billing.providers.stripe.models.events import StripeEvent
from broadsheet.billing.providers.stripe.models.moves import StripeMove

__all__ = [
    "Difference",
    "Dispute",
    "Errand",
    "StripeCharge",
    "StripeCustomer",
    "StripeEvent",
    "StripeMove",
    "StripeSession",
]
