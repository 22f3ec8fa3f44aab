"""While Stripe is waited for nothing is locked, and what is told meanwhile is not written over."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from django.db import transaction

from broadsheet.billing.models import Dispute, Mandate, Payment, Refund
from broadsheet.billing.providers.stripe.customers import customer_of
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Price
from broadsheet.people.models import Person
from tests.billing.stripe.buyers import begin, buy, deliver, pay
from tests.stripe_double import StripeDouble

pytestmark = pytest.mark.django_db


def once_answered(monkeypatch: pytest.MonkeyPatch, asked: str, happens: Callable[[], None]) -> None:
    """Has something happen, once, between the answer to a request that begins so and what we do with it."""
    request, left = stripe.RequestsClient.request, [happens]

    def meanwhile(client: Any, method: str, url: str, *more: Any) -> Any:
        answer = request(client, method, url, *more)
        if left and f"{method.upper()} {url}".find(asked) >= 0:
            left.pop()()
        return answer

    monkeypatch.setattr(stripe.RequestsClient, "request", meanwhile)


def test_the_tests_see_what_is_asked_within_a_transaction(ada: Person, double: StripeDouble) -> None:
    with transaction.atomic(), pytest.raises(AssertionError, match="within a transaction"):
        customer_of(ada)


def test_a_card_that_was_chosen_meanwhile_is_kept(
    ada: Person, monthly: Price, double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = buy(double, ada, monthly)
    customer = double.books.all("customer")[0]["id"]
    first = double.books.card("5555555555554444", customer)
    second = double.books.card("4000000000000341", customer)
    double.books.choose_card(customer, first["id"])
    told = double.take_events()

    def another() -> None:
        double.books.choose_card(customer, second["id"])
        deliver(double)

    once_answered(monkeypatch, "/v1/customers/", another)
    deliver(double, told)
    assert Mandate.objects.get(subscription=subscription).last_digits == "0341"


def test_a_card_that_was_chosen_before_its_first_payment_was_taken_in_is_kept(
    ada: Person, monthly: Price, double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = begin(ada, monthly)
    pay(double, row)
    told = double.take_events()
    customer = double.books.all("customer")[0]["id"]
    other = double.books.card("5555555555554444", customer)

    def another() -> None:
        double.books.choose_card(customer, other["id"])
        deliver(double)

    once_answered(monkeypatch, "/v1/checkout/sessions/", another)
    deliver(double, told)
    assert Mandate.objects.get().last_digits == "4444"


def test_a_dispute_that_was_decided_meanwhile_stays_so(
    ada: Person, monthly: Price, double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy(double, ada, monthly)
    dispute = double.books.dispute(Payment.objects.get().reference)["id"]
    told = double.take_events()

    def decided() -> None:
        double.books.decide(dispute, "won")
        deliver(double)

    once_answered(monkeypatch, "/v1/disputes/", decided)
    deliver(double, told)
    assert Dispute.objects.get().state == Dispute.State.WON


def test_a_refund_that_stripe_tells_of_first_keeps_who_gave_it_and_why(
    ada: Person, farid: Person, monthly: Price, double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy(double, ada, monthly)
    payment = Payment.objects.get()
    once_answered(monkeypatch, "POST " + double.address + "/v1/refunds", lambda: deliver(double))
    payment.refund(payment.left, farid, "As they asked")
    refund = Refund.objects.get()
    assert (refund.by, refund.why) == (farid, "As they asked")
    payment.refresh_from_db()
    assert (payment.refunded, payment.left.minor) == (500, 0)


def test_two_who_refund_at_once_give_back_once(
    ada: Person, farid: Person, monthly: Price, double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy(double, ada, monthly)
    payment, again = Payment.objects.get(), Payment.objects.get()
    part = payment.left.share(2, 5)
    once_answered(monkeypatch, "/v1/refunds", lambda: again.refund(part, farid, "First"))
    payment.refund(part, farid, "Second")
    assert Refund.objects.count() == 1
    assert [row["amount"] for row in double.books.all("refund")] == [200]
    payment.refresh_from_db()
    with pytest.raises(Refused, match=r"At most \$?3"):
        payment.refund(part + part, farid, "Too much")
