"""RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, read as a feed reader reads them."""

import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client

from broadsheet.editorial.models import Article, Author, Byline, Picture
from tests.magazine import Magazine

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
PLACES = [
    "/",
    "/uk/",
    "/world/",
    "/uk/world/",
    "/topics/oceans/",
    "/uk/topics/oceans/",
    "/authors/nell-abernathy/",
    "/authors/samuel-osei/",
]


def rss(client: Client, place: str) -> ET.Element:
    response = client.get(f"{place}feed/rss.xml")
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    channel = ET.fromstring(response.content).find("channel")  # noqa: S314 (our own)
    assert channel is not None
    return channel


def atom(client: Client, place: str) -> ET.Element:
    response = client.get(f"{place}feed/atom.xml")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)  # noqa: S314 (our own)


def json_feed(client: Client, place: str) -> dict:
    response = client.get(f"{place}feed/feed.json")
    assert response.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    return json.loads(response.content)


@pytest.mark.parametrize("place", PLACES)
def test_rss_is_valid(magazine: Magazine, client: Client, place: str) -> None:
    channel = rss(client, place)
    for name in ("title", "link", "description", "language"):
        assert channel.findtext(name), name
    assert channel.findtext("link") == f"{settings.PUBLIC_URL}{place}"
    assert channel.find(f"{ATOM}link").attrib == {
        "rel": "self",
        "href": f"{settings.PUBLIC_URL}{place}feed/rss.xml",
    }
    guids = [item.findtext("guid") for item in channel.findall("item")]
    assert len(guids) == len(set(guids))
    for item in channel.findall("item"):
        assert item.findtext("title")
        assert item.findtext("link").startswith(settings.PUBLIC_URL)
        assert item.find("guid").attrib == {"isPermaLink": "false"}
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo
        assert [creator.text for creator in item.findall(f"{DC}creator")] == ["Nell Abernathy"]


@pytest.mark.parametrize("place", PLACES)
def test_atom_is_valid(magazine: Magazine, client: Client, place: str) -> None:
    feed = atom(client, place)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo
    links = {link.attrib["rel"]: link.attrib["href"] for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": f"{settings.PUBLIC_URL}{place}feed/atom.xml",
        "alternate": f"{settings.PUBLIC_URL}{place}",
    }
    for entry in feed.findall(f"{ATOM}entry"):
        assert entry.findtext(f"{ATOM}id").startswith("urn:uuid:")
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Nell Abernathy"
        assert entry.find(f"{ATOM}content") is None, "the text stays with us"


@pytest.mark.parametrize("place", PLACES)
def test_json_feed_is_valid(magazine: Magazine, client: Client, place: str) -> None:
    feed = json_feed(client, place)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["home_page_url"] == f"{settings.PUBLIC_URL}{place}"
    assert feed["feed_url"] == f"{settings.PUBLIC_URL}{place}feed/feed.json"
    for item in feed["items"]:
        assert item["id"].startswith("urn:uuid:")
        # What is in another edition alone says so below it.
        assert item["content_text"].partition("\n")[0] == f"The standfirst of {item['title'].lower()}."
        assert datetime.fromisoformat(item["date_published"]).tzinfo
        assert item["authors"] == [
            {"name": "Nell Abernathy", "url": item["authors"][0]["url"]},
        ]


def test_a_feed_begins_with_the_newest(magazine: Magazine, client: Client) -> None:
    titles = [item["title"] for item in json_feed(client, "/")["items"]]
    assert titles[:2] == ["Harbour", "Reef"]
    assert "Almanac" not in titles, "a draft"


def test_a_section_tells_only_its_own(magazine: Magazine, client: Client) -> None:
    assert [item["title"] for item in json_feed(client, "/good-news/")["items"]] == ["Swifts"]


def test_a_shared_article_is_one_item_in_both_editions(magazine: Magazine, client: Client) -> None:
    found = [
        {item["title"]: item for item in json_feed(client, place)["items"]}["Harbour"]
        for place in ("/", "/uk/")
    ]
    assert found[0]["id"] == found[1]["id"]
    assert found[1]["url"] == f"{settings.PUBLIC_URL}/uk/world/harbour/"


def test_a_correction_is_told(magazine: Magazine, client: Client) -> None:
    magazine.article("reef").correct("The reef has a lighthouse.")
    item = {item["title"]: item for item in json_feed(client, "/")["items"]}["Reef"]
    assert "Correction" in item["content_text"]
    assert "The reef has a lighthouse." in item["content_text"]
    assert item["date_modified"] > item["date_published"]


def test_a_picture_comes_with_its_credit(magazine: Magazine, client: Client) -> None:
    item = next(item for item in rss(client, "/").findall("item") if item.findtext("title") == "Harbour")
    assert item.find(f"{MEDIA}content").attrib["url"].startswith(settings.PUBLIC_URL)
    assert item.findtext(f"{MEDIA}content/{MEDIA}credit") == "Ilse Marr / The Meridian"
    shown = {item["title"]: item for item in json_feed(client, "/")["items"]}["Harbour"]
    assert shown["_image"]["credit"] == "Ilse Marr / The Meridian"


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_markup_in_a_headline_stays_text(magazine: Magazine, client: Client, name: str) -> None:
    headline = 'Ads & <b>"odds"</b> ]]> \u2028'
    magazine.publish("odds", title=headline)
    assert client.get(f"/feed/{name}").status_code == 200
    assert headline in {item["title"] for item in json_feed(client, "/")["items"]}
    assert headline in {item.findtext("title") for item in rss(client, "/").findall("item")}


@pytest.mark.parametrize("character", ["\x07", "\x0b", "\x0c", "\ufffe"])
def test_text_that_was_never_cleaned_leaves_feeds_well_formed(
    magazine: Magazine, client: Client, character: str
) -> None:
    odd = f"O{character}dd"
    article = magazine.article("harbour")
    Article.objects.filter(pk=article.pk).update(title=odd, standfirst=odd)
    article.topics.update(name=odd)
    Author.objects.update(name=odd, role=odd)
    Picture.objects.update(credit=odd, description=odd)
    for place in ("/", "/world/", "/authors/nell-abernathy/", "/topics/oceans/"):
        assert "Odd" in {item.findtext("title") for item in rss(client, place).findall("item")}
        assert "Odd" in {
            entry.findtext(f"{ATOM}title") for entry in atom(client, place).findall(f"{ATOM}entry")
        }
        assert "Odd" in {item["title"] for item in json_feed(client, place)["items"]}


def test_words_in_angle_brackets_do_not_vanish(magazine: Magazine, client: Client) -> None:
    standfirst = "Use <em> & <strong>, she said"
    magazine.publish("odds", standfirst=standfirst)
    [entry] = [e for e in atom(client, "/").findall(f"{ATOM}entry") if e.findtext(f"{ATOM}title") == "Odds"]
    summary = entry.find(f"{ATOM}summary")
    assert (summary.attrib, summary.text) == ({"type": "text"}, standfirst)
    [item] = [item for item in rss(client, "/").findall("item") if item.findtext("title") == "Odds"]
    assert item.findtext("description") == "<p>Use &lt;em&gt; &amp; &lt;strong&gt;, she said</p>"


@pytest.mark.parametrize("place", PLACES)
def test_what_has_no_byline_is_the_publications(magazine: Magazine, client: Client, place: str) -> None:
    Byline.objects.all().delete()
    feed = atom(client, place)
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "The Meridian"
    assert feed.findtext(f"{ATOM}author/{ATOM}uri") == f"{settings.PUBLIC_URL}/"
    assert not feed.findall(f"{ATOM}entry/{ATOM}author")
    assert json_feed(client, place)["authors"] == [{"name": "The Meridian", "url": f"{settings.PUBLIC_URL}/"}]


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_a_reader_that_has_it_gets_it_no_second_time(magazine: Magazine, client: Client, name: str) -> None:
    first = client.get(f"/feed/{name}")
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        again = client.get(f"/feed/{name}", headers=headers)
        assert (again.status_code, again.content) == (304, b"")
    magazine.publish("squall")
    assert client.get(f"/feed/{name}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_an_empty_feed_does_not_change_by_itself(magazine: Magazine, client: Client) -> None:
    place = "/authors/samuel-osei/feed/atom.xml"
    assert client.get(place).content == client.get(place).content
    assert b"1970" in client.get(place).content


@pytest.mark.parametrize(
    "address",
    [
        "/feed/",
        "/feed/RSS.xml",
        "/nowhere/feed/rss.xml",
        "/world/harbour/feed/rss.xml",
        "/topics/x/feed/rss.xml",
    ],
)
def test_feeds_that_are_not_there(magazine: Magazine, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
