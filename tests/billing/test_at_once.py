"""Two tabs, two readers, two hosts at the same time: really so, on whatever database there is."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from broadsheet.billing import intents
from broadsheet.billing.models import Checkout, Invoice, Payment
from broadsheet.billing.models.invoice.charging import Chargeable
from broadsheet.billing.providers.transfer import record_transfer
from broadsheet.demo.till.till import Later
from broadsheet.membership.errors import Refused
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Actor, Gift, Group, Offer, Plan, Price, Subscription, Verb
from broadsheet.notices.models import Notice
from broadsheet.notices.posting import post_due
from broadsheet.platform import clock
from broadsheet.platform.money import Money
from tests.cast import employ, introduce
from tests.parallel import at_once
from tests.shop import BY_TRANSFER, buy, card, checkout, minute_passes, subscribe

pytestmark = pytest.mark.django_db(transaction=True)

TABS = 4
DAY = timedelta(days=1)


@pytest.fixture
def price() -> Price:
    plan = Plan.objects.create(name="Digital")
    return Price.objects.create(plan=plan, edition="en-us", amount=4000, currency="USD", term=Term.YEAR)


def refusals(*calls: Callable[[], object]) -> list[str]:
    """Why each of the calls, made in parallel, was refused; else empty."""

    def alone(call: Callable[[], object]) -> str:
        try:
            call()
        except Refused as refused:
            return refused.reason
        return ""

    return at_once(*[partial(alone, call) for call in calls])


def test_the_last_place_of_an_offer_is_taken_once(price: Price) -> None:
    offer = Offer.objects.create(name="Last", code="LAST", price=price, amount=100, limit=1)
    readers = [introduce(f"Reader {n}", f"reader{n}@reader.example") for n in range(TABS)]
    rows = [checkout(reader, price, offer=offer) for reader in readers]
    refusals(*[lambda row=row: row.fulfil(card()) for row in rows])
    states = sorted(Checkout.objects.values_list("state", flat=True))
    assert states == ["done", *["refused"] * (TABS - 1)]
    assert (Payment.objects.count(), Subscription.objects.count()) == (1, 1)
    offer.refresh_from_db()
    assert offer.used == offer.uses.count() == 1


def test_subscribing_in_many_tabs_is_one_subscription_and_one_payment(price: Price) -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    rows = [checkout(ada, price) for __ in range(TABS)]
    refusals(*[lambda row=row: row.fulfil(card()) for row in rows])
    assert (Subscription.objects.count(), Payment.objects.count(), Invoice.objects.count()) == (1, 1, 1)
    refused = Checkout.objects.filter(state=Checkout.State.REFUSED)
    assert set(refused.values_list("fault", flat=True)) == {"You already have a subscription."}


def test_a_provider_that_reports_a_checkout_many_times_is_heard_once(price: Price) -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    row = checkout(ada, price)
    refusals(*[lambda: Checkout.objects.get(pk=row.pk).fulfil(card())] * TABS)
    assert (Subscription.objects.count(), Payment.objects.count()) == (1, 1)


@pytest.mark.parametrize("verb", [Verb.PAUSE, Verb.CANCEL])
def test_a_wish_from_many_tabs_is_carried_out_once(price: Price, verb: Verb) -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    subscription = subscribe(ada, price)
    until = clock.now() + 21 * DAY
    wanted = {"until": until} if verb == Verb.PAUSE else {}

    def press() -> None:
        own = Subscription.objects.get(pk=subscription.pk)
        intents.ask(own, verb, Actor.reader(ada), **wanted)

    refusals(*[press] * TABS)
    assert subscription.transitions.count() == 2
    assert subscription.pauses.count() + subscription.cancellations.count() == 1


def test_a_gift_is_redeemed_by_one_of_two(price: Price) -> None:
    ada, ben = (introduce(name, f"{name}@reader.example") for name in ("ada", "ben"))
    gift = buy(
        ada, price, purpose=Checkout.Purpose.GIFT, recipient_name="Ben", recipient_email="ben@reader.example"
    ).gift
    assert gift
    faults = refusals(
        *[lambda person=person: Gift.objects.find(gift.code).redeem(person) for person in (ada, ben) * 2]
    )
    assert faults.count("") == 1
    assert sum(person.entitlements.count() for person in (ada, ben)) == 1


def test_a_gift_and_a_renewal_at_the_same_moment_both_happen(price: Price) -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    gift = buy(ada, price, purpose=Checkout.Purpose.GIFT, recipient_name="I", recipient_email=ada.email).gift
    with clock.moved_to(clock.now() - 366 * DAY):
        subscription = subscribe(ada, price)
    end = subscription.term_ends_at
    assert gift
    faults = refusals(minute_passes, lambda: Gift.objects.find(gift.code).redeem(ada), minute_passes)
    assert faults == ["", "", ""]
    subscription.refresh_from_db()
    assert subscription.term_ends_at.year == end.year + (2 if subscription.invoices.count() == 2 else 1)


def test_a_transfer_found_by_two_of_the_staff_is_recorded_once(price: Price) -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    farid = employ("Farid Haddad", "farid@magazine.example", "Subscriptions manager")
    subscribe(ada, price, BY_TRANSFER)
    number = Invoice.objects.get().number

    def record(reference: str) -> None:
        invoice = Invoice.objects.get(number=number)
        record_transfer(invoice, invoice.money, reference, Actor.staff(farid, "On the statement"))

    faults = refusals(*[lambda n=n: record(f"Statement {n}") for n in range(TABS)])
    assert faults.count("") == 1
    assert Payment.objects.count() == 1


def test_a_refund_pressed_twice_gives_the_money_back_once(price: Price) -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    farid = employ("Farid Haddad", "farid@magazine.example", "Subscriptions manager")
    subscribe(ada, price)
    payment = Payment.objects.get()
    refusals(
        *[lambda: Payment.objects.get(pk=payment.pk).refund(Money(4000, "USD"), farid, "As they asked")]
        * TABS
    )
    payment.refresh_from_db()
    assert (payment.refunded, payment.refunds.count()) == (4000, 1)


def test_two_hosts_that_sweep_at_once_renew_and_charge_once(price: Price) -> None:
    ada, ben = (introduce(name, f"{name}@reader.example") for name in ("ada", "ben"))
    with clock.moved_to(clock.now() - 366 * DAY):
        subscribe(ada, price)
        subscribe(ben, price, card(Later.DECLINE))
    refusals(*[minute_passes] * TABS)
    assert Invoice.objects.filter(person=ada).count() == Invoice.objects.filter(person=ben).count() == 2
    assert Payment.objects.failed().count() == 1
    numbers = sorted(
        int(number.partition("-")[2]) for number in Invoice.objects.values_list("number", flat=True)
    )
    assert numbers in ([1, 2, 3, 4], [1, 1, 2, 2])  # two years have a series each


def test_a_declined_charge_is_tried_again_once_by_two_hosts(price: Price) -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    began = clock.now() - 369 * DAY
    with clock.moved_to(began):
        subscribe(ada, price, card(Later.DECLINE))
    with clock.moved_to(began + 366 * DAY - timedelta(hours=2)):
        minute_passes()
    refusals(*[minute_passes] * TABS)
    assert Payment.objects.failed().count() == 2


def test_a_host_that_is_overtaken_does_not_charge_by_the_next_key(
    price: Price, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    began = clock.now() - 369 * DAY
    with clock.moved_to(began):
        subscribe(ada, price, card(Later.DECLINE))
    with clock.moved_to(began + 366 * DAY - timedelta(hours=2)):
        minute_passes()
    is_due: Any = Chargeable.is_to_charge.fget  # type: ignore[attr-defined]
    others: list[threading.Thread] = []

    def overtaken(invoice: Invoice) -> bool:
        found: bool = is_due(invoice)
        if found and not others:
            others.append(threading.Thread(target=refusals, args=[minute_passes]))
            others[0].start()
            others[0].join(timeout=3)  # it waits for us, unless nothing holds it back
        return found

    monkeypatch.setattr(Chargeable, "is_to_charge", property(overtaken))
    minute_passes()
    others[0].join()
    assert Payment.objects.failed().count() == 2


def test_a_notice_is_posted_once_by_two_hosts(price: Price, mailoutbox: list[object]) -> None:
    subscribe(introduce("Ada Brandt", "ada@reader.example"), price)
    due = clock.now()
    refusals(*[lambda: post_due(due)] * TABS)
    assert Notice.objects.filter(sent_at=None).exclude(due_at__gt=due).count() == 0
    assert len(mailoutbox) == 1


def test_paying_while_the_days_of_grace_run_out_either_pays_or_ends_it(price: Price) -> None:
    ada = introduce("Ada Brandt", "ada@reader.example")
    farid = employ("Farid Haddad", "farid@magazine.example", "Subscriptions manager")
    began = clock.now() - 29 * DAY
    with clock.moved_to(began):
        subscription = subscribe(ada, price, BY_TRANSFER)
    with clock.moved_to(began + 14 * DAY + timedelta(hours=1)):
        minute_passes()
    invoice = Invoice.objects.get()
    by = Actor.staff(farid, "On the statement")
    faults = refusals(
        minute_passes, lambda: record_transfer(Invoice.objects.get(pk=invoice.pk), invoice.money, "1", by)
    )
    subscription.refresh_from_db()
    invoice.refresh_from_db()
    assert (subscription.state, invoice.state, faults[1] == "") in [
        ("active", "paid", True),
        ("ended", "void", False),
    ]


def test_a_domain_that_is_added_twice_is_listed_once(price: Price) -> None:
    ada = introduce("Ada Brandt", "ada@school.example")
    group = Group.objects.begin(ada, "The School", price, 3, Actor.reader(ada), provider="transfer")
    faults = refusals(*[lambda: group.add_domain("school.example")] * TABS)
    assert sorted(faults) == ["", *["This domain is listed already."] * (TABS - 1)]
