"""The indexes of authors and of topics, and the page of feeds."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from broadsheet.editorial.models import Author, Byline, Topic
from broadsheet.platform import clock
from broadsheet.platform.http.addresses import absolute
from broadsheet.site.discovery import indexes
from broadsheet.site.discovery.feed_formats import FORMATS
from broadsheet.site.discovery.named import Named
from tests.magazine import METERED, PRINTED, Magazine


def names(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return [one.name for one in response.context["page_obj"]]


def write_as(magazine: Magazine, name: str, number: int, *topics: str) -> None:
    slug = name.lower().replace(" ", "-").encode("ascii", "ignore").decode() or f"writer-{number}"
    author = Author.objects.create(name=name, slug=f"{slug}-{number}")
    article = magazine.publish(f"piece-{number}", at=PRINTED + timedelta(minutes=number))
    Byline.objects.filter(article=article).update(author=author)
    for topic in topics:
        article.topics.add(Topic.objects.get_or_create(name=topic, slug=topic.lower())[0])
    article.save()


@pytest.fixture(autouse=True)
def in_march() -> Iterator[None]:
    with clock.stopped_at(PRINTED + timedelta(days=1)):
        yield


def test_authors_stand_with_what_they_write_about_and_their_latest(
    magazine: Magazine, client: Client
) -> None:
    write_as(magazine, "Ada Marsh", 1, "Rivers")
    groups = client.get("/authors/").context["groups"]
    found = {entry.author.name: entry for _letter, entries in groups for entry in entries}
    assert list(found) == ["Ada Marsh", "Nell Abernathy"]
    assert [topic.name for topic in found["Ada Marsh"].topics] == ["Rivers"]
    assert found["Ada Marsh"].newest.slug == "piece-1"
    assert found["Nell Abernathy"].newest.slug == "harbour"


def test_each_edition_has_its_own(magazine: Magazine, client: Client) -> None:
    write_as(magazine, "Ada Marsh", 1, "Rivers")
    assert names(client, "/uk/authors/") == ["Nell Abernathy"]
    assert names(client, "/uk/topics/") == ["Oceans"]
    entry = client.get("/uk/authors/").context["groups"][0][1][0]
    assert entry.newest.locale.language_code == "en-gb"


def test_whoever_has_written_nothing_for_a_year_stands_below(magazine: Magazine, client: Client) -> None:
    write_as(magazine, "Ada Marsh", 1)
    with clock.stopped_at(PRINTED + timedelta(days=400)):
        assert names(client, "/authors/") == []
        assert [one.name for one in client.get("/authors/").context["before"]] == [
            "Ada Marsh",
            "Nell Abernathy",
        ]
        assert "until March 2026" in client.get("/authors/").text


def test_a_topic_counts_what_its_page_lists(magazine: Magazine, client: Client) -> None:
    for prefix in ("", "/uk"):
        (oceans,) = client.get(f"{prefix}/topics/").context["page_obj"]
        assert oceans.count == client.get(f"{prefix}/topics/oceans/").context["page_obj"].paginator.count
        assert oceans.count == len(METERED)
    assert "8 articles" in client.get("/topics/").text


def test_what_is_withdrawn_counts_no_more(magazine: Magazine, client: Client) -> None:
    assert client.get("/topics/").context["page_obj"][0].count == 8
    magazine.article("reef").unpublish()
    assert client.get("/topics/").context["page_obj"][0].count == 7


def test_a_topic_under_another_name_stands_under_it_at_once(magazine: Magazine, client: Client) -> None:
    assert names(client, "/topics/") == ["Oceans"]
    topic = Topic.objects.get(slug="oceans")
    topic.name = "Seas"
    topic.save()
    assert names(client, "/topics/") == ["Seas"]


def test_long_lists_stand_under_letters_and_have_pages(
    magazine: Magazine, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "MANY", 3)
    monkeypatch.setattr(indexes, "AUTHORS_LENGTH", 3)
    for number, name in enumerate(["Élodie Roux", "elena Ibarra", "7 Days", "Öyvind Ness", "Zoë Lamb"], 1):
        write_as(magazine, name, number)
    assert names(client, "/authors/") == ["7 Days", "elena Ibarra", "Élodie Roux"]
    assert names(client, "/authors/?page=2") == ["Nell Abernathy", "Öyvind Ness", "Zoë Lamb"]
    first = client.get("/authors/")
    assert [(one.name, one.page) for one in first.context["letters"]] == [
        ("0–9", 1),
        ("E", 1),
        ("N", 2),
        ("O", 2),
        ("Z", 2),
    ]
    assert 'href="#letter-E"' in first.text
    assert 'href="?page=2#letter-O"' in first.text
    assert client.get("/authors/?page=3").status_code == 404


@pytest.mark.parametrize(
    ("name", "letter"),
    [("Østergaard", "Ø"), ("上海", "上"), ("“Syria”", "S"), ("…", "…"), ("٣ أيام", "0–9"), ("ßen", "S")],
)
def test_a_name_stands_under_its_first_letter(name: str, letter: str) -> None:
    assert Named(1, name, "x", 1, PRINTED).letter == letter


def test_a_magazine_without_articles_has_its_indexes(magazine: Magazine, client: Client) -> None:
    for article in magazine.us.articles():
        article.unpublish()
    for address in ("/authors/", "/topics/", "/feeds/"):
        assert client.get(address).status_code == 200


def test_the_page_of_feeds_leads_to_every_feed(magazine: Magazine, client: Client) -> None:
    page = client.get("/feeds/").text
    for path in ("/", "/world/", "/good-news/", "/topics/oceans/", "/authors/nell-abernathy/"):
        for name in FORMATS:
            address = f"{path}feed/{name}"
            assert f'href="{absolute(address)}"' in page
            assert client.get(address).status_code == 200
    assert f'value="{absolute("/feed/rss.xml")}"' in page
    assert "/uk/" not in page.partition("<main")[2].partition("</main")[0]


def test_the_feeds_are_those_of_the_edition(magazine: Magazine, client: Client) -> None:
    page = client.get("/uk/feeds/").text
    assert f'value="{absolute("/uk/feed/rss.xml")}"' in page
    assert f'href="{absolute("/uk/topics/oceans/feed/atom.xml")}"' in page


def test_the_foot_of_each_page_leads_to_them(magazine: Magazine, client: Client) -> None:
    foot = client.get("/uk/world/").text.partition("<footer")[2]
    for name in ("authors", "topics", "feeds", "archive"):
        assert f'href="/uk/{name}/"' in foot
