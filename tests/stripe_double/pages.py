"""Stripe's own pages, as a buyer's browser meets them: Checkout, the portal, and the bank that asks."""

from html import escape
from typing import Any
from urllib.parse import parse_qs

from tests.stripe_double.books import Books, Row
from tests.stripe_double.faults import Fault

type Answer = tuple[int, str, str]
"""Status, page, and where it leads."""


def answer(books: Books, method: str, path: str, raw: str) -> Answer:
    what, __, reference = path.removeprefix("/").partition("/")
    given = {name: values[0] for name, values in parse_qs(raw).items()} if method == "POST" else {}
    try:
        match what:
            case "pay":
                return _pay(books, books.get(reference), given)
            case "portal":
                return _portal(books, books.get(reference), given)
            case "bank":
                return _bank(books, books.get(reference), given)
    except Fault as fault:
        return fault.status, _page("Something went wrong", escape(str(fault))), ""
    return 404, _page("Not found", ""), ""


def pay(books: Books, reference: str, digits: str = "4242424242424242", **given: str) -> Answer:
    """Fills the page in, as a test does that has no browser."""
    return _pay(books, books.get(reference), {"number": digits, **given})


def change_card(books: Books, reference: str, digits: str) -> Answer:
    return _portal(books, books.get(reference), {"number": digits})


def _pay(books: Books, session: Row, given: dict[str, str]) -> Answer:
    if session["status"] == "open" and session["expires_at"] <= books.time:
        session["status"] = "expired"
        books.happened("checkout.session.expired", session)
    if session["status"] != "open":
        return 200, _page("This page is over", ""), ""
    if not given:
        return 200, _form(session, ""), ""
    try:
        asked = _use_card(books, session, given)
    except Fault as fault:
        return 200, _form(session, f"Your card was declined: {fault.error.get('decline_code', '')}"), ""
    return (200, asked, "") if asked else (303, "", session["success_url"])


def _use_card(books: Books, session: Row, given: dict[str, str]) -> str:
    """A page where the bank asks first; empty once it is done."""
    digits = given["number"].replace(" ", "")
    params: dict[str, Any] = books.get(f"asked-{session['id']}")["given"]
    method = books.card(digits, session["customer"])
    if session["mode"] == "setup":
        intent = books.make("seti", "setup_intent", status="succeeded", payment_method=method["id"])
        intent["metadata"] = params["setup_intent_data"]["metadata"]
        session["setup_intent"] = intent["id"]
    else:
        asks = books.behaviour[method["id"]].asks_now
        if asks and given.get("answer") != "yes":
            return _question(session["amount_total"], digits)
        wanted = params["payment_intent_data"]
        intent = books.make(
            "pi",
            "payment_intent",
            amount=session["amount_total"],
            currency=params["line_items"][0]["price_data"]["currency"],
            customer=session["customer"],
            metadata=dict(wanted["metadata"]),
            setup_future_usage=wanted.get("setup_future_usage"),
            last_payment_error=None,
            next_action=None,
        )
        books.behaviour[method["id"]].asks_now = False
        books.charge(intent, method["id"], is_there=True)
        # It asks again about each further payment.
        books.behaviour[method["id"]].asks_now = asks
        session |= {"payment_intent": intent["id"], "payment_status": "paid"}
    session["status"] = "complete"
    books.happened("checkout.session.completed", session)
    return ""


def _portal(books: Books, session: Row, given: dict[str, str]) -> Answer:
    if not given:
        return 200, _page("Your card", _card_form("Save")), ""
    try:
        method = books.card(given["number"].replace(" ", ""), session["customer"])
    except Fault as fault:
        return 200, _page("Your card", f"<p>{fault}</p>" + _card_form("Save")), ""
    books.choose_card(session["customer"], method["id"])
    return 303, "", session["return_url"]


def _bank(books: Books, intent: Row, given: dict[str, str]) -> Answer:
    if not given:
        return 200, _question(intent["amount"], ""), ""
    back = intent["next_action"]["redirect_to_url"]["return_url"]
    intent["next_action"] = None
    if given.get("answer") == "yes":
        method = intent["payment_method"]
        asks = books.behaviour[method].asks_now
        books.behaviour[method].asks_now = False
        books.charge(intent, method, is_there=True)
        books.behaviour[method].asks_now = asks
    else:
        intent["status"] = "requires_payment_method"
        intent["last_payment_error"] = {
            "type": "invalid_request_error",
            "code": "payment_intent_authentication_failure",
        }
        books.happened("payment_intent.payment_failed", intent)
    return 303, "", f"{back}?payment_intent={intent['id']}"


def _form(session: Row, fault: str) -> str:
    amount = session["amount_total"]
    button = f"Pay {amount}" if amount else "Save"
    words = f'<p role="alert">{escape(fault)}</p>' if fault else ""
    return _page(
        "Pay by card",
        words + _card_form(button) + f'<p><a href="{escape(session["cancel_url"])}">Back</a></p>',
    )


def _card_form(button: str) -> str:
    return (
        '<form method="post"><label>Card number <input name="number" autocomplete="off"></label>'
        f"<button>{button}</button></form>"
    )


def _question(amount: int, digits: str) -> str:
    return _page(
        "Your bank asks",
        f'<p>Is it you who pays {amount}?</p><form method="post"><input type="hidden" name="number"'
        f' value="{escape(digits)}"><button name="answer" value="yes">Yes, it is me</button>'
        '<button name="answer" value="no">No</button></form>',
    )


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
