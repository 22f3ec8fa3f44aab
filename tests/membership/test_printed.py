"""The paper of our own subscribers: addresses, holds, and the lists for the printer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from broadsheet.membership.errors import Refused
from broadsheet.membership.forgetting import forget_old_print
from broadsheet.membership.models import (
    CLOCK,
    Actor,
    Plan,
    Price,
    PrintDelivery,
    PrinterList,
    Subscription,
)
from broadsheet.membership.models.printed.postal import cleaned
from broadsheet.membership.models.printed.printer_list import without_address
from broadsheet.people.account import everything_about
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import introduce
from tests.shop import subscribe

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)
HOME = {
    "recipient": "Ada Brandt",
    "street": "14 Quay Street",
    "city": "Portland",
    "region": "OR",
    "postcode": "97201",
    "country": "US",
}


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.moved_to(NOON):
        yield


@pytest.fixture
def paper(yearly: Price, digital: Plan) -> Price:
    digital.includes_print = True
    digital.save()
    return yearly


@pytest.fixture
def delivery(ada: Person, paper: Price) -> PrintDelivery:
    return PrintDelivery.go_to(subscribe(ada, paper), HOME)


def lines(issued: PrinterList) -> dict[str, str]:
    return {line.recipient: line.what for line in issued.lines.all()}


def issue(days: int) -> PrinterList:
    return PrinterList.objects.issue("en-us", TODAY + timedelta(days=days), None)


# --- Addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "label"),
    [
        (HOME, ["Ada Brandt", "14 Quay Street", "PORTLAND, OR 97201", "UNITED STATES"]),
        (
            {
                "recipient": "Jörg Müller",
                "company": "Müller & Söhne",
                "street": "Hafenstraße 3",
                "city": "Hamburg",
                "postcode": "20095",
                "country": "DE",
            },
            ["Jörg Müller", "Müller & Söhne", "Hafenstraße 3", "20095 HAMBURG", "GERMANY"],
        ),
        (
            {
                "recipient": "Ada",
                "street": "Flat 2\n10 Downing Street",
                "city": "London",
                "postcode": "sw1a 2aa",
                "country": "GB",
            },
            ["Ada", "Flat 2", "10 Downing Street", "LONDON", "SW1A 2AA", "UNITED KINGDOM"],
        ),
    ],
)
def test_a_label_is_written_as_its_country_writes_it(address: dict[str, str], label: list[str]) -> None:
    assert PrintDelivery(**cleaned(address)).label == label


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"recipient": " "}, "recipient", "letterbox"),
        ({"street": ""}, "street", "street and number"),
        ({"postcode": "ABC"}, "postcode", "One looks like 95014"),
        ({"postcode": ""}, "postcode", "needs it"),
        ({"region": "Nowhere"}, "region", "not in that country"),
        ({"country": ""}, "country", "Choose a country"),
        ({"country": "XX"}, "country", "Choose a country"),
        ({"street": "1\n2\n3\n4"}, "street", "three lines"),
    ],
)
def test_what_a_country_needs_is_said_at_its_field(change: dict[str, str], field: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        cleaned(HOME | change)
    assert words in str(caught.value.message_dict[field])


def test_the_database_keeps_no_address_without_a_street(delivery: PrintDelivery) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PrintDelivery.objects.update(street="")


# --- Holds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (0, 10, "tomorrow at the earliest"),
        (1, 6, "7 days at least"),
        (1, 57, "56 days at most"),
        (400, 410, "next year"),
        (5, 1, "7 days at least"),
    ],
)
def test_a_hold_has_a_least_and_a_greatest_length(
    delivery: PrintDelivery, first: int, last: int, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        delivery.hold(TODAY + timedelta(days=first), TODAY + timedelta(days=last))


def test_holds_do_not_overlap_and_the_term_goes_on(delivery: PrintDelivery) -> None:
    before = delivery.subscription.term_ends_at
    delivery.hold(TODAY + timedelta(days=1), TODAY + timedelta(days=10))
    with pytest.raises(Refused, match="a hold already"):
        delivery.hold(TODAY + timedelta(days=10), TODAY + timedelta(days=20))
    assert Subscription.objects.get().term_ends_at == before


def test_today_is_that_of_the_edition(delivery: PrintDelivery) -> None:
    # In New York it is still the day before.
    with clock.moved_to(datetime(2026, 11, 25, 3, tzinfo=UTC)):
        delivery.hold(date(2026, 11, 25), date(2026, 12, 2))


def test_a_hold_is_ended_before_it_begins_and_while_it_lasts(delivery: PrintDelivery) -> None:
    hold = delivery.hold(TODAY + timedelta(days=5), TODAY + timedelta(days=20))
    delivery.end_hold(hold)
    assert not delivery.holds.exists()
    hold = delivery.hold(TODAY + timedelta(days=1), TODAY + timedelta(days=20))
    with clock.moved_to(NOON + timedelta(days=5)):
        delivery.end_hold(hold)
    assert delivery.holds.get().last_day == TODAY + timedelta(days=5)


# --- Lists -----------------------------------------------------------------------------------------


def test_a_list_says_what_changed_since_the_last(delivery: PrintDelivery, paper: Price) -> None:
    people = {
        name: introduce(f"{name} Reader", f"{name.lower()}@reader.example") for name in ("Bea", "Cem", "Dora")
    }
    for name, person in people.items():
        PrintDelivery.go_to(subscribe(person, paper), HOME | {"recipient": name})
    assert lines(issue(1)) == dict.fromkeys(("Ada Brandt", "Bea", "Cem", "Dora"), "new")
    PrintDelivery.go_to(
        Subscription.objects.get(person=people["Bea"]), HOME | {"recipient": "Bea", "street": "2"}
    )
    cem = PrintDelivery.objects.get(subscription__person=people["Cem"])
    cem.hold(TODAY + timedelta(days=1), TODAY + timedelta(days=9))
    Subscription.objects.get(person=people["Dora"]).end(CLOCK)
    issued = issue(8)
    assert lines(issued) == {"Ada Brandt": "same", "Bea": "changed", "Cem": "held", "Dora": "ended"}
    assert {line.recipient for line in issued.lines.delivered()} == {"Ada Brandt", "Bea"}
    assert lines(issue(15)) == {"Ada Brandt": "same", "Bea": "same", "Cem": "back"}


def test_a_list_stays_as_it_was_issued(delivery: PrintDelivery) -> None:
    issued = issue(1)
    before = list(issued.lines.values())
    PrintDelivery.go_to(delivery.subscription, HOME | {"street": "Elsewhere 1"})
    assert list(issued.lines.values()) == before


def test_one_list_is_issued_for_a_day_and_none_for_the_past(delivery: PrintDelivery) -> None:
    issue(5)
    with pytest.raises(Refused, match="issued already"):
        issue(5)
    with pytest.raises(Refused, match="issued already"):
        issue(4)
    with pytest.raises(Refused, match="has passed"):
        issue(-1)


def test_a_subscription_that_ends_before_the_closing_day_is_left_out(
    delivery: PrintDelivery, ada: Person
) -> None:
    delivery.subscription.cancel(Actor.reader(ada))
    assert lines(issue(364)) == {"Ada Brandt": "new"}
    assert lines(issue(370)) == {"Ada Brandt": "ended"}


def test_those_without_an_address_are_counted(ada: Person, paper: Price) -> None:
    subscribe(ada, paper)
    assert without_address("en-us").count() == 1
    assert lines(issue(1)) == {}


def test_an_erased_reader_is_no_more_on_any_list(delivery: PrintDelivery, ada: Person) -> None:
    issued = issue(1)
    assert "14 Quay Street" in str(everything_about(ada)["paper"])
    ada.erase()
    line = issued.lines.get()
    assert (line.recipient, line.street, line.what) == ("", "", "new")
    assert lines(issue(8)) == {"": "ended"}


def test_a_list_is_deleted_a_year_after_its_closing_day(delivery: PrintDelivery) -> None:
    PrinterList.objects.issue("en-us", TODAY, None)
    newer = PrinterList.objects.issue("en-us", TODAY + timedelta(days=30), None)
    forget_old_print(NOON + timedelta(days=366))
    assert list(PrinterList.objects.all()) == [newer]
    newer.refresh_from_db()
    assert (newer.before, newer.lines.count()) == (None, 1)


@pytest.mark.parametrize("readers", [2, 8])
def test_a_list_takes_as_many_queries_for_many_readers(
    paper: Price, readers: int, django_assert_max_num_queries
) -> None:
    for n in range(readers):
        person = introduce("Reader", f"{n}@reader.example")
        PrintDelivery.go_to(subscribe(person, paper), HOME | {"recipient": f"Reader {n}"})
    with django_assert_max_num_queries(11):
        issue(1)
