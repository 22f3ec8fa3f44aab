"""What a payment provider does. Terms, dunning and letters are the work of the renewal engine."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from broadsheet.billing.models import Checkout, Invoice, Mandate, Payment
    from broadsheet.membership.models import Intent
    from broadsheet.platform.money import Money


@dataclass(frozen=True, slots=True)
class Done:
    """It is done. A charge has the provider's `reference`."""

    reference: str = ""


class Remedy(StrEnum):
    """What may help after a charge was declined."""

    SOON = "soon"
    """The same charge, a day later: the bank could not answer."""
    LATER = "later"
    """The same charge, some days later: there was no money on the account."""
    CARD = "card"
    """Another card. The bank will not accept this one again."""
    CARDHOLDER = "holder"
    """The cardholder, whom the bank asks to confirm the charge."""


@dataclass(frozen=True, slots=True)
class Declined:
    """It is not done, and will not be. `fault` tells the reader why, in one sentence."""

    fault: str
    reference: str = ""
    remedy: Remedy = Remedy.LATER
    code: str = ""
    """The provider’s own word for the reason."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The provider doesn't know yet. It is asked again, with the same key, by the next sweep."""


@dataclass(frozen=True, slots=True)
class Invoiced:
    """Nothing is charged: the buyer gets the invoice and sends the money."""


type Outcome = Done | Declined | Pending


class Provider(Protocol):
    """Every method can be called again with the same checkout, key or intent, and then does nothing more."""

    name: str
    """Stored in the rows that belong to it."""

    def methods(self) -> list[str]:
        """Those of `Payment.Method` that a buyer can choose now."""

    def has_books(self) -> bool:
        """Whether it has books of its own, which are compared with ours."""

    def begin(self, checkout: "Checkout") -> str:
        """The address where the buyer goes on: a page to pay at, or the thank-you page.

        The provider tells the checkout what came of it, by `fulfil`, `decline` or `await_confirmation`.
        Another card for a subscription is a checkout too.
        """

    def charge(self, mandate: "Mandate", invoice: "Invoice", key: str) -> Outcome | Invoiced:
        """Charges what is due, without the buyer. It is called outside of transactions.

        The invoice is committed before, and has the same `key` until the outcome is recorded: a charge whose
        answer was lost is asked for again, and not made twice.
        """

    def refund(self, payment: "Payment", amount: "Money", key: str) -> Done | Declined:
        """Sends `amount` of a payment back."""

    def return_unneeded(self, reference: str) -> None:
        """Has a charge sent back whose invoice was paid or void by the time it was made."""

    def confirm_path(self, invoice: "Invoice") -> str:
        """Where the cardholder confirms the charge that their bank declined without them; empty: nowhere."""

    def address_of(self, reference: str) -> str:
        """Where staff look at a payment in the provider’s own pages; empty where it has none."""

    def ask(self, intent: "Intent") -> Outcome:
        """Carries an intent out, or says what has become of it."""
