"""Buying a subscription for somebody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from broadsheet.billing.models import Checkout, Invoice, Payment, Seller
from broadsheet.billing.notice_kinds import InvoiceNotice
from broadsheet.billing.providers.transfer import record_transfer
from broadsheet.editorial.models import Edition
from broadsheet.membership.models import Actor, Gift, Offer, Plan, Price, Subscription
from broadsheet.membership.notice_kinds import GiftNotice
from broadsheet.membership.prices import replace_price
from broadsheet.notices.models import Notice
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, filled_in, order, words_of
from tests.shop import BY_TRANSFER, buy, days_pass, subscribe

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TILL = {"digits": "4242", "expires": "04/31", "later": "accept", "answer": "accept"}
PARCEL = {
    "name": "Bruno Keller",
    "recipient_name": "Lotte",
    "recipient_email": "Lotte@Reader.example",
    "message": "For the long winter.",
    "day": "2026-12-24",
}

pytestmark = pytest.mark.usefixtures("magazine", "letters_are_translatable")


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.moved_to(NOON):
        yield


def at(price: Price) -> str:
    return f"/gift/?price={price.pk}"


def give(giver: Person, price: Price, **changes: str) -> Any:
    """The thank-you page, paid at the till."""
    client = browser(giver)
    response = order(client, at(price), **(PARCEL | changes))
    assert response.status_code == 303, words_of(response)
    return client.get(client.post(response.headers["Location"], TILL).headers["Location"])


def test_what_can_be_given_stands_at_its_full_price(client: Client, six_weeks: Offer, monthly: Price) -> None:
    response = client.get("/gift/")
    said = words_of(response)
    assert "a year $40 Paid once." in said
    assert "a month $5 Paid once." in said
    assert "$1 " not in said
    assert response.headers["Cache-Control"].startswith("public")
    assert "csrf" not in response.text
    assert "X-Robots-Tag" not in response.headers


def test_a_stranger_gives_an_address_first(client: Client, yearly: Price) -> None:
    response = client.get(at(yearly))
    assert "Due today $40.00" in words_of(response)
    assert f'name="next" value="{at(yearly)}"' in response.text
    assert "csrf" not in response.text
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_gift_is_paid_once_and_delivered_on_its_morning(bruno: Person, yearly: Price) -> None:
    page = give(bruno, yearly)
    gift = Gift.objects.get()
    said = words_of(page)
    assert gift.code in said
    assert "On Dec. 24, 2026 at 7 a.m. we will send it to Lotte, lotte@reader.example." in said
    assert (gift.buyer, gift.buyer_name, gift.message) == (bruno, "Bruno Keller", "For the long winter.")
    assert gift.deliver_at == Notice.objects.get(kind=GiftNotice.DELIVERY).due_at
    assert Payment.objects.get().amount == 4000
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("America/New_York", datetime(2026, 12, 24, 12, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 12, 24, 1, 15, tzinfo=UTC)),
    ],
)
def test_its_morning_is_the_editions(bruno: Person, yearly: Price, zone: str, moment: datetime) -> None:
    Edition.objects.update(time_zone=zone)
    give(bruno, yearly)
    assert Gift.objects.get().deliver_at == moment


def test_one_for_today_goes_out_at_once(bruno: Person, yearly: Price) -> None:
    page = give(bruno, yearly, day="2026-11-24")
    assert Gift.objects.get().deliver_at - NOON < timedelta(minutes=1)
    assert "now" in words_of(page)


def test_one_for_today_does_not_wait_for_seven_in_the_morning(bruno: Person, yearly: Price) -> None:
    """Bought at five in New York."""
    with clock.moved_to(datetime(2026, 11, 24, 10, tzinfo=UTC)):
        page = give(bruno, yearly, day="2026-11-24")
        assert Gift.objects.get().deliver_at <= clock.now()
    assert "We are sending it now to" in words_of(page)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"day": "2026-11-23"}, "That day has passed."),
        ({"day": "2027-11-25"}, "Choose a day within the next year."),
        ({"day": "Christmas"}, "Enter the day as 2026-12-24."),
        ({"day": ""}, "Choose a day."),
        ({"recipient_name": ""}, "Enter the recipient’s name."),
        ({"recipient_email": "lotte"}, "This does not look like an e-mail address."),
        ({"message": "x" * 601}, "at most 600 characters"),
        ({"name": ""}, "Enter your name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    bruno: Person, yearly: Price, typed: dict[str, str], fault: str
) -> None:
    response = order(browser(bruno), at(yearly), **(PARCEL | typed))
    assert response.status_code == 400
    assert fault in words_of(response)
    kept = PARCEL | typed
    for name in ("name", "recipient_name", "message", "day"):
        assert kept[name] in response.text
    assert not Checkout.objects.exists()


@pytest.mark.parametrize("day", ["2026-11-24", "2027-11-24"])
def test_the_first_and_the_last_day_that_may_be_chosen(bruno: Person, yearly: Price, day: str) -> None:
    assert order(browser(bruno), at(yearly), **(PARCEL | {"day": day})).status_code == 303


def test_today_is_today_where_the_edition_is(bruno: Person, yearly: Price) -> None:
    Edition.objects.update(time_zone="America/Los_Angeles")
    with clock.moved_to(datetime(2026, 11, 25, 5, tzinfo=UTC)):
        page = browser(bruno).get(at(yearly))
    assert 'value="2026-11-24"' in page.text
    assert 'min="2026-11-24"' in page.text


def test_by_transfer_the_code_comes_with_the_money(bruno: Person, farid: Person, yearly: Price) -> None:
    seller: Seller = Seller.load()
    seller.name, seller.address, seller.iban = "The Meridian Press", "14 Quayside", "GB00 MERI 0000"
    seller.save()
    client = browser(bruno)
    fields = PARCEL | {"method": "transfer", "address": "1 Quay Road"}
    path = order(client, at(yearly), **fields).headers["Location"]
    said = words_of(client.get(path))
    assert "Your gift is ordered Once your payment has arrived" in said
    assert "GB00 MERI 0000" in said
    assert not Gift.objects.exists()
    invoice = Invoice.objects.get()
    record_transfer(invoice, invoice.money, "Statement 1", Actor.staff(farid, "Arrived"))
    assert Gift.objects.get().code in words_of(client.get(path))


def test_a_subscriber_may_give(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly)
    give(ada, yearly)
    assert Gift.objects.get().buyer == ada


def test_a_double_click_is_one_gift(bruno: Person, yearly: Price) -> None:
    client = browser(bruno)
    fields = filled_in(client.get(at(yearly)), **PARCEL)
    first, second = (client.post(at(yearly), fields) for __ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    client.post(first.headers["Location"], TILL)
    client.post(first.headers["Location"], TILL)
    assert client.post(at(yearly), fields).headers["Location"].endswith("/done/")
    assert (Gift.objects.count(), Payment.objects.count()) == (1, 1)


def test_a_price_that_changed_meanwhile_charges_nothing(bruno: Person, yearly: Price) -> None:
    client = browser(bruno)
    fields = filled_in(client.get(at(yearly)), **PARCEL)
    replace_price(yearly, 5000, renewals_from=None)
    response = client.post(at(yearly), fields)
    said = words_of(response)
    assert "The price changed" in said
    assert "Due today $50.00" in said
    assert "For the long winter." in response.text
    assert not Checkout.objects.exists()


@pytest.mark.parametrize("number", ["999999", "x", "-1", "9" * 30, "²"])
def test_what_is_not_sold_can_be_chosen_by_nobody(client: Client, yearly: Price, number: str) -> None:
    response = client.get("/gift/", {"price": number})
    assert response.status_code == 200
    assert "What you chose is no longer on sale. Please choose another." in words_of(response)


def test_a_donation_is_no_gift(client: Client, yearly: Price) -> None:
    fund = Plan.objects.create(kind=Plan.Kind.DONATION, name="Fund")
    price = Price.objects.create(plan=fund, edition="en-us", amount=500, currency="USD")
    assert "What you chose is no longer on sale." in words_of(client.get(at(price)))


def test_where_nothing_is_sold_nothing_is_given(client: Client) -> None:
    assert "No gifts are available at the moment" in words_of(client.get("/uk/gift/"))


def test_it_may_be_used_for_two_years(bruno: Person, yearly: Price) -> None:
    give(bruno, yearly)
    gift = Gift.objects.get()
    assert (gift.day(gift.deliver_at), gift.day(gift.expires_at)) == ("Dec. 24, 2026", "Dec. 24, 2028")


def test_an_unpaid_gift_is_asked_for_once_more_and_then_void(ada: Person, yearly: Price) -> None:
    details = {"name": "Seller", "address": "1 Row", "iban": "DE02"}
    Seller.objects.update_or_create(pk=Seller.load().pk, defaults=details)
    buy(ada, yearly, BY_TRANSFER, purpose="gift", recipient_name="Nina", recipient_email="nina@x.example")
    invoice = Invoice.objects.get()
    days_pass(NOON, 20)
    assert Notice.objects.filter(kind=InvoiceNotice.OVERDUE, about=invoice.pk).count() == 1
    invoice.refresh_from_db()
    assert invoice.is_open
    days_pass(NOON + timedelta(days=20), 10)
    invoice.refresh_from_db()
    assert invoice.state == Invoice.State.VOID
    assert not Gift.objects.exists()
