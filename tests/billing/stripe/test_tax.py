from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from broadsheet.billing.models import Invoice, Mandate
from broadsheet.billing.providers.stripe import checks, tax
from broadsheet.membership.models import Market, Price
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.stripe.buyers import begin, deliver, minute, pay
from tests.stripe_double import StripeDouble

START = datetime(2027, 3, 5, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _market(db: None, settings: Settings) -> None:
    settings.STRIPE_TAX = True
    Market.objects.create(edition="en-us", tax_name="VAT", tax_rate=2000, tax_included=True)


def buy_from(double: StripeDouble, person: Person, price: Price, country: str | None) -> None:
    row = begin(person, price)
    double.books.all("customer")[0]["address"] = {"country": country}
    pay(double, row)
    deliver(double)


def test_the_tax_is_that_of_where_the_buyer_lives(ada: Person, monthly: Price, double: StripeDouble) -> None:
    buy_from(double, ada, monthly, "FI")
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.tax, invoice.tax_rate, invoice.tax_name) == (500, 102, 2550, "VAT")


def test_where_stripe_can_not_tell_the_markets_rate_holds(
    ada: Person, monthly: Price, double: StripeDouble
) -> None:
    buy_from(double, ada, monthly, None)
    assert Invoice.objects.get().tax_rate == 2000


def test_before_a_term_the_rate_is_looked_up_again(ada: Person, monthly: Price, double: StripeDouble) -> None:
    with double.at(START):
        buy_from(double, ada, monthly, "FI")
    with double.at(START + timedelta(days=30)):
        double.books.all("customer")[0]["address"] = {"country": "DE"}
        tax.look_up_again(clock.now())
        assert Mandate.objects.get().tax_rate == 1900
    with double.at(START + timedelta(days=31)):
        minute()
    assert [row.tax_rate for row in Invoice.objects.order_by("pk")] == [2550, 1900]


def test_a_market_that_adds_its_tax_is_told(settings: Settings) -> None:
    settings.STRIPE_KEY = "sk_test_x"
    assert checks.check_prices() == []
    Market.objects.update(tax_included=False)
    assert [found.id for found in checks.check_prices()] == ["stripe.W003"]
