"""From a card, or a name and a postcode, to the account that pays with it."""

from datetime import date

import pytest

from broadsheet.billing.finding import stands_in
from broadsheet.membership.models import Subscription
from broadsheet.people.finding import Clues, agreed
from broadsheet.people.models import Person
from tests.cast import introduce
from tests.shop import subscribe

EXPIRES = date(2040, 1, 31)
HOME = {"buyer_name": "Ada M. Brandt", "buyer_address": "12 Canal Row\nLondon N1 9GU\nUnited Kingdom"}


@pytest.fixture
def paid_by_ada(ada: Person, yearly) -> Subscription:
    return subscribe(ada, yearly, **HOME)


def test_a_card_counts_only_with_a_postcode_or_a_name(paid_by_ada: Subscription, ada: Person) -> None:
    card = {"last_digits": "4242", "expires_on": EXPIRES}
    assert agreed(Clues(**card)) == set()
    assert agreed(Clues(**card, postcode="n19gu")) == {ada.pk}
    assert agreed(Clues(**card, name="ada m. BRANDT")) == {ada.pk}
    assert agreed(Clues(**card, name="Ada Brandt")) == {ada.pk}
    assert agreed(Clues(**card, postcode="N1 8GU")) == set()
    assert agreed(Clues(last_digits="4242", expires_on=date(2040, 2, 29), postcode="N1 9GU")) == set()


def test_a_name_counts_with_its_postcode(paid_by_ada: Subscription, ada: Person) -> None:
    assert agreed(Clues(name="Ada M. Brandt", postcode="N1 9GU")) == {ada.pk}
    assert agreed(Clues(name="Ada Brandt", postcode="N1 9GU")) == {ada.pk}
    assert agreed(Clues(name="Ada", postcode="N1 9GU")) == set()


def test_the_number_of_a_subscription_counts_with_its_postcode(
    paid_by_ada: Subscription, ada: Person
) -> None:
    assert agreed(Clues(number=paid_by_ada.number, postcode="N1 9GU")) == {ada.pk}
    assert agreed(Clues(number=paid_by_ada.number, postcode="N1 9GX")) == set()
    assert agreed(Clues(number="S-999999", postcode="N1 9GU")) == set()


def test_two_people_of_one_name_in_one_place_are_two(paid_by_ada: Subscription, ada: Person, yearly) -> None:
    other = introduce("Ada Brandt", "ada.brandt@reader.example")
    subscribe(other, yearly, **HOME)
    assert agreed(Clues(name="Ada M. Brandt", postcode="N1 9GU")) == {ada.pk, other.pk}
    assert agreed(Clues(name="Ada M. Brandt", postcode="N1 9GU", email=ada.email)) == {ada.pk}


@pytest.mark.parametrize(
    ("postcode", "address", "is_there"),
    [
        ("10115", "Chausseestr. 1\n10115 Berlin", True),
        ("10115", "Chausseestr. 1\n210115 Berlin", False),
        ("04999-1234", "Port Ellery, ME 04999", True),
        ("04999", "Port Ellery, ME 04999-1234", True),
        ("EC1A 1BB", "London ec1a1bb", True),
        ("C1A 1BB", "London EC1A 1BB", False),
        ("1", "1 Canal Row", False),
        ("", "anywhere", False),
    ],
)
def test_a_postcode_is_found_in_an_address(postcode: str, address: str, is_there: bool) -> None:
    assert stands_in(postcode, address) is is_there
