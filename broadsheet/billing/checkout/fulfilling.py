from broadsheet.billing.checkout import card, change, donate, gift, pay, subscribe
from broadsheet.billing.models import Checkout
from broadsheet.billing.models.checkout import fulfilments


def register() -> None:
    fulfilments.update(
        {
            Checkout.Purpose.SUBSCRIBE: subscribe.fulfil,
            Checkout.Purpose.GIFT: gift.fulfil,
            Checkout.Purpose.DONATE: donate.fulfil,
            Checkout.Purpose.CHANGE: change.fulfil,
            Checkout.Purpose.PAY: pay.fulfil,
            Checkout.Purpose.CARD: card.fulfil,
        }
    )
