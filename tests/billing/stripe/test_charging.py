"""Cards are put in at Stripe; our engine charges them."""

from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.billing.models import (
    Checkout,
    Errand,
    Invoice,
    Mandate,
    Payment,
    StripeCharge,
    StripeCustomer,
)
from broadsheet.billing.providers.stripe import sweeping
from broadsheet.membership.models import Price, State
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.stripe.buyers import ASKS, DECLINED_LATER, MINUTE, begin, buy, deliver, minute, pay
from tests.shop import checkout
from tests.stripe_double import StripeDouble

START = datetime(2027, 3, 5, 9, tzinfo=UTC)
RENEWAL = START + timedelta(days=31)
"""The same day of the next month."""


def test_a_buyer_pays_at_stripe_and_the_card_is_kept(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    subscription = buy(double, ada, monthly)
    assert Payment.objects.get().amount == 500
    mandate = Mandate.objects.get(subscription=subscription)
    assert (mandate.last_digits, mandate.reference[:3]) == ("4242", "pm_")
    assert subscription.provider == "stripe"
    intent = double.books.all("payment_intent")[0]
    assert (intent["setup_future_usage"], intent["customer"]) == (
        "off_session",
        StripeCustomer.objects.get().reference,
    )
    assert "POST /v1/subscriptions" not in double.asked


def test_a_term_is_charged_to_the_card_that_was_kept(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    with double.at(START):
        buy(double, ada, monthly)
    with double.at(RENEWAL):
        minute()
        minute()
    assert Payment.objects.succeeded().count() == 2
    assert len(double.books.all("payment_intent")) == 2
    assert not Invoice.objects.unpaid().exists()


def test_a_trial_saves_the_card_and_charges_nothing(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    monthly.trial_days = 20
    monthly.save()
    with double.at(START):
        subscription = buy(double, ada, monthly, trial=True)
        assert (subscription.state, Payment.objects.count()) == (State.TRIALING, 0)
    with double.at(START + timedelta(days=21)):
        minute()
    assert Payment.objects.get().state == Payment.State.SUCCEEDED


def test_a_declined_term_is_tried_again_and_told(ada: Person, monthly: Price, double: StripeDouble) -> None:
    with double.at(START):
        buy(double, ada, monthly, DECLINED_LATER)
    with double.at(RENEWAL):
        minute()
    failed = Payment.objects.failed().get()
    assert (failed.fault, failed.remedy) == ("Your bank declined the charge.", "later")
    assert Invoice.objects.unpaid().get().next_try_at == RENEWAL + timedelta(days=3)


@pytest.mark.parametrize(
    ("code", "days", "words"),
    [
        ("insufficient_funds", 3, "There was not enough money on the account of your card."),
        ("processing_error", 1, "Your bank could not be reached."),
        ("stolen_card", None, "Your bank declined the charge, and will not accept this card again."),
        ("authentication_required", None, "Your bank wants you to confirm the charge."),
    ],
)
def test_each_reason_has_its_words_and_its_next_try(
    ada: Person, monthly: Price, double: StripeDouble, code: str, days: int | None, words: str
) -> None:
    with double.at(START):
        buy(double, ada, monthly)
    for behaviour in double.books.behaviour.values():
        behaviour.later = code
    with double.at(RENEWAL):
        minute()
    invoice = Invoice.objects.unpaid().get()
    assert invoice.next_try_at == (RENEWAL + timedelta(days=days) if days else None)
    assert Payment.objects.failed().get().fault == words


@pytest.mark.parametrize("how", ["lost", "deaf", "500", "429", "409"])
def test_a_charge_without_an_answer_is_made_once(
    ada: Person, monthly: Price, double: StripeDouble, how: str
) -> None:
    with double.at(START):
        buy(double, ada, monthly)
    double.fail(how, "POST /v1/payment_intents")
    with double.at(RENEWAL):
        minute()
    assert StripeCharge.objects.get().reference == ""
    # Longer than Stripe keeps a key: the charge itself is looked for.
    with double.at(RENEWAL + timedelta(days=2)):
        minute()
    assert len(double.books.all("payment_intent")) == 2
    assert Payment.objects.succeeded().count() == 2


def test_a_card_that_its_network_renews_pays_what_was_declined(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    with double.at(START):
        subscription = buy(double, ada, monthly)
        mandate = Mandate.objects.get(subscription=subscription)
    double.books.behaviour[mandate.reference].later = "expired_card"
    with double.at(RENEWAL):
        minute()
        assert Invoice.objects.unpaid().get().next_try_at is None
        deliver(double)
    double.books.behaviour[mandate.reference].later = ""
    with double.at(RENEWAL + MINUTE):
        double.books.update_card(mandate.reference, last4="1881", exp_year=2044)
        deliver(double)
        minute()
    mandate.refresh_from_db()
    assert (mandate.last_digits, mandate.expires_on.year) == ("1881", 2044)
    assert not Invoice.objects.unpaid().exists()


def test_the_portal_changes_the_card(ada: Person, monthly: Price, double: StripeDouble) -> None:
    subscription = buy(double, ada, monthly)
    row = begin(ada, None, purpose=Checkout.Purpose.CARD, subscription=subscription)
    pay(double, row, "5555555555554444")
    deliver(double)
    assert Mandate.objects.get(subscription=subscription).last_digits == "4444"


def test_a_second_window_is_paid_back(ada: Person, monthly: Price, double: StripeDouble) -> None:
    first, second = begin(ada, monthly), begin(ada, monthly)
    pay(double, first)
    pay(double, second)
    deliver(double)
    second.refresh_from_db()
    assert (second.state, Payment.objects.count()) == (Checkout.State.REFUSED, 1)
    sweeping.each_minute(clock.now())
    assert Errand.objects.get().done_at
    assert [row["amount"] for row in double.books.all("refund")] == [500]
    assert [row["refunded"] for row in double.books.all("charge")] == [False, True]
    deliver(double)
    assert Payment.objects.get().refunded == 0


def test_a_payment_that_nobody_told_of_is_asked_for(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    with double.at(START):
        row = begin(ada, monthly)
        pay(double, row)
    with double.at(START + timedelta(minutes=63)):
        minute()
    row.refresh_from_db()
    assert row.state == Checkout.State.DONE


def test_who_leaves_and_comes_back_finds_the_same_page(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    row = checkout(ada, monthly, provider="stripe")
    assert row.go_on() == row.go_on()
    assert double.asked.count("POST /v1/checkout/sessions") == 1


def test_where_stripe_is_away_the_page_says_so(ada: Person, monthly: Price, double: StripeDouble) -> None:
    double.fail("500", "POST /v1/checkout/sessions")
    row = checkout(ada, monthly, provider="stripe")
    assert row.go_on() == f"/checkout/{row.uuid}/done/"
    row.refresh_from_db()
    assert "Please try again in a few minutes" in row.fault
    assert row.go_on().startswith(double.address)


def test_the_cardholder_is_needed(ada: Person, monthly: Price, double: StripeDouble) -> None:
    with double.at(START):
        row = begin(ada, monthly)
        from broadsheet.billing.models import StripeSession
        from tests.stripe_double import pages

        session = StripeSession.objects.get()
        status, page, __ = pages.pay(double.books, session.reference, ASKS)
        assert (status, "Is it you" in page) == (200, True)
        pages.pay(double.books, session.reference, ASKS, answer="yes")
        deliver(double)
        row.refresh_from_db()
        assert row.state == Checkout.State.DONE
    with double.at(RENEWAL):
        minute()
    assert Payment.objects.failed().get().remedy == "holder"
