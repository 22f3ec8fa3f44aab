"""Buyers who pay by a card of the double's, and how its webhooks come."""

from datetime import timedelta
from typing import Any

from django.test import Client, TestCase

from broadsheet.billing.models import Checkout, StripeSession
from broadsheet.billing.providers.stripe import sweeping
from broadsheet.membership.models import Price, Subscription
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.shop import checkout, minute_passes
from tests.stripe_double import StripeDouble, pages

ACCEPTED, DECLINED_LATER, ASKS = "4242424242424242", "4000000000000341", "4000002760003184"
MINUTE = timedelta(minutes=1)


def begin(person: Person, price: Price | None, **more: Any) -> Checkout:
    row = checkout(person, price, provider="stripe", **more)
    row.go_on()
    return row


def pay(double: StripeDouble, row: Checkout, digits: str = ACCEPTED) -> None:
    """The buyer fills in Stripe's page; nobody has told us yet."""
    session = StripeSession.objects.filter(checkout=row).latest("begun_at")
    with double.lock:
        act = pages.change_card if session.kind == "portal" else pages.pay
        status, page, __ = act(double.books, session.reference, digits)
    assert status == 303, page


def deliver(double: StripeDouble, events: list[Any] | None = None, age: int = 0) -> None:
    """As Stripe posts them; each is answered at once with 200."""
    for event in double.take_events() if events is None else events:
        body, header = double.body_and_header(event, age)
        # A task is begun once the event is stored for good.
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = Client().post(
                "/stripe/webhook", body, content_type="application/json", headers={"Stripe-Signature": header}
            )
        assert answer.status_code == 200, answer.content


def buy(
    double: StripeDouble, person: Person, price: Price, digits: str = ACCEPTED, **more: Any
) -> Subscription:
    row = begin(person, price, **more)
    pay(double, row, digits)
    deliver(double)
    row.refresh_from_db()
    assert row.subscription, (row.state, row.fault)
    return row.subscription


def minute() -> None:
    minute_passes()
    sweeping.each_minute(clock.now())
