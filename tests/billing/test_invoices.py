"""One's own invoices: nobody else's, as PDF, and paid by card."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from broadsheet.billing.documents import pdf_of, sheet_of
from broadsheet.billing.models import Buyer, Invoice, Item, Mandate, Payment, Seller
from broadsheet.billing.providers.transfer import record_transfer
from broadsheet.demo.till.till import Later
from broadsheet.membership.models import Actor, Price, State, Subscription
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, words_of
from tests.shop import BY_TRANSFER, card, minute_passes, subscribe

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
TILL = {"digits": "1881", "expires": "04/31", "later": "accept", "answer": "accept"}

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.moved_to(NOON):
        yield


@pytest.fixture
def invoice(ada: Person, yearly: Price) -> Invoice:
    subscribe(ada, yearly, BY_TRANSFER)
    return Invoice.objects.get()


def pdf(invoice: Invoice) -> str:
    return f"/account/invoices/{invoice.number}.pdf"


def pay(invoice: Invoice) -> str:
    return f"/account/invoices/{invoice.number}/pay/"


def test_the_pdf_names_the_seller_of_its_day(ada: Person) -> None:
    seller: Seller = Seller.load()
    seller.name, seller.address, seller.iban = "The Meridian Press", "14 Quayside", "GB00 MERI 0000"
    seller.save()
    issued = Invoice.objects.issue(
        [Item("Digital", 500)], edition="en-us", currency="USD", buyer=Buyer("Ada"), person=ada
    )
    seller.address, seller.iban = "3 New Street", "GB00 NEW 1111"
    seller.save()
    said = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf_of(issued))).pages)
    assert "14 Quayside" in said
    assert "3 New Street" not in said
    assert "GB00 NEW1 111" in said  # where money arrives today
    note = issued.void()
    assert note
    assert sheet_of(note).seller.address == ("3 New Street",)


def test_the_pdf_is_there_for_its_owner(ada: Person, invoice: Invoice) -> None:
    response = browser(ada).get(pdf(invoice))
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == f'inline; filename="{invoice.number}.pdf"'
    assert "no-store" in response.headers["Cache-Control"]
    text = PdfReader(BytesIO(response.content)).pages[0].extract_text()
    assert invoice.number in text
    assert "$40.00" in text


def test_for_anybody_else_there_is_no_such_invoice(bruno: Person, farid: Person, invoice: Invoice) -> None:
    for other in (bruno, farid):
        assert browser(other).get(pdf(invoice)).status_code == 404
        assert browser(other).get(pay(invoice)).status_code == 404
        assert browser(other).post(pay(invoice)).status_code == 404
    assert browser().get(pdf(invoice)).status_code == 302


@pytest.mark.parametrize("number", ["2026-99999", "x", "..%2F..%2Fetc"])
def test_a_number_that_is_none_is_not_found(ada: Person, number: str) -> None:
    assert browser(ada).get(f"/account/invoices/{number}.pdf").status_code == 404


def test_it_is_paid_by_card_and_the_subscription_goes_on(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly, card(Later.DECLINE))
    with clock.moved_to(NOON + timedelta(days=366)):
        minute_passes()
        assert Subscription.objects.get().state == State.PAST_DUE
        due = Invoice.objects.unpaid().get()
        client = browser(ada)
        page = client.get(pay(due))
        assert "Pay $40.00 by card" in words_of(page)
        till = client.post(pay(due), {"uuid": page.context["uuid"]})
        declined = client.post(till.headers["Location"], TILL | {"answer": "decline"})
        assert "Your payment did not go through" in words_of(client.get(declined.headers["Location"]))
        done = client.post(till.headers["Location"], TILL)
        assert f"Invoice {due.number} is paid." in words_of(client.get(done.headers["Location"]))
    assert Subscription.objects.get().state == State.ACTIVE
    assert Mandate.objects.get().last_digits == "1881"


def test_it_is_paid_once_in_two_tabs(ada: Person, invoice: Invoice) -> None:
    client = browser(ada)
    tills = [client.post(pay(invoice), {"uuid": client.get(pay(invoice)).context["uuid"]}) for __ in range(2)]
    client.post(tills[0].headers["Location"], TILL)
    second = client.post(tills[1].headers["Location"], TILL, follow=True)
    assert f"Invoice {invoice.number} is paid already. Nothing was charged." in words_of(second)
    assert Payment.objects.count() == 1


def test_what_was_paid_by_transfer_meanwhile_is_not_charged(
    ada: Person, farid: Person, invoice: Invoice
) -> None:
    client = browser(ada)
    till = client.post(pay(invoice), {"uuid": client.get(pay(invoice)).context["uuid"]})
    record_transfer(invoice, invoice.money, "statement 7", Actor.staff(farid, "statement 7"))
    refused = client.post(till.headers["Location"], TILL, follow=True)
    assert "is paid already. Nothing was charged." in words_of(refused)
    assert "is paid already" in words_of(client.get(pay(invoice), follow=True))


def test_the_bank_account_stands_beside_it(ada: Person, invoice: Invoice) -> None:
    seller: Seller = Seller.load()
    seller.name, seller.address, seller.iban = "The Meridian Press", "14 Quayside", "GB00 MERI 0000"
    seller.save()
    said = words_of(browser(ada).get(pay(invoice)))
    assert "GB00 MERI 0000" in said
    assert f"Reference {invoice.number}" in said


def test_without_a_till_there_is_the_bank_account_alone(ada: Person, invoice: Invoice, settings) -> None:  # type: ignore[no-untyped-def]
    settings.PRODUCTION = True
    client = browser(ada)
    assert "by card" not in words_of(client.get(pay(invoice)))
    assert client.post(pay(invoice)).status_code == 404
    assert "We can’t take cards here at the moment." in words_of(client.get("/account/subscription/card/"))


def test_its_number_and_its_days_are_of_the_sellers_zone(ada: Person, monthly: Price) -> None:
    seller: Seller = Seller.load()
    seller.time_zone = "America/New_York"
    seller.save()
    with clock.moved_to(datetime(2027, 1, 1, 1, 30, tzinfo=UTC)):  # half past eight on New Year's Eve
        subscribe(ada, monthly)
    invoice = Invoice.objects.get()
    assert invoice.number == "2026-00001"
    sheet = sheet_of(invoice)
    assert (sheet.dated, sheet.lines[0].period) == (
        date(2026, 12, 31),
        (date(2026, 12, 31), date(2027, 1, 30)),
    )
    seller.time_zone = "Asia/Tokyo"
    seller.save()
    assert sheet_of(invoice) == sheet


def test_its_term_is_printed_by_the_subscriptions_zone_even_when_that_is_erased(
    ada: Person, monthly: Price
) -> None:
    with clock.moved_to(datetime(2027, 3, 1, 3, tzinfo=UTC)):  # ten in the evening before, in New York
        subscribe(ada, monthly)
        ada.delete()
    line = Invoice.objects.get(kind=Invoice.Kind.INVOICE).lines.get()
    assert line.days == (date(2027, 2, 28), date(2027, 3, 27))
