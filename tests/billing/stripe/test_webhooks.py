"""What Stripe tells, twice, late, out of order or never: it ends in the same."""

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from broadsheet.billing.models import (
    Checkout,
    Difference,
    Dispute,
    Errand,
    Invoice,
    Mandate,
    Payment,
    Refund,
    StripeEvent,
)
from broadsheet.billing.notice_kinds import InvoiceNotice
from broadsheet.billing.providers.stripe import reconciling, sweeping
from broadsheet.membership.models import Price, SalesPolicy, State, Subscription
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.stripe.buyers import MINUTE, begin, buy, deliver, minute, pay
from tests.examples import EXAMPLES
from tests.stripe_double import StripeDouble

pytestmark = pytest.mark.django_db

START = datetime(2027, 3, 5, 9, tzinfo=UTC)
RENEWAL = START + timedelta(days=31)


def post(body: str, header: str) -> Any:
    return Client().post(
        "/stripe/webhook", body, content_type="application/json", headers={"Stripe-Signature": header}
    )


# --- What is believed ----------------------------------------------------------------------------


def test_an_event_is_answered_at_once_and_worked_off_by_a_task(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    pay(double, begin(ada, monthly))
    double.asked.clear()
    for event in double.take_events():
        body, header = double.body_and_header(event)
        assert post(body, header).status_code == 200
    assert double.asked == []
    assert StripeEvent.objects.filter(worked_at=None).count() == 2
    sweeping.each_minute(clock.now())
    assert not StripeEvent.objects.filter(worked_at=None).exists()
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda event, body, header: (body + " ", header), "signature"),
        (lambda event, body, header: (body, header.replace("v1=", "v1=0")), "signature"),
        (lambda event, body, header: (body, ""), "signature"),
    ],
)
def test_a_wrong_signature_is_refused(
    ada: Person, monthly: Price, double: StripeDouble, spoil: Callable[..., Any], reason: str
) -> None:
    pay(double, begin(ada, monthly))
    event = double.take_events()[0]
    answer = post(*spoil(event, *double.body_and_header(event)))
    assert (answer.status_code, reason in answer.text) == (403, True)
    assert not StripeEvent.objects.exists()


def test_an_old_timestamp_is_refused(ada: Person, monthly: Price, double: StripeDouble) -> None:
    pay(double, begin(ada, monthly))
    event = double.take_events()[0]
    assert post(*double.body_and_header(event, age=600)).status_code == 403


@pytest.mark.parametrize("change", [{"account": "acct_other"}, {"livemode": True}])
def test_what_is_about_another_account_is_refused(
    ada: Person, monthly: Price, double: StripeDouble, change: dict[str, Any]
) -> None:
    pay(double, begin(ada, monthly))
    event = double.take_events()[0] | change
    assert post(*double.body_and_header(event)).status_code == 403
    assert not StripeEvent.objects.exists()


def test_after_a_change_both_secrets_are_good(double: StripeDouble, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", *settings.STRIPE_WEBHOOK_SECRETS]
    event = {
        "id": "evt_1",
        "type": "customer.updated",
        "data": {"object": {"id": "cus_1"}},
        "livemode": False,
    }
    assert post(*double.body_and_header(event)).status_code == 200


@pytest.mark.parametrize("body", ["", "[]", "{}", json.dumps({"id": "evt_1", "type": "x", "data": []})])
def test_what_is_no_event_is_refused(double: StripeDouble, body: str) -> None:
    import stripe

    from tests.stripe_double.double import SECRET

    header = stripe.WebhookSignature.generate_signature_header(body, SECRET)
    assert post(body, header).status_code == 403


def test_payments_of_other_software_in_the_same_account_are_not_ours(
    ada: Person, double: StripeDouble
) -> None:
    customer = double.books.make("cus", "customer")
    card = double.books.card("4242424242424242", customer["id"])
    other = double.books.make("pi", "payment_intent", amount=900, currency="usd", metadata={"order": "7"})
    other["customer"] = customer["id"]
    double.books.charge(other, card["id"], is_there=True)
    deliver(double)
    reconciling.reconcile(clock.now())
    assert not Difference.objects.exists()
    assert not Payment.objects.exists()


# --- Duplicates, replays, any order --------------------------------------------------------------


def facts() -> Any:
    """What is the same in the end, however it was told."""
    return (
        sorted(Invoice.objects.values_list("kind", "state", "total")),
        sorted(Payment.objects.values_list("state", "amount", "refunded", "remedy")),
        sorted(Refund.objects.values_list("amount", "why")),
        sorted(Subscription.objects.values_list("state", "term_amount", "provider")),
        sorted(Mandate.objects.values_list("last_digits", "expires_on")),
        sorted(Checkout.objects.values_list("state", "fault")),
        sorted(Dispute.objects.values_list("state", "amount")),
        sorted(Difference.objects.values_list("kind", "why")),
        sorted((row.kind, row.done_at is not None) for row in Errand.objects.all()),
        sorted(Notice.objects.filter(kind__in=InvoiceNotice).values_list("kind", "key")),
    )


def bought(double: StripeDouble, ada: Person, price: Price) -> None:
    pay(double, begin(ada, price))


def bought_twice(double: StripeDouble, ada: Person, price: Price) -> None:
    first, second = begin(ada, price), begin(ada, price)
    pay(double, first)
    pay(double, second)


def refunded_there(double: StripeDouble, ada: Person, price: Price) -> None:
    pay(double, begin(ada, price))
    intent = double.books.all("payment_intent")[0]
    double.books.refund(intent, 200, {})


def disputed_and_lost(double: StripeDouble, ada: Person, price: Price) -> None:
    pay(double, begin(ada, price))
    intent = double.books.all("payment_intent")[0]["id"]
    double.books.decide(double.books.dispute(intent)["id"], "lost")


def card_changed(double: StripeDouble, ada: Person, price: Price) -> None:
    row = begin(ada, price)
    pay(double, row)
    method = double.books.all("payment_method")[0]
    double.books.update_card(method["id"], last4="1881", exp_year=2044)
    other = double.books.card("5555555555554444", method["customer"])
    double.books.choose_card(method["customer"], other["id"])


LIVES = [bought, bought_twice, refunded_there, disputed_and_lost, card_changed]


class Undone(Exception):
    pass


def ends_in(double: StripeDouble, live: Callable[[], None]) -> Any:
    """What the rows say after `live`, all of which is undone, here and in the double's books."""
    found, before = None, double.snapshot()
    try:
        with transaction.atomic():
            double.undone = 1
            live()
            # What lacked another is asked for again by the minute, then by the night.
            for minutes in (2, 5, 64):
                with clock.moved_to(clock.now() + minutes * MINUTE):
                    sweeping.each_minute(clock.now())
            reconciling.reconcile(clock.now())
            with clock.moved_to(clock.now() + 70 * MINUTE):
                sweeping.each_minute(clock.now())
            found = facts()
            raise Undone
    except Undone:
        double.restore(before)
        double.undone = 0
        return found


@pytest.mark.parametrize("life", LIVES)
def test_every_order_ends_in_the_same(
    ada: Person, monthly: Price, double: StripeDouble, life: Callable[..., None]
) -> None:
    life(double, ada, monthly)
    events = double.take_events()
    straight = ends_in(double, lambda: deliver(double, events))
    assert straight[1], "nothing was paid"
    every = list(itertools.permutations(events))[1:]
    for order in every[:: max(1, len(every) // max(1, EXAMPLES // 60))]:
        assert ends_in(double, lambda order=list(order): deliver(double, order)) == straight
    assert ends_in(double, lambda: deliver(double, events[::-1])) == straight


@pytest.mark.parametrize("life", LIVES)
def test_duplicates_and_replays_change_nothing(
    ada: Person, monthly: Price, double: StripeDouble, life: Callable[..., None]
) -> None:
    life(double, ada, monthly)
    events = double.take_events()
    straight = ends_in(double, lambda: deliver(double, events))

    def twice_and_a_day_later() -> None:
        deliver(double, [event for event in events for __ in range(2)])
        StripeEvent.objects.all().delete()  # as if we had forgotten that we know them
        with clock.moved_to(clock.now() + timedelta(days=1)):
            deliver(double, events)

    assert ends_in(double, twice_and_a_day_later) == straight


@pytest.mark.parametrize("life", LIVES)
def test_what_was_lost_altogether_is_found_by_the_night(
    ada: Person, monthly: Price, double: StripeDouble, life: Callable[..., None]
) -> None:
    life(double, ada, monthly)
    events = double.take_events()
    straight = ends_in(double, lambda: deliver(double, events))
    assert ends_in(double, lambda: None) == straight


# --- Disputes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "state"), [("end", "ended"), ("cancel", "active"), ("keep", "active")])
def test_a_dispute_does_to_access_what_the_policy_says(
    ada: Person, monthly: Price, double: StripeDouble, policy: str, state: str
) -> None:
    SalesPolicy.objects.update_or_create(pk=SalesPolicy.load().pk, defaults={"after_dispute": policy})
    subscription = buy(double, ada, monthly)
    double.books.dispute(Payment.objects.get().reference)
    deliver(double)
    subscription.refresh_from_db()
    assert subscription.state == state
    assert bool(subscription.cancellation) == (policy == "cancel")
    told = Difference.objects.get()
    assert (told.kind, told.payment) == ("dispute", Payment.objects.get())


def test_a_dispute_that_is_lost_is_money_given_back(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    buy(double, ada, monthly)
    dispute = double.books.dispute(Payment.objects.get().reference)
    double.books.decide(dispute["id"], "lost")
    deliver(double)
    payment = Payment.objects.get()
    assert (payment.refunded, payment.invoice.state) == (500, Invoice.State.REFUNDED)
    assert Difference.objects.get().settled_at


def test_a_dispute_that_is_won_leaves_the_payment(ada: Person, monthly: Price, double: StripeDouble) -> None:
    buy(double, ada, monthly)
    dispute = double.books.dispute(Payment.objects.get().reference)
    double.books.decide(dispute["id"], "won")
    deliver(double)
    assert (Payment.objects.get().refunded, Dispute.objects.get().state) == (0, Dispute.State.WON)


# --- Refunds -------------------------------------------------------------------------------------


def test_a_refund_whose_answer_is_lost_is_made_once(
    ada: Person, farid: Person, monthly: Price, double: StripeDouble
) -> None:
    from broadsheet.membership.errors import Refused

    buy(double, ada, monthly)
    payment = Payment.objects.get()
    double.fail("lost", "POST /v1/refunds")
    with pytest.raises(Refused, match="Look here again"):
        payment.refund(payment.left, farid, "As they asked")
    payment.refresh_from_db()
    payment.refund(payment.left, farid, "As they asked")
    deliver(double)
    payment.refresh_from_db()
    assert (payment.refunded, Refund.objects.count()) == (500, 1)
    assert len(double.books.all("refund")) == 1


def test_a_refund_made_at_stripe_gets_its_credit_note(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    buy(double, ada, monthly)
    double.books.refund(double.books.all("payment_intent")[0], 200, {})
    deliver(double)
    assert Refund.objects.get().credit_note.total == 200


# --- The two books -------------------------------------------------------------------------------


def test_a_payment_that_stripe_does_not_have_is_told(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    with double.at(START):
        buy(double, ada, monthly)
        del double.books.rows[Payment.objects.get().reference]
    with double.at(START + timedelta(hours=12)):
        reconciling.reconcile(clock.now())
        reconciling.reconcile(clock.now())
    assert Difference.objects.get().kind == Difference.Kind.MISSING


def test_amounts_that_differ_are_told(ada: Person, monthly: Price, double: StripeDouble) -> None:
    buy(double, ada, monthly)
    double.books.get(Payment.objects.get().reference)["amount"] = 700
    reconciling.reconcile(clock.now())
    assert Difference.objects.get().kind == Difference.Kind.AMOUNT


def test_where_stripe_is_away_at_night_nothing_breaks(ada: Person, double: StripeDouble) -> None:
    double.fail("500", "GET ", times=3)
    reconciling.reconcile(clock.now())
    assert not Difference.objects.exists()


def test_an_event_waits_while_stripe_is_away(ada: Person, monthly: Price, double: StripeDouble) -> None:
    with double.at(START):
        pay(double, begin(ada, monthly))
        double.fail("500", "GET ", times=2)
        deliver(double)
        assert not Payment.objects.exists()
    with double.at(START + 3 * MINUTE):
        minute()
    assert Payment.objects.count() == 1


def test_who_erases_the_account_has_no_card_left_at_stripe(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    buy(double, ada, monthly)
    ada.delete()
    sweeping.each_minute(clock.now())
    assert double.books.all("customer")[0]["deleted"]


def test_a_subscription_that_ended_while_it_was_charged_is_paid_back(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    with double.at(START):
        subscription = buy(double, ada, monthly)
    double.fail("lost", "POST /v1/payment_intents")
    with double.at(RENEWAL):
        minute()
        Invoice.objects.unpaid().get().void()
        deliver(double)
        minute()
    assert [row["amount"] for row in double.books.all("refund")] == [500]
    assert Payment.objects.succeeded().count() == 1
    subscription.refresh_from_db()
    assert subscription.state == State.ACTIVE
