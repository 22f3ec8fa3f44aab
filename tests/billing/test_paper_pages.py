"""The reader says where the paper goes, holds it, and links the number on the label."""

from datetime import UTC, datetime
from typing import Any

import pytest

from broadsheet.membership.models import (
    Entitlement,
    FulfilmentHouse,
    Plan,
    Price,
    PrintDelivery,
    PrintDoubt,
    PrintSubscriber,
)
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser, words_of
from tests.shop import subscribe

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOME = {
    "do": "address",
    "recipient": "Ada Brandt",
    "street": "14 Quay Street",
    "city": "Portland",
    "region": "OR",
    "postcode": "97201",
    "country": "US",
}
PAGE = "/account/paper/"

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.moved_to(NOON):
        yield


@pytest.fixture
def reader(ada: Person, yearly: Price, digital: Plan) -> Any:
    """Ada's browser; her subscription includes the paper."""
    digital.includes_print = True
    digital.save()
    subscribe(ada, yearly)
    return browser(ada)


@pytest.fixture
def number(db: None) -> PrintSubscriber:
    house = FulfilmentHouse.objects.create(name="Quay Mailing", edition="en-us")
    row: PrintSubscriber = PrintSubscriber.objects.create(
        house=house, number="A-1001", bare_number="A1001", postcode="HT1 4ME", bare_postcode="HT14ME"
    )
    return row


def test_an_address_is_given_and_shown_as_on_the_label(reader: Any) -> None:
    assert "Tell us where the paper goes" in words_of(reader.get("/account/"))
    assert '<option value="US" selected>' in reader.get(PAGE).text
    assert reader.post(PAGE, HOME).status_code == 303
    assert "14 Quay Street PORTLAND, OR 97201 UNITED STATES" in words_of(reader.get(PAGE))
    assert "The paper goes to Ada Brandt, 14 Quay Street" in words_of(reader.get("/account/"))


def test_a_slip_is_said_at_its_field_and_nothing_typed_is_lost(reader: Any) -> None:
    reader.post(PAGE, HOME)
    response = reader.post(PAGE, HOME | {"postcode": "ABC", "street": "Elsewhere 9"})
    assert response.status_code == 400
    assert "This is no postcode of this country. One looks like 95014." in words_of(response)
    assert "Elsewhere 9</textarea>" in response.text
    assert "14 Quay Street PORTLAND" in words_of(response)
    assert PrintDelivery.objects.get().street == "14 Quay Street"


def test_a_hold_is_set_and_ended(reader: Any) -> None:
    reader.post(PAGE, HOME)
    said = words_of(reader.get(PAGE))
    assert "A hold lasts 7 to 56 days." in said
    assert "its term and its price stay as they are" in said
    hold = {"do": "hold", "first": "2026-12-20", "last": "2027-01-03"}
    assert reader.post(PAGE, hold).status_code == 303
    assert "No paper from Dec. 20, 2026 to Jan. 3, 2027" in words_of(reader.get(PAGE))
    again = reader.post(PAGE, hold)
    assert again.status_code == 400
    assert 'value="2026-12-20"' in again.text
    assert reader.post(PAGE, {"do": "hold", "first": "soon", "last": ""}).status_code == 400
    reader.post(PAGE, {"do": "end_hold", "hold": PrintDelivery.objects.get().holds.get().pk})
    assert not PrintDelivery.objects.get().holds.exists()
    assert reader.post(PAGE, {"do": "end_hold", "hold": "x"}).status_code == 303


def test_a_hold_needs_an_address(reader: Any) -> None:
    assert reader.post(PAGE, {"do": "hold"}).status_code == 409
    assert reader.post(PAGE, {"do": "nonsense"}).status_code == 400


def test_a_plan_without_the_paper_has_no_such_page(ada: Person, yearly: Price) -> None:
    subscribe(ada, yearly)
    assert browser(ada).get(PAGE).status_code == 303


def test_a_label_is_linked(ada: Person, number: PrintSubscriber) -> None:
    client = browser(ada)
    assert "I get the paper: link my number" in words_of(client.get("/account/"))
    response = client.post("/account/paper/link/", {"number": "a 1001", "postcode": "ht14me"})
    assert response.status_code == 303
    assert Entitlement.objects.live().filter(person=ada).exists()
    assert "Your paper is linked, with the number A-1001." in words_of(client.get("/account/"))


def test_a_wrong_number_and_a_wrong_postcode_are_answered_alike(ada: Person, number: PrintSubscriber) -> None:
    client = browser(ada)
    answers = [
        client.post("/account/paper/link/", {"number": n, "postcode": p})
        for n, p in (("A-1001", "XX9"), ("A-9999", "XX9"))
    ]
    first, second = (words_of(answer).replace("A-1001", "").replace("A-9999", "") for answer in answers)
    assert first == second
    assert {answer.status_code for answer in answers} == {200}
    assert PrintDoubt.objects.get().typed_postcode == "XX9"


def test_guessing_has_an_end(ada: Person, number: PrintSubscriber) -> None:
    client = browser(ada)
    for guess in range(6):
        client.post("/account/paper/link/", {"number": "A-1001", "postcode": f"HT{guess}"})
    response = client.post("/account/paper/link/", {"number": "A-1001", "postcode": "HT1 4ME"})
    assert response.status_code == 429
    assert "A-1001" in response.text
    assert not Entitlement.objects.exists()
