"""Cancelling in two clicks, undoing it by one, and the offer that does not stand in the way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broadsheet.billing import intents
from broadsheet.billing.models import Invoice, Payment
from broadsheet.demo.till.till import Later
from broadsheet.membership.lengths import Unit
from broadsheet.membership.models import (
    Actor,
    Entitlement,
    Offer,
    OfferPlacement,
    Plan,
    Price,
    State,
    Subscription,
    Verb,
)
from broadsheet.membership.prices import announce_prices, replace_price
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, words_of
from tests.shop import BY_TRANSFER, card, minute_passes, subscribe

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
"""Twelve in New York."""
PAGE = "/account/subscription/cancel/"

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.moved_to(NOON):
        yield


def cancel(person: Person, **typed: str) -> Any:
    return browser(person).post(PAGE, typed, follow=True)


def test_it_takes_two_clicks_from_the_account_page(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    client = browser(ada)
    assert f'href="{PAGE}"' in client.get("/account/").text
    page = client.get(PAGE)
    assert "Cancel my subscription" in words_of(page)
    assert "checked" not in page.text  # no reason is put into anybody's mouth
    done = client.post(PAGE, {}, follow=True)
    assert "We have received your cancellation. You can read until Nov. 24, 2027." in words_of(done)
    assert "Undo: keep my subscription" in words_of(done)
    assert subscription.cancellation


def test_it_says_what_is_lost_and_when(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly)
    said = words_of(browser(ada).get(PAGE))
    assert "You can read without limit until Nov. 24, 2027 . Then it ends," in said
    assert "What you will lose: Every article" in said


def test_a_reason_may_be_given_and_is_kept(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    cancel(ada, reason="time")
    assert subscription.cancellation
    assert subscription.cancellation.reason == "time"


def test_a_reason_that_is_none_cancels_nothing(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    assert cancel(ada, reason="revenge").status_code == 400
    assert not subscription.cancellation


def test_cancelled_it_ends_with_its_term_and_charges_nothing_more(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    cancel(ada)
    assert Entitlement.objects.entitle(ada)
    with clock.moved_to(NOON + timedelta(days=366)):
        minute_passes()
        assert not Entitlement.objects.entitle(ada)
    subscription.refresh_from_db()
    assert subscription.state == State.ENDED
    assert Payment.objects.count() == 1


def test_cancelling_what_is_cancelled_says_when_it_ends(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    cancel(ada)
    said = words_of(cancel(ada))
    assert "This subscription already ends on Nov. 24, 2027." in said
    assert subscription.cancellations.count() == 1


def test_what_is_past_due_ends_at_once_and_the_page_says_so_before(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly, card(Later.DECLINE))
    with clock.moved_to(NOON + timedelta(days=366)):
        minute_passes()
        assert "ends at once" in words_of(browser(ada).get(PAGE))
        said = words_of(cancel(ada))
        assert "Your subscription has ended. You owe nothing." in said
        assert not Entitlement.objects.entitle(ada)
    assert not Invoice.objects.unpaid().exists()


def test_what_is_paused_comes_back_for_what_is_paid_and_the_page_says_so(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    intents.ask(subscription, Verb.PAUSE, Actor.reader(ada), until=NOON + timedelta(weeks=3))
    said = words_of(browser(ada).get(PAGE))
    assert "It is paused until Dec. 15, 2026." in said
    assert "Then it resumes for the 365 days you have paid for, and ends." in said
    assert "Your subscription resumes for the time you have paid for, then ends." in words_of(cancel(ada))


def test_a_trial_that_is_cancelled_charges_nothing(ada: Person, yearly: Price) -> None:
    Price.objects.update(trial_days=14)
    yearly.refresh_from_db()
    subscribe(ada, yearly, trial=True)
    assert "Your trial runs until Dec. 8, 2026 . Then it ends" in words_of(browser(ada).get(PAGE))
    cancel(ada)
    with clock.moved_to(NOON + timedelta(days=20)):
        minute_passes()
    assert Subscription.objects.get().state == State.ENDED
    assert not Invoice.objects.exists()


def test_an_invoice_that_is_open_is_named(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly, BY_TRANSFER)
    number = Invoice.objects.get().number
    said = words_of(browser(ada).get(PAGE))
    assert f"Invoice {number} for $40.00 covers the time until then, and still has to be paid." in said


# --- The offer ----------------------------------------------------------------------------------------------


@pytest.fixture
def stay(yearly: Price) -> Offer:
    """20 dollars for the next year."""
    return Offer.objects.create(
        name="Stay",
        placement=OfferPlacement.SAVE,
        code="STAY",
        price=yearly,
        amount=2000,
        count=12,
        unit=Unit.MONTH,
    )


def test_the_offer_stands_below_the_button_and_says_what_comes_after(
    ada: Person, yearly: Price, stay: Offer
) -> None:
    subscribe(ada, yearly)
    said = words_of(browser(ada).get(PAGE))
    assert said.index("Cancel my subscription") < said.index("Or stay, and pay less")
    assert "Your next payment is $20, for a year; then $40 a year, as now, until you cancel." in said


def test_who_takes_it_pays_that_next_and_the_full_price_after(
    ada: Person, yearly: Price, stay: Offer
) -> None:
    subscription = subscribe(ada, yearly)
    client = browser(ada)
    said = words_of(client.post("/account/subscription/stay/", {"offer": stay.pk}, follow=True))
    assert "Thank you for staying." in said
    assert "at $20 a year" in said
    assert subscription.consents.last().text == (
        "Your next payment is $20, for a year; then $40 a year, as now, until you cancel. “Stay at $20”"
    )
    for years in (1, 2):
        with clock.moved_to(NOON + timedelta(days=366 * years)):
            minute_passes()
    paid = [payment.amount for payment in Payment.objects.order_by("at")]
    assert paid == [4000, 2000, 4000]
    assert not subscription.cancellation
    assert "Or stay, and pay less" not in words_of(client.get(PAGE))


def test_an_offer_is_taken_once_in_two_tabs(ada: Person, yearly: Price, stay: Offer) -> None:
    subscribe(ada, yearly)
    client = browser(ada)
    client.post("/account/subscription/stay/", {"offer": stay.pk})
    said = words_of(client.post("/account/subscription/stay/", {"offer": stay.pk}, follow=True))
    assert "This offer is no longer open to you. Nothing was changed." in said
    stay.refresh_from_db()
    assert stay.used == 1


def test_no_other_offer_is_had_by_a_forged_form(
    ada: Person, digital: Plan, yearly: Price, stay: Offer, six_weeks: Offer
) -> None:
    subscription = subscribe(ada, yearly)
    for forged in (str(six_weeks.pk), "", "x"):
        browser(ada).post("/account/subscription/stay/", {"offer": forged})
    subscription.refresh_from_db()
    assert subscription.next_charge.minor == 4000


def test_who_keeps_an_older_price_is_asked_to_stay_too(ada: Person, yearly: Price, stay: Offer) -> None:
    subscribe(ada, yearly)
    replace_price(yearly, 5000, renewals_from=None)
    said = words_of(browser(ada).get(PAGE))
    assert "Your next payment is $20, for a year; then $40 a year, as now, until you cancel." in said


def test_nobody_is_asked_to_stay_for_more(ada: Person, yearly: Price, stay: Offer) -> None:
    subscribe(ada, yearly)
    replace_price(yearly, 6000, renewals_from=None)
    Offer.objects.update(amount=4500)
    assert "Or stay, and pay less" not in words_of(browser(ada).get(PAGE))


def test_who_stays_agrees_to_the_price_that_was_announced(ada: Person, yearly: Price, stay: Offer) -> None:
    subscription = subscribe(ada, yearly)
    with clock.moved_to(NOON + timedelta(days=300)):
        replace_price(yearly, 4400, renewals_from=NOON + timedelta(days=331))
    with clock.moved_to(NOON + timedelta(days=325)):
        announce_prices(clock.now())
        minute_passes()
        browser(ada).post("/account/subscription/stay/", {"offer": stay.pk})
    said = subscription.consents.last().text
    assert "then $44 a year, as we wrote to you, until you cancel." in said
    for years in (1, 2):
        with clock.moved_to(NOON + timedelta(days=366 * years)):
            minute_passes()
    assert [payment.amount for payment in Payment.objects.order_by("at")] == [4000, 2000, 4400]
