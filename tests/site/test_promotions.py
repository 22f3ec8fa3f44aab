"""Promotions in an article and on the front, and the picture that may stand in them."""

import pytest
from django.test import Client

from broadsheet.editorial.models import Picture
from broadsheet.membership.models import Offer, Price
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.magazine import PRINTED, Magazine, make_picture, plain_body


@pytest.fixture
def table(magazine: Magazine) -> Picture:
    return make_picture("the magazine on a table", credit="Nora Lind / The Meridian")


def promotion_on(front: str) -> str:
    return front.partition("<broadsheet-offer")[2].partition("</broadsheet-offer>")[0]


def test_the_front_has_one_that_any_cache_may_keep(
    magazine: Magazine, client: Client, six_weeks: Offer
) -> None:
    response = client.get("/")
    promotion = promotion_on(response.text)
    assert 'data-offer="/offer"' in promotion
    assert 'href="/subscribe/"' in promotion
    assert "Subscribe and save" in promotion
    assert "$" not in promotion
    assert response.headers["Cache-Control"].startswith("public")
    assert "Cookie" not in response.headers.get("Vary", "")


def test_each_edition_s_front_asks_for_its_own_offer(
    magazine: Magazine, client: Client, digital: object
) -> None:
    Price.objects.create(plan=digital, edition="en-gb", amount=3000, currency="GBP", term="year")
    assert 'data-offer="/uk/offer"' in promotion_on(client.get("/uk/").text)


def test_whoever_reads_everything_sees_none(
    magazine: Magazine, ada: Person, bruno: Person, carla: Person, six_weeks: Offer
) -> None:
    assert promotion_on(signed_in(ada).get("/").text)
    for person in (bruno, carla):
        assert not promotion_on(signed_in(person).get("/").text)


def test_an_offer_shows_its_picture_with_the_credit(
    magazine: Magazine, client: Client, six_weeks: Offer, table: Picture
) -> None:
    assert "<figure" not in client.get("/offer").text + promotion_on(client.get("/").text)
    six_weeks.picture = table
    six_weeks.save()
    magazine.publish("tides", at=PRINTED, access="free", body=plain_body("tides", 12))
    in_article = promotion_on(client.get("/world/tides/").text)
    for shown in (client.get("/offer").text, promotion_on(client.get("/").text), in_article):
        assert 'alt="A plain view of the magazine on a table"' in shown
        assert "Nora Lind / The Meridian" in shown
        assert "image/avif" in shown


def test_an_offer_outlives_its_picture(client: Client, six_weeks: Offer, table: Picture) -> None:
    six_weeks.picture = table
    six_weeks.save()
    table.delete()
    assert "Subscribe and save" in client.get("/offer").text
