"""What can be bought and paid for: a file for each kind, with its page and what the buyer gets."""

from collections.abc import Callable

from broadsheet.billing.checkout import card, change, donate, gift, pay, subscribe
from broadsheet.billing.models import Checkout, Means

FULFILMENTS: dict[Checkout.Kind, Callable[[Checkout, Means], None]] = {
    Checkout.Kind.SUBSCRIBE: subscribe.fulfil,
    Checkout.Kind.GIFT: gift.fulfil,
    Checkout.Kind.DONATE: donate.fulfil,
    Checkout.Kind.CHANGE: change.fulfil,
    Checkout.Kind.PAY: pay.fulfil,
    Checkout.Kind.CARD: card.fulfil,
}
