from broadsheet.billing.checkout import card, change, donate, gift, group, pay, seats, subscribe
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
            Checkout.Purpose.GROUP: group.fulfil,
            Checkout.Purpose.SEATS: seats.fulfil,
        }
    )
