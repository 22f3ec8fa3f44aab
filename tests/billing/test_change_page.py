"""Another plan or term: what is due now is said before the click, and that is what is charged."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broadsheet.billing import intents
from broadsheet.billing.models import Checkout, Invoice, Mandate, Payment
from broadsheet.billing.providers.transfer import record_transfer
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import Actor, Consent, Market, Plan, Price, State, Subscription, Verb
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, filled_in, words_of
from tests.shop import BY_TRANSFER, buy, minute_passes, subscribe

NOON = datetime(2026, 11, 1, 17, tzinfo=UTC)
"""Of a month with thirty days; twelve in New York."""
PAGE = "/account/subscription/change/"
TILL = {"digits": "4242", "expires": "04/31", "later": "accept", "answer": "accept"}

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.moved_to(NOON):
        yield


def to(price: Price) -> str:
    return f"{PAGE}?price={price.pk}"


def change(person: Person, price: Price, **typed: str) -> Any:
    """Through the form and the till, to the last page."""
    client = browser(person)
    page = client.get(to(price))
    till = client.post(to(price), filled_in(page, **typed))
    assert till.status_code == 303, words_of(till)
    done = client.post(till.headers["Location"], TILL)
    return client.get(done.headers["Location"])


def test_the_choices_say_what_each_costs_now(
    ada: Person, yearly: Price, monthly: Price, digital: Plan
) -> None:
    plus = Plan.objects.create(name="Supporter")
    Price.objects.create(plan=plus, edition="en-us", amount=6000, currency="USD", term=Term.YEAR)
    subscribe(ada, monthly)
    with clock.moved_to(NOON + timedelta(days=15)):
        said = words_of(browser(ada).get(PAGE))
    credit = "less $2.50 for the unused part of your present term"
    assert f"Digital , $40 a year From today, for $37.50: $40 {credit}" in said
    assert f"Supporter , $60 a year From today, for $57.50: $60 {credit}" in said


def test_what_is_unused_is_credited_and_the_new_term_begins_now(
    ada: Person, yearly: Price, monthly: Price
) -> None:
    subscription = subscribe(ada, monthly)
    with clock.moved_to(NOON + timedelta(days=15)):
        said = words_of(browser(ada).get(to(yearly)))
        assert "Digital, yearly $40.00 Less the unused part of Digital, monthly −$2.50 Due now $37.50" in said
        assert "You pay $37.50 today. From Nov. 16, 2027 it renews at $40 a year" in said
        assert "Your subscription has changed" in words_of(change(ada, yearly))
    subscription.refresh_from_db()
    assert subscription.price == yearly
    assert f"{subscription.term_ends_at:%Y-%m-%d}" == "2027-11-16"
    invoice = Invoice.objects.order_by("pk").last()
    assert invoice
    assert [line.amount for line in invoice.lines.all()] == [4000, -250]
    assert invoice.total == 3750
    assert [payment.amount for payment in Payment.objects.order_by("pk")] == [500, 3750]
    assert Consent.objects.filter(text__endswith="“Change and pay $37.50”").count() == 1


@pytest.mark.parametrize(("included", "due", "tax"), [(True, 3750, 625), (False, 4500, 750)])
def test_the_tax_is_that_of_the_difference_and_quote_and_charge_are_one(
    ada: Person, yearly: Price, monthly: Price, included: bool, due: int, tax: int
) -> None:
    Market.objects.create(edition="en-us", tax_name="VAT", tax_rate=2000, tax_included=included)
    subscribe(ada, monthly)
    with clock.moved_to(NOON + timedelta(days=15)):
        assert f"Due now ${due / 100:.2f}" in words_of(browser(ada).get(to(yearly)))
        change(ada, yearly)
    invoice = Invoice.objects.order_by("pk").last()
    assert invoice
    assert (invoice.total, invoice.tax) == (due, tax)
    assert Payment.objects.order_by("pk").last().amount == due


def test_each_day_of_the_term_what_is_shown_is_charged_to_the_cent(
    ada: Person, yearly: Price, monthly: Price
) -> None:
    Market.objects.create(edition="en-us", tax_name="VAT", tax_rate=825, tax_included=False)
    subscribe(ada, monthly)
    for hours in range(0, 700, 31):
        with clock.moved_to(NOON + timedelta(hours=hours, minutes=20)):
            page = browser(ada).get(to(yearly))
            quote = page.context["quote"]
            till = browser(ada).post(to(yearly), filled_in(page))
            assert till.status_code == 303
            checkout = Checkout.objects.order_by("begun_at").last()
            assert checkout
            assert checkout.due == quote.first.total.minor
            taxed = Market.objects.get().taxed(yearly.money - quote.unused)
            assert checkout.due == taxed.total.minor


def test_what_costs_less_than_the_credit_comes_with_the_next_term(
    ada: Person, yearly: Price, monthly: Price
) -> None:
    subscription = subscribe(ada, yearly)
    client = browser(ada)
    said = words_of(client.get(to(monthly)))
    assert "Nothing is charged now. Your plan changes on that day" in said
    assert "costs $5 a month from then on" in said
    done = client.post(to(monthly), follow=True)
    assert "Your subscription changes on Nov. 1, 2027." in words_of(done)
    assert "On that day it changes to Digital, monthly." in words_of(done)
    agreed = subscription.consents.last()
    assert "which is worth more than a month of Digital costs" in agreed.text
    assert agreed.text.endswith("costs $5 a month from then on, until you cancel. “Change on Nov. 1, 2027”")
    assert agreed.address == "127.0.0.1"
    assert Payment.objects.count() == 1
    with clock.moved_to(NOON + timedelta(days=366)):
        minute_passes()
    subscription.refresh_from_db()
    assert subscription.price == monthly
    assert [payment.amount for payment in Payment.objects.order_by("at")] == [4000, 500]


def test_a_change_that_was_set_down_is_taken_back(ada: Person, yearly: Price, monthly: Price) -> None:
    subscription = subscribe(ada, yearly)
    client = browser(ada)
    client.post(to(monthly))
    assert "Digital , as now Your plan stays as it is." in words_of(client.get(PAGE))
    assert "Your subscription stays as it is." in words_of(client.post(to(yearly), follow=True))
    with clock.moved_to(NOON + timedelta(days=366)):
        minute_passes()
    subscription.refresh_from_db()
    assert subscription.price == yearly
    assert subscription.next_price is None


def test_a_price_that_changed_meanwhile_is_shown_and_nothing_is_charged(
    ada: Person, yearly: Price, monthly: Price
) -> None:
    subscribe(ada, monthly)
    client = browser(ada)
    fields = filled_in(client.get(to(yearly)))
    with clock.moved_to(NOON + timedelta(days=3)):
        response = client.post(to(yearly), fields)
        assert response.status_code == 400
        assert "The price changed while this page was open. Nothing was charged" in words_of(response)
        assert "Due now $35.50" in words_of(response)
    assert not Checkout.objects.filter(purpose="change").exists()


def test_two_tabs_at_two_tills_change_once(ada: Person, yearly: Price, monthly: Price) -> None:
    subscribe(ada, monthly)
    client = browser(ada)
    tills = [client.post(to(yearly), filled_in(client.get(to(yearly)))) for __ in range(2)]
    client.post(tills[0].headers["Location"], TILL)
    refused = client.post(tills[1].headers["Location"], TILL, follow=True)
    assert "Nothing was charged" in words_of(refused)
    assert Payment.objects.count() == 2
    assert Subscription.objects.get().price == yearly


def test_a_form_sent_twice_is_one_change(ada: Person, yearly: Price, monthly: Price) -> None:
    subscribe(ada, monthly)
    client = browser(ada)
    fields = filled_in(client.get(to(yearly)))
    first, second = (client.post(to(yearly), fields) for __ in range(2))
    assert first.headers["Location"] == second.headers["Location"]


def test_what_is_paused_or_cancelled_or_owed_says_what_comes_first(
    ada: Person, yearly: Price, monthly: Price
) -> None:
    subscription = subscribe(ada, monthly)
    client = browser(ada)
    intents.ask(subscription, Verb.PAUSE, Actor.reader(ada), until=clock.now() + timedelta(weeks=3))
    assert "Resume it, then change it." in words_of(client.get(to(yearly), follow=True))
    intents.ask(subscription, Verb.RESUME, Actor.reader(ada))
    intents.ask(subscription, Verb.CANCEL, Actor.reader(ada))
    assert "Undo the cancellation first, then change it." in words_of(client.post(to(yearly), follow=True))
    assert Subscription.objects.get().state == State.ACTIVE


def test_an_unpaid_term_is_not_credited(ada: Person, yearly: Price, monthly: Price) -> None:
    subscribe(ada, yearly, BY_TRANSFER)
    said = words_of(browser(ada).get(to(monthly), follow=True))
    assert "You have an unpaid invoice. Once it is paid, you can change your subscription." in said


def test_only_what_is_sold_to_this_subscriber_is_a_choice(ada: Person, yearly: Price, digital: Plan) -> None:
    uk = Price.objects.create(plan=digital, edition="en-gb", amount=3600, currency="GBP", term=Term.YEAR)
    Price.objects.create(plan=digital, edition="en-us", amount=500, currency="USD", term=Term.MONTH)
    subscribe(ada, yearly)
    for other in (str(uk.pk), "999999", "x", str(yearly.pk)):
        said = words_of(browser(ada).get(f"{PAGE}?price={other}"))
        assert "This is no longer on sale. Please choose another." in said
    assert "£" not in words_of(browser(ada).get(PAGE))


def test_where_there_is_nothing_else_it_says_so(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly)
    said = words_of(browser(ada).get(PAGE, follow=True))
    assert "There is no other plan or term at the moment." in said


def test_who_paid_by_transfer_where_only_cards_are_taken_pays_by_card(
    ada: Person, yearly: Price, monthly: Price, farid: Person
) -> None:
    subscribe(ada, monthly, BY_TRANSFER)
    invoice = Invoice.objects.get()
    record_transfer(invoice, invoice.money, "statement 7", Actor.staff(farid, "statement 7"))
    assert "Your subscription has changed" in words_of(change(ada, yearly))


def test_an_invoice_for_a_company_is_for_it_from_then_on(ada: Person, yearly: Price, monthly: Price) -> None:
    subscription = subscribe(ada, monthly)
    credit = subscription.unused_value().minor
    company = {"buyer_company": "Ada Ltd", "buyer_address": "9 Row", "buyer_vat_number": "DE1"}
    change = {"purpose": Checkout.Purpose.CHANGE, "subscription": subscription, "credit": credit}
    buy(ada, yearly, BY_TRANSFER, due=4000 - credit, **change, **company)
    mandate = Mandate.objects.get(subscription=subscription)
    assert (mandate.buyer_company, mandate.buyer_vat_number) == ("Ada Ltd", "DE1")
    assert mandate.method == Payment.Method.TRANSFER
