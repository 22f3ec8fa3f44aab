import re
from datetime import timedelta
from typing import Any

import pytest

from broadsheet.membership.models import Offer, Price
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import Magazine, make_picture
from tests.shop import checkout, subscribe


def form(to: Price, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Spring",
        "line": "Subscribe and save",
        "placement": "slot",
        "audience": "all",
        "code": "spring",
        "price": to.pk,
        "amount": "1.50",
        "count": "6",
        "unit": "week",
        "terms": "1",
        "starts_at": f"{clock.now() - timedelta(hours=1):%Y-%m-%d %H:%M}",
        "ends_at": "",
        "limit": "",
    } | changes


def test_the_roles_that_make_offers_choose_a_picture_that_has_a_credit(
    magazine: Magazine, edith: Person, farid: Person, yearly: Price
) -> None:
    lamp, nameless = make_picture("a lamp"), make_picture("a chair", credit="")
    for number, person in enumerate((edith, farid)):
        desk = signed_in(person)
        assert desk.get("/desk/images/chooser/").status_code == 200
        code = f"SPRING{number}"
        refused = desk.post("/desk/offers/new/", form(yearly, code=code, picture=nameless.pk))
        assert "This picture has no credit" in refused.text
        assert not Offer.objects.filter(code=code).exists()
        desk.post("/desk/offers/new/", form(yearly, code=code, picture=lamp.pk))
        assert Offer.objects.get(code=code).picture == lamp


def test_an_offer_is_made_and_shows_its_words_and_its_link(edith: Person, yearly: Price) -> None:
    page = signed_in(edith).post("/desk/offers/new/", form(yearly), follow=True).text
    offer = Offer.objects.get()
    assert (offer.code, offer.amount) == ("SPRING", 150)
    assert "$1.50 for 6 weeks" in page
    assert "Then $40 a year, until you cancel." in page
    assert "You pay $1.50 today, for 6 weeks." in page
    assert "Subscribe and pay $1.50" in page
    assert "/subscribe/?offer=SPRING" in page


def test_an_offer_of_another_edition_speaks_its_language_and_leads_there(
    farid: Person, yearly: Price
) -> None:
    pounds = Price.objects.create(plan=yearly.plan, edition="en-gb", amount=3500, currency="GBP", term="year")
    page = signed_in(farid).post("/desk/offers/new/", form(pounds), follow=True).text
    assert "£1.50 for 6 weeks" in page
    assert "/uk/subscribe/?offer=SPRING" in page


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": "£1"}, "“£” is not the currency here"),
        ({"amount": "41"}, "more than the price itself"),
        ({"amount": "one"}, "Enter an amount such as 12 or 12.50."),
        ({"amount": "0.500"}, "“0.500” is not an amount in USD"),
        ({"amount": ""}, "required"),
        ({"code": "two words"}, "Capital letters, digits and hyphens only."),
        ({"code": "autumn"}, "already exists"),
        ({"ends_at": "2020-01-01 00:00"}, "It must end after it begins."),
        ({"count": "0"}, "greater than or equal to 1"),
        ({"price": "0"}, "valid choice"),
    ],
)
def test_what_is_no_offer_is_refused_with_the_reason(
    edith: Person, six_weeks: Offer, changes: dict[str, str], reason: str
) -> None:
    answer = signed_in(edith).post("/desk/offers/new/", form(six_weeks.price, **changes))
    assert reason in answer.text
    assert "Subscribe and save" in answer.text
    assert Offer.objects.get() == six_weeks


def test_an_offer_is_not_for_a_price_that_is_sold_no_more(edith: Person, six_weeks: Offer) -> None:
    client = signed_in(edith)
    six_weeks.price.retire()
    assert "valid choice" in client.post("/desk/offers/new/", form(six_weeks.price)).text
    page = client.post(f"/desk/offers/edit/{six_weeks.pk}/", form(six_weeks.price, code="AUTUMN")).text
    assert "This price is not sold any more." in page
    assert (
        "What this offer was for is no longer on sale."
        in client.get(f"/desk/offers/edit/{six_weeks.pk}/").text
    )


def test_what_somebody_took_stays_as_it_was_agreed(edith: Person, ada: Person, six_weeks: Offer) -> None:
    subscribe(ada, six_weeks.price, offer=six_weeks)
    client = signed_in(edith)
    as_it_is = form(six_weeks.price, code="AUTUMN", amount="1", name="Autumn")
    page = client.post(f"/desk/offers/edit/{six_weeks.pk}/", as_it_is | {"amount": "2"}).text
    assert "Somebody took this offer" in page
    answer = client.post(f"/desk/offers/edit/{six_weeks.pk}/", as_it_is | {"limit": "50"}, follow=True)
    assert re.search(r"\b1 time\b", answer.text)
    six_weeks.refresh_from_db()
    assert (six_weeks.amount, six_weeks.limit) == (100, 50)
    assert "Let it end instead." in client.post(f"/desk/offers/delete/{six_weeks.pk}/", follow=True).text
    assert Offer.objects.exists()


def test_what_somebody_is_about_to_pay_stays_as_it_is(edith: Person, ada: Person, six_weeks: Offer) -> None:
    checkout(ada, six_weeks.price, offer=six_weeks)
    client = signed_in(edith)
    as_it_is = form(six_weeks.price, code="AUTUMN", amount="1", name="Autumn")
    for change in ({"amount": "2"}, {"count": "5"}, {"unit": "month"}, {"terms": "2"}):
        page = client.post(f"/desk/offers/edit/{six_weeks.pk}/", as_it_is | change).text
        assert "Somebody is at the checkout with this offer" in page
    assert client.post(f"/desk/offers/edit/{six_weeks.pk}/", as_it_is | {"name": "Fall"}).status_code == 302
    six_weeks.refresh_from_db()
    assert (six_weeks.name, six_weeks.amount, six_weeks.count) == ("Fall", 100, 6)


def test_what_nobody_took_is_deleted(edith: Person, six_weeks: Offer) -> None:
    assert signed_in(edith).post(f"/desk/offers/delete/{six_weeks.pk}/").status_code == 302
    assert not Offer.objects.exists()


def test_the_list_says_what_is_open_and_how_often_it_was_taken(
    edith: Person, ada: Person, six_weeks: Offer
) -> None:
    Offer.objects.update(limit=1)
    six_weeks.refresh_from_db()
    client = signed_in(edith)
    page = client.get("/desk/offers/").text
    assert "0 of 1" in page
    assert "Open" in page
    subscribe(ada, six_weeks.price, offer=six_weeks)
    page = client.get("/desk/offers/").text
    assert "1 of 1" in page
    assert "Closed" in page
