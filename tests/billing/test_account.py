"""The account page: how a subscription stands, in plain words, and what can be done about it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.billing import intents
from broadsheet.billing.models import Invoice, Mandate
from broadsheet.demo.till.till import Later
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import (
    CLOCK,
    Actor,
    Entitlement,
    Gift,
    Intent,
    Plan,
    Price,
    Subscription,
    Verb,
)
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, words_of
from tests.shop import BY_TRANSFER, card, checkout, days_pass, minute_passes, subscribe

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
"""Twelve in New York."""

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.moved_to(NOON):
        yield


def account_of(person: Person) -> str:
    response = browser(person).get("/account/")
    assert response.status_code == 200
    return words_of(response)


def test_it_says_when_it_renews_and_for_how_much(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    said = account_of(ada)
    assert "Active. Renews on Nov. 24, 2027 at $40 a year." in said
    assert subscription.number in said
    assert "Card ending in 4242, valid until 01/40" in said


def test_who_has_none_is_shown_the_way_to_one(ada: Person, yearly: Price) -> None:
    page = browser(ada).get("/account/")
    assert "See what a subscription costs" in words_of(page)
    assert 'href="/subscribe/"' in page.text


def test_where_nothing_is_sold_nothing_is_said_of_prices(ada: Person) -> None:
    assert "You have no subscription" in account_of(ada)
    assert "costs" not in account_of(ada)


def test_the_days_are_those_of_the_editions_clock(ada: Person, yearly: Price) -> None:
    with clock.moved_to(datetime(2026, 11, 25, 3, tzinfo=UTC)):  # ten in the evening in New York
        subscribe(ada, yearly)
        assert "Renews on Nov. 24, 2027" in account_of(ada)


def test_a_pause_says_when_it_comes_back_and_what_is_kept(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    intents.ask(subscription, Verb.PAUSE, Actor.reader(ada), until=NOON + timedelta(weeks=3))
    said = account_of(ada)
    assert "Paused until Dec. 15, 2026" in said
    assert "365 paid days are kept for you." in said
    assert "Resume now" in said


def test_a_cancelled_one_says_until_when_and_undoes_by_one_click(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    intents.ask(subscription, Verb.CANCEL, Actor.reader(ada))
    client = browser(ada)
    assert "Your subscription ends on Nov. 24, 2027" in account_of(ada)
    assert "Your subscription continues." in words_of(client.post("/account/subscription/keep/", follow=True))
    assert "Active. Renews on" in account_of(ada)


def test_a_payment_that_is_due_says_until_when_one_reads_on(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly, card(Later.DECLINE))
    with clock.moved_to(NOON + timedelta(days=366)):
        minute_passes()
        page = browser(ada).get("/account/")
    assert "A payment is due You can keep reading until Dec. 9, 2027 ." in words_of(page)
    assert f"/account/invoices/{Invoice.objects.unpaid().get().number}/pay/" in page.text


def test_a_trial_says_what_it_costs_after(ada: Person, yearly: Price) -> None:
    Price.objects.update(trial_days=14)
    yearly.refresh_from_db()
    subscribe(ada, yearly, trial=True)
    assert "Trial until Dec. 8, 2026 Then it costs $40 a year." in account_of(ada)


def test_one_that_ended_says_so_and_leads_to_the_next(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly).end(CLOCK)
    said = account_of(ada)
    assert "Your subscription Digital ended on Nov. 24, 2026 ." in said
    assert "Subscribe again" in said
    assert "Pause" not in said


def test_a_wish_that_is_on_its_way_is_said(ada: Person, yearly: Price) -> None:
    Intent.objects.ask(subscribe(ada, yearly), Verb.PAUSE, Actor.reader(ada), until=NOON + timedelta(weeks=3))
    assert "Pausing … It takes effect within minutes." in account_of(ada)


def test_a_complimentary_subscription_is_said_without_its_reason(bruno: Person) -> None:
    said = account_of(bruno)
    assert "You have a complimentary subscription" in said
    assert "quiz" not in said


def test_a_gift_says_from_whom_and_until_when(ada: Person, yearly: Price) -> None:
    give(yearly, ada, recipient=ada).redeem(ada)
    assert "You can read without limit until Nov. 24, 2027 ." in account_of(ada)


def give(price: Price, buyer: Person, recipient: Person | None = None) -> Gift:
    return Gift.objects.create(
        buyer=buyer,
        buyer_name=buyer.get_full_name(),
        price=price,
        recipient_name="Nina",
        recipient_email="nina@reader.example",
        deliver_at=NOON,
        expires_at=NOON + timedelta(days=730),
    )


def test_gifts_bought_show_their_code_until_they_are_used(ada: Person, bruno: Person, yearly: Price) -> None:
    gift = give(yearly, ada)
    said = account_of(ada)
    assert "A year of Digital for Nina" in said
    assert gift.code in said
    gift.redeem(bruno)
    assert "Redeemed on Nov. 24, 2026" in account_of(ada)
    assert gift.code not in account_of(ada)


@pytest.fixture
def fund(db: None) -> Price:
    plan = Plan.objects.create(name="The Reporting Fund", kind=Plan.Kind.DONATION)
    return Price.objects.create(plan=plan, edition="en-us", amount=900, currency="USD", term=Term.MONTH)


def test_a_donation_is_ended_and_taken_up_again_apart_from_the_subscription(
    ada: Person, yearly: Price, fund: Price
) -> None:
    subscribe(ada, yearly)
    donation = subscribe(ada, fund, purpose="donate")
    client = browser(ada)
    assert "The Reporting Fund: $9 a month" in account_of(ada)
    assert "End your donation" in words_of(client.get(f"/account/donations/{donation.pk}/cancel/"))
    client.post(f"/account/donations/{donation.pk}/cancel/")
    assert "The Reporting Fund: ends on Dec. 24, 2026" in account_of(ada)
    assert "Active. Renews on" in account_of(ada)
    client.post(f"/account/donations/{donation.pk}/keep/")
    assert "The Reporting Fund: $9 a month" in account_of(ada)


def test_nobody_ends_the_donation_or_subscription_of_another(
    ada: Person, bruno: Person, yearly: Price, fund: Price
) -> None:
    donation, subscription = subscribe(ada, fund, purpose="donate"), subscribe(ada, yearly)
    client = browser(bruno)
    for what in ("cancel", "keep", "card"):
        assert client.post(f"/account/donations/{donation.pk}/{what}/").status_code == 404
        # Nor is a subscription reached by the addresses of donations.
        assert browser(ada).post(f"/account/donations/{subscription.pk}/{what}/").status_code == 404
    assert "You have no subscription." in words_of(client.post("/account/subscription/cancel/", follow=True))
    assert donation.cancellation is subscription.cancellation is None


def test_a_stranger_is_asked_to_sign_in_first(yearly: Price) -> None:
    for path in ("pause", "resume", "cancel", "keep", "stay", "change", "card"):
        response = browser().post(f"/account/subscription/{path}/")
        assert response.status_code == 302, path
        assert "/account/sign-in/" in response.headers["Location"]


def test_nothing_is_done_by_following_a_link(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    intents.ask(subscription, Verb.PAUSE, Actor.reader(ada), until=NOON + timedelta(weeks=3))
    for path in ("resume", "keep", "stay", "cancel", "pause", "change", "card"):
        browser(ada).get(f"/account/subscription/{path}/")
    assert Subscription.objects.get().pause is not None
    assert not subscription.cancellation


def test_who_pays_by_transfer_sees_the_invoice_that_waits(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly, BY_TRANSFER)
    number = Invoice.objects.get().number
    assert f"Invoice {number} for $40.00 is due by Dec. 8, 2026. Pay now" in account_of(ada)


def test_many_invoices_are_folded_away_behind_the_newest(ada: Person, monthly: Price) -> None:
    subscribe(ada, monthly)
    days_pass(NOON, 240, step=10)
    said = account_of(ada)
    numbers = [invoice.number for invoice in Invoice.objects.filter(person=ada)]
    assert len(numbers) > 6
    before, __, after = said.partition("Earlier invoices")
    assert [number for number in numbers if number in before] == numbers[:6]
    assert all(number in after for number in numbers[6:])


def test_another_card_is_put_in_and_what_is_owed_is_charged_to_it(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly, card(Later.DECLINE))
    with clock.moved_to(NOON + timedelta(days=366)):
        minute_passes()
        client = browser(ada)
        page = client.get("/account/subscription/card/")
        assert "Charged now $40.00" in words_of(page)
        till = client.post("/account/subscription/card/", {"uuid": page.context["uuid"]})
        done = client.post(
            till.headers["Location"],
            {"digits": "1881", "expires": "04/31", "later": "accept", "answer": "accept"},
        )
        assert "Your new card is saved" in words_of(client.get(done.headers["Location"]))
        assert "Active. Renews on" in account_of(ada)
    mandate = Mandate.objects.get(subscription=subscription)
    assert (mandate.last_digits, mandate.reference) == ("1881", "accept")
    assert not Invoice.objects.unpaid().exists()


def test_a_card_that_is_sent_twice_charges_once(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly)
    client = browser(ada)
    fields = {"uuid": client.get("/account/subscription/card/").context["uuid"]}
    first, second = (client.post("/account/subscription/card/", fields) for __ in range(2))
    assert first.headers["Location"] == second.headers["Location"]


def test_what_is_owed_must_be_what_was_shown(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly, card(Later.DECLINE))
    with clock.moved_to(NOON + timedelta(days=364, hours=23)):
        begun = checkout(ada, None, purpose="card", subscription=subscription)
    with clock.moved_to(NOON + timedelta(days=365, hours=1)):
        minute_passes()
        begun.fulfil(card())
    assert begun.state == "refused"
    assert "The amount due changed in the meantime." in begun.fault
    assert Invoice.objects.unpaid().exists()


def test_what_is_left_of_a_subscription_that_was_not_paid_is_said(ada: Person, yearly: Price) -> None:
    subscription = subscribe(ada, yearly)
    ends = clock.now() + timedelta(days=40)
    Entitlement.objects.create(person=ada, remainder_of=subscription, ends_at=ends, reason="Left")
    intents.ask(subscription, Verb.END, Actor.reader(ada))
    said = words_of(browser(ada).get("/account/"))
    assert "with what was left of your last subscription. It does not renew." in said
    assert "complimentary" not in said
