"""The page that sells: what it says to whom, and what comes of a code."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.membership.lengths import Term
from broadsheet.membership.models import (
    CLOCK,
    Audience,
    Market,
    Offer,
    OfferPlacement,
    OfferUse,
    Plan,
    Price,
    SalesPolicy,
)
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, words_of
from tests.magazine import Magazine
from tests.shop import subscribe

PAGE = "/subscribe/"

pytestmark = pytest.mark.usefixtures("magazine")


def test_each_price_says_what_it_costs_first_and_then(
    client: Client, six_weeks: Offer, monthly: Price
) -> None:
    said = words_of(client.get(PAGE))
    assert "Subscribe and save" in said
    assert "Yearly $1 for 6 weeks Then $40 a year, until you cancel." in said
    assert "Monthly $5 a month Renews at $5 a month, until you cancel." in said
    assert "How to cancel On your account page, in two clicks" in said


def test_a_trial_is_shown_where_no_offer_is(client: Client, yearly: Price) -> None:
    Price.objects.update(trial_days=14)
    said = words_of(client.get(PAGE))
    assert "14 days free Then $40 a year, until you cancel." in said


def test_who_subscribed_before_is_shown_no_trial(ada: Person, yearly: Price) -> None:
    Price.objects.update(trial_days=14)
    subscription = subscribe(ada, yearly)

    subscription.end(CLOCK)
    assert "14 days free" not in words_of(browser(ada).get(PAGE))


def test_the_tax_is_named_as_the_market_has_it(client: Client, yearly: Price) -> None:
    market = Market.objects.create(edition="en-us", tax_name="Sales tax", tax_rate=825, tax_included=False)
    assert "Plus 8.25% Sales tax, added at the checkout." in words_of(client.get(PAGE)).replace("\xa0", " ")
    market.tax_included = True
    market.save()
    assert "Includes 8.25% Sales tax." in words_of(client.get(PAGE)).replace("\xa0", " ")


def test_the_days_to_withdraw_are_stated(client: Client, yearly: Price) -> None:
    assert "Within 14 days you can withdraw from the contract" in words_of(client.get(PAGE))
    policy = SalesPolicy.load()
    policy.withdrawal_days = 0
    policy.save()
    assert "withdraw" not in words_of(client.get(PAGE))


def test_the_way_to_the_checkout_keeps_the_offer_and_the_article(client: Client, six_weeks: Offer) -> None:
    page = client.get(PAGE, {"next": "/world/harbour/"}).text
    assert f"/checkout/{six_weeks.price_id}/?offer=AUTUMN&amp;next=%2Fworld%2Fharbour%2F" in page


@pytest.mark.parametrize("forged", ["https://elsewhere.example/", "//elsewhere.example", "world"])
def test_it_leads_nowhere_but_to_this_site(client: Client, yearly: Price, forged: str) -> None:
    assert "elsewhere" not in client.get(PAGE, {"next": forged}).text


def test_the_page_is_the_same_for_all_and_holds_no_token(client: Client, six_weeks: Offer) -> None:
    response = client.get(PAGE)
    assert response.headers["Cache-Control"].startswith("public")
    assert "csrf" not in response.text
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "X-Robots-Tag" not in response.headers


@pytest.mark.parametrize("query", [{"next": "/world/harbour/"}, {"offer": "AUTUMN"}])
def test_with_something_of_the_visitors_it_is_kept_by_nobody(client: Client, yearly: Price, query) -> None:
    assert client.get(PAGE, query).headers["Cache-Control"] == "private, no-store"


def test_a_subscriber_is_led_to_the_account(ada: Person, six_weeks: Offer) -> None:
    subscribe(ada, six_weeks.price)
    response = browser(ada).get(PAGE)
    said = words_of(response)
    assert "You have Digital." in said
    assert "$1" not in said
    assert "/checkout/" not in response.text
    assert response.headers["Cache-Control"] == "private, no-store"


def test_queries_do_not_grow_with_what_is_sold(client: Client, six_weeks: Offer, ada: Person) -> None:
    visitors = [client, browser(ada)]

    def queries() -> list[int]:
        counted = []
        for visitor in visitors:
            visitor.get(PAGE)
            with CaptureQueriesContext(connection) as asked:
                visitor.get(PAGE)
            counted.append(len(asked))
        return counted

    few = queries()
    for number in range(8):
        plan = Plan.objects.create(name=f"Plan {number}")
        price = Price.objects.create(plan=plan, edition="en-us", amount=100 * number, currency="USD")
        Offer.objects.create(
            name="O", placement=OfferPlacement.SLOT, code=f"O{number}", price=price, amount=1
        )
    assert queries() == few


# --- Where nothing is sold -----------------------------------------------------------------------------


def test_where_nothing_is_sold_it_says_so_and_names_where_something_is(client: Client, yearly: Price) -> None:
    response = client.get("/uk/subscribe/")
    said = words_of(response)
    assert "Subscriptions are not on sale here at the moment" in said
    assert 'href="/subscribe/"' in response.text
    assert "Subscribe in the" in said


def test_where_nothing_is_sold_at_all_no_other_edition_is_named(client: Client) -> None:
    response = client.get(PAGE)
    assert "Subscriptions are not on sale here at the moment" in words_of(response)
    assert "Subscribe in the" not in words_of(response)


def test_a_plan_that_is_taken_off_the_shelf_is_gone(client: Client, digital: Plan, yearly: Price) -> None:
    digital.is_on_sale = False
    digital.save()
    assert "Digital" not in words_of(client.get(PAGE))


# --- Codes ----------------------------------------------------------------------------------------------


@pytest.fixture
def friends(monthly: Price) -> Offer:
    """2 dollars for each of three months, by its code alone."""
    return Offer.objects.create(
        name="Friends", code="FRIENDS", price=monthly, amount=200, terms=3, audience=Audience.NEW
    )


@pytest.mark.parametrize("typed", ["FRIENDS", " friends "])
def test_a_code_gives_its_offer(client: Client, friends: Offer, typed: str) -> None:
    said = words_of(client.get(PAGE, {"offer": typed}))
    assert "The code “FRIENDS” gives you Digital, monthly: $2 every month, 3 times." in said
    assert "$2 every month, 3 times" not in words_of(client.get(PAGE))


def test_a_code_takes_the_place_of_what_everybody_is_offered(client: Client, six_weeks: Offer) -> None:
    Offer.objects.create(name="Long", code="LONG", price=six_weeks.price, amount=2000, count=12)
    said = words_of(client.get(PAGE, {"offer": "LONG"}))
    assert "Yearly With the code “LONG” $20 for a year" in said
    assert "$1 for 6 weeks" not in said
    assert "With the code “LONG”" in said


def test_a_code_for_one_plan_says_that_the_others_cost_what_they_cost_without_it(
    client: Client, six_weeks: Offer, monthly: Price
) -> None:
    Offer.objects.create(name="Friends", code="FRIENDS", price=monthly, amount=200)
    said = words_of(client.get(PAGE, {"offer": "FRIENDS"}))
    assert "Other plans and terms cost what is shown beside them, without the code." in said
    assert said.count("With the code “FRIENDS”") == 1
    assert said.index("With the code “FRIENDS”") > said.index("Monthly")
    assert "$1 for 6 weeks" in said


def ended(offer: Offer) -> None:
    offer.ends_at = clock.now() - timedelta(seconds=1)
    offer.starts_at = clock.now() - timedelta(days=1)


def used_up(offer: Offer) -> None:
    offer.limit, offer.used = 5, 5


def not_begun(offer: Offer) -> None:
    offer.starts_at = clock.now() + timedelta(days=1)


def for_who_cancels(offer: Offer) -> None:
    offer.placement = OfferPlacement.SAVE


def for_the_lost_ones(offer: Offer) -> None:
    offer.audience = Audience.RETURNING


def gone(offer: Offer) -> None:
    offer.code = "OTHERS"


@pytest.mark.parametrize("change", [ended, used_up, not_begun, for_who_cancels, for_the_lost_ones, gone])
def test_a_code_that_gives_nothing_is_answered_in_the_same_words_whether_it_exists_or_not(
    ada: Person, friends: Offer, change
) -> None:
    change(friends)
    friends.save()
    response = browser(ada).get(PAGE, {"offer": "FRIENDS"})
    assert response.status_code == 200
    said = words_of(response)
    assert "The code “FRIENDS” isn’t valid here. It may be mistyped, or its offer may have ended." in said
    assert "This offer" not in said
    assert "Monthly $5 a month" in said
    assert f'href="/checkout/{friends.price_id}/"' in response.text


def test_who_has_used_a_code_is_told_so(ada: Person, friends: Offer) -> None:
    OfferUse.objects.create(offer=friends, person=ada)
    assert "You have used this offer before" in words_of(browser(ada).get(PAGE, {"offer": "FRIENDS"}))


def test_a_code_that_nobody_gave_out_says_so(client: Client, yearly: Price) -> None:
    response = client.get(PAGE, {"offer": "<b>nonsense"})
    assert "The code “<b>nonsense” isn’t valid here." in words_of(response)
    assert "&lt;b&gt;nonsense" in response.text


def test_codes_are_not_to_be_found_by_trying(client: Client, friends: Offer, six_weeks: Offer) -> None:
    for n in range(20):
        path = f"/checkout/{friends.price_id}/" if n % 2 else PAGE
        assert client.get(path, {"offer": f"GUESS{n}"}).status_code == 200
    for path in (PAGE, f"/checkout/{friends.price_id}/"):
        for code in ("GUESS", "FRIENDS"):
            response = client.get(path, {"offer": code})
            assert response.status_code == 429
            assert "Too many codes have been tried" in words_of(response)
    assert client.get(PAGE, {"offer": six_weeks.code}).status_code == 200, "it is shown to everybody"
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert "The code “FRIENDS” gives you" in words_of(elsewhere.get(PAGE, {"offer": "FRIENDS"}))


def test_a_right_code_may_be_looked_up_as_often_as_its_link_is_followed(
    client: Client, friends: Offer
) -> None:
    assert {client.get(PAGE, {"offer": "FRIENDS"}).status_code for _ in range(25)} == {200}


@pytest.mark.parametrize("typed", ["\0", "AUT\0UMN", "\u202eNMUTUA", "x" * 5000])
def test_a_code_that_nobody_could_type_does_no_harm(client: Client, yearly: Price, typed: str) -> None:
    assert client.get(PAGE, {"offer": typed}).status_code == 200
    assert client.get(f"/checkout/{yearly.pk}/", {"offer": typed}).status_code == 200


@pytest.mark.parametrize(
    ("audience", "said"),
    [
        (Audience.NEW, "It is for new subscribers."),
        (Audience.RETURNING, "It is for readers who subscribed before."),
    ],
)
def test_a_stranger_is_told_whom_a_code_is_for(
    client: Client, friends: Offer, audience: str, said: str
) -> None:
    Offer.objects.update(audience=audience)
    assert said in words_of(client.get(PAGE, {"offer": "FRIENDS"}))


def test_a_code_of_another_editions_currency_leads_there(client: Client, yearly: Price) -> None:
    pounds = Price.objects.create(
        plan=yearly.plan, edition="en-gb", amount=3500, currency="GBP", term=Term.YEAR
    )
    Offer.objects.create(name="UK", code="TEAPOT", price=pounds, amount=100, count=12)
    response = client.get(PAGE, {"offer": "teapot"})
    assert "This offer is for another edition, with prices in GBP." in words_of(response)
    assert 'href="/uk/subscribe/?offer=TEAPOT"' in response.text
    assert "Yearly $40 a year" in words_of(response)


def test_a_code_for_new_subscribers_is_not_for_who_was_one(ada: Person, friends: Offer) -> None:
    subscribe(ada, friends.price).end(CLOCK)
    said = words_of(browser(ada).get(PAGE, {"offer": "FRIENDS"}))
    assert "The code “FRIENDS” isn’t valid here." in said
    assert "Monthly $5 a month" in said


def test_an_offer_for_the_lost_ones_is_not_shown_to_strangers(
    client: Client, ada: Person, six_weeks: Offer
) -> None:

    Offer.objects.update(audience=Audience.RETURNING)
    assert "$1 for 6 weeks" not in words_of(client.get(PAGE))
    subscribe(ada, six_weeks.price).end(CLOCK)
    assert "$1 for 6 weeks" in words_of(browser(ada).get(PAGE))


def test_no_edition_no_page(magazine: Magazine, client: Client, yearly: Price) -> None:
    magazine.uk.unpublish()
    assert client.get("/uk/subscribe/").status_code == 404
