"""A list leads into another edition only where the article isn't in this one, and says so."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from broadsheet.editorial.models import Article, EditionPlacement, SectionPlacement, Topic
from broadsheet.people.models import Person
from tests.cast import signed_in
from tests.magazine import PRINTED, Magazine, text_block

LISTS = ["/authors/nell-abernathy/", "/topics/oceans/"]
FEEDS = [f"{address}feed/{name}" for address in LISTS for name in ("rss.xml", "atom.xml", "feed.json")]
LABEL = re.compile(r"UK\s+edition")


@pytest.fixture
def british(magazine: Magazine) -> Article:
    """Printed in the British edition alone, and newer than all but one article of the American one."""
    article = magazine.publish("cutty", edition="uk", at=PRINTED - timedelta(hours=3))
    article.topics.add(Topic.objects.get(slug="oceans"))
    article.save()
    return article


def body_that_relates(*chosen: int) -> list[dict[str, Any]]:
    return [text_block("tides", 1), {"type": "related", "value": {"articles": list(chosen)}}]


def main(response_text: str) -> str:
    return response_text.partition("<main")[2].partition("</main>")[0]


def teaser_of(page: str, path: str) -> str:
    """From the teaser's beginning to its link."""
    return main(page).partition(f'href="{path}"')[0].rpartition("<article")[2]


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_in_order_of_dates_whatever_the_edition(
    british: Article, client: Client, address: str
) -> None:
    articles = client.get(address).context["articles"]
    dates = [article.first_published_at for article in articles]
    assert dates == sorted(dates, reverse=True)
    assert [article.slug for article in articles[:2]] == ["harbour", "cutty"]


@pytest.mark.parametrize("address", LISTS)
def test_what_is_in_another_edition_alone_is_labelled(british: Article, client: Client, address: str) -> None:
    page = client.get(address).text
    assert LABEL.search(teaser_of(page, "/uk/world/cutty/"))
    assert not LABEL.search(teaser_of(page, "/world/harbour/"))
    here = client.get(f"/uk{address}").text
    assert not LABEL.search(teaser_of(here, "/uk/world/cutty/"))


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_says_it_too(british: Article, client: Client, address: str) -> None:
    feed = client.get(address).text
    assert feed.index("/world/harbour/") < feed.index("/uk/world/cutty/") < feed.index("/world/reef/")
    # `foundry` too is Nell Abernathy's, and in the British edition alone.
    assert feed.count("In The Meridian UK.") == (1 if "topics" in address else 2)


@pytest.mark.parametrize("front", ["us", "world"])
def test_a_front_shows_its_own_form_of_what_is_placed(magazine: Magazine, client: Client, front: str) -> None:
    there = magazine.article("harbour", "uk")
    if front == "us":
        EditionPlacement.objects.create(front=magazine.us, article=there)
        address = "/"
    else:
        SectionPlacement.objects.create(front=magazine.section("world"), article=there)
        address = "/world/"
    first = client.get(address).context["articles"][0]
    assert (first.slug, first.locale.language_code) == ("harbour", "en-us")


def test_a_front_labels_what_it_has_of_another_edition(
    magazine: Magazine, british: Article, client: Client
) -> None:
    EditionPlacement.objects.create(front=magazine.us, article=british)
    assert LABEL.search(teaser_of(client.get("/").text, "/uk/world/cutty/"))


def test_the_breaking_line_and_the_archive_stay_in_the_edition(magazine: Magazine, client: Client) -> None:
    us, there = magazine.us, magazine.article("harbour", "uk")
    us.breaking_text, us.breaking_article, us.from_the_archive = "High water", there, there
    us.save()
    page = main(client.get("/").text)
    assert page.count('href="/world/harbour/"') == 2
    assert "/uk/" not in page


def test_related_articles_stay_in_the_edition_or_are_labelled(
    magazine: Magazine, british: Article, client: Client
) -> None:
    chosen = [magazine.article("harbour", "uk").pk, british.pk]
    magazine.publish("tides", body=body_that_relates(*chosen), access="free")
    related = (
        client.get("/world/tides/")
        .text.partition('aria-label="Related articles"')[2]
        .partition("</aside>")[0]
    )
    harbour, cutty = related.split("<li>")[1:]
    assert 'href="/world/harbour/"' in harbour
    assert not LABEL.search(harbour)
    assert 'href="/uk/world/cutty/"' in cutty
    assert LABEL.search(cutty)


def test_an_opened_article_of_another_edition_is_labelled_on_the_account_page(
    british: Article, ada: Person
) -> None:
    browser = signed_in(ada)
    browser.post(f"/uk{reverse('read', args=[british.uuid])}", headers={"Accept": "application/json"})
    reads = browser.get("/account/").text.partition('id="reads-title"')[2].partition("</section>")[0]
    assert LABEL.search(reads)


def test_a_withdrawn_article_is_not_related(magazine: Magazine, client: Client) -> None:
    reef = magazine.article("reef")
    magazine.publish("tides", body=body_that_relates(reef.pk), access="free")
    reef.unpublish()
    assert "Related articles" not in client.get("/world/tides/").text
