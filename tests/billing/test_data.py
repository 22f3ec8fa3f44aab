"""What the export holds of subscriptions and money, and what an erasure leaves of them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.serializers import serialize
from django.test import Client

from broadsheet.billing import intents
from broadsheet.billing.models import Buyer, Invoice, Mandate, Payment, StripeCustomer
from broadsheet.membership.lengths import Term
from broadsheet.membership.models import (
    Actor,
    Entitlement,
    FulfilmentHouse,
    Gift,
    Group,
    Offer,
    Plan,
    PodcastFeed,
    Price,
    PrintDoubt,
    PrinterList,
    PrinterListLine,
    PrintSubscriber,
    Subscription,
    Transition,
    Verb,
    Withdrawal,
)
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, words_of
from tests.cast import introduce
from tests.people.conftest import new_browser, sign_in
from tests.shop import BY_TRANSFER, buy, minute_passes, subscribe

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
EXPORTED_AS = {
    ("consent", "person"): "agreements",
    ("entitlement", "person"): "complimentary_subscriptions",
    ("gift", "buyer"): "gifts",
    ("gift", "redeemed_by"): "gifts",
    ("notice", "person"): "letters_about_subscriptions",
    ("offeruse", "person"): "agreements",
    ("podcastfeed", "person"): "podcast",
    ("printdoubt", "person"): "paper",
    ("printerlistline", "person"): "paper",
    ("printsubscriber", "person"): "paper",
    ("seat", "person"): "groups",
    ("subscription", "person"): "subscriptions",
    # Who asked for it: the reader, of their own subscription.
    ("intent", "person"): "subscriptions",
    ("transition", "person"): "subscriptions",
    ("checkout", "person"): "checkouts",
    ("invoice", "person"): "invoices",
    ("stripecustomer", "person"): "card_accounts",
}
"""By model and field, where in the export the rows are that are about somebody."""
WORK_OF_THE_STAFF = {
    ("difference", "settled_by"),
    ("entitlement", "given_by"),
    ("housefile", "by"),
    ("printerlist", "by"),
    ("refund", "by"),
    ("withdrawal", "settled_by"),
}

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.moved_to(NOON):
        yield


@pytest.fixture
def wanda(yearly: Price, six_weeks: Offer, seat_price: Price, farid: Person) -> Person:
    """Has done everything that a reader can."""
    wanda = introduce("Wanda Quist", "wanda@reader.example")
    PodcastFeed.objects.renew(wanda)
    buyer: dict[str, Any] = {"buyer_name": "Wanda Quist", "buyer_address": "9 Wherry Lane"}
    theirs = subscribe(wanda, yearly, offer=six_weeks, **buyer)
    intents.ask(theirs, Verb.PAUSE, Actor.reader(wanda), until=NOON + timedelta(weeks=3))
    fund = Plan.objects.create(name="Fund", kind=Plan.Kind.DONATION)
    monthly = Price.objects.create(plan=fund, edition="en-us", amount=900, currency="USD", term=Term.MONTH)
    subscribe(wanda, monthly, BY_TRANSFER, purpose="donate", **buyer)
    to_nina: dict[str, Any] = {
        "recipient_name": "Nina",
        "recipient_email": "nina@reader.example",
        "message": "From Wanda Quist",
    }
    buy(wanda, yearly, purpose="gift", **buyer, **to_nina)
    payment = Payment.objects.filter(invoice__subscription=theirs).get()
    payment.refund(payment.money, farid, "Wanda Quist wrote to us")
    a_year = {"starts_at": NOON, "ends_at": NOON + timedelta(days=365), "given_by": farid}
    Entitlement.objects.create(person=wanda, reason="Wanda Quist won", **a_year)
    Withdrawal(edition="en-us", name="Wanda Quist", email=wanda.email, contract="All of it").receive()
    _reads_with_others(wanda, seat_price, farid)
    StripeCustomer.objects.create(person=wanda, is_live=False, reference="cus_wanda")
    minute_passes()
    return wanda


def _reads_with_others(wanda: Person, seat_price: Price, farid: Person) -> None:
    """Has a seat of a group, and the paper by a house whose file has her name."""
    owner = introduce("Olga Frey", "olga@reader.example")
    by = Actor.reader(owner)
    group = Group.objects.begin(owner, "School", seat_price, 3, by, provider="transfer")
    Mandate.objects.give(group.subscription, "transfer", BY_TRANSFER, Buyer())
    group.accept(group.invite(wanda.email, name="Wanda Quist"), wanda)
    house = FulfilmentHouse.objects.create(name="Quay Mailing", edition="en-us")
    paper = PrintSubscriber.objects.create(
        house=house,
        number="1001",
        bare_number="1001",
        name="Wanda Quist",
        email=wanda.email,
        postcode="HT1",
        bare_postcode="HT1",
    )
    paper.link(wanda, PrintSubscriber.How.STAFF)
    PrintDoubt.objects.create(subscriber=paper, person=wanda, why=PrintDoubt.Why.POSTCODE)
    issued = PrinterList.objects.create(edition="en-us", closing_on=NOON.date(), by=farid)
    issued.lines.create(
        number="S-000001",
        person=wanda,
        what=PrinterListLine.What.NEW,
        recipient="Wanda Quist",
        street="9 Wherry Lane",
        country="US",
    )


def just_signed_in(person: Person) -> Client:
    client = new_browser()
    sign_in(client, person.email, mail.outbox)
    return client


def exported(person: Person) -> dict[str, Any]:
    answer = just_signed_in(person).get("/account/my-data.json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def fields_of_people() -> set[tuple[str, str]]:
    return {
        (model._meta.model_name or "", field.name)
        for room in ("notices", "membership", "billing")
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Person
    }


def test_whatever_names_a_person_is_in_the_export_or_is_work_of_the_staff() -> None:
    assert fields_of_people() == EXPORTED_AS.keys() | WORK_OF_THE_STAFF


@pytest.mark.parametrize(("model", "field"), EXPORTED_AS)
def test_each_kind_of_row_is_in_the_export(wanda: Person, model: str, field: str) -> None:
    if (model, field) == ("gift", "redeemed_by"):
        Gift.objects.get().redeem(wanda)
    rooms = {"checkout": "billing", "invoice": "billing", "stripecustomer": "billing", "notice": "notices"}
    room = rooms.get(model, "membership")
    assert apps.get_model(room, model).objects.filter(**{field: wanda}).exists()
    assert exported(wanda)[EXPORTED_AS[model, field]]


def test_the_export_says_it_all(wanda: Person) -> None:
    said = exported(wanda)
    subscription, donation = said["subscriptions"]
    assert [row["what"] for row in subscription["history"]] == ["begun", "paused"]
    assert [row["verb"] for row in subscription["wishes"]] == ["pause"]
    assert (donation["plan"], donation["amount"]) == ("Fund", 900)
    assert said["agreements"]["consents"][0]["text"].startswith("You pay $1 today")
    assert [row["offer__name"] for row in said["agreements"]["offers_used"]] == ["Autumn"]
    assert [row["total"] for row in said["invoices"]] == [100, 900, 4000, 100]
    assert said["invoices"][0]["refunds"][0]["why"] == "Wanda Quist wrote to us"
    assert said["payment_methods"][0]["last_digits"] == "4242"
    assert said["gifts"][0]["recipient_name"] == "Nina"
    assert {row["kind"] for row in said["letters_about_subscriptions"]} >= {"receipt", "paused", "refund"}
    assert said["withdrawals"][0]["contract"] == "All of it"


# --- Erasure ------------------------------------------------------------------------------------------


def everything_kept() -> str:
    rooms = (apps.get_app_config(room) for room in ("notices", "membership", "billing"))
    return "".join(
        serialize("json", model._default_manager.all()) for room in rooms for model in room.get_models()
    )


def test_before_an_erasure_the_page_says_what_is_lost(wanda: Person) -> None:
    said = words_of(just_signed_in(wanda).get("/account/erase/"))
    assert "Your subscription Digital ends at once." in said
    assert "cancel it instead" in said
    assert "Your donation to Fund ends." in said
    assert "Subscriptions that you gave to others stay theirs, without your name." in said
    assert "Invoices are kept without your name and address" in said


def test_who_has_nothing_is_told_of_nothing(ada: Person) -> None:
    assert "subscription" not in words_of(just_signed_in(ada).get("/account/erase/")).lower()


def test_an_erasure_leaves_invoices_without_a_name_and_nothing_else(wanda: Person, farid: Person) -> None:
    Withdrawal.objects.get().settle(farid, "Refunded")
    before = {invoice.number: (invoice.total, invoice.tax) for invoice in Invoice.objects.all()}
    assert just_signed_in(wanda).post("/account/erase/", {"email": wanda.email}).status_code == 200
    kept = everything_kept()
    for trace in ("Wanda", "Quist", "wanda@", "Wherry"):
        assert trace not in kept
    assert not Subscription.objects.exclude(is_group=True).exists()
    invoices = Invoice.objects.filter(number__in=before)
    assert {invoice.number: (invoice.total, invoice.tax) for invoice in invoices} == before
    assert {invoice.buyer for invoice in Invoice.objects.all()} == {Buyer()}
    assert not Invoice.objects.unpaid().exists()


def test_a_gift_works_on_when_its_buyer_is_gone(wanda: Person, ada: Person, mailoutbox: list[Any]) -> None:
    wanda.erase()
    page = browser(ada).get(f"/redeem/?code={Gift.objects.get().code}")
    assert "Somebody has given you a year of Digital" in words_of(page)
    Gift.objects.get().redeem(ada)
    assert Entitlement.objects.entitle(ada)
    assert "You have a gift from Somebody" in words_of(browser(ada).get("/account/"))


def test_a_gift_that_lengthened_a_subscription_names_its_buyer_no_more(
    wanda: Person, ada: Person, monthly: Price
) -> None:
    theirs = subscribe(ada, monthly)
    Gift.objects.get().redeem(ada)
    end = Subscription.objects.get(pk=theirs.pk).term_ends_at
    wanda.erase()
    assert "Quist" not in serialize("json", Transition.objects.all())
    assert Subscription.objects.get(pk=theirs.pk).term_ends_at == end


def test_a_withdrawal_that_is_open_outlives_the_account(wanda: Person) -> None:
    wanda.erase()
    assert Withdrawal.objects.get().contract == "All of it"


def test_nothing_is_charged_after_an_erasure(wanda: Person, mailoutbox: list[Any]) -> None:
    wanda.erase()
    mailoutbox.clear()
    paid = Payment.objects.count()
    with clock.moved_to(NOON + timedelta(days=400)):
        minute_passes()
    assert Payment.objects.count() == paid
    assert not [letter for letter in mailoutbox if "wanda" in str(letter.to)]
