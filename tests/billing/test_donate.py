"""Donations: amounts that are suggested and one's own, once or for as long as it is wished."""

from typing import Any

import pytest
from django.test import Client

from broadsheet.billing.models import Checkout, Invoice, Payment
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Consent, Entitlement, Market, Plan, Price, Subscription
from broadsheet.people.models import Person
from tests.billing.counter import browser, filled_in, order, words_of
from tests.shop import subscribe

TILL = {"digits": "4242", "expires": "04/31", "later": "accept", "answer": "accept"}

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture
def fund(db: None) -> Plan:
    return Plan.objects.create(kind=Plan.Kind.DONATION, name="Reporting fund")


def price_of(fund: Plan, amount: int, term: Term) -> Price:
    return Price.objects.create(plan=fund, edition="en-us", amount=amount, currency="USD", term=term)


@pytest.fixture
def once(fund: Plan) -> Price:
    price_of(fund, 2500, Term.ONCE)
    return price_of(fund, 1000, Term.ONCE)


@pytest.fixture
def each_month(fund: Plan) -> Price:
    return price_of(fund, 500, Term.MONTH)


def at(price: Price, amount: str = "") -> str:
    return f"/donate/?price={price.pk}" + (f"&amount={amount}" if amount else "")


def give(giver: Person, path: str) -> Any:
    client = browser(giver)
    response = order(client, path)
    assert response.status_code == 303, words_of(response)
    return client.get(client.post(response.headers["Location"], TILL).headers["Location"])


def test_the_amounts_stand_by_how_often(client: Client, each_month: Price, once: Price) -> None:
    response = client.get("/donate/")
    said = words_of(response)
    assert "Reporting fund Once $10 once $25 once" in said
    assert said.index("Once") < said.index("Monthly")
    assert response.headers["Cache-Control"].startswith("public")
    assert "csrf" not in response.text
    assert "X-Robots-Tag" not in response.headers


def test_a_stranger_gives_an_address_first_and_keeps_the_amount(client: Client, once: Price) -> None:
    response = client.get(at(once, "12,50"))
    assert "Your donation $12.50" in words_of(response)
    assert response.context["here"] == f"/donate/?price={once.pk}&amount=12%2C50"


def test_once_it_is_paid_once_and_thanked_for(ada: Person, once: Price) -> None:
    page = give(ada, at(once))
    said = words_of(page)
    assert "Thank you $10.00 for Reporting fund" in said
    invoice = Invoice.objects.get()
    assert (Payment.objects.get().amount, invoice.is_donation, invoice.tax) == (1000, True, 0)
    assert not Subscription.objects.exists()
    assert not Entitlement.objects.entitle(ada)


def test_ones_own_amount_is_charged_to_the_cent(ada: Person, once: Price) -> None:
    give(ada, at(once, "12.34"))
    assert Payment.objects.get().amount == 1234


def test_each_month_it_is_given_until_it_is_ended(ada: Person, each_month: Price) -> None:
    client = browser(ada)
    assert "Give $7.00 a month" in words_of(client.get(at(each_month, "7")))
    page = give(ada, at(each_month, "7"))
    subscription = Subscription.objects.get()
    assert (subscription.is_donation, subscription.amount) == (True, 700)
    assert "It renews on" in words_of(page)
    agreed = Consent.objects.get().text
    assert agreed.startswith("You give $7 today, and from")
    assert "$7 a month, until you end it." in agreed
    assert "pause" not in agreed
    assert not Entitlement.objects.entitle(ada)


def test_a_donation_bears_no_tax(ada: Person, once: Price) -> None:
    Market.objects.create(edition="en-us", tax_name="VAT", tax_rate=2000, tax_included=False)
    assert "Your donation $10.00" in words_of(browser(ada).get(at(once)))
    give(ada, at(once))
    assert Payment.objects.get().amount == 1000


def test_a_subscriber_may_donate_too(ada: Person, yearly: Price, each_month: Price) -> None:
    subscribe(ada, yearly)
    give(ada, at(each_month))
    assert Subscription.objects.filter(person=ada).live().count() == 2


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("0.50", "The smallest donation we can take here is $1."),
        ("0", "The smallest donation we can take here is $1."),
        ("10001", "The largest donation we can take here is $10,000."),
        ("-5", "Enter an amount such as 12 or 12.50."),
        ("a lot", "Enter an amount such as 12 or 12.50."),
        ("1,000,50", "“1,000,50” is not an amount in USD. Enter one such as 1234 or 1234.50."),
        ("0.500", "“0.500” is not an amount in USD. Enter one such as 1234 or 1234.50."),
        ("1e5", "Enter an amount such as 12 or 12.50."),
        ("€12", "“€” is not the currency here. Enter the amount in USD."),
        ("<b>", "Enter an amount such as 12 or 12.50."),
    ],
)
def test_an_amount_that_is_none_says_why_and_stays_typed(
    client: Client, once: Price, each_month: Price, typed: str, fault: str
) -> None:
    response = client.get("/donate/", {"price": once.pk, "amount": typed})
    assert response.status_code == 400
    assert words_of(response).count(fault) == 1
    assert response.context["written"] == typed
    assert "<b>" not in response.text


def test_a_forged_amount_is_charged_to_nobody(ada: Person, once: Price) -> None:
    client = browser(ada)
    fields = filled_in(client.get(at(once, "50")), name="Ada")
    response = client.post(at(once, "1"), fields)
    assert response.status_code == 400
    assert "The price changed" in words_of(response)
    assert not Checkout.objects.exists()


def test_where_none_are_taken_it_says_so(client: Client, yearly: Price) -> None:
    assert "We are not taking donations here at the moment" in words_of(client.get("/donate/"))
    assert "/donate/" not in client.get("/subscribe/").text


def test_a_subscription_is_no_donation(client: Client, once: Price, yearly: Price) -> None:
    assert "What you chose is no longer available." in words_of(client.get(at(yearly)))
    assert client.get(f"/checkout/{once.pk}/").status_code == 410


def test_a_double_click_is_one_donation(ada: Person, once: Price) -> None:
    client = browser(ada)
    fields = filled_in(client.get(at(once)), name="Ada")
    first, second = (client.post(at(once), fields).headers["Location"] for __ in range(2))
    assert first == second
    client.post(first, TILL)
    client.post(second, TILL)
    assert Payment.objects.count() == 1
