"""Which offer walls and promotion slots show, to whom, and that no cache keeps a price."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadsheet.billing import intents
from broadsheet.editorial.models import Article
from broadsheet.membership.lengths import Unit
from broadsheet.membership.models import Actor, Offer, OfferPlacement, OfferUse, Price, Verb
from broadsheet.paywall.models import Meter, WallWording
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.billing.counter import browser
from tests.magazine import Magazine
from tests.shop import subscribe

AS_SCRIPT = {"Accept": "application/json"}


def offered(client: Client, prefix: str = "") -> str:
    response = client.get(f"{prefix}/offer")
    assert response.status_code in {200, 204}
    return " ".join(response.text.split())


def wall(client: Client, article: Article) -> str:
    answer = client.post(f"/read/{article.uuid}", headers=AS_SCRIPT)
    return " ".join(answer.json()["html"].split())


# --- Slots ----------------------------------------------------------------------------------------------


def test_a_slot_gets_the_true_first_price_and_the_renewal(
    magazine: Magazine, client: Client, six_weeks: Offer
) -> None:
    said = offered(client)
    assert "Subscribe and save" in said
    assert "$1 for 6 weeks" in said
    assert "Then $40 a year, until you cancel." in said
    assert f'href="/checkout/{six_weeks.price_id}/?offer=AUTUMN"' in said


def test_it_is_kept_for_a_minute_for_strangers_and_by_nobody_for_readers(
    magazine: Magazine, client: Client, ada: Person, six_weeks: Offer
) -> None:
    public = client.get("/offer").headers
    assert public["Cache-Control"].startswith("public, max-age=0, s-maxage=60")
    assert "Cookie" not in public.get("Vary", "")
    assert public["X-Robots-Tag"] == "noindex"
    assert browser(ada).get("/offer").headers["Cache-Control"] == "private, no-store"


def test_of_several_the_one_that_costs_least_a_day_is_shown(
    magazine: Magazine, client: Client, six_weeks: Offer, monthly: Price
) -> None:
    Offer.objects.create(
        name="Dearer",
        placement=OfferPlacement.SLOT,
        code="D",
        price=monthly,
        amount=50,
        count=1,
        unit=Unit.WEEK,
    )
    Offer.objects.create(name="Hidden", code="H", price=monthly, amount=1, count=12)
    assert "$1 for 6 weeks" in offered(client)
    Offer.objects.create(
        name="Better", placement=OfferPlacement.SLOT, code="B", price=monthly, amount=90, count=3
    )
    assert "$0.90 for 3 months" in offered(client)


def test_without_an_offer_the_least_price_is_shown(
    magazine: Magazine, client: Client, yearly: Price, monthly: Price
) -> None:
    assert "$5 a month" in offered(client)


def test_subscribers_and_staff_are_shown_none(
    magazine: Magazine, bruno: Person, carla: Person, ada: Person, six_weeks: Offer
) -> None:
    for person in (bruno, carla):
        assert browser(person).get("/offer").status_code == 204
    assert "$1 for 6 weeks" in offered(browser(ada))
    subscribe(ada, six_weeks.price)
    assert browser(ada).get("/offer").status_code == 204


def test_who_has_used_an_offer_is_shown_the_price(magazine: Magazine, ada: Person, six_weeks: Offer) -> None:
    OfferUse.objects.create(offer=six_weeks, person=ada)
    assert "$40 a year" in offered(browser(ada))


def test_an_offer_whose_time_is_over_is_not_shown(
    magazine: Magazine, client: Client, six_weeks: Offer
) -> None:
    with clock.moved_to(six_weeks.starts_at):
        Offer.objects.update(ends_at=clock.now() + timedelta(seconds=1))
        assert "$1 for 6 weeks" in offered(client)
    assert "$40 a year" in offered(client)


def test_where_nothing_is_sold_there_is_nothing(magazine: Magazine, client: Client, yearly: Price) -> None:
    assert client.get("/uk/offer").status_code == 204
    assert client.get("/offer").status_code == 200


def test_queries_do_not_grow_with_offers(
    magazine: Magazine, client: Client, ada: Person, six_weeks: Offer
) -> None:
    visitors = [client, browser(ada)]

    def queries() -> list[int]:
        counted = []
        for visitor in visitors:
            visitor.get("/offer")
            with CaptureQueriesContext(connection) as asked:
                visitor.get("/offer")
            counted.append(len(asked))
        return counted

    one = queries()
    for number in range(10):
        Offer.objects.create(
            name="More", placement=OfferPlacement.SLOT, code=f"M{number}", price=six_weeks.price, amount=200
        )
    assert queries() == one


# --- The promotion in an article -------------------------------------------------------------------------


def free_page(magazine: Magazine, client: Client) -> str:
    return " ".join(client.get(magazine.free.get_url()).text.split())


def test_no_price_stands_in_the_bytes_that_caches_keep(
    magazine: Magazine, client: Client, six_weeks: Offer
) -> None:
    response = client.get(magazine.free.get_url())
    assert response.headers["Cache-Control"].startswith("public")
    assert 'data-offer="/offer"' in response.text
    assert 'href="/subscribe/"' in response.text.partition("<main")[2]
    assert "$" not in response.text


def test_where_nothing_is_sold_an_article_does_not_speak_of_it(magazine: Magazine, client: Client) -> None:
    page = free_page(magazine, client)
    assert "Read more each month, free." in page
    assert "data-offer" not in page
    assert "ubscri" not in page.partition("<main")[2].partition("</main>")[0]


def test_a_subscriber_sees_no_promotion(magazine: Magazine, bruno: Person, six_weeks: Offer) -> None:
    client = browser(bruno)
    assert "promotion" not in free_page(magazine, client)
    assert "promotion" not in client.get("/world/harbour/").text


# --- Walls ----------------------------------------------------------------------------------------------


def test_a_wall_shows_what_a_subscription_costs_and_leads_back_here(
    magazine: Magazine, client: Client, six_weeks: Offer
) -> None:
    article = magazine.for_subscribers
    said = wall(client, article)
    assert "$1 for 6 weeks" in said
    assert "Then $40 a year, until you cancel." in said
    back = article.get_url().replace("/", "%2F")
    assert f'href="/checkout/{six_weeks.price_id}/?next={back}&amp;offer=AUTUMN"' in said
    assert f'href="/subscribe/?next={back}"' in said
    assert "A subscription opens it. A free account opens 5 other articles a month." in said


def test_the_page_without_script_shows_the_same_wall(
    magazine: Magazine, client: Client, six_weeks: Offer
) -> None:
    article = magazine.for_subscribers
    page = client.get(f"/read/{article.uuid}")
    assert wall(client, article) in " ".join(page.text.split())
    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_closed_page_itself_names_no_price(magazine: Magazine, client: Client, six_weeks: Offer) -> None:
    assert "$" not in client.get(magazine.for_subscribers.get_url()).text


def test_a_reader_is_shown_only_what_they_may_use(magazine: Magazine, ada: Person, six_weeks: Offer) -> None:
    OfferUse.objects.create(offer=six_weeks, person=ada)
    said = wall(browser(ada), magazine.for_subscribers)
    assert "$1 for 6 weeks" not in said
    assert "$40 a year" in said


def test_where_nothing_is_sold_no_wall_speaks_of_it(magazine: Magazine, client: Client, ada: Person) -> None:
    for visitor in (client, browser(ada)):
        said = wall(visitor, magazine.for_subscribers)
        assert "This article is for subscribers." in said
        for word in ("wall-offer", "/subscribe/", "A subscription", "Subscriptions"):
            assert word not in said


def test_who_has_paused_is_told_how_to_come_back_and_sold_nothing(
    magazine: Magazine, ada: Person, six_weeks: Offer, yearly: Price
) -> None:
    subscription = subscribe(ada, yearly)
    until = clock.now() + timedelta(weeks=3)
    intents.ask(subscription, Verb.PAUSE, Actor.reader(ada), until=until)
    said = wall(browser(ada), magazine.for_subscribers)
    assert "Your subscription is paused until" in said
    assert "Resume it now" in said
    assert "wall-offer" not in said
    assert browser(ada).get("/offer").status_code == 204


def test_editors_may_name_the_offer_in_words_of_their_own(
    magazine: Magazine, client: Client, six_weeks: Offer
) -> None:
    WallWording.objects.create(situation="subscribers-stranger", text="Read it all: {offer}. Or don’t.")
    assert "Read it all: $1 for 6 weeks. Or don’t." in wall(client, magazine.for_subscribers)
    Offer.objects.all().delete()
    Price.objects.update(retired_at=clock.now())
    said = wall(client, magazine.for_subscribers)
    assert "Or don’t." in said
    assert "Read it all" not in said


def test_a_walls_queries_do_not_grow_with_offers(
    magazine: Magazine, client: Client, six_weeks: Offer
) -> None:
    Meter.load()
    article = magazine.for_subscribers

    def queries() -> int:
        wall(client, article)
        with CaptureQueriesContext(connection) as asked:
            wall(client, article)
        return len(asked)

    one = queries()
    for number in range(10):
        Offer.objects.create(
            name="More", placement=OfferPlacement.SLOT, code=f"M{number}", price=six_weeks.price, amount=200
        )
    assert queries() == one
