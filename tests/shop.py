"""What the tests sell: one plan in the American edition, at a yearly and a monthly price, without tax."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from broadsheet.billing import renewal
from broadsheet.billing.models import Checkout, Means, Payment
from broadsheet.demo.till.till import Later
from broadsheet.membership.lengths import Term, Unit
from broadsheet.membership.models import Offer, OfferPlacement, Plan, Price, Subscription
from broadsheet.membership.prices import announce_prices
from broadsheet.membership.selling import Quote
from broadsheet.notices.posting import post_due
from broadsheet.people.models import Person
from broadsheet.platform import clock


@pytest.fixture
def digital(db: None) -> Plan:
    return Plan.objects.create(name="Digital", summary="Everything, on any screen.", promises="Every article")


@pytest.fixture
def yearly(digital: Plan) -> Price:
    """40 dollars a year."""
    return Price.objects.create(plan=digital, edition="en-us", amount=4000, currency="USD", term=Term.YEAR)


@pytest.fixture
def monthly(digital: Plan) -> Price:
    """5 dollars a month."""
    return Price.objects.create(plan=digital, edition="en-us", amount=500, currency="USD", term=Term.MONTH)


@pytest.fixture
def seat_price(db: None) -> Price:
    """30 dollars a year for each seat of a group."""
    plan = Plan.objects.create(name="For groups", kind=Plan.Kind.GROUP)
    return Price.objects.create(plan=plan, edition="en-us", amount=3000, currency="USD", term=Term.YEAR)


@pytest.fixture
def six_weeks(yearly: Price) -> Offer:
    """1 dollar for six weeks, then 40 a year."""
    return Offer.objects.create(
        name="Autumn",
        line="Subscribe and save",
        placement=OfferPlacement.SLOT,
        code="AUTUMN",
        price=yearly,
        amount=100,
        count=6,
        unit=Unit.WEEK,
    )


BY_TRANSFER = Means(Payment.Method.TRANSFER)


def card(later: str = Later.ACCEPT, expires_on: date = date(2040, 1, 31)) -> Means:
    """A card that has just been charged, and what it does when it is charged again."""
    return Means(Payment.Method.CARD, str(uuid4()), later, "4242", expires_on)


def checkout(
    person: Person,
    price: Price | None,
    *,
    offer: Offer | None = None,
    trial: bool = False,
    purpose: str = Checkout.Purpose.SUBSCRIBE,
    **more: Any,
) -> Checkout:
    """As the form begins it: with what the buyer saw."""
    if price:
        quote = Quote.of(price, offer=offer, trial=trial)
        more = {
            "price": price,
            "offer": offer,
            "trial": trial,
            "edition": price.edition,
            "currency": price.currency,
            "due": quote.first.total.minor,
            "each_term": price.amount,
            "consent": quote.terms,
        } | more
    more.setdefault("provider", "transfer" if more.get("method") == Payment.Method.TRANSFER else "till")
    fields = {"edition": "en-us", "currency": "USD", "due": 0, "method": "card"} | more
    row: Checkout = Checkout.objects.create(purpose=purpose, person=person, **fields)
    return row


def buy(person: Person, price: Price, means: Means | None = None, **more: Any) -> Checkout:
    means = means or card()
    begun = checkout(person, price, method=means.method, **more)
    begun.fulfil(means)
    return begun


def subscribe(person: Person, price: Price, means: Means | None = None, **more: Any) -> Subscription:
    done = buy(person, price, means, **more)
    assert done.subscription, done.fault
    return done.subscription


def minute_passes() -> int:
    """What the scheduler does each minute; how many letters went out."""
    now = clock.now()
    renewal.sweep(now)
    announce_prices(now)
    return post_due(now)


def days_pass(start: datetime, days: float, step: float = 1) -> datetime:
    """Has the scheduler come each `step` days from `start` on; the moment of the last time."""
    moment, end = start, start + timedelta(days=days)
    while moment < end:
        moment = min(moment + timedelta(days=step), end)
        with clock.moved_to(moment):
            minute_passes()
    return moment
