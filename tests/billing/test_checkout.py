"""Buying a subscription, up to the thank-you page; and what keeps one from being bought twice or wrongly."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from broadsheet.billing.models import Checkout, Invoice, Payment, Seller
from broadsheet.editorial.models import Edition, Publication
from broadsheet.membership.models import (
    CLOCK,
    Consent,
    Entitlement,
    Market,
    Offer,
    OfferUse,
    Plan,
    Price,
    Subscription,
)
from broadsheet.membership.prices import replace_price
from broadsheet.membership.selling import Quote
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, filled_in, order, words_of
from tests.magazine import Magazine
from tests.shop import subscribe
from tests.weekly.files.made import issue_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TILL = {"digits": "4242", "expires": "04/31", "later": "accept", "answer": "accept"}

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.moved_to(NOON):
        yield


def at(price: Price, query: str = "") -> str:
    return f"/checkout/{price.pk}/{query}"


def pay(client: Client, response: Any, **changes: str) -> Any:
    """At the till, where the order leads."""
    assert response.status_code == 303, words_of(response)
    return client.post(response.headers["Location"], TILL | changes)


# --- The order ----------------------------------------------------------------------------------------


def test_the_order_says_what_is_due_today_and_the_terms_in_full(ada: Person, six_weeks: Offer) -> None:
    said = words_of(browser(ada).get(at(six_weeks.price)))
    assert "Due today $1.00" in said
    assert "From Jan. 5, 2027 $40 a year" in said
    assert (
        "You pay $1 today, for 6 weeks. From Jan. 5, 2027 it renews at $40 a year, until you cancel." in said
    )
    assert "Subscribe and pay $1.00" in said


@pytest.mark.parametrize(
    ("included", "due", "tax"),
    [(True, "Due today $40.00", "20% VAT included $6.67"), (False, "Due today $48.00", "Plus 20% VAT $8.00")],
)
def test_the_tax_is_in_what_is_due(ada: Person, yearly: Price, included: bool, due: str, tax: str) -> None:
    Market.objects.create(edition="en-us", tax_name="VAT", tax_rate=2000, tax_included=included)
    said = words_of(browser(ada).get(at(yearly))).replace("\xa0", " ")
    assert due in said
    assert tax in said


def test_the_last_day_is_that_of_the_edition(magazine: Magazine, ada: Person, monthly: Price) -> None:
    Edition.objects.update(time_zone="America/Los_Angeles")
    with clock.moved_to(datetime(2026, 11, 24, 7, tzinfo=UTC)):
        assert "From Dec. 23, 2026 it renews" in words_of(browser(ada).get(at(monthly)))


def test_it_is_for_nobody_else_and_in_no_index(client: Client, ada: Person, yearly: Price) -> None:
    for visitor in (client, browser(ada)):
        headers = visitor.get(at(yearly)).headers
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["X-Robots-Tag"] == "noindex"


def test_a_stranger_gives_an_address_first_and_comes_back_to_the_order(
    client: Client, six_weeks: Offer
) -> None:
    response = client.get(at(six_weeks.price, "?offer=AUTUMN&next=/world/harbour/"))
    assert "Due today $1.00" in words_of(response)
    assert "csrf" not in response.text
    back = f"/checkout/{six_weeks.price_id}/?offer=AUTUMN&next=%2Fworld%2Fharbour%2F"
    assert response.context["here"] == back
    assert f'name="next" value="{back.replace("&", "&amp;")}"' in response.text


# --- Bought -------------------------------------------------------------------------------------------


def test_bought_by_card_it_gives_the_right_to_read(magazine: Magazine, ada: Person, six_weeks: Offer) -> None:
    client = browser(ada)
    response = order(client, at(six_weeks.price, "?offer=AUTUMN&next=/world/harbour/"))
    done = pay(client, response)
    page = client.get(done.headers["Location"])
    assert Entitlement.objects.entitle(ada)
    assert (Payment.objects.get().amount, Invoice.objects.get().buyer_name) == (100, "Ada Brandt")
    assert OfferUse.objects.get().person == ada
    assert page.headers["Location"] == "/world/harbour/"
    article = client.get("/world/harbour/")
    said = words_of(article)
    assert article.headers["Broadsheet-Rendition"] == "full"
    assert "Thank you, and welcome. You can now read every article." in said
    assert "It renews on Jan. 5, 2027 for $40." in said
    assert "Your receipt is on its way to ada@reader.example." in said
    assert "Thank you" not in words_of(client.get("/world/harbour/"))


def test_whoever_bought_is_offered_the_weekly_issue_by_mail(
    magazine: Magazine, ada: Person, six_weeks: Offer
) -> None:
    client = browser(ada)
    done = pay(client, order(client, at(six_weeks.price, "?next=/archive/"))).headers["Location"]
    assert "Send me these letters" not in words_of(client.get(done))
    issue_of(magazine, "harbour")
    assert "Send me these letters" in words_of(client.get(done))
    client.post("/newsletters/weekly/", {"wants": "yes"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert "Send me these letters" not in words_of(client.get(done))


def test_bought_without_an_article_it_says_thank_you_on_a_page_of_its_own(
    ada: Person, six_weeks: Offer
) -> None:
    client = browser(ada)
    done = pay(client, order(client, at(six_weeks.price, "?next=/archive/")))
    page = client.get(done.headers["Location"])
    assert "Thank you, and welcome" in words_of(page)
    assert 'href="/archive/"' in page.text


@pytest.mark.parametrize(("known_as", "called"), [("", "Ada Brandt"), ("A. Brandt", "A. Brandt")])
def test_the_typed_name_becomes_that_of_an_account_without_one(
    ada: Person, yearly: Price, known_as: str, called: str
) -> None:
    ada.rename(known_as)
    order(browser(ada), at(yearly), name="Ada Brandt")
    ada.refresh_from_db()
    assert ada.get_full_name() == called


def test_what_was_agreed_to_is_recorded_with_the_buttons_words(ada: Person, six_weeks: Offer) -> None:
    client = browser(ada)
    pay(client, order(client, at(six_weeks.price)))
    consent = Consent.objects.get()
    assert consent.text.startswith("You pay $1 today, for 6 weeks.")
    assert consent.text.endswith("“Subscribe and pay $1.00”")
    assert consent.address == "127.0.0.1"


def test_the_best_offer_counts_though_no_code_is_named(ada: Person, six_weeks: Offer) -> None:
    order(browser(ada), at(six_weeks.price))
    assert Checkout.objects.get().offer == six_weeks


def test_a_trial_charges_nothing_and_says_so(ada: Person, yearly: Price) -> None:
    Price.objects.update(trial_days=14)
    client = browser(ada)
    assert "Start the free trial" in words_of(client.get(at(yearly)))
    page = client.get(pay(client, order(client, at(yearly))).headers["Location"])
    assert not Payment.objects.exists()
    assert "Your trial ends on Dec. 8, 2026. If you do not cancel before then, $40 is due." in words_of(page)
    assert "receipt" not in words_of(page)


@pytest.mark.parametrize("forged", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_nobody_is_sent_elsewhere_afterwards(ada: Person, yearly: Price, forged: str) -> None:
    client = browser(ada)
    done = pay(client, order(client, at(yearly, f"?next={forged}")))
    assert "elsewhere" not in client.get(done.headers["Location"]).text


def test_the_done_page_is_its_buyers_alone(ada: Person, bruno: Person, yearly: Price) -> None:
    client = browser(ada)
    path = pay(client, order(client, at(yearly))).headers["Location"]
    assert browser(bruno).get(path).status_code == 404
    assert browser().get(path).status_code == 302


# --- By transfer --------------------------------------------------------------------------------------


@pytest.fixture
def seller(db: None) -> Seller:
    seller: Seller = Seller.load()
    seller.name, seller.address, seller.iban = "The Meridian Press", "14 Quayside", "GB00 MERI 0000"
    seller.save()
    return seller


def test_who_pays_by_transfer_reads_at_once_and_gets_the_account(
    ada: Person, yearly: Price, seller: Seller
) -> None:
    client = browser(ada)
    response = order(client, at(yearly), method="transfer", address="1 Quay Road\nHarbour Town")
    page = client.get(response.headers["Location"])
    said = words_of(page)
    assert Entitlement.objects.entitle(ada)
    assert "You need not wait for your transfer to arrive." in said
    assert "Please transfer $40.00 by Dec. 8, 2026." in said
    assert "GB00 MERI 0000" in said
    assert f"/account/invoices/{Invoice.objects.get().number}.pdf" in page.text


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        (
            {"method": "card", "company": "Brandt Ltd"},
            "Enter the company’s address for its invoice.",
        ),
        ({"method": "card", "vat_number": "GB 1"}, "Enter the company’s address for its invoice."),
        ({"method": "card", "name": " "}, "Enter your name. It appears on the invoice."),
        ({"method": "cash"}, "Select a valid choice."),
        ({"method": ""}, "Choose how you would like to pay."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    ada: Person, yearly: Price, seller: Seller, typed: dict[str, str], fault: str
) -> None:
    response = order(browser(ada), at(yearly), **typed)
    assert response.status_code == 400
    assert fault in words_of(response)
    for value in (value.strip() for value in typed.values()):
        assert value in response.text
    assert not Checkout.objects.exists()


@pytest.mark.parametrize("method", ["card", "transfer"])
def test_who_buys_for_themselves_gives_no_address(
    ada: Person, yearly: Price, seller: Seller, method: str
) -> None:
    client = browser(ada)
    form = client.get(at(yearly)).text
    assert form.index("Buying for a company") < form.index('name="address"') < form.rindex("</details>")
    assert order(client, at(yearly), method=method).status_code == 303


def test_a_company_gives_its_address_for_the_invoice(ada: Person, yearly: Price, seller: Seller) -> None:
    typed = {"company": "Brandt Ltd", "address": "1 Quay Road\nHarbour Town"}
    order(browser(ada), at(yearly), method="transfer", **typed)
    invoice = Invoice.objects.get()
    assert (invoice.buyer_company, invoice.buyer_address) == ("Brandt Ltd", "1 Quay Road\nHarbour Town")


def test_by_transfer_from_a_wall_the_bank_account_comes_first_and_then_the_article(
    magazine: Magazine, ada: Person, yearly: Price, seller: Seller
) -> None:
    client = browser(ada)
    response = order(client, at(yearly, "?next=/world/harbour/"), method="transfer")
    page = client.get(response.headers["Location"])
    assert "GB00 MERI 0000" in words_of(page)
    assert f"Read on: {magazine.article('harbour').headline}" in words_of(page)


def test_where_nothing_can_be_paid_by_it_says_whom_to_write_to(ada: Person, yearly: Price, settings) -> None:
    settings.PRODUCTION = True
    Publication.objects.update(contact_email="desk@magazine.example")
    said = words_of(browser(ada).get(at(yearly)))
    assert "We can’t take payments here at the moment. Write to desk@magazine.example" in said
    assert "Subscribe and pay" not in said


# --- Twice, late, elsewhere ---------------------------------------------------------------------------


def test_a_double_click_is_one_checkout(ada: Person, yearly: Price) -> None:
    client = browser(ada)
    fields = filled_in(client.get(at(yearly)), name="Ada")
    first, second = (client.post(at(yearly), fields) for __ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Checkout.objects.count() == 1


def test_the_same_form_sent_after_it_was_paid_leads_to_the_thanks(ada: Person, yearly: Price) -> None:
    client = browser(ada)
    fields = filled_in(client.get(at(yearly)), name="Ada")
    done = pay(client, client.post(at(yearly), fields))
    assert client.post(at(yearly), fields).headers["Location"] == done.headers["Location"]
    assert Payment.objects.count() == 1


def test_a_form_with_somebody_elses_number_begins_nothing(ada: Person, bruno: Person, yearly: Price) -> None:
    theirs = filled_in(browser(ada).get(at(yearly)), name="Ada")
    browser(ada).post(at(yearly), theirs)
    assert browser(bruno).post(at(yearly), theirs).status_code == 404
    assert Checkout.objects.get().person == ada


@pytest.mark.parametrize("number", ["", "nonsense"])
def test_a_form_without_a_number_gets_one(ada: Person, yearly: Price, number: str) -> None:
    response = order(browser(ada), at(yearly), uuid=number)
    assert response.status_code == (303 if not number else 400)


def test_who_has_a_subscription_is_told_so(ada: Person, yearly: Price, monthly: Price) -> None:
    subscription = subscribe(ada, yearly)
    response = browser(ada).get(at(monthly, "?next=/world/harbour/"))
    assert "You already have a subscription" in words_of(response)
    assert subscription.number in words_of(response)
    assert 'href="/world/harbour/"' in response.text
    sent = browser(ada).post(at(monthly), {"uuid": str(uuid4())})
    assert sent.status_code == 409
    assert Subscription.objects.count() == 1


def test_two_tabs_at_two_tills_buy_one_subscription(ada: Person, yearly: Price, monthly: Price) -> None:
    client = browser(ada)
    first, second = order(client, at(yearly)), order(client, at(monthly))
    pay(client, first)
    refused = client.get(pay(client, second).headers["Location"])
    assert "Nothing was bought You already have a subscription" in words_of(refused)
    assert "Nothing was charged." in words_of(refused)
    assert Payment.objects.count() == 1


def test_who_had_one_before_may_buy_again(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly).end(CLOCK)
    assert order(browser(ada), at(yearly)).status_code == 303


def test_a_price_that_changed_meanwhile_is_shown_and_nothing_is_charged(ada: Person, yearly: Price) -> None:
    client = browser(ada)
    fields = filled_in(client.get(at(yearly)), name="Ada Brandt")
    new = replace_price(yearly, 5000, renewals_from=None)
    response = client.post(at(yearly), fields)
    said = words_of(response)
    assert response.status_code == 400
    assert "The price changed while this page was open. Nothing was charged" in said
    assert "Due today $50.00" in said
    assert 'value="Ada Brandt"' in response.text
    assert not Checkout.objects.exists()
    again = client.post(response.context["here"], filled_in(response))
    pay(client, again)
    assert Payment.objects.get().amount == 5000
    assert Subscription.objects.get().price == new


def test_a_tax_that_changed_meanwhile_is_a_changed_price(ada: Person, yearly: Price) -> None:
    client = browser(ada)
    fields = filled_in(client.get(at(yearly)), name="Ada Brandt")
    Market.objects.create(edition="en-us", tax_name="VAT", tax_rate=1000, tax_included=False)
    response = client.post(at(yearly), fields)
    assert "The price changed" in words_of(response)
    assert "Due today $44.00" in words_of(response)


def test_an_old_link_to_a_price_leads_to_the_new_one(ada: Person, yearly: Price) -> None:
    new = replace_price(yearly, 5000, renewals_from=None)
    response = browser(ada).get(at(yearly, "?next=/world/harbour/"))
    assert response.headers["Location"] == at(new, "?next=%2Fworld%2Fharbour%2F")


def test_an_offer_that_ended_while_the_page_was_open_charges_nothing_else(
    ada: Person, six_weeks: Offer
) -> None:
    client, path = browser(ada), at(six_weeks.price, "?offer=AUTUMN")
    fields = filled_in(client.get(path), name="Ada")
    Offer.objects.update(ends_at=clock.now())
    response = client.post(path, fields)
    said = words_of(response)
    assert "This offer has ended." in said
    assert "Due today $40.00" in said
    assert not Checkout.objects.exists()


def test_the_last_place_goes_to_who_pays_first(ada: Person, bruno: Person, six_weeks: Offer) -> None:
    Offer.objects.update(limit=1)
    ada_, bruno_ = browser(ada), browser(bruno)
    first, second = order(ada_, at(six_weeks.price)), order(bruno_, at(six_weeks.price))
    pay(ada_, first)
    refused = bruno_.get(pay(bruno_, second).headers["Location"])
    assert "This offer has been used up" in words_of(refused)
    assert "Nothing was charged." in words_of(refused)
    assert Subscription.objects.get().person == ada


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("NOSUCH", "The code “NOSUCH” isn’t valid here."),
        ("MONTHLY", "This offer is for another plan or term."),
    ],
)
def test_a_code_that_does_not_count_here_says_so(
    ada: Person, yearly: Price, monthly: Price, code: str, said: str
) -> None:
    Offer.objects.create(name="M", code="MONTHLY", price=monthly, amount=100)
    page = words_of(browser(ada).get(at(yearly, f"?offer={code}")))
    assert said in page
    assert "Due today $40.00" in page


def test_what_is_sold_no_more_is_gone(ada: Person, digital: Plan, yearly: Price) -> None:
    digital.is_on_sale = False
    digital.save()
    response = browser(ada).get(at(yearly))
    assert response.status_code == 410
    assert "This is no longer on sale." in words_of(response)


def test_a_price_of_another_edition_is_sold_there(ada: Person, yearly: Price) -> None:
    response = browser(ada).get(f"/uk/checkout/{yearly.pk}/?offer=AUTUMN")
    assert response.headers["Location"] == at(yearly, "?offer=AUTUMN")


@pytest.mark.parametrize("number", ["999999", "99999999999999999999"])
def test_a_price_that_never_was_is_not_found(ada: Person, number: str) -> None:
    assert browser(ada).get(f"/checkout/{number}/").status_code == 404


def test_a_form_from_elsewhere_is_refused(ada: Person, yearly: Price) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.post(at(yearly), {"uuid": str(uuid4()), "name": "Ada"}).status_code == 403
    assert not Checkout.objects.exists()


# --- How often ------------------------------------------------------------------------------------------


def test_a_reader_orders_so_often_in_an_hour_and_keeps_what_was_typed(
    ada: Person, yearly: Price, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"order_by_reader": "2/h/user"}
    client = browser(ada)
    answers = [order(client, at(yearly), name="Ada B.") for __ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "That was too many requests in a short time. Nothing was changed." in words_of(answers[2])
    assert 'value="Ada B."' in answers[2].text
    assert Checkout.objects.count() == 2


def test_a_subscription_is_changed_so_often_in_an_hour(ada: Person, yearly: Price, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"order_by_reader": "2/h/user"}
    subscription = subscribe(ada, yearly)
    client = browser(ada)
    for verb in ("cancel", "keep"):
        client.post(f"/account/subscription/{verb}/")
    said = words_of(client.post("/account/subscription/cancel/", follow=True))
    assert "That was too many requests in a short time. Nothing was changed." in said
    assert subscription.cancellation is None


# --- What changed while the page was open -----------------------------------------------------------------


@pytest.mark.parametrize("change", [{"count": 1}, {"unit": "month"}, {"terms": 2}])
def test_an_offer_that_lasts_otherwise_by_now_is_agreed_to_anew(
    ada: Person, six_weeks: Offer, change: dict[str, Any]
) -> None:
    client = browser(ada)
    fields = filled_in(client.get(at(six_weeks.price)))
    Offer.objects.update(**change)
    answer = client.post(at(six_weeks.price), fields)
    assert answer.status_code == 400
    assert "The price changed while this page was open." in words_of(answer)
    assert not Checkout.objects.exists()


def test_so_is_a_trial(ada: Person, monthly: Price) -> None:
    Price.objects.update(trial_days=30)
    client = browser(ada)
    fields = filled_in(client.get(at(monthly)))
    Price.objects.update(trial_days=1)
    assert client.post(at(monthly), fields).status_code == 400


def test_an_offer_dearer_than_the_new_price_is_no_offer(ada: Person, yearly: Price) -> None:
    Offer.objects.create(name="Slot", placement="slot", code="SLOT", price=yearly, amount=2800, count=12)
    new = replace_price(yearly, 2500, renewals_from=None)
    assert "Due today $25.00" in words_of(browser(ada).get(at(new)))
    assert "now costs less without it" in words_of(browser(ada).get(at(new, "?offer=SLOT")))


def test_the_day_of_the_full_price_is_that_on_which_it_is_charged(ada: Person, monthly: Price) -> None:
    offer = Offer.objects.create(name="Three", code="THREE", price=monthly, amount=200, terms=3)
    with clock.moved_to(datetime(2027, 1, 31, 12, tzinfo=UTC)):
        assert "From April 30, 2027 it renews at $5 a month" in Quote.of(monthly, offer=offer).terms
