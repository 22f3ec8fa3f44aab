"""What the double knows: customers, cards, payments, refunds, disputes, subscriptions, and their events."""

import itertools
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import Any

from broadsheet.platform import clock
from tests.stripe_double.cards import CARDS, Behaviour
from tests.stripe_double.faults import Fault
from tests.stripe_double.shapes import shape

type Row = dict[str, Any]


class Books:
    def __init__(self) -> None:
        self.now: Callable[[], datetime] = clock.now
        self.rows: dict[str, Row] = {}
        """Every object by its id, in the order in which they were made."""
        self.behaviour: dict[str, Behaviour] = {}
        """Of each card, by its ``pm_…``."""
        self.events: list[Row] = []
        self._numbers = itertools.count(1)

    @property
    def time(self) -> int:
        return int(self.now().timestamp())

    def id(self, prefix: str) -> str:
        return f"{prefix}_double{next(self._numbers):06}"

    def make(self, prefix: str, kind: str, **said: Any) -> Row:
        row = shape(kind, id=self.id(prefix), **said)
        if "created" in row:
            row["created"] = self.time
        self.rows[row["id"]] = row
        return row

    def get(self, reference: str, param: str = "id") -> Row:
        try:
            return self.rows[reference]
        except KeyError:
            raise Fault.missing(param) from None

    def all(self, kind: str) -> list[Row]:
        return [row for row in self.rows.values() if row["object"] == kind]

    def happened(self, kind: str, about: Row) -> None:
        event = shape("event", id=self.id("evt"), type=kind, created=self.time)
        event["data"] = {"object": deepcopy(about)}
        self.events.append(event)

    # --- Customers and cards ---------------------------------------------------------------------

    def card(self, digits: str, customer: str | None = None, year: int = 2040, month: int = 1) -> Row:
        if digits not in CARDS:
            raise Fault.invalid("incorrect_number", "number")
        method = self.make("pm", "payment_method", type="card", customer=customer)
        method["card"] |= {"last4": digits[-4:], "exp_year": year, "exp_month": month}
        self.behaviour[method["id"]] = CARDS[digits].copy()
        return method

    def update_card(self, reference: str, **card: Any) -> None:
        """As its network does when a bank sends out new ones."""
        method = self.get(reference)
        method["card"] |= card
        self.happened("payment_method.automatically_updated", method)

    def choose_card(self, customer: str, method: str) -> None:
        """As its holder does in the portal."""
        row = self.get(customer)
        row["invoice_settings"]["default_payment_method"] = method
        self.happened("payment_method.attached", self.get(method))
        self.happened("customer.updated", row)

    # --- Payments --------------------------------------------------------------------------------

    def charge(self, intent: Row, method: str, *, is_there: bool) -> None:
        """Has the bank asked; raises Fault where it says no. `is_there`: the cardholder."""
        behaviour = self.behaviour[method]
        intent["payment_method"] = method
        if is_there and behaviour.asks_now and not intent["metadata"].get("-confirmed"):
            intent["status"] = "requires_action"
            return
        decline = behaviour.now if is_there else behaviour.later
        if decline:
            self._decline(intent, method, decline)
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
        charge = self.make(
            "ch",
            "charge",
            amount=intent["amount"],
            currency=intent["currency"],
            customer=intent["customer"],
            payment_intent=intent["id"],
            payment_method=method,
            paid=True,
            captured=True,
            metadata=intent["metadata"],
        )
        intent["latest_charge"] = charge["id"]
        self.happened("payment_intent.succeeded", intent)

    def _decline(self, intent: Row, method: str, reason: str) -> None:
        is_asked = reason == "authentication_required"
        code = "authentication_required" if is_asked else "card_declined"
        error = {"type": "card_error", "code": code, "message": "Declined."}
        error |= {"decline_code": reason, "payment_method": self.get(method)}
        intent |= {"status": "requires_payment_method", "last_payment_error": error, "payment_method": None}
        self.happened("payment_intent.payment_failed", intent)
        raise Fault.declined(code, reason, deepcopy(intent))

    def refund(self, intent: Row, amount: int, metadata: dict[str, str], status: str = "succeeded") -> Row:
        charge = self.get(intent["latest_charge"] or "", "payment_intent")
        if amount + charge["amount_refunded"] > charge["amount"]:
            code = "charge_already_refunded" if charge["refunded"] else "amount_too_large"
            raise Fault.invalid(code, "amount")
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        made = self.make(
            "re",
            "refund",
            amount=amount,
            currency=intent["currency"],
            charge=charge["id"],
            payment_intent=intent["id"],
            metadata=metadata,
            status=status,
        )
        self.happened("refund.created", made)
        self.happened("charge.refunded", charge)
        return made

    def dispute(self, intent: str) -> Row:
        row = self.get(intent)
        made = self.make(
            "dp",
            "dispute",
            amount=row["amount"],
            currency=row["currency"],
            charge=row["latest_charge"],
            payment_intent=intent,
            reason="fraudulent",
            status="needs_response",
        )
        made["evidence_details"]["due_by"] = self.time + 9 * 24 * 3600
        self.happened("charge.dispute.created", made)
        return made

    def decide(self, dispute: str, status: str) -> None:
        row = self.get(dispute)
        row["status"] = status
        self.happened("charge.dispute.closed", row)

    # --- Old subscriptions -----------------------------------------------------------------------

    def subscribe(
        self, email: str, digits: str, price: str, ends: datetime, name: str = "", **said: Any
    ) -> Row:
        """As Ghost, WooCommerce or Substack left one behind."""
        customer = self.make("cus", "customer", email=email, name=name or None)
        customer["invoice_settings"] = {**customer["invoice_settings"], "default_payment_method": None}
        method = self.card(digits, customer["id"])
        customer["invoice_settings"]["default_payment_method"] = method["id"]
        item = self.make("si", "subscription_item")
        item["price"] = item["price"] | {"id": price, "unit_amount": 500}
        item |= {"current_period_end": int(ends.timestamp()), "current_period_start": self.time}
        fields = {"status": "active", "cancel_at_period_end": False, "customer": customer["id"]}
        return self.make(
            "sub",
            "subscription",
            **(
                fields
                | {"items": {"object": "list", "data": [item], "has_more": False, "url": "/v1/x"}}
                | said
            ),
            default_payment_method=None,
            metadata={},
        )

    def terms_end(self) -> None:
        """What is told to end does; what is not renews, and charges."""
        for row in self.all("subscription"):
            item = row["items"]["data"][0]
            if row["status"] != "active" or item["current_period_end"] > self.time:
                continue
            if row["cancel_at_period_end"]:
                row["status"] = "canceled"
                self.happened("customer.subscription.deleted", row)
            else:
                item["current_period_end"] += 30 * 24 * 3600
                customer = self.get(row["customer"])
                made = self.make(
                    "pi", "payment_intent", amount=500, currency="usd", customer=customer["id"], metadata={}
                )
                self.charge(made, customer["invoice_settings"]["default_payment_method"], is_there=False)
