"""What can be bought and paid for: a file for each kind, with its page and what the buyer gets."""

from collections.abc import Callable

from broadsheet.billing.checkout import card, change, donate, gift, pay, subscribe
from broadsheet.billing.models import Checkout, Means

FULFILMENTS: dict[Checkout.Purpose, Callable[[Checkout, Means], None]] = {
    Checkout.Purpose.SUBSCRIBE: subscribe.fulfil,
    Checkout.Purpose.GIFT: gift.fulfil,
    Checkout.Purpose.DONATE: donate.fulfil,
    Checkout.Purpose.CHANGE: change.fulfil,
    Checkout.Purpose.PAY: pay.fulfil,
    Checkout.Purpose.CARD: card.fulfil,
}
