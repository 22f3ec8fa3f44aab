"""The numbers of Stripe's test cards, and what the bank does with each: https://docs.stripe.com/testing."""

from dataclasses import dataclass, replace


@dataclass
class Behaviour:
    """What a bank does: `now` with the cardholder there, `later` without. Empty: it accepts."""

    digits: str
    now: str = ""
    later: str = ""
    asks_now: bool = False
    """Whether it asks the cardholder first."""

    def copy(self) -> "Behaviour":
        return replace(self)


CARDS = {
    card.digits: card
    for card in (
        Behaviour("4242424242424242"),
        Behaviour("5555555555554444"),
        Behaviour("4000000000000002", now="generic_decline", later="generic_decline"),
        Behaviour("4000000000009995", now="insufficient_funds", later="insufficient_funds"),
        Behaviour("4000000000009979", now="stolen_card", later="stolen_card"),
        Behaviour("4000000000000341", later="generic_decline"),
        Behaviour("4000000000003220", asks_now=True),
        Behaviour("4000002760003184", asks_now=True, later="authentication_required"),
    )
}
