"""What a payment provider does. Terms, dunning and letters are the work of the renewal engine."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from broadsheet.billing.models import Checkout, Invoice, Mandate, Payment
    from broadsheet.membership.models import Intent
    from broadsheet.platform.money import Money


@dataclass(frozen=True, slots=True)
class Done:
    """It is done. A charge has the provider's `reference`."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class Declined:
    """It is not done, and will not be. `fault` tells the reader why, in one sentence."""

    fault: str
    reference: str = ""


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

    def begin(self, checkout: "Checkout") -> str:
        """The address where the buyer goes on: a page to pay at, or the thank-you page.

        The provider tells the checkout what came of it, by `fulfil`, `decline` or `await_confirmation`.
        Another card for a subscription is a checkout too.
        """

    def charge(self, mandate: "Mandate", invoice: "Invoice", key: str) -> Outcome | Invoiced:
        """Charges what is due, without the buyer.

        The invoice is committed before, and has the same `key` until the outcome is recorded: a charge whose
        answer was lost is asked for again, and not made twice.
        """

    def refund(self, payment: "Payment", amount: "Money", key: str) -> Done | Declined:
        """Sends `amount` of a payment back."""

    def ask(self, intent: "Intent") -> Outcome:
        """Carries an intent out, or says what has become of it."""
