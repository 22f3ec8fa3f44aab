"""An experiment over HTTP: who is drawn, what they meet, what is counted."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from broadsheet.editorial.models import Article
from broadsheet.insights.counts import tally
from broadsheet.insights.models import HourlyCount
from broadsheet.membership.models import Actor, Price, Subscription
from broadsheet.paywall.experiments.allotment import COOKIE
from broadsheet.paywall.models import Experiment, Variant, VariantCount
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import introduce, signed_in
from tests.magazine import Magazine

JSON = {"Accept": "application/json"}
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def run(*variants: Variant, **fields: Any) -> Experiment:
    experiment = Experiment(name="Words", starts_at=clock.now() - timedelta(days=1), **fields)
    experiment.variants = list(variants)
    experiment.save()
    return experiment


@pytest.fixture
def same_for_all(magazine: Magazine) -> Experiment:
    """Both variants say and give the same, so that a test needn't care which was drawn."""
    return run(
        *(
            Variant(name=name, strangers=2, readers=3, register_title="Tried: {allowance}.")
            for name in ("A", "B")
        )
    )


def read(client: Client, article: Article, **headers: str) -> Any:
    return client.post(f"/read/{article.uuid}", headers=JSON | headers)


def counted() -> list[tuple[int, int, int]]:
    return list(VariantCount.objects.values_list("shown", "registered", "subscribed"))


def test_no_page_sets_the_cookie(same_for_all: Experiment, magazine: Magazine, client: Client) -> None:
    for address in (
        "/",
        "/world/",
        "/world/reef/",
        "/ideas/index/",
        f"/read/{magazine.article('reef').uuid}",
    ):
        assert COOKIE not in client.get(address).cookies, address


def test_a_public_page_is_the_same_while_one_runs(magazine: Magazine, client: Client) -> None:
    before = client.get("/world/reef/").content
    run(Variant(name="A", strangers=0), Variant(name="B", strangers=9))
    assert Client().get("/world/reef/").content == before


def test_a_strangers_first_post_draws(same_for_all: Experiment, magazine: Magazine, client: Client) -> None:
    morsel = read(client, magazine.article("reef")).cookies[COOKIE]
    assert morsel["httponly"]
    # What is drawn stays, so that nothing has to be said again.
    assert COOKIE not in read(client, magazine.article("orchard")).cookies


def test_the_variants_allowance_and_words_are_met(
    same_for_all: Experiment, magazine: Magazine, client: Client
) -> None:
    first, second, third = magazine.metered()[:3]
    assert [read(client, a).json()["verdict"] for a in (first, second, third)] == [
        "meter",
        "meter",
        "register",
    ]
    answer = read(client, third).json()
    assert "Tried: 2." in answer["html"]
    assert answer["allowance"] == 2
    assert "Tried: 2." in client.get(f"/read/{third.uuid}").text


def test_the_wall_of_the_post_without_script_counts(
    same_for_all: Experiment, magazine: Magazine, client: Client
) -> None:
    articles = magazine.metered()[:3]
    for article in articles:
        client.post(f"/read/{article.uuid}")
    client.get(f"/read/{articles[-1].uuid}")
    assert counted() == [(1, 0, 0)]


def test_who_registers_at_the_wall_is_counted(
    same_for_all: Experiment, magazine: Magazine, client: Client
) -> None:
    articles = magazine.metered()
    for article in articles[:3]:
        read(client, article)
    before = client.cookies[COOKIE].value.split(".")[0]
    client.force_login(introduce("Nora New", "nora@reader.example"))
    client.get(articles[0].get_url())
    client.get(articles[1].get_url())
    assert counted() == [(1, 1, 0)]
    assert client.cookies[COOKIE].value.split(".")[0] == before


def test_a_subscriber_known_by_their_cookie_is_counted(
    same_for_all: Experiment, magazine: Magazine, client: Client, ada: Person, monthly: Price
) -> None:
    for article in magazine.metered()[:3]:
        read(client, article)
    Person.objects.filter(pk=ada.pk).update(date_joined=clock.now() - timedelta(days=9))
    client.force_login(ada)
    Subscription.objects.begin(ada, monthly, Actor.reader(ada), provider="till")
    for _ in range(3):
        assert client.get("/world/reef/").headers["Broadsheet-Verdict"] == "subscription"
    assert counted() == [(1, 0, 1)]


def test_a_reader_has_their_variants_allowance(
    same_for_all: Experiment, magazine: Magazine, ada: Person
) -> None:
    client = signed_in(ada)
    verdicts = [read(client, article).json()["verdict"] for article in magazine.metered()[:4]]
    assert verdicts == ["meter", "meter", "meter", "subscribe"]
    assert counted() == [(1, 0, 0)]


@pytest.mark.parametrize("name", ["bruno", "carla"])
def test_who_reads_by_right_is_in_none(
    same_for_all: Experiment, magazine: Magazine, name: str, request
) -> None:
    client = signed_in(request.getfixturevalue(name))
    assert COOKIE not in read(client, magazine.article("reef")).cookies
    assert counted() == []


def test_a_robot_is_not_drawn(same_for_all: Experiment, magazine: Magazine, client: Client) -> None:
    response = read(client, magazine.article("reef"), **{"User-Agent": GOOGLEBOT})
    assert response.json()["verdict"] == "register"
    assert COOKIE not in response.cookies
    assert counted() == []


def test_a_refused_post_draws_nobody(same_for_all: Experiment, magazine: Magazine, client: Client) -> None:
    response = read(client, magazine.article("reef"), **{"Sec-Purpose": "prefetch"})
    assert response.status_code == 403
    assert COOKIE not in response.cookies


def test_decisions_are_counted_by_variant(
    same_for_all: Experiment, magazine: Magazine, client: Client
) -> None:
    from broadsheet.insights import counts

    read(client, magazine.article("reef"))
    counts.flush()
    (row,) = HourlyCount.objects.all()
    assert row.variant in {variant.pk for variant in same_for_all.variants.all()}
    assert (row.decisions, row.opens) == (1, 1)
    assert not tally.take()


def test_the_other_editions_reader_meets_the_usual_wall(magazine: Magazine, client: Client) -> None:
    run(Variant(name="A", strangers=0), Variant(name="B", strangers=0), edition=magazine.uk)
    reef, harbour = magazine.article("reef"), magazine.article("harbour")
    assert client.post(f"/uk/read/{harbour.uuid}", headers=JSON).json()["verdict"] == "register"
    assert read(client, reef).json()["verdict"] == "meter"


def test_signing_out_ends_a_strangers_part_in_it(
    same_for_all: Experiment, magazine: Magazine, client: Client, ada: Person, monthly: Price
) -> None:
    read(client, magazine.article("reef"))
    client.force_login(ada)
    client.post("/account/sign-out/")
    assert not client.cookies[COOKIE].value


@pytest.mark.parametrize(("method", "purpose"), [("HEAD", ""), ("GET", "prefetch")])
def test_a_page_that_nobody_looks_at_shows_no_wall(
    magazine: Magazine, client: Client, method: str, purpose: str
) -> None:
    run(Variant(name="A", strangers=1), Variant(name="B", strangers=1))
    first, second = magazine.metered()[:2]
    read(client, first)
    client.generic(method, second.get_url(), headers={"Sec-Purpose": purpose})
    assert counted() == []
    client.get(second.get_url())
    assert counted() == [(1, 0, 0)]
