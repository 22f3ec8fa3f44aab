"""Under the wall stands what this visitor can open, the free pieces first."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from broadsheet.editorial.models import Article, Publication, Topic
from broadsheet.paywall.access import open_instead, ruling
from broadsheet.paywall.models import AccessRule
from broadsheet.paywall.verdict import Allowance, Visitor, decide
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.magazine import METERED, PRINTED, Magazine

AS_SCRIPT = {"Accept": "application/json"}
WALLED = Visitor(spent=9)


def instead(article: Article, visitor: Visitor = WALLED, limit: int = 30) -> list[str]:
    article.publication = Publication.load()
    verdict = decide(article.uuid, ruling(article).access, visitor, Allowance(1, 5))
    return [other.slug for other in open_instead(article, visitor, verdict, limit)]


def leading_to(page: str) -> str:
    return page.partition('aria-labelledby="next-title"')[2].partition("</section>")[0]


def test_the_free_ones_of_the_section_stand_first_and_then_the_newest(magazine: Magazine) -> None:
    magazine.publish("gannets", section="good-news", at=PRINTED)
    magazine.publish("notice", access="free", at=PRINTED - timedelta(days=90))
    assert instead(magazine.article("reef")) == ["notice", "gannets", "swifts"]
    assert instead(magazine.article("reef"), limit=1) == ["notice"]


def test_neither_the_article_itself_nor_one_of_another_edition(magazine: Magazine) -> None:
    magazine.publish("puffins", edition="uk", section="good-news")
    assert instead(magazine.free) == []
    assert instead(magazine.article("harbour", "uk")) == ["puffins"]


def test_a_shared_article_is_as_free_as_where_it_began(magazine: Magazine) -> None:
    magazine.free.share_with(magazine.uk)
    assert instead(magazine.article("harbour", "uk")) == ["swifts"]


def test_what_was_opened_follows_the_free_ones(magazine: Magazine) -> None:
    opened = frozenset([magazine.article("quarry").uuid, magazine.for_subscribers.uuid])
    visitor = Visitor(is_reader=True, granted=opened, spent=5)
    assert instead(magazine.article("reef"), visitor) == ["swifts", "quarry", "index"]


def test_at_a_subscribers_article_whoever_has_some_left_is_shown_metered_ones(magazine: Magazine) -> None:
    index = magazine.for_subscribers
    assert instead(index, Visitor(is_reader=True, spent=2), 3) == ["swifts", "harbour", "reef"]
    assert instead(index, Visitor(may_be_granted=False)) == ["swifts"]


@pytest.mark.parametrize("reason", ["rule", "topic", "age", "publication"])
def test_it_is_free_by_whatever_says_so(magazine: Magazine, reason: str) -> None:
    match reason:
        case "rule":
            AccessRule.objects.create(section=magazine.section("science"), access="free")
        case "topic":
            AccessRule.objects.create(topic=Topic.objects.get(slug="oceans"), access="free")
        case "age":
            AccessRule.objects.create(older_than=1, access="metered")
            AccessRule.objects.create(access="free")
        case "publication":
            publication = Publication.load()
            publication.access = "free"
            publication.save()
    publication = Publication.load()
    live = [magazine.article(slug) for slug in ("harbour", "quarry", "observatory", "swifts", "index")]
    shown = set(instead(magazine.article("reef")))
    for article in live:
        article.publication = publication
        assert (article.slug in shown) == (ruling(article).access == "free"), article.slug


def test_the_script_gets_them_with_the_wall(magazine: Magazine, client: Client) -> None:
    client.post(reverse("read", args=[magazine.article("reef").uuid]))
    answer = client.post(reverse("read", args=[magazine.article("orchard").uuid]), headers=AS_SCRIPT).json()
    assert answer["opened"] is False
    shown = leading_to(answer["instead"])
    assert "You can read these now" in shown
    assert shown.index('href="/good-news/swifts/"') < shown.index('href="/world/reef/"')
    assert 'href="/world/harbour/"' not in shown


def test_an_article_that_opens_comes_with_none(magazine: Magazine, client: Client) -> None:
    answer = client.post(reverse("read", args=[magazine.article("reef").uuid]), headers=AS_SCRIPT).json()
    assert (answer["opened"], answer["instead"]) == (True, "")


def test_the_walls_own_page_has_them_too(magazine: Magazine, client: Client) -> None:
    client.post(reverse("read", args=[magazine.article("reef").uuid]))
    page = client.get(reverse("read", args=[magazine.article("orchard").uuid])).text
    assert 'href="/good-news/swifts/"' in leading_to(page)
    assert 'href="/world/harbour/"' not in leading_to(page)


def test_where_nothing_opens_the_newest_stand_there_all_the_same(magazine: Magazine, ada: Person) -> None:
    magazine.free.unpublish()
    page = signed_in(ada).get(reverse("read", args=[magazine.for_subscribers.uuid])).text
    # She has five left.
    assert 'href="/world/harbour/"' in leading_to(page)
    client = Client()
    client.post(reverse("read", args=[magazine.article("reef").uuid]))
    client.post(reverse("read", args=[magazine.for_subscribers.uuid]))
    for slug in METERED:
        if slug != "reef":
            magazine.article(slug).unpublish()
    page = client.get(reverse("read", args=[magazine.for_subscribers.uuid])).text
    assert 'href="/world/reef/"' in leading_to(page), "they have it already"


# --- The wall's own page, for who reads without script ------------------------------------------------


def test_without_script_one_lands_at_the_wall_and_is_led_back(magazine: Magazine, client: Client) -> None:
    client.post(reverse("read", args=[magazine.article("reef").uuid]))
    orchard = magazine.article("orchard")
    address = reverse("read", args=[orchard.uuid])
    answer = client.post(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}#wall")
    page = client.get(address).text
    assert 'id="wall"' in page
    assert '<a href="/world/orchard/">Back to the article</a>' in page


def test_the_page_that_says_how_many_are_left_leads_back_too(magazine: Magazine, client: Client) -> None:
    page = client.get(reverse("read", args=[magazine.article("orchard").uuid])).text
    assert "Continue reading" in page
    assert '<a href="/world/orchard/">Back to the article</a>' in page
