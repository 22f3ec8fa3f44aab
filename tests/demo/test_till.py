"""The till that stands for a bank: it accepts, declines, or asks for confirmation, as it is told."""

import pytest

from broadsheet.billing.models import Checkout, Mandate, Payment
from broadsheet.membership.models import Price, Subscription
from broadsheet.people.models import Person
from tests.billing.counter import browser, words_of
from tests.magazine import Magazine
from tests.shop import checkout

CARD = {"digits": "1234", "expires": "04/31", "later": "decline"}

pytestmark = pytest.mark.usefixtures("magazine")


@pytest.fixture
def begun(ada: Person, yearly: Price) -> Checkout:
    return checkout(ada, yearly)


def at(begun: Checkout) -> str:
    return f"/till/{begun.pk}/"


def test_it_says_what_it_is_and_what_would_be_charged(ada: Person, begun: Checkout) -> None:
    response = browser(ada).get(at(begun))
    said = words_of(response)
    assert "This stands for a bank. No money moves." in said
    assert "To be charged now $40.00" in said
    assert 'value="4242"' in response.text
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in response.headers["Cache-Control"]


def test_accepted_it_is_paid_and_the_card_is_kept_as_it_was_described(ada: Person, begun: Checkout) -> None:
    response = browser(ada).post(at(begun), CARD | {"answer": "accept"})
    assert response.headers["Location"] == f"/checkout/{begun.pk}/done/"
    assert Payment.objects.get().amount == 4000
    mandate = Mandate.objects.get()
    kept = (mandate.last_digits, f"{mandate.expires_on}", mandate.reference)
    assert kept == ("1234", "2031-04-30", "decline")


def test_declined_nothing_is_charged_and_another_try_may_be_accepted(ada: Person, begun: Checkout) -> None:
    client = browser(ada)
    done = client.post(at(begun), CARD | {"answer": "decline"}).headers["Location"]
    page = words_of(client.get(done))
    assert "Your payment did not go through The bank declined the card. Nothing was charged" in page
    assert not Subscription.objects.exists()
    assert client.post(done).headers["Location"] == at(begun)
    assert "The bank declined the card. Nothing was charged." in words_of(client.get(at(begun)))
    client.post(at(begun), CARD | {"answer": "accept"})
    assert "Thank you, and welcome" in words_of(client.get(done))
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(("answer", "outcome"), [("accept", "done"), ("decline", "open")])
def test_asked_for_confirmation_the_buyer_says_yes_or_no(
    ada: Person, begun: Checkout, answer: str, outcome: str
) -> None:
    client = browser(ada)
    asks = client.post(at(begun), CARD | {"answer": "confirm"}).headers["Location"]
    page = client.get(asks)
    assert "Is it you?" in words_of(page)
    assert not Subscription.objects.exists()
    fields = {name: str(page.context["form"][name].value()) for name in CARD}
    assert fields == CARD
    client.post(at(begun), fields | {"answer": answer})
    begun.refresh_from_db()
    assert begun.state == outcome


def test_nobody_is_asked_to_confirm_what_no_bank_asked_about(ada: Person, begun: Checkout) -> None:
    page = browser(ada).get(at(begun), CARD)
    assert "The till" in words_of(page)


def test_what_is_finished_leads_to_the_thanks(ada: Person, begun: Checkout) -> None:
    client = browser(ada)
    client.post(at(begun), CARD | {"answer": "accept"})
    assert client.get(at(begun)).headers["Location"] == f"/checkout/{begun.pk}/done/"
    client.post(at(begun), CARD | {"answer": "decline"})
    assert Subscription.objects.get().is_live
    client.post(at(begun), CARD | {"answer": "accept"})
    assert Payment.objects.count() == 1


def test_only_the_buyer_may_see_it(ada: Person, bruno: Person, begun: Checkout) -> None:
    assert browser(bruno).get(at(begun)).status_code == 404
    assert browser(bruno).post(at(begun), CARD | {"answer": "accept"}).status_code == 404
    assert browser().get(at(begun)).headers["Location"].startswith("/account/sign-in/")
    assert not Payment.objects.exists()


def test_there_is_none_in_production(ada: Person, begun: Checkout, settings) -> None:
    settings.PRODUCTION = True
    client = browser(ada)
    assert client.get(at(begun)).status_code == 404
    assert client.post(at(begun), CARD | {"answer": "accept"}).status_code == 404
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"digits": "42"}, "Four digits, such as 4242."),
        ({"expires": "13/31"}, "Write it as 04/29."),
        ({"expires": "soon"}, "Write it as 04/29."),
        ({"expires": "01/20"}, "This card has expired."),
        ({"later": "explode"}, "Select a valid choice."),
        ({"answer": "maybe"}, "The till"),
    ],
)
def test_a_card_that_can_be_none_is_refused(ada: Person, begun: Checkout, typed, fault: str) -> None:
    response = browser(ada).post(at(begun), CARD | {"answer": "accept"} | typed)
    assert response.status_code == 400
    assert fault in words_of(response)
    assert not Payment.objects.exists()


@pytest.mark.parametrize("typed", ["4/31", "04/2031", " 04 / 31 "])
def test_a_month_is_read_as_people_write_it(ada: Person, begun: Checkout, typed: str) -> None:
    browser(ada).post(at(begun), CARD | {"answer": "accept", "expires": typed})
    assert f"{Mandate.objects.get().expires_on}" == "2031-04-30"


def test_in_the_other_edition_it_stands_under_its_prefix(
    magazine: Magazine, ada: Person, begun: Checkout
) -> None:
    done = browser(ada).post(f"/uk{at(begun)}", CARD | {"answer": "accept"}).headers["Location"]
    assert done == f"/uk/checkout/{begun.pk}/done/"
