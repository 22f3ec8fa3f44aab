"""What is offered to read next: near the article, and such as whoever is asked may open."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from broadsheet.editorial.models import Article, Correction, Topic
from broadsheet.insights.models import Counted, HourlyCount, Numbers
from broadsheet.insights.most_read import most_read_in
from broadsheet.people.models import Person
from broadsheet.platform import clock
from tests.cast import signed_in
from tests.magazine import METERED, PRINTED, Magazine


def offered(client: Client, address: str) -> list[str]:
    return [article.slug for article in client.get(address).context["next_articles"]]


def about(article: Article, *slugs: str) -> Article:
    for slug in slugs:
        topic, _ = Topic.objects.get_or_create(slug=slug, defaults={"name": slug.capitalize()})
        article.topics.add(topic)
    article.save()
    return article


def let_read(article: Article, times: int) -> None:
    counted = Counted(article.locale.language_code, clock.now(), article.uuid, "meter", 0)
    HourlyCount.objects.add({counted: Numbers(decisions=times, opens=times)})


def test_those_of_the_same_story_stand_before_those_of_a_topic_and_those_of_the_section(
    magazine: Magazine, client: Client
) -> None:
    long_ago = PRINTED - timedelta(days=300)
    about(magazine.publish("story", section="science", at=long_ago, access="free"), "oceans", "harbor-wall")
    about(magazine.publish("topic", section="ideas", at=long_ago, access="free"), "harbor-wall")
    magazine.publish("section", at=PRINTED + timedelta(days=1), access="free")
    page = about(magazine.publish("wall", access="free", at=PRINTED), "oceans", "harbor-wall")
    found = offered(client, page.url)
    assert found[0] == "story"
    assert found[1] == "harbour", "of the same topic and section"
    assert set(METERED) - set(found) < {"viaduct", "meadow"}
    assert "wall" not in found
    reef = magazine.article("reef")
    reef.topics.clear()
    reef.save()
    assert offered(client, "/world/reef/")[0] == "section"


def test_before_a_closed_article_stand_those_that_anybody_may_read(
    magazine: Magazine, client: Client, bruno: Person
) -> None:
    about(magazine.publish("gannets", at=PRINTED - timedelta(days=99), access="free"), "birds")
    about(magazine.publish("closed", at=PRINTED, access="subscribers"), "oceans")
    assert offered(client, "/world/reef/")[:2] == ["gannets", "harbour"]
    assert "closed" not in offered(client, "/world/reef/")
    # Nothing is closed to a subscriber: what is nearest stands first.
    assert offered(signed_in(bruno), "/world/reef/")[:3] == ["harbour", "closed", "orchard"]


def test_a_section_with_little_in_it_is_followed_by_the_edition(magazine: Magazine, client: Client) -> None:
    assert offered(client, "/good-news/swifts/")[:2] == ["harbour", "reef"]


@pytest.mark.django_db(transaction=True)
def test_what_was_edited_is_offered_as_it_is_now(magazine: Magazine, client: Client) -> None:
    harbour, orchard = magazine.article("harbour"), magazine.article("orchard")
    assert offered(client, "/world/reef/")[:2] == ["harbour", "orchard"]
    harbour.title = "Water in the harbor"
    harbour.save_revision().publish()
    page = client.get("/world/reef/")
    assert "Water in the harbor" in [article.title for article in page.context["next_articles"]]
    orchard.unpublish()
    assert "orchard" not in offered(client, "/world/reef/")
    newest = magazine.publish("newest", at=clock.now(), access="free")
    assert newest.slug in offered(client, "/world/reef/")
    section = magazine.section("world")
    section.access = "free"
    section.save_revision().publish()
    assert "harbour" in offered(client, "/world/reef/")


def test_whoever_changes_what_is_offered_changes_it_for_nobody_else(
    magazine: Magazine, client: Client
) -> None:
    [first, *_] = client.get("/world/reef/").context["next_articles"]
    first.title = "Something else"
    [again, *_] = client.get("/world/reef/").context["next_articles"]
    assert (again.pk, again.title) == (first.pk, magazine.article(first.slug).title)


def test_two_of_a_section_that_share_a_topic_are_followed_by_the_edition(
    magazine: Magazine, client: Client
) -> None:
    for slug in ("otters", "beavers"):
        about(magazine.publish(slug, section="good-news", at=PRINTED, access="free"), "rivers")
    assert len(offered(client, "/good-news/otters/")) > 2


def test_each_edition_offers_its_own(magazine: Magazine, client: Client) -> None:
    magazine.publish("puffins", edition="uk", access="free")
    page = client.get("/uk/world/harbour/")
    assert {article.locale.language_code for article in page.context["next_articles"]} == {"en-gb"}
    assert 'href="/uk/world/puffins/"' in page.text


def test_page_wall_and_answer_all_tell_the_script_which_articles_they_offer(
    magazine: Magazine, client: Client
) -> None:
    reef, orchard = magazine.article("reef"), magazine.article("orchard")
    assert f'data-article="{reef.uuid}"' in client.get("/world/reef/").text.partition("<broadsheet-next")[0]
    client.post(reverse("read", args=[reef.uuid]))
    address = reverse("read", args=[orchard.uuid])
    answer = client.post(address, headers={"Accept": "application/json"}).json()
    for html in (client.get("/world/reef/").text, client.get(address).text, answer["instead"]):
        assert f'data-article="{magazine.free.uuid}"' in html or html.count('data-article="') > 3


def test_a_draft_offers_nothing(magazine: Magazine, client: Client) -> None:
    from broadsheet.editorial.models import PreviewLink

    link = PreviewLink.objects.create(article=magazine.draft)
    assert "broadsheet-next" not in client.get(f"/preview/{link.token}/").text


# --- Most read of the section -------------------------------------------------------------------------


def test_the_most_read_of_the_section_stand_beside_without_what_stands_there_already(
    magazine: Magazine, client: Client
) -> None:
    read = ("reef", "lantern", "quarry", "meadow", "harbour")
    for times, slug in enumerate(reversed(read), start=1):
        let_read(magazine.article(slug), times)
    let_read(magazine.free, 9)
    page = client.get("/world/reef/")
    assert [article.slug for article in page.context["next_articles"]][:3] == ["harbour", "orchard", "ledger"]
    assert [article.slug for article in page.context["most_read"]] == ["lantern", "quarry", "meadow"]
    assert "Most read in" in page.text
    assert "Most read in" not in client.get("/world/lantern/").text, "two are no list"


@pytest.mark.parametrize("gone", ["withdrawn", "retracted", "old"])
def test_what_is_not_there_any_more_is_not_most_read(magazine: Magazine, gone: str) -> None:
    reef, world = magazine.article("reef"), magazine.section("world")
    let_read(reef, 9)
    let_read(magazine.article("orchard"), 1)
    match gone:
        case "withdrawn":
            reef.unpublish()
        case "retracted":
            reef.correct("It was all wrong.", kind=Correction.Kind.RETRACTION)
        case "old":
            HourlyCount.objects.filter(article=reef.uuid).update(hour=clock.now() - timedelta(days=8))
    assert uuids(most_read_in(world, 5)) == [magazine.article("orchard").uuid]
    assert uuids(most_read_in(world, 0)) == []


def uuids(articles: list[Article]) -> list[UUID]:
    return [article.uuid for article in articles]


def test_what_the_body_recommends_is_not_offered_once_more(magazine: Magazine, client: Client) -> None:
    page = about(magazine.publish("wall", access="free", at=PRINTED), "oceans")
    assert "reef" in offered(client, page.url)
    related = {"type": "related", "value": {"articles": [magazine.article("reef").pk]}}
    page.body = [related, *page.body.raw_data]
    page.save_revision().publish()
    assert "reef" not in offered(client, page.url)
