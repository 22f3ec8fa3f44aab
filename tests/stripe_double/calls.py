"""The calls that the double knows: each with the class of the library that says what parameters it has."""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.stripe_double.books import Books, Row
from tests.stripe_double.faults import Fault

type Do = Callable[[Books, str, dict[str, Any], str], Any]


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    params: str
    do: Do

    def fits(self, method: str, path: str) -> bool:
        return method == self.method and bool(re.fullmatch(self.path, path))

    def __call__(self, books: Books, path: str, given: dict[str, Any], address: str) -> Any:
        found = re.fullmatch(self.path, path)
        reference = found[1] if found and found.groups() else ""
        return _expanded(books, self.do(books, reference, given, address), given.get("expand", []))


def _expanded(books: Books, answer: Any, names: list[str]) -> Any:
    answer = deepcopy(answer)
    for name in names:
        rows, path = [answer], name.split(".")
        if path[0] == "data":
            rows, path = answer["data"], path[1:]
        for row in rows:
            place = row
            for step in path[:-1]:
                if isinstance(place.get(step), str):
                    place[step] = deepcopy(books.get(place[step]))
                place = place.get(step) or {}
            if isinstance(place.get(path[-1]), str):
                place[path[-1]] = deepcopy(books.get(place[path[-1]]))
    return answer


def _listed(rows: list[Row], given: dict[str, Any], path: str) -> Row:
    """The newest first, so many as are asked for."""
    since = int(given.get("created", {}).get("gte", 0))
    found = [row for row in reversed(rows) if row.get("created", since) >= since]
    if after := given.get("starting_after"):
        ids = [row["id"] for row in found]
        found = found[ids.index(after) + 1 :]
    limit = int(given.get("limit", 10))
    return {"object": "list", "url": path, "data": found[:limit], "has_more": len(found) > limit}


def _metadata(given: dict[str, Any]) -> dict[str, str]:
    return dict(given.get("metadata", {}))


def make_customer(books: Books, __: str, given: dict[str, Any], address: str) -> Row:
    made = books.make(
        "cus", "customer", email=given.get("email"), name=given.get("name"), metadata=_metadata(given)
    )
    made["invoice_settings"] = {**made["invoice_settings"], "default_payment_method": None}
    return made


def change_customer(books: Books, reference: str, given: dict[str, Any], address: str) -> Row:
    row = books.get(reference, "customer")
    row["metadata"] |= _metadata(given)
    return row


def delete(books: Books, reference: str, given: dict[str, Any], address: str) -> Row:
    row = books.get(reference, "customer")
    row["deleted"] = True
    return {"id": reference, "object": "customer", "deleted": True}


def get(books: Books, reference: str, given: dict[str, Any], address: str) -> Row:
    return books.get(reference)


def make_session(books: Books, __: str, given: dict[str, Any], address: str) -> Row:
    customer = books.get(given["customer"], "customer")
    if customer.get("deleted"):
        raise Fault.missing("customer")
    lasts = int(given["expires_at"]) - books.time
    if not 30 * 60 <= lasts <= 24 * 3600:
        raise Fault.invalid("parameter_invalid", "expires_at")
    amount = sum(
        int(item["price_data"]["unit_amount"]) * int(item["quantity"]) for item in given.get("line_items", [])
    )
    made = books.make(
        "cs_test",
        "checkout.session",
        mode=given["mode"],
        status="open",
        payment_status="unpaid" if amount else "no_payment_required",
        amount_total=amount or None,
        customer=customer["id"],
        client_reference_id=given.get("client_reference_id"),
        metadata=_metadata(given),
        success_url=given["success_url"],
        cancel_url=given["cancel_url"],
        expires_at=int(given["expires_at"]),
        payment_intent=None,
        setup_intent=None,
    )
    made["url"] = f"{address}/pay/{made['id']}"
    books.rows[f"asked-{made['id']}"] = {"object": "asked", "id": "", "given": given}
    return made


def make_portal(books: Books, __: str, given: dict[str, Any], address: str) -> Row:
    books.get(given["customer"], "customer")
    made = books.make(
        "bps", "billing_portal.session", customer=given["customer"], return_url=given["return_url"]
    )
    made["url"] = f"{address}/portal/{made['id']}"
    return made


def make_intent(books: Books, __: str, given: dict[str, Any], address: str) -> Row:
    customer = books.get(given["customer"], "customer")
    method = books.get(given["payment_method"], "payment_method")
    if method["customer"] != customer["id"]:
        raise Fault.invalid("payment_method_invalid", "payment_method")
    made = books.make(
        "pi",
        "payment_intent",
        amount=int(given["amount"]),
        currency=given["currency"],
        customer=customer["id"],
        description=given.get("description"),
        metadata=_metadata(given),
        last_payment_error=None,
        next_action=None,
    )
    if given.get("confirm") == "true":
        books.charge(made, method["id"], is_there=given.get("off_session") != "true")
    return made


def confirm(books: Books, reference: str, given: dict[str, Any], address: str) -> Row:
    intent = books.get(reference, "intent")
    books.charge(intent, given["payment_method"], is_there=True)
    if intent["status"] == "requires_action":
        to = {"url": f"{address}/bank/{reference}", "return_url": given["return_url"]}
        intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": to}
    return intent


def list_intents(books: Books, __: str, given: dict[str, Any], address: str) -> Row:
    rows = books.all("payment_intent")
    if "customer" in given:
        rows = [row for row in rows if row["customer"] == given["customer"]]
    return _listed(rows, given, "/v1/payment_intents")


def make_refund(books: Books, __: str, given: dict[str, Any], address: str) -> Row:
    intent = books.get(given["payment_intent"], "payment_intent")
    charge = books.get(intent["latest_charge"], "payment_intent")
    amount = int(given.get("amount", charge["amount"] - charge["amount_refunded"]))
    if not amount:
        raise Fault.invalid("charge_already_refunded")
    return books.refund(intent, amount, _metadata(given))


def list_refunds(books: Books, __: str, given: dict[str, Any], address: str) -> Row:
    of = given.get("payment_intent")
    rows = [row for row in books.all("refund") if of in {None, row["payment_intent"]}]
    return _listed(rows, given, "/v1/refunds")


def list_disputes(books: Books, __: str, given: dict[str, Any], address: str) -> Row:
    return _listed(books.all("dispute"), given, "/v1/disputes")


def list_events(books: Books, __: str, given: dict[str, Any], address: str) -> Row:
    kinds = given.get("types", [])
    if len(kinds) > 20:
        raise Fault.invalid("parameter_invalid", "types")
    rows = [event for event in books.events if not kinds or event["type"] in kinds]
    since = max(0, int((books.now() - timedelta(days=30)).timestamp()))
    return _listed([row for row in rows if row["created"] >= since], given, "/v1/events")


def list_subscriptions(books: Books, __: str, given: dict[str, Any], address: str) -> Row:
    rows = [row for row in books.all("subscription") if row["status"] != "canceled"]
    return _listed(rows, given, "/v1/subscriptions")


def change_subscription(books: Books, reference: str, given: dict[str, Any], address: str) -> Row:
    row = books.get(reference)
    if "cancel_at_period_end" in given:
        row["cancel_at_period_end"] = given["cancel_at_period_end"] == "true"
    row["metadata"] |= _metadata(given)
    return row


def calculate_tax(books: Books, __: str, given: dict[str, Any], address: str) -> Row:
    customer = books.get(given["customer"], "customer")
    country = (customer.get("address") or {}).get("country")
    if not country:
        raise Fault.invalid("customer_tax_location_invalid", "customer")
    amount, rate = int(given["line_items"][0]["amount"]), RATES[country]
    made = books.make("taxcalc", "tax.calculation", currency=given["currency"], customer=customer["id"])
    part = made["tax_breakdown"][0]
    part |= {"amount": amount - round(amount / (1 + rate / 100)), "inclusive": True}
    part["tax_rate_details"] |= {"country": country, "percentage_decimal": str(rate), "tax_type": "vat"}
    made["tax_breakdown"] = [part]
    return made


RATES = {"DE": 19.0, "FI": 25.5}
ID = r"/([^/]+)"
CALLS = [
    Call("POST", "/v1/customers", "CustomerCreateParams", make_customer),
    Call("GET", "/v1/customers" + ID, "CustomerRetrieveParams", get),
    Call("POST", "/v1/customers" + ID, "CustomerUpdateParams", change_customer),
    Call("DELETE", "/v1/customers" + ID, "CustomerDeleteParams", delete),
    Call("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams", make_session),
    Call("GET", "/v1/checkout/sessions" + ID, "checkout.SessionRetrieveParams", get),
    Call("POST", "/v1/billing_portal/sessions", "billing_portal.SessionCreateParams", make_portal),
    Call("POST", "/v1/payment_intents", "PaymentIntentCreateParams", make_intent),
    Call("GET", "/v1/payment_intents", "PaymentIntentListParams", list_intents),
    Call("GET", "/v1/payment_intents" + ID, "PaymentIntentRetrieveParams", get),
    Call("POST", "/v1/payment_intents" + ID + "/confirm", "PaymentIntentConfirmParams", confirm),
    Call("GET", "/v1/payment_methods" + ID, "PaymentMethodRetrieveParams", get),
    Call("POST", "/v1/refunds", "RefundCreateParams", make_refund),
    Call("GET", "/v1/refunds", "RefundListParams", list_refunds),
    Call("GET", "/v1/refunds" + ID, "RefundRetrieveParams", get),
    Call("GET", "/v1/charges" + ID, "ChargeRetrieveParams", get),
    Call("GET", "/v1/disputes", "DisputeListParams", list_disputes),
    Call("GET", "/v1/disputes" + ID, "DisputeRetrieveParams", get),
    Call("GET", "/v1/events", "EventListParams", list_events),
    Call("POST", "/v1/tax/calculations", "tax.CalculationCreateParams", calculate_tax),
    Call("GET", "/v1/subscriptions", "SubscriptionListParams", list_subscriptions),
    Call("GET", "/v1/subscriptions" + ID, "SubscriptionRetrieveParams", get),
    Call("POST", "/v1/subscriptions" + ID, "SubscriptionUpdateParams", change_subscription),
]
